"""Functions of numerical libraries, np.power(x, 2), np.outer(d, h): read as the mathematics they compute."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Div,
    Elementwise,
    Indicator,
    Logic,
    Mul,
    Name,
    Neg,
    Pow,
    Relation,
    Transpose,
    Tree,
    number,
)

Maker = Callable[[tuple[Tree, ...]], Tree]


def truth(tree: Tree) -> Tree:
    """A relation that is calculated with counts as 0 or 1."""
    return Indicator(tree) if isinstance(tree, Relation | Logic) else tree


def extreme(name: str) -> Maker:
    """Max or min under its usual name."""
    return lambda given: Apply(Name(name), given)


def chosen(given: tuple[Tree, ...]) -> Tree:
    """where(c, a, b)."""
    condition, yes, no = given
    if isinstance(condition, Relation | Logic):
        return Apply(Name("piecewise"), (yes, condition, no))
    return Add((Mul((condition, yes)), Mul((Add((ONE, Neg(condition))), no))))


PROGRAMS: dict[str, tuple[int, Maker]] = {
    "power": (2, lambda given: Pow(*given)),
    "pow": (2, lambda given: Pow(*given)),
    "square": (1, lambda given: Pow(given[0], number(2))),
    "reciprocal": (1, lambda given: Div(ONE, given[0])),
    "negative": (1, lambda given: Neg(given[0])),
    "multiply": (2, lambda given: Elementwise("*", *given)),
    "mul": (2, lambda given: Elementwise("*", *given)),
    "divide": (2, lambda given: Elementwise("/", *given)),
    "add": (2, lambda given: Add(given)),
    "subtract": (2, lambda given: Add((given[0], Neg(given[1])))),
    "dot": (2, lambda given: Mul(given)),
    "matmul": (2, lambda given: Mul(given)),
    "mm": (2, lambda given: Mul(given)),
    "outer": (2, lambda given: Mul((given[0], Transpose(given[1])))),
    "transpose": (1, lambda given: Transpose(given[0])),
    "maximum": (2, extreme("max")),
    "minimum": (2, extreme("min")),
    "where": (3, chosen),
    "heaviside": (2, lambda given: Indicator(Relation((">",), (given[0], ZERO)))),
}
"""How many arguments each takes, and what it makes of them."""
EVERYWHERE = frozenset(["pow", "outer", "heaviside"])
"""Those that need no np. in front."""
STEPS = frozenset(["step", "heaviside"])


def step(argument: Tree) -> Tree:
    """1 where the argument is positive, 0 elsewhere."""
    return Indicator(Relation((">",), (argument, ZERO)))


def computed(name: str, given: tuple[Tree, ...]) -> Tree | None:
    """What a library function computes; None if it takes another number of arguments."""
    if name in STEPS and len(given) == 1:
        return step(given[0])
    if name not in PROGRAMS or len(given) != PROGRAMS[name][0]:
        return None
    return PROGRAMS[name][1](given)
