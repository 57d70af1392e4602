"""How much work an answer may cause, estimated before any is done; what may be much is done elsewhere."""

from __future__ import annotations

from fractions import Fraction

from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Constant,
    Div,
    Elementwise,
    Mul,
    Neg,
    Number,
    Pow,
    Tree,
    children,
    walk,
)

MAX_NODES, MAX_TERMS, MAX_FUNCTIONS, MAX_NESTED, MAX_POWER = 700, 5000, 40, 4, 8
SPLITTING = frozenset(
    ["sqrt", "abs", "max", "min", "relu", "leaky_relu", "elu", "selu", "huber", "hinge", "log", "sign"]
)
MAX_SPLITTING = 8
MANY = 10**9


def light(tree: Tree) -> bool:
    """Whether an answer is of the size that people write: few terms multiplied out, little nested."""
    functions = splitting = 0
    for nodes, node in enumerate(walk(tree)):
        match node:
            case Apply(function, _, _):
                functions += 1
                splitting += function.stem.lower() in SPLITTING
            case Pow(base, exponent) if not power_is_light(base, exponent):
                return False
            case Number(value) if max(abs(value.numerator), value.denominator) > 10**12:
                return False
            case BigOp() if not range_is_light(node):
                return False
        if nodes > MAX_NODES:
            return False
    if functions > MAX_FUNCTIONS * 4 or splitting > MAX_SPLITTING:
        return False
    return nested(tree) <= MAX_NESTED and terms(tree) <= MAX_TERMS


def power_is_light(base: Tree, exponent: Tree) -> bool:
    """A small power of anything, e to the power of anything, a letter in the exponent of nothing else."""
    if isinstance(base, Constant):
        return not any(isinstance(node, Pow) for node in walk(exponent))
    value = number_of(exponent)
    return value is not None and abs(value) <= MAX_POWER and value.denominator <= MAX_POWER


def number_of(tree: Tree) -> Fraction | None:
    """The number that an exponent is."""
    match tree:
        case Number(value):
            return value
        case Neg(Number(value)):
            return -value
        case Div(Number(above), Number(below)) if below:
            return above / below
    return None


def range_is_light(node: BigOp) -> bool:
    """A range that is short or stays symbolic, with no other range inside."""
    if any(isinstance(inner, BigOp) for inner in walk(node.body)):
        return False
    low, high = number_of(node.low), number_of(node.high)
    return low is None or high is None or abs(high - low) <= 16


def nested(tree: Tree) -> int:
    """How many functions and powers stand inside one another."""
    deepest = 0
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        depth += isinstance(node, Apply | Pow)
        deepest = max(deepest, depth)
        stack.extend((child, depth) for child in children(node))
    return deepest


def terms(tree: Tree) -> int:
    """How many terms there are at most once everything is multiplied out; a function is one."""
    match tree:
        case Add(parts):
            return min(MANY, sum(map(terms, parts)))
        case Mul(parts):
            total = 1
            for part in parts:
                total = min(MANY, total * terms(part))
            return total
        case Elementwise(_, left, right) | Div(left, right):
            return min(MANY, terms(left) * terms(right))
        case Neg(operand):
            return terms(operand)
        case Pow(base, Number(value)) if value.denominator == 1:
            return min(MANY, int(terms(base) ** min(abs(int(value)), 64)))
        case BigOp(_, body):
            return min(MANY, terms(body) ** 4)
    return 1
