"""What PyProxy's methods do that is easier said in Python: an Array's changes to a mutable sequence, and the end
of generators. Frozen into the main module; imported when first used.
"""

from functools import cmp_to_key


def push(sequence, *items):
    sequence.extend(items)
    return len(sequence)


def pop(sequence):
    return sequence.pop() if sequence else None


def shift(sequence):
    return sequence.pop(0) if sequence else None


def unshift(sequence, *items):
    for index, item in enumerate(items):
        sequence.insert(index, item)
    return len(sequence)


def reverse(sequence):
    sequence.reverse()


def sort(sequence, compare):
    """Sort by a comparison of JavaScript's; None, its undefined, is not compared and comes last."""
    items = [item for item in sequence if item is not None]
    items.sort(key=cmp_to_key(compare))
    _replace(sequence, 0, items + [None] * (len(sequence) - len(items)))


def splice(sequence, *args):
    """Take out args[1] items from args[0] on (default: all) and put args[2:] there; return what was taken out."""
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


def fill(sequence, value, start=None, end=None):
    for index in range(*slice(start, end).indices(len(sequence))):
        sequence[index] = value


def copy_within(sequence, target, start=None, end=None):
    items = [sequence[index] for index in range(*slice(start, end).indices(len(sequence)))]
    target, _, _ = slice(target, None).indices(len(sequence))
    _replace(sequence, target, items[: len(sequence) - target])


def _replace(sequence, start, items):
    for index, item in enumerate(items):
        sequence[start + index] = item


def generator_throw(generator, error):
    """(done, value) of a generator in which an error is raised."""
    if not isinstance(error, BaseException):
        error = Exception(error)
    try:
        return False, generator.throw(error)
    except StopIteration as end:
        return True, end.value


def generator_return(generator, value):
    """(done, value) of a generator that is asked to end; it may yield instead, or return something else."""
    try:
        return False, generator.throw(GeneratorExit)
    except GeneratorExit:
        return True, value
    except StopIteration as end:
        return True, end.value


def find(name):
    """The module of this name, or what is in one under it."""
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


def conversion_error(message, *keys):
    from pyodide.ffi import ConversionError

    raise ConversionError(message.format(*keys))


def async_next(iterator, value):
    """An awaitable of the next value; value is for a generator that has begun."""
    return anext(iterator) if value is None else iterator.asend(value)


def async_throw(generator, error):
    """An awaitable of the next value of a generator in which an error is raised."""
    return generator.athrow(error if isinstance(error, BaseException) else Exception(error))


def async_return(generator):
    """An awaitable of what a generator yields that is asked to end; GeneratorExit if it does as it was told."""
    return generator.athrow(GeneratorExit())
