"""Runs Python and JavaScript from strings, and calls functions without the arguments they do not take."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from inspect import Parameter, Signature, signature
from typing import Any, Literal, TypeVar

from _wasmforge_code import CodeRunner, eval_code, eval_code_async, find_imports, should_quiet

__all__ = [
    "CodeRunner",
    "eval_code",
    "eval_code_async",
    "find_imports",
    "relaxed_call",
    "relaxed_wrap",
    "run_js",
    "should_quiet",
]

ReturnMode = Literal["last_expr", "last_expr_or_assign", "none"]
Result = TypeVar("Result")

for _public in CodeRunner, eval_code, eval_code_async, find_imports, should_quiet:
    _public.__module__ = __name__


def run_js(code: str, /) -> Any:
    """Run code with JavaScript's eval, in the global scope, and return its value. Raises TypeError for a non-str."""
    if not isinstance(code, str):
        raise TypeError(f"run_js takes a str, not {type(code).__name__}")
    from js import eval as js_eval

    return js_eval(code)


def relaxed_wrap(func: Callable[..., Result]) -> Callable[..., Result]:
    """Decorate func to ignore arguments that it does not take.

    Raises TypeError for a function without a known signature.
    """
    known = _signature(func)
    if known is None:
        raise TypeError(f"Cannot wrap function {func!r}: it does not tell which arguments it takes")

    @wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Result:
        return _call(func, known, args, kwargs)

    return wrapper


def relaxed_call(func: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Call func with the arguments that it takes; with all of them if its signature is not known."""
    known = _known_signature(func)
    return func(*args, **kwargs) if known is None else _call(func, known, args, kwargs)


def _signature(func: Callable[..., Any]) -> Signature | None:
    try:
        return signature(func)
    except (TypeError, ValueError):
        return None


_cached_signature = lru_cache(_signature)


def _known_signature(func: Callable[..., Any]) -> Signature | None:
    try:
        return _cached_signature(func)
    except TypeError:  # cannot be hashed
        return _signature(func)


def _call(func: Callable[..., Result], known: Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Result:
    """Call func without the arguments it cannot take. Raises TypeError for one that is missing or given twice."""
    by_place = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    by_name = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    kinds = [parameter.kind for parameter in known.parameters.values()]
    if Parameter.VAR_POSITIONAL not in kinds:
        args = args[: sum(kind in by_place for kind in kinds)]
    if Parameter.VAR_KEYWORD not in kinds:
        names = {name for name, parameter in known.parameters.items() if parameter.kind in by_name}
        kwargs = {name: value for name, value in kwargs.items() if name in names}
    bound = known.bind(*args, **kwargs)
    return func(*bound.args, **bound.kwargs)
