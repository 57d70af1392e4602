"""Arguments about products and sums over an index, in words."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.notation.places import moved
from symgrad.notation.tree import ZERO, Apply, Name, Relation, Tree
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.rules.ranges import layered, letters_of, opened, read_piece
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
        strict = data["positive"] is None if kind == "factorwise" else data["strict"]
        relation = "<" if strict and statement.operators[0] in ("<", ">") else "<="
        line = Relation((relation,), (left, piece.larger))
        if piece.range is not None:
            letter, low, high = piece.range
            where = Relation(("<=", "<="), (low, Name(letter), high))
            yield Phrase.of("ranges.each", range=where)
        yield from word(line, data["proof"], inner)
        if kind == "factorwise" and piece.smaller != ZERO:
            yield Phrase.of("ranges.sign", line=Relation((">=",), (piece.smaller, ZERO)))
    yield from _conclusion(statement, kind, entry)


def _conclusion(statement: Relation, kind: str, entry: Entry) -> Iterator[Phrase]:
    ranges = [read_piece(d).range for d in entry["pieces"] if d["range"] is not None]
    strict = statement.operators[0] in ("<", ">")
    for letter, low, high in [r for r in ranges if r is not None][:1]:
        empty = Relation(("=",), (high, moved(low, -1)))
        if not strict:
            yield Phrase.of(f"ranges.empty-{'product' if kind == 'factorwise' else 'sum'}", case=empty)
        else:
            yield Phrase.of("ranges.not-empty", case=Relation((">=",), (high, low)))
        _ = letter
    yield Phrase.of("ranges.multiplied" if kind == "factorwise" else "ranges.added", line=statement)
