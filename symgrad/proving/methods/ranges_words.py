"""Arguments about products and sums over an index, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from symgrad.notation.places import moved
from symgrad.notation.tree import ZERO, Apply, Name, Relation, Tree
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.depth.letters import Letters
from symgrad.proving.kernel.rules.ranges import (
    Piece,
    layered,
    letters_of,
    not_empty,
    opened,
    oriented,
    read_piece,
    sized,
)
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.method import Entry, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """Why each factor or term is bounded, the empty range, and the conclusion."""
    if entry["rule"] == "layers":
        changed = layered(statement, here)
        yield Phrase.of("ranges.layers", line=changed)
        yield from word(changed, entry["proof"], here)
        return
    if entry["rule"] == "size":
        changed = sized(*oriented(statement, here), entry["side"])
        yield from word(changed, entry["proof"], here)
        yield Phrase.of("ranges.size", line=statement)
        return
    if entry["rule"] == "series":
        yield Phrase.of("ranges.series", equation=statement)
        return
    assert isinstance(statement, Relation)
    kind = entry["rule"]
    letters = letters_of(here, statement)
    for data in entry["pieces"]:
        piece = read_piece(data)
        inner = opened(piece, here, letters)
        bars = kind == "termwise" and entry["bars"]
        left: Tree = Apply(nf.ABS, (piece.smaller,)) if bars else piece.smaller
        if piece.smaller == piece.larger:
            continue
        line = Relation((_relation(statement, kind, data),), (left, piece.larger))
        if piece.range is not None:
            letter, low, high = piece.range
            where = Relation(("<=", "<="), (low, Name(letter), high))
            yield Phrase.of("ranges.each", range=where)
        yield from word(line, data["proof"], inner)
        if kind == "factorwise" and piece.smaller != ZERO and statement.operators != ("=",):
            yield Phrase.of("ranges.sign", line=Relation((">=",), (piece.smaller, ZERO)))
    yield from _conclusion(statement, kind, entry, letters)


def _relation(statement: Relation, kind: str, data: Any) -> str:
    """What is shown of both sides of a piece."""
    (operator,) = statement.operators
    if operator == "=":
        return operator
    return "<" if operator in ("<", ">") and _strict(kind, data) else "<="


def _conclusion(statement: Relation, kind: str, entry: Entry, letters: Letters) -> Iterator[Phrase]:
    """What an empty range would leave, or why the strict piece's range is not empty; then the result."""
    strict = statement.operators[0] in ("<", ">")
    pieces = [(read_piece(data), data) for data in entry["pieces"]]
    alone = any(piece.range is None for piece, _ in pieces)
    if not strict and not alone:
        for case in _ends(piece for piece, _ in pieces if not not_empty(piece, letters)):
            empty = Relation(("=",), (case[1], moved(case[0], -1)))
            yield Phrase.of(f"ranges.empty-{'product' if kind == 'factorwise' else 'sum'}", case=empty)
    elif strict:
        found = [piece for piece, data in pieces if _strict(kind, data) and not_empty(piece, letters)]
        if all(piece.range is not None for piece in found):  # a single factor is always there
            for low, high in _ends(found):
                yield Phrase.of("ranges.not-empty", case=Relation((">=",), (high, low)))
    yield Phrase.of("ranges.multiplied" if kind == "factorwise" else "ranges.added", line=statement)


def _strict(kind: str, data: Any) -> bool:
    """Whether the smaller side of a piece is shown to be smaller, not only at most as large."""
    return data["positive"] is None if kind == "factorwise" else data["strict"] is True


def _ends(pieces: Iterable[Piece]) -> list[tuple[Tree, Tree]]:
    """The ends of the first range."""
    return [piece.range[1:] for piece in pieces if piece.range is not None][:1]
