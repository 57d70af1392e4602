"""The small closures that compiled trees are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from symgrad.arithmetic.kind import Value

Run: TypeAlias = Callable[[list[Value]], Value]
Truth: TypeAlias = Callable[[list[Value]], bool | None]


def all_true(truths: Iterable[bool | None]) -> bool | None:
    """False if any is, else None if any is unknown."""
    known = list(truths)
    return False if False in known else None if None in known else True


def any_true(truths: list[bool | None]) -> bool | None:
    """True if any is, else None if any is unknown."""
    return True if True in truths else None if None in truths else False


def always(value: Value) -> Run:
    """A constant."""
    return lambda slots: value


def later(constant: Callable[[str], Value], name: str) -> Run:
    """A constant computed when it runs, at the precision of then."""
    return lambda slots: constant(name)


def one(operation: Callable[[Value], Value], a: Run) -> Run:
    """An operation on one run."""
    return lambda slots: operation(a(slots))


def two(operation: Callable[[Value, Value], Value], a: Run, b: Run) -> Run:
    """An operation on two runs."""
    return lambda slots: operation(a(slots), b(slots))


def fold(operation: Callable[[Value, Value], Value], parts: list[Run]) -> Run:
    """An operation on runs from left to right."""
    if len(parts) == 2:
        return two(operation, parts[0], parts[1])
    first, rest = parts[0], parts[1:]

    def run(slots: list[Value]) -> Value:
        result = first(slots)
        for part in rest:
            result = operation(result, part(slots))
        return result

    return run
