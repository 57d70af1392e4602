"""The ways to write one gradient as factors: with sigma', s(1 - s), exponentials, sech or tanh."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.grading.question import Question
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Constant,
    Div,
    Name,
    Neg,
    Pow,
    Tree,
    number,
    walk,
)

Writing = Callable[[Apply], tuple[Tree, ...]]


def half(u: Tree) -> Tree:
    """Half of u."""
    return Div(u, number(2))


def values(slope: Apply) -> tuple[Tree, ...]:
    """sigma'(u) = sigma(u) (1 - sigma(u))."""
    s = Apply(slope.function, slope.arguments)
    return s, Add((ONE, Neg(s)))


def exponentials(slope: Apply) -> tuple[Tree, ...]:
    """sigma'(u) = e^-u / (1 + e^-u)^2."""
    e = Pow(Constant("e"), Neg(slope.arguments[0]))
    return e, Div(ONE, Pow(Add((ONE, e)), number(2)))


def hyperbolic(slope: Apply) -> tuple[Tree, ...]:
    """sigma'(u) = sech(u/2)^2 / 4."""
    return Div(ONE, number(4)), Pow(Apply(Name("sech"), (half(slope.arguments[0]),)), number(2))


def by_tanh(slope: Apply) -> tuple[Tree, ...]:
    """sigma'(u) = (1 - tanh(u/2)^2)/4."""
    t = Apply(Name("tanh"), (half(slope.arguments[0]),))
    return Div(ONE, number(4)), Add((ONE, Neg(Pow(t, number(2)))))


WRITINGS: dict[str, Writing] = {
    "slopes": lambda slope: (slope,),
    "values": values,
    "exponentials": exponentials,
    "hyperbolic": hyperbolic,
    "tanh": by_tanh,
}


def form_kinds(answer: Tree) -> list[str]:
    """The forms to search, those in the answer's own vocabulary first."""
    nodes = list(walk(answer))
    applied = {node.function.stem for node in nodes if isinstance(node, Apply)}
    kinds = ["factors"]
    if "exp" in applied or any(node == Constant("e") for node in nodes):
        kinds.insert(0, "exponentials")
    if "sech" in applied or "cosh" in applied:
        kinds.insert(0, "hyperbolic")
    if "tanh" in applied:
        kinds.insert(0, "tanh")
    return [*kinds, "slopes", "values"]


def written(question: Question, kind: str) -> tuple[Tree, ...] | None:
    """The gold's factors in a form; None where the logistic sigmoid does not occur as a slope."""
    if kind == "factors":
        return question.factors
    factors: list[Tree] = []
    changed = False
    pending = list(gathered(question))
    for factor in pending:
        if is_slope(question, factor):
            assert isinstance(factor, Apply)
            factors.extend(WRITINGS[kind](factor))
            changed = True
        else:
            factors.append(factor)
    return tuple(factors) if changed else None


def is_slope(question: Question, factor: Tree) -> bool:
    """Whether a factor is sigma'(u) of the logistic sigmoid."""
    if not (isinstance(factor, Apply) and factor.order == 1 and len(factor.arguments) == 1):
        return False
    stem = factor.function.stem
    return question.bindings.get(stem, stem) == "sigmoid"


def gathered(question: Question) -> list[Tree]:
    """The factors with every sigma(u) (1 - sigma(u)) gathered to sigma'(u)."""
    found = list(question.factors)
    for factor in question.factors:
        if isinstance(factor, Apply) and factor.order == 0:
            rest = Add((ONE, Neg(factor)))
            if rest in found and factor in found:
                place = found.index(factor)
                found[place] = Apply(factor.function, factor.arguments, 1)
                found.remove(rest)
    return found
