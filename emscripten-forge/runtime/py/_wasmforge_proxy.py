"""Those parts of PyProxy's methods that are shorter in Python than in JavaScript: an Array's changes to a mutable
sequence, the end of generators. A frozen module; imported when first used.
"""

from functools import cmp_to_key

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, MutableSequence
    from typing import Any, NoReturn


def push(sequence: "MutableSequence[Any]", *items: object) -> int:
    sequence.extend(items)
    return len(sequence)


def pop(sequence: "MutableSequence[Any]") -> "Any":
    return sequence.pop() if sequence else None


def shift(sequence: "MutableSequence[Any]") -> "Any":
    return sequence.pop(0) if sequence else None


def unshift(sequence: "MutableSequence[Any]", *items: object) -> int:
    for index, item in enumerate(items):
        sequence.insert(index, item)
    return len(sequence)


def reverse(sequence: "MutableSequence[Any]") -> None:
    sequence.reverse()


def sort(sequence: "MutableSequence[Any]", compare: "Callable[[Any, Any], int]") -> None:
    """Sort by a JavaScript comparison. None, which is its undefined, is not compared and comes last."""
    items = [item for item in sequence if item is not None]
    items.sort(key=cmp_to_key(compare))
    _replace(sequence, 0, items + [None] * (len(sequence) - len(items)))


def splice(sequence: "MutableSequence[Any]", *args: "Any") -> "list[Any]":
    """Remove and return args[1] items from index args[0] on (default: all); insert args[2:] there."""
    if not args:
        return []
    start, _, _ = slice(args[0], None).indices(len(sequence))
    count = args[1] if len(args) > 1 else len(sequence)
    end = min(start + max(count or 0, 0), len(sequence))
    removed = [sequence[index] for index in range(start, end)]
    del sequence[start:end]
    for index, item in enumerate(args[2:]):
        sequence.insert(start + index, item)
    return removed


def fill(sequence: "MutableSequence[Any]", value: object, start: int | None = None, end: int | None = None) -> None:
    for index in range(*slice(start, end).indices(len(sequence))):
        sequence[index] = value


def copy_within(
    sequence: "MutableSequence[Any]", target: int, start: int | None = None, end: int | None = None
) -> None:
    items = [sequence[index] for index in range(*slice(start, end).indices(len(sequence)))]
    target, _, _ = slice(target, None).indices(len(sequence))
    _replace(sequence, target, items[: len(sequence) - target])


def _replace(sequence: "MutableSequence[Any]", start: int, items: "list[Any]") -> None:
    for index, item in enumerate(items):
        sequence[start + index] = item


def generator_throw(generator: "Generator[Any, Any, Any]", error: object) -> "tuple[bool, Any]":
    """Raise an error in a generator; return (done, value)."""
    try:
        return False, generator.throw(_as_exception(error))
    except StopIteration as end:
        return True, end.value


def generator_return(generator: "Generator[Any, Any, Any]", value: object) -> "tuple[bool, Any]":
    """Ask a generator to end; return (done, value). It may yield instead or return another value."""
    try:
        return False, generator.throw(GeneratorExit)
    except GeneratorExit:
        return True, value
    except StopIteration as end:
        return True, end.value


def find(name: str) -> "Any":
    """The module of this name, or the attribute of a module: "a.b.c"."""
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        parent, _, attribute = name.rpartition(".")
        if not parent or not name.startswith(error.name or name + "."):
            raise
        try:
            return getattr(find(parent), attribute)
        except AttributeError:
            raise error from None


def conversion_error(message: str, *keys: object) -> "NoReturn":
    from pyodide.ffi import ConversionError

    raise ConversionError(message.format(*keys))


def async_next(iterator: "AsyncGenerator[Any, Any] | AsyncIterator[Any]", value: object) -> "Awaitable[Any]":
    """An awaitable of the next value. value: sent to a generator that has begun; None: nothing."""
    return anext(iterator) if value is None else iterator.asend(value)  # type: ignore[union-attr] # an AttributeError tells


def async_throw(generator: "AsyncGenerator[Any, Any]", error: object) -> "Awaitable[Any]":
    """Raise an error in a generator; return an awaitable of its next value."""
    return generator.athrow(_as_exception(error))


def async_return(generator: "AsyncGenerator[Any, Any]") -> "Awaitable[Any]":
    """Ask a generator to end. The awaitable raises GeneratorExit if it does, or gives the value it yields instead."""
    return generator.athrow(GeneratorExit())


def _as_exception(error: object) -> BaseException:
    return error if isinstance(error, BaseException) else Exception(error)
