"""Named slips -> what a student is told: where to look, what kind of slip, the correction, a witness."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from symgrad.algebra import Decision, Witness
from symgrad.grading.question import Question
from symgrad.notation.tree import (
    Apply,
    Derivative,
    Div,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    number,
)
from symgrad.values.derivation import Step
from symgrad.values.mark import Mistake
from symgrad.values.phrase import Field, Phrase

Hints = tuple[tuple[Phrase, ...], ...]

STEPWISE = frozenset([
    "missing-factor", "function-for-derivative", "derivative-for-function", "wrong-sign", "dropped-term",
    "wrong-argument", "inverted-factor", "wrong-power", "wrong-index", "wrong-activation-derivative",
])  # fmt: skip
"""Slips whose phrases quote the chain's step, where there is one."""


def hints(question: Question, spoken: tuple[Mistake, ...]) -> Hints:
    """Three levels for the slips that are spoken of."""
    if not spoken:
        return ()
    return tuple(
        tuple(said(question, mistake, level, len(spoken)) for mistake in spoken) for level in (1, 2, 3)
    )


def said(question: Question, mistake: Mistake, level: int, count: int) -> Phrase:
    """One level for one slip; the `-plain` wording where there is no chain to point at."""
    fields = dict(describe(question, mistake, count))
    name = mistake.name
    if name == "missing-factor" and level == 1 and fields["missing"] != 1:
        name = "missing-factors"
    if name == "missing-factor" and level == 3:
        return Phrase.of(f"feedback.missing-factor-3-{fields.pop('position')}", **fields)
    fields.pop("position", None)
    variant = variant_of(question, mistake, fields)
    return Phrase.of(f"feedback.{name}-{level}{variant}", **fields)


def variant_of(question: Question, mistake: Mistake, fields: dict[str, Field]) -> str:
    """`-plain` where a phrase needs the chain's step and there is none."""
    if mistake.name == "wrong-variable":
        return "" if "other_equation" in fields else "-plain"
    return "-plain" if mistake.name in STEPWISE and "equation" not in fields else ""


def describe(question: Question, mistake: Mistake, count: int) -> Iterator[tuple[str, Field]]:
    """The fields a wording may use."""
    total = len([f for f in question.factors if not isinstance(f, Number)])
    touched = max(1, len(mistake.right)) if mistake.right else 0
    yield "total", total
    yield "right", max(0, total - max(touched, count if touched else 0))
    yield "missing", touched
    if mistake.wrong:
        yield "wrong", mistake.wrong if len(mistake.wrong) > 1 else mistake.wrong[0]
    if mistake.right:
        yield "factor", mistake.right if len(mistake.right) > 1 else mistake.right[0]
    if question.goal is not None:
        yield "goal", question.goal
    step = step_at(question, mistake)
    if step is not None and isinstance(step.before, Derivative) and step.equation is not None:
        start, end = stretch(question, step)
        yield "start", start
        yield "end", end
        yield "token", step.before
        yield "local", step.after
        yield "equation", step.equation
        assert isinstance(step.before.of, Name)
        yield "node", step.before.of
        layer = next((i.value for i in step.before.of.indices if isinstance(i, Number)), None)
        yield "neuron", int(layer) if layer is not None else 1
    if mistake.name == "missing-factor":
        yield from neighbours(question, mistake)
    if mistake.name == "wrong-variable":
        yield from variable(question, mistake)


def step_at(question: Question, mistake: Mistake) -> Step | None:
    """The derivation step a slip belongs to; a lone sign belongs to the last."""
    if question.derivation is None:
        return None
    steps = question.derivation.steps
    if mistake.at is not None:
        return steps[mistake.at - 1]
    if mistake.name in ("wrong-sign", "wrong-constant"):
        edges = [s for s in steps if s.rule not in ("sum-over-paths", "chain-rule")]
        return edges[-1] if edges else None
    return None


