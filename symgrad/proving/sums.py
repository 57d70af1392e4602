"""Sums of products of what is known, in words: the brackets named, each with its sign, then the sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ZERO,
    Add,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    number,
    rebuild,
    walk,
)  # fmt: skip
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.tidied import minus, tidied
from symgrad.values.phrase import Phrase

LETTERS = ("A", "B", "D", "E", "F", "G", "H", "K")
LONG = 40
"""Nodes of a sum beyond which its brackets get names."""


def named(tree: Tree, bounds: Bounds, taken: Sequence[Tree]) -> dict[Tree, Name]:
    """The brackets of a sum of products, each with a free capital letter; nothing for a short sum."""
    if sum(1 for _ in walk(tree)) < LONG:
        return {}
    used = {n for t in (tree, *taken) for n in names_in(t)}
    letters = (Name(c) for c in LETTERS if Name(c) not in used)
    found: dict[Tree, None] = {}
    for factor in _factors(tree):
        if isinstance(factor, Add | Mul) and _signed(factor, bounds):
            found[factor] = None
    return dict(zip(found, letters, strict=False))


def _factors(tree: Tree) -> Iterator[Tree]:
    """The brackets that are multiplied or added, the outermost whose sign is known."""
    match tree:
        case Add(terms):
            for term in terms:
                yield from _factors_of(term)
        case _:
            yield from _factors_of(tree)


def _factors_of(term: Tree) -> Iterator[Tree]:
    match term:
        case Mul(factors):
            for factor in factors:
                yield from _factors_of(factor) if not _slack(factor) else (factor,)
        case Pow(base, Number()):
            yield from _factors_of(base)
        case Add():
            yield term


def _slack(tree: Tree) -> bool:
    """D (a - b): a bracket times what clears its denominators, which is a term of its own."""
    return isinstance(tree, Mul) and isinstance(tree.factors[-1], Add) and len(tree.factors) > 1


def _signed(tree: Tree, bounds: Bounds) -> bool:
    try:
        return bounds.enclose(tree).nonnegative
    except CertificateError:
        return False


def put(tree: Tree, table: dict[Tree, Name]) -> Tree:
    """The tree with its brackets called by their letters; a letter twice is its square."""

    def change(node: Tree) -> Tree:
        if node in table:
            return table[node]
        node = rebuild(node, change)
        if isinstance(node, Mul):
            kept: dict[Tree, int] = {}
            for factor in node.factors:
                kept[factor] = kept.get(factor, 0) + 1
            made = tuple(f if n == 1 or isinstance(f, Number) else Pow(f, number(n)) for f, n in kept.items())
            numbers = [f for f in node.factors if isinstance(f, Number)]
            if len(numbers) < 2:
                return made[0] if len(made) == 1 else Mul(made)
        return node

    return change(tree)


def letter_steps(
    table: dict[Tree, Name], bounds: Bounds, beside: Sequence[Tree], supposed: Sequence[Tree] = ()
) -> Iterator[Phrase]:
    """`write A = ...; A > 0, as supposed`, one line a letter."""
    for tree, letter in table.items():
        found = bounds.enclose(tree)
        sign = "=" if found.is_zero else ">" if found.positive else ">="
        line = Relation(("=", sign), (letter, tidied(tree, bounds, beside), ZERO))
        why = "supposed" if any(_says(piece, tree) for piece in supposed) else "assumed"
        known = any(_says(piece, tree) for piece in (*supposed, *beside))
        yield Phrase.of(f"proofs.letter-{why}" if known else "proofs.letter", line=line)


def _says(piece: Tree, tree: Tree) -> bool:
    """Whether a comparison is, up to a positive factor in front, that this bracket has its sign."""
    if isinstance(piece, Logic) or not isinstance(piece, Relation) or len(piece.operands) != 2:
        return False
    a, b = piece.operands
    slacks = (minus(a, b), minus(b, a), Add((a, Neg(b))), Add((b, Neg(a))))
    last = tree.factors[-1] if isinstance(tree, Mul) else tree
    return last in slacks or tree in slacks
