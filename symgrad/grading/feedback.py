"""Named slips -> what a student is told: where to look, what kind of slip, the correction, a witness."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from symgrad.algebra import Decision, Witness
from symgrad.grading.described import Group, describe, factor_count, slope_step, touched, turned_term
from symgrad.grading.desk import is_path_sum
from symgrad.grading.edits import is_wrong_factor
from symgrad.grading.question import Question
from symgrad.notation.tree import (
    Add,
    Apply,
    Div,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    number,
)
from symgrad.values.mark import Mistake
from symgrad.values.phrase import Field, Phrase

Hints = tuple[tuple[Phrase, ...], ...]

STEPWISE = frozenset([
    "missing-factor", "function-for-derivative", "derivative-for-function", "wrong-sign", "dropped-term",
    "wrong-argument", "inverted-factor", "wrong-power", "wrong-index", "wrong-activation-derivative",
    "replaced", "missing-factors", "loss-not-differentiated",
])  # fmt: skip
ALSO_STEPWISE = STEPWISE - {"wrong-sign"}
"""Slips whose phrases quote the chain's step, where there is one: alone, and beside other slips."""


def hints(question: Question, spoken: tuple[Mistake, ...]) -> Hints:
    """Three levels for the slips that are spoken of."""
    if not spoken:
        return ()
    groups = grouped(spoken)
    if len(groups) == 1:
        return tuple(tuple(alone(question, groups[0], level)) for level in (1, 2, 3))
    return tuple(tuple(dict.fromkeys(together(question, groups, level))) for level in (1, 2, 3))


def grouped(spoken: tuple[Mistake, ...]) -> tuple[Group, ...]:
    """The slips one by one; a missing factor and another in its place are one."""
    if is_wrong_factor(*spoken[:2]):
        return (spoken[:2], *((mistake,) for mistake in spoken[2:]))
    return tuple((mistake,) for mistake in spoken)


def alone(question: Question, group: Group, level: int) -> Iterator[Phrase]:
    """One level for the only slip."""
    fields = dict(describe(question, group))
    name = name_of(question, group)
    if level == 1 and name == "missing-factor" and isinstance(right := fields["right"], int) and right < 2:
        if right == 1:
            yield Phrase.of("feedback.one-kept")
        yield also(question, group, fields)
    elif level == 1 and name == "extra-factor" and isinstance(total := fields["total"], int) and total < 2:
        yield Phrase.of("feedback.extra-factor-1-one") if total else also(question, group, fields)
    else:
        yield said(question, group, fields, level)


def together(question: Question, groups: tuple[Group, ...], level: int) -> Iterator[Phrase]:
    """One level for several slips: first how much is right and how much is to be mended, then each slip."""
    described = [dict(describe(question, group)) for group in groups]
    if level == 1:
        total = factor_count(question)
        right = max(0, total - sum(touched(group) for group in groups))
        kind = "none" if not right else "all" if right == total > 1 else "one" if right == 1 else "some"
        kind = "whole" if right == total == 1 else kind
        yield Phrase.of(f"feedback.several-{kind}", right=right, total=total, count=len(groups))
    for group, fields in zip(groups, described, strict=True):
        name = name_of(question, group)
        if level == 1:
            yield also(question, group, fields)
        elif level == 3 and name in ("wrong-sign", "wrong-constant"):
            variant = "-plain" if name == "wrong-sign" and "equation" not in fields else ""
            yield Phrase.of(f"feedback.also-{name}-3{variant}", **fields)
        else:
            yield said(question, group, fields, level)


def also(question: Question, group: Group, fields: Mapping[str, Field]) -> Phrase:
    """Where to look for one slip, without a word about the rest of the answer."""
    name = name_of(question, group)
    if name == "missing-factor" and fields["missing"] != 1:
        name = "missing-factors"
    if name.startswith("extra-factor"):
        name = "extra-factor"
    variant = "-plain" if name in ALSO_STEPWISE and "equation" not in fields else ""
    return Phrase.of(f"feedback.also-{name}-1{variant}", **fields)


def name_of(question: Question, group: Group) -> str:
    """Which phrases speak of a slip: its own, or those for a special case of it."""
    mistake = group[0]
    if len(group) > 1:
        return "replaced"
    if turned_term(mistake) is not None:
        return "wrong-sign-term"
    if mistake.name == "missing-factor" and in_path(question, mistake):
        return "missing-in-path"
    if mistake.name == "extra-factor" and slope_step(question, mistake) is not None:
        return "extra-factor-contained"
    return mistake.name


def in_path(question: Question, mistake: Mistake) -> bool:
    """Whether a factor is missing in one term of a sum over paths, and not in the whole product."""
    sums = any(isinstance(factor, Add) and is_path_sum(factor) for factor in question.factors)
    return sums and not any(factor in question.factors for factor in mistake.right)


def said(question: Question, group: Group, given: Mapping[str, Field], level: int) -> Phrase:
    """One level for one slip; the `-plain` wording where there is no chain to point at."""
    fields, name = dict(given), name_of(question, group)
    if name == "missing-factor" and level == 1 and fields["missing"] != 1:
        name = "missing-factors"
    position = fields.pop("position", None)
    if name == "missing-factor" and level == 3:
        name = name if fields["missing"] == 1 else "missing-factors"
        return Phrase.of(f"feedback.{name}-3-{position}", **fields)
    return Phrase.of(f"feedback.{name}-{level}{variant_of(name, fields)}", **fields)


def variant_of(name: str, fields: Mapping[str, Field]) -> str:
    """`-plain` where a phrase needs the chain's step and there is none."""
    if name == "wrong-variable":
        return "" if "other_equation" in fields else "-plain"
    return "-plain" if name in STEPWISE and "equation" not in fields else ""


# -- evidence ------------------------------------------------------------------------------------------------


def evidence(question: Question, decision: Decision) -> tuple[Phrase, ...]:
    """The separating point, in words one can compute along."""
    witness = decision.witness
    if witness is None:
        return ()
    special, rest = point(witness)
    left, right = apart(witness.left, witness.right)
    fields: dict[str, Field] = {"point": special, "left": left, "right": right}
    kind = "witness" if question.goal else "witness-plain"
    if rest:
        return (Phrase.of(f"feedback.{kind}-rest", rest=rest, **fields),)
    return (Phrase.of(f"feedback.{kind}", **fields),)


def apart(left: Fraction | str, right: Fraction | str) -> tuple[Field, Field]:
    """Both values with so many digits that they differ where they are printed, five at least."""
    for digits in (5, 8, 12, 16, 24, 32, 48):
        pair = shown(left, digits), shown(right, digits)
        if pair[0] != pair[1]:
            return pair
    return pair


def shown(value: Fraction | str, digits: int = 5) -> Field:
    """An exact value, or the first digits of an enclosure (which is far narrower than they are)."""
    if isinstance(value, Fraction):
        return fraction(value)
    middle = re.match(r"\[?([-+0-9.e]+)", value)
    if middle is None:
        return value
    return f"{float(middle[1]):.5g}" if digits == 5 else f"{Decimal(middle[1]):.{digits}g}"


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
