"""Trees as plain data and back: nested lists that JSON can hold, read strictly.

An integer is itself, another number a string (`"1/4"`, `"0.25"` where it was typed as a decimal); every other
node is a list that starts with its kind: `["name", "w", 1]`, `["apply", "sigma", 1, [["name", "z", 1]]]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.notation import tree as t
from symgrad.notation.writers.precedence import decimal_text

Data: TypeAlias = int | str | list[Any]

MAX_DEPTH = 200
MAX_DIGITS = 4000
SAFE_INTEGER = 2**53
NUMBER = re.compile(r"-?\d+(?:/\d+|\.\d+)?", re.ASCII)
IDENTIFIER = re.compile(r"[^\W\d_]\w{0,63}")
OPTION = r"[a-z]\w{0,63}=-?\d{1,99}(?:/\d{1,99})?"
CALLED = re.compile(rf"{IDENTIFIER.pattern}(?:\({OPTION}(?:, {OPTION}){{0,9}}\))?")
"""The name of a function, perhaps with its options: `leaky_relu(slope=1/5)`."""
WORDS = re.compile(r"[a-z]+(?: [a-z]+){0,3}")
CONSTANTS = ("e", "pi", "infty")
RELATIONS = ("<", "<=", ">", ">=", "=", "!=", "~")
LOGIC = {"and": (1, None), "or": (1, None), "not": (1, 1), "implies": (2, 2), "iff": (2, None)}
MANY: dict[str, Callable[[tuple[t.Tree, ...]], t.Tree]] = {"add": t.Add, "mul": t.Mul, "array": t.Array}
PAIRS: dict[str, Callable[[t.Tree, t.Tree], t.Tree]] = {"div": t.Div, "pow": t.Pow}
SINGLES: dict[str, Callable[[t.Tree], t.Tree]] = {
    "neg": t.Neg, "transpose": t.Transpose, "indicator": t.Indicator,
}  # fmt: skip


# -- writing


def to_data(tree: t.Tree) -> Data:
    """A tree as nested lists; positions in the source are left out.

    >>> to_data(t.Pow(t.Name("w", (t.ONE,)), t.number(2)))
    ['pow', ['name', 'w', 1], 2]
    """
    done: list[Data] = []
    waiting: list[tuple[t.Tree, bool]] = [(tree, False)]
    while waiting:
        node, ready = waiting.pop()
        below = t.children(node)
        if not ready and below:
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(below))
            continue
        start = len(done) - len(below)
        inner = done[start:]
        del done[start:]
        done.append(_data(node, inner))
    return done[0]


def _data(node: t.Tree, inner: list[Data]) -> Data:
    match node:
        case t.Number(value, decimal=decimal):
            return _number_data(value, decimal)
        case t.Constant(name):
            return ["constant", name]
        case t.Name(stem, layer=layer):
            return ["layer" if layer else "name", stem, *inner]
        case t.Apply(function, arguments, order, options):
            cut = len(function.indices)
            values = inner[cut + len(arguments) :]
            called: Data = _data(function, inner[:cut]) if cut else function.stem
            pairs = [[key, value] for (key, _), value in zip(options, values, strict=True)]
            return ["apply", called, order, inner[cut : cut + len(arguments)], *([pairs] if pairs else [])]
        case t.Elementwise(operator):
            return ["elementwise", operator, *inner]
        case t.Derivative(order=order):
            return ["derivative", *inner, order]
        case t.BigOp(kind, _, index, _, _, ascending):
            return ["big", kind, inner[0], index, inner[1], inner[2], ascending]
        case t.Relation(operators):
            return ["relation", list(operators), *inner]
        case t.Logic(operator):
            return ["logic", operator, *inner]
        case t.Is(_, kind):
            return ["is", inner[0], kind]
        case t.Convex(_, _, concave):
            return ["convex", concave, *inner]
        case _:
            return [type(node).__name__.lower(), *inner]


def _number_data(value: Fraction, decimal: bool) -> Data:
    if decimal and (text := decimal_text(abs(value))) is not None:
        return f"-{text}" if value < 0 else text
    if value.denominator == 1 and abs(value) < SAFE_INTEGER:
        return value.numerator
    return str(value)


# -- reading


def from_data(data: object) -> t.Tree:
    """The tree of nested lists; anything that `to_data` would not write is refused.

    Raises:
        ValueError: the data is no tree; the message says which part and what was expected.
    """
    return _tree(data, 0)


def _refuse(data: object, expected: str) -> ValueError:
    shown = repr(data)
    return ValueError(f"{expected} expected, not {shown if len(shown) <= 80 else shown[:77] + '...'}")


def _tree(data: object, depth: int) -> t.Tree:
    if depth > MAX_DEPTH:
        raise ValueError(f"a tree is nested deeper than {MAX_DEPTH}")
    if isinstance(data, bool) or not isinstance(data, int | str | list):
        raise _refuse(data, "a number or a list")
    if isinstance(data, int):
        return t.Number(Fraction(data))
    if isinstance(data, str):
        return _number(data)
    if not data or not isinstance(data[0], str):
        raise _refuse(data, "a list that starts with the kind of a node")
    kind, rest = data[0], data[1:]
    if kind in MANY:
        return MANY[kind](_trees(rest, depth))
    if kind in PAIRS:
        left, right = _exactly(rest, 2, kind)
        return PAIRS[kind](_tree(left, depth + 1), _tree(right, depth + 1))
    if kind in SINGLES:
        return SINGLES[kind](_tree(_exactly(rest, 1, kind)[0], depth + 1))
    if kind in READERS:
        return READERS[kind](rest, depth)
    raise _refuse(kind, "the kind of a node")


def _number(text: str) -> t.Number:
    if len(text) > MAX_DIGITS or not NUMBER.fullmatch(text):
        raise _refuse(text, "a number like 1/4 or 0.25")
    try:
        return t.Number(Fraction(text), decimal="." in text)
    except ZeroDivisionError:
        raise _refuse(text, "a number with a denominator other than 0") from None


def _exactly(rest: list[Any], count: int, kind: str) -> list[Any]:
    if len(rest) != count:
        raise _refuse([kind, *rest], f"{count} parts of `{kind}`")
    return rest


def _trees(rest: Sequence[object], depth: int, least: int = 0) -> tuple[t.Tree, ...]:
    if len(rest) < least:
        raise _refuse(list(rest), f"at least {least} subtrees")
    return tuple(_tree(item, depth + 1) for item in rest)


def _text(value: object, pattern: re.Pattern[str], expected: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _refuse(value, expected)
    return value


def _one_of(value: object, allowed: Sequence[str], expected: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _refuse(value, f"{expected} ({' '.join(allowed)})")
    return value


def _order(value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 1000:
        raise _refuse(value, "the order of a derivative")
    return value


def _constant(rest: list[Any], depth: int) -> t.Tree:
    return t.Constant(_one_of(_exactly(rest, 1, "constant")[0], CONSTANTS, "a constant"))


def _name(rest: list[Any], depth: int, layer: bool = False) -> t.Name:
    if not rest or (layer and len(rest) < 2):
        raise _refuse(rest, "a name with its indices")
    return t.Name(_text(rest[0], IDENTIFIER, "a name"), _trees(rest[1:], depth), layer=layer)


def _layer(rest: list[Any], depth: int) -> t.Tree:
    return _name(rest, depth, layer=True)


def _apply(rest: list[Any], depth: int) -> t.Tree:
    if len(rest) not in (3, 4) or not isinstance(rest[2], list):
        raise _refuse(["apply", *rest], "a function, an order, arguments and options")
    if isinstance(rest[0], list):
        function = _tree(rest[0], depth + 1)
    else:
        function = t.Name(_text(rest[0], CALLED, "the name of a function"))
    if not isinstance(function, t.Name):
        raise _refuse(rest[0], "the name of a function")
    options: list[tuple[str, t.Tree]] = []
    for pair in rest[3] if len(rest) == 4 and isinstance(rest[3], list) else rest[3:]:
        if not isinstance(pair, list) or len(pair) != 2:
            raise _refuse(pair, "an option as [name, value]")
        options.append((_text(pair[0], IDENTIFIER, "the name of an option"), _tree(pair[1], depth + 1)))
    return t.Apply(function, _trees(rest[2], depth, 1), _order(rest[1], 0), tuple(options))


def _elementwise(rest: list[Any], depth: int) -> t.Tree:
    operator, left, right = _exactly(rest, 3, "elementwise")
    return t.Elementwise(_one_of(operator, ("*", "/", "^"), "an operator"), *_trees((left, right), depth))


def _component(rest: list[Any], depth: int) -> t.Tree:
    operand, *positions = _trees(rest, depth, 2)
    return t.Component(operand, tuple(positions))


def _derivative(rest: list[Any], depth: int) -> t.Tree:
    of, by, order = _exactly(rest, 3, "derivative")
    variable = _tree(by, depth + 1)
    if not isinstance(variable, t.Name):
        raise _refuse(by, "a name to differentiate by")
    return t.Derivative(_tree(of, depth + 1), variable, _order(order, 1))


def _big(rest: list[Any], depth: int) -> t.Tree:
    kind, body, index, low, high, ascending = _exactly(rest, 6, "big")
    if ascending is not None and not isinstance(ascending, bool):
        raise _refuse(ascending, "true, false or null for the direction")
    parts = _trees((body, low, high), depth)
    index = _text(index, IDENTIFIER, "an index letter")
    return t.BigOp(
        _one_of(kind, ("prod", "sum"), "an operator"), parts[0], index, parts[1], parts[2], ascending
    )


def _relation(rest: list[Any], depth: int) -> t.Tree:
    if not rest or not isinstance(rest[0], list):
        raise _refuse(rest, "a list of relation signs")
    signs = tuple(_one_of(sign, RELATIONS, "a relation sign") for sign in rest[0])
    if not signs or len(rest) != len(signs) + 2:
        raise _refuse(rest, "one operand more than relation signs")
    return t.Relation(signs, _trees(rest[1:], depth))


def _logic(rest: list[Any], depth: int) -> t.Tree:
    operator = _one_of(rest[0] if rest else None, tuple(LOGIC), "a connective")
    least, most = LOGIC[operator]
    arguments = _trees(rest[1:], depth, least)
    if most is not None and len(arguments) > most:
        raise _refuse(rest, f"{most} arguments of `{operator}`")
    return t.Logic(operator, arguments)


def _is(rest: list[Any], depth: int) -> t.Tree:
    subject, kind = _exactly(rest, 2, "is")
    return t.Is(_tree(subject, depth + 1), _text(kind, WORDS, "a kind of number"))


def _convex(rest: list[Any], depth: int) -> t.Tree:
    concave = rest[0] if rest else None
    if not isinstance(concave, bool):
        raise _refuse(rest, "convex or concave")
    subject, *rest = _trees(rest[1:], depth, 2)
    names = tuple(name for name in rest if isinstance(name, t.Name))
    if len(names) != len(rest):
        raise _refuse(rest, "names to be convex in")
    return t.Convex(subject, names, concave)


READERS: dict[str, Callable[[list[Any], int], t.Tree]] = {
    "constant": _constant, "name": _name, "layer": _layer, "apply": _apply, "elementwise": _elementwise,
    "component": _component, "derivative": _derivative, "big": _big, "relation": _relation, "logic": _logic,
    "is": _is, "convex": _convex,
}  # fmt: skip
