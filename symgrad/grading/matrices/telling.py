"""Slips about vectors and matrices -> what a student is told, with sizes; a witness with small entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from symgrad.algebra import Decision, Misshapen, ShapedWitness
from symgrad.grading.feedback import fraction
from symgrad.grading.feedback import shown as digits
from symgrad.grading.matrices.desk import Room
from symgrad.grading.matrices.diagnosis import Named
from symgrad.grading.matrices.mends import Mend
from symgrad.grading.matrices.written import factors_of
from symgrad.grading.question import Question
from symgrad.notation.tree import (
    ONE,
    Apply,
    Array,
    Component,
    Elementwise,
    Mul,
    Name,
    Number,
    Relation,
    Tree,
    number,
)
from symgrad.values.mark import Mistake
from symgrad.values.phrase import Field, Phrase

Hints = tuple[tuple[Phrase, ...], ...]
WORDED = frozenset([
    "missing-transpose", "wrong-order", "missing-factor", "extra-factor", "wrong-index", "wrong-argument",
    "function-for-derivative", "derivative-for-function", "wrong-sign", "wrong-constant", "wrong-power",
    "loss-not-differentiated", "inverted-factor", "sum-for-product", "dropped-term",
])  # fmt: skip


def hints(question: Question, room: Room, tree: Tree, named: Named) -> Hints:
    """Three levels for the slips that are spoken of."""
    if named.other is not None:
        fields: dict[str, Field] = {"other": named.other.wrong[0], "goal": named.other.right[0]}
        return tuple((Phrase.of(f"matrices.wrong-variable-{level}", **fields),) for level in (1, 2, 3))
    if not named.mends:
        return ()
    mend = named.mends[0]
    return tuple(tuple(level_of(room, tree, mend, level)) for level in (1, 2, 3))


def level_of(room: Room, tree: Tree, mend: Mend, level: int) -> Iterator[Phrase]:
    """One level; a factor missing and another in its place are one slip."""
    names = [mistake.name for mistake in mend.mistakes]
    if names == ["missing-factor", "extra-factor"]:
        fields: dict[str, Field] = {"factor": mend.mistakes[0].right[0], "wrong": mend.mistakes[1].wrong[0]}
        yield Phrase.of(f"matrices.replaced-{level}", **fields)
        return
    if len(names) > 1 and level == 1:
        yield Phrase.of("matrices.several", count=len(names))
    for mistake in mend.mistakes:
        if mistake.name in WORDED:
            yield said(room, tree, mend, mistake, level)


def said(room: Room, tree: Tree, mend: Mend, mistake: Mistake, level: int) -> Phrase:
    """One level for one slip."""
    total = len([f for f in factors_of(mend.tree) if not isinstance(f, Number)])
    fields: dict[str, Field] = {"total": total, "right": max(0, total - 1)}
    if mistake.wrong:
        fields["wrong"] = mistake.wrong[0]
    if mistake.right:
        fields["factor"] = mistake.right[0]
    name = mistake.name
    if name == "missing-transpose":
        return transposed(room, tree, mend, mistake, level, fields)
    if name == "wrong-order" and level == 2:
        pair = misfit(room, mend.around) if mend.around is not None else None
        if pair is not None:
            return Phrase.of("matrices.wrong-order-2-sizes", **sizes_of(room, *pair))
    if name == "wrong-constant" and mistake.right and level > 1:
        return Phrase.of(f"matrices.wrong-constant-{level}-term", **fields)
    if name == "missing-factor" and level == 1 and total < 2:
        return Phrase.of("matrices.missing-factor-1-alone")
    return Phrase.of(f"matrices.{name}-{level}", **fields)


def transposed(
    room: Room, tree: Tree, mend: Mend, mistake: Mistake, level: int, fields: Mapping[str, Field]
) -> Phrase:
    """One level for a lost transpose: the sizes that cannot meet, or a matrix the wrong way round."""
    fits = room.shape_or_none(tree) is not None
    if mistake.wrong[0] == tree and level != 2:
        return Phrase.of(f"matrices.missing-transpose-{level}-whole", **fields)
    if level == 1:
        return Phrase.of("matrices.missing-transpose-1-fits" if fits else "matrices.missing-transpose-1")
    if level == 2:
        pair = None if mend.around is None or fits else misfit(room, mend.around)
        if pair is not None:
            return Phrase.of("matrices.missing-transpose-2", **sizes_of(room, *pair))
        if mistake.wrong[0] == tree:
            mine, right = room.shape_or_none(tree), room.shape_or_none(mend.tree)
            if mine is not None and right is not None:
                return Phrase.of(
                    "matrices.missing-transpose-2-whole",
                    rows=plainly(mine[0]), columns=plainly(mine[1]),
                    needed_rows=plainly(right[0]), needed_columns=plainly(right[1]),
                )  # fmt: skip
        return Phrase.of("matrices.missing-transpose-2-fits", wrong=mistake.wrong[0])
    return Phrase.of("matrices.missing-transpose-3", whole=mend.tree, **fields)


def misfit(room: Room, around: Tree) -> tuple[Tree, Tree, str] | None:
    """Two neighbours whose sizes do not fit, and how they are joined."""
    match around:
        case Mul(factors):
            for left, right in pairwise(factors):
                a, b = room.shape_or_none(left), room.shape_or_none(right)
                if a and b and (ONE, ONE) not in (a, b) and a[1] != b[0]:
                    return left, right, "product"
        case Elementwise(_, left, right):
            a, b = room.shape_or_none(left), room.shape_or_none(right)
            if a and b and a != b:
                return left, right, "elementwise"
    return None


def sizes_of(room: Room, left: Tree, right: Tree, kind: str) -> dict[str, Field]:
    """The fields of a sentence about two sizes."""
    a, b = room.shape(left), room.shape(right)
    both: Tree = Mul((left, right)) if kind == "product" else Elementwise("*", left, right)
    return {
        "left": left, "right": right, "both": both,
        "left_rows": plainly(a[0]), "left_columns": plainly(a[1]),
        "right_rows": plainly(b[0]), "right_columns": plainly(b[1]),
    }  # fmt: skip


def plainly(size: Tree) -> Tree:
    """A size as it is shown; one that was inferred is a letter with a number."""
    match size:
        case Name("_n", indices):
            return Name("n", indices)
    return size


# -- evidence ------------------------------------------------------------------------------------------------


def separated(question: Question, decision: Decision | None, why: Misshapen | None) -> tuple[Phrase, ...]:
    """The separating point, or the sizes that do not fit."""
    if why is not None:
        fields: dict[str, Field] = {
            "tree": why.tree,
            "left_rows": plainly(why.left[0]), "left_columns": plainly(why.left[1]),
            "right_rows": plainly(why.right[0]), "right_columns": plainly(why.right[1]),
        }  # fmt: skip
        kind = "misshapen" if decision is None else "wrong-shape"
        return (Phrase.of(f"matrices.{kind}", **fields),)
    witness = decision.witness if decision is not None else None
    if not isinstance(witness, ShapedWitness):
        return ()
    ends: dict[str, Field] = {"left": shown(witness.left), "right": shown(witness.right)}
    ends["point"] = tuple(point(witness))
    kind = "witness" if question.goal is not None else "witness-plain"
    if witness.padded:
        kind += "-padded"
    if witness.place is None:
        return (Phrase.of(f"matrices.{kind}", **ends),)
    row, column = witness.place
    return (Phrase.of(f"matrices.{kind}-entry", row=row, column=column, **ends),)


def shown(value: Fraction | str) -> Field:
    """An exact value, or the first digits of an enclosure; a narrow one around 0 is shown as 0."""
    if isinstance(value, str) and not re.match(r"\[?[-+]?[0-9.]", value):
        return number(0)
    return digits(value)


def point(witness: ShapedWitness) -> Iterator[Tree]:
    """Functions, sizes and values as equations."""
    x = Name("x")
    for name, function in witness.functions:
        body: Tree = Apply(Name(function), (x,)) if isinstance(function, str) else function
        yield Relation(("=",), (Apply(Name(name), (x,)), body))
    counts: dict[int, list[Tree]] = {}
    for size, count in sorted(witness.sizes, key=lambda pair: str(pair[0])):
        if not (isinstance(size, Name) and size.stem == "_n"):
            counts.setdefault(count, []).append(size)
    for count, sizes in counts.items():
        yield Relation(("=",) * len(sizes), (*sizes, number(count)))
    arrays: dict[Tree, dict[tuple[int, ...], Tree]] = {}
    solved = dict(witness.solved)
    values = {tree: value for tree, value in (*witness.reached, *witness.values) if tree not in solved}
    for tree, value in values.items():
        if isinstance(tree, Component):
            places = tuple(int(p.value) for p in tree.positions if isinstance(p, Number))
            arrays.setdefault(tree.operand, {})[places] = fraction(value)
        else:
            yield Relation(("=",), (tree, fraction(value)))
    for whole, entries in arrays.items():
        if witness.padded:
            for place, entry in entries.items():
                yield Relation(("=",), (Component(whole, tuple(map(number, place))), entry))
        else:
            yield Relation(("=",), (whole, array(entries)))


def array(entries: Mapping[tuple[int, ...], Tree]) -> Tree:
    """Entries by place as a written-out vector or matrix."""
    rows: dict[int, list[Tree]] = {}
    for place in sorted(entries):
        rows.setdefault(place[0], []).append(entries[place])
    if all(len(row) == 1 for row in rows.values()) and all(len(place) == 1 for place in entries):
        return Array(tuple(row[0] for row in rows.values()))
    return Array(tuple(Array(tuple(row)) for row in rows.values()))