def stretch(question: Question, step: Step) -> tuple[Name, Name]:
    """The part of the path to look at: from a_2 to a_3 for the weight in between."""
    before = step.before
    assert isinstance(before, Derivative) and isinstance(before.of, Name)
    path = question.derivation.path if question.derivation else ()
    end = before.of
    if step.rule in ("linear-derivative", "bias-derivative") and end in path[:-1]:
        end = path[path.index(end) + 1]
    return before.by, end


def neighbours(question: Question, mistake: Mistake) -> Iterator[tuple[str, Field]]:
    """Between which factors the missing one belongs."""
    factors = question.factors
    places = [i for i, f in enumerate(factors) if f in mistake.right]
    if not places:
        yield "position", "alone"
        return
    before, after = places[0] - 1, places[-1] + 1
    if len(places) > 1 and len(mistake.right) == 1:
        after = before + 2
    if before >= 0:
        yield "before", factors[before]
    if after < len(factors):
        yield "after", factors[after]
    inside = before >= 0 and after < len(factors)
    yield (
        "position",
        "between" if inside else "last" if before >= 0 else "first" if after < len(factors) else "alone",
    )


def variable(question: Question, mistake: Mistake) -> Iterator[tuple[str, Field]]:
    """For another gradient: its name, and the equation through which the asked variable acts."""
    other = mistake.wrong[0]
    yield "other", other
    derivation = question.derivation
    if derivation is None:
        return
    first = derivation.steps[0]
    if first.equation is not None:
        yield "other_equation", first.equation
        assert isinstance(first.before, Derivative)
        yield "variable", first.before.by
        yield "local", first.after


# -- evidence ------------------------------------------------------------------------------------------------


def evidence(question: Question, decision: Decision) -> tuple[Phrase, ...]:
    """The separating point, in words one can compute along."""
    witness = decision.witness
    if witness is None:
        return ()
    special, rest = point(witness)
    fields: dict[str, Field] = {"point": special, "left": shown(witness.left), "right": shown(witness.right)}
    kind = "witness" if question.goal else "witness-plain"
    if rest:
        return (Phrase.of(f"feedback.{kind}-rest", rest=rest, **fields),)
    return (Phrase.of(f"feedback.{kind}", **fields),)


def shown(value: Fraction | str) -> Field:
    """An exact value, or the first digits of an enclosure (which is far narrower than they are)."""
    if isinstance(value, Fraction):
        return fraction(value)
    middle = re.match(r"\[?([-+0-9.e]+)", value)
    return f"{float(middle[1]):.5g}" if middle else value


def fraction(value: Fraction) -> Tree:
    """1/512 as it is written."""
    if value.denominator == 1:
        return number(value) if value >= 0 else Neg(number(-value))
    tree = Div(number(abs(value.numerator)), number(value.denominator))
    return tree if value >= 0 else Neg(tree)


def point(witness: Witness) -> tuple[tuple[Tree, ...], tuple[Tree, ...]]:
    """What is special about a point (functions, z_j = 0, single values), and what everything else is."""
    special: list[Tree] = []
    rest: list[Tree] = []
    x = Name("x")
    for name, function in witness.functions:
        body: Tree = Apply(Name(function), (x,)) if isinstance(function, str) else function
        special.append(Relation(("=",), (Apply(Name(name), (x,)), body)))
    families: dict[str, list[tuple[Name, Fraction]]] = {}
    for leaf, value in (*witness.reached, *witness.values):
        if isinstance(leaf, Name) and len(leaf.indices) == 1 and isinstance(leaf.indices[0], Number):
            families.setdefault(leaf.stem, []).append((leaf, value))
        else:
            special.append(Relation(("=",), (leaf, fraction(value))))
    for stem, members in families.items():
        values = [value for _, value in members]
        common = max(dict.fromkeys(values), key=values.count)
        odd = [Relation(("=",), (name, fraction(value))) for name, value in members if value != common]
        if len(members) - len(odd) < 2:
            special.extend(Relation(("=",), (name, fraction(value))) for name, value in members)
            continue
        special.extend(odd)
        (rest if odd else special).append(Relation(("=",), (Name(stem, (Name("j"),)), fraction(common))))
    return tuple(special), tuple(rest)
