"""Products and sums over an index: equal by their stretches, or compared factor by factor, term by term."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.places import moved
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    BigOp,
    Is,
    Mul,
    Name,
    Neg,
    Pow,
    Relation,
    Tree,
    children,
    names_in,
    number,
    rebuild,
)  # fmt: skip
from symgrad.proving.kernel.depth.letters import Letters
from symgrad.proving.kernel.depth.readings import letters_among, stems
from symgrad.proving.kernel.depth.series import BOUND, Series, same
from symgrad.proving.kernel.enclosures.domain import conditions, open_conditions
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, only
from symgrad.proving.kernel.setting import Setting


def series(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Both sides have one normal form; activations put in for their names if `definitions` is true."""
    operator, a, b = comparison(statement, here)
    only(entry, "unfold", "definitions")
    if operator not in ("=", "<=", ">="):
        raise CertificateError("certificate-rule")
    if entry["definitions"] not in (True, False) or entry["unfold"] not in (0, 1, 2):
        raise CertificateError("certificate-malformed", problem="series")
    letters = letters_of(here, a, b)
    if entry["definitions"] is True:
        a, b = (activations(side, here, letters) for side in (a, b))
    if operator != "=" or any(_hidden(side, letters, here) for side in (a, b)):
        defined((a, b), here)
    if not same((a, b), form(here, letters, int(entry["unfold"]))):
        raise CertificateError("certificate-identity")


def _hidden(tree: Tree, letters: Letters, here: Setting) -> bool:
    """Whether something is divided in a range that may be empty: both sides may have values without it."""
    if isinstance(tree, BigOp):
        if not letters.at_least(tree.low, tree.high) and any(
            True for _ in conditions(tree.body, here.functions)
        ):
            return True
        letters = letters.within(tree.index, tree.low, tree.high)
    return any(_hidden(child, letters, here) for child in children(tree))


def layers(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The claim with a_n written as sigma(z_n), where the loop defines it so."""
    only(entry, "proof")
    changed = layered(statement, here)
    if changed == statement:
        raise CertificateError("certificate-rule")
    prove(changed, entry["proof"], here)


def layered(statement: Tree, here: Setting) -> Tree:
    """The statement with activations put in for their names."""
    return activations(statement, here, letters_of(here, statement))


def letters_of(here: Setting, *trees: Tree) -> Letters:
    """What is known of the integer letters; letters for which nothing is left are refused."""
    loop = None if here.families is None else here.families.loop
    letters = letters_among(here.used, trees, loop)
    if letters.contradictory:
        raise CertificateError("certificate-empty")
    return letters


def form(here: Setting, letters: Letters, unfold: int = 0) -> Series:
    """The normal form of a setting."""
    return Series(here.functions, unfold, here.bounds()._never_negative, letters=letters)


def defined(trees: Sequence[Tree], here: Setting) -> None:
    """Every quotient, root, logarithm and power in the trees has a value, inside big operators too."""
    if missing(trees, here):
        raise CertificateError("certificate-missing")


def missing(
    trees: Sequence[Tree], here: Setting, granted: Callable[[BigOp], bool] = lambda node: False
) -> list[Relation]:
    """The conditions under which the trees have a value; of a granted big operator, none."""
    letters = letters_of(here, *trees)
    named: dict[Tree, Name] = {}  # two sums, or two powers, are two numbers: their difference need not be 0
    powers: dict[Name, Tree] = {}

    def plain(tree: Tree) -> Tree:
        """A name for every big operator, its body checked, and for x^n where n >= 0."""
        match tree:
            case BigOp(_, body, index, low, high):
                if not (granted(tree) or letters.at_least(high, low, 1)):  # nothing in an empty range
                    defined((body,), opened(Piece(body, body, (index, low, high)), here, letters))
                return named.setdefault(tree, Name(f"{BOUND}{len(named)}"))
            case Pow(base, exponent) if (power := letters.exponent(exponent)) is not None:
                if letters.nonnegative(power):
                    below = plain(base)
                    name = named.setdefault(tree, Name(f"{BOUND}{len(named)}"))
                    powers[name] = below
                    return name
        return rebuild(tree, plain)

    simple = [*map(plain, trees), *powers.values()]
    for name, below in powers.items():  # x^n has the sign of x where that is known
        bounds = here.bounds(*simple)
        signs = (Relation((op,), (below, ZERO)) for op in (">", ">=", "!="))
        said = [Relation(s.operators, (name, ZERO)) for s in signs if bounds.implies(s)]
        here = here.using((*here.used, *said))
    return open_conditions(simple, here.bounds(*simple))


def activations(tree: Tree, here: Setting, letters: Letters) -> Tree:
    """The tree with a_k replaced by sigma(z_k) wherever the loop defines it so."""
    loop = None if here.families is None else here.families.loop
    if loop is None:
        return tree
    match tree:
        case BigOp(_, body, index, low, high):
            inner = activations(body, here, letters.within(index, low, high))
            return BigOp(tree.kind, inner, index, low, high, True)
        case Name() if (place := loop.place(tree)) is not None and tree.stem in loop.made:
            if letters.at_least(number(loop.low), place):
                made = dict(loop.layer(place)).get(tree)
                if isinstance(made, Apply):
                    return made
            return tree
        case Name():
            return tree
    return rebuild(tree, lambda child: activations(child, here, letters))


# ---- factor by factor, term by term


@dataclass(frozen=True, slots=True)
class Piece:
    """Two factors or terms that are compared, over a range of an index or alone."""

    smaller: Tree
    larger: Tree
    range: tuple[str, Tree, Tree] | None

    def over(self, kind: str, body: Tree) -> Tree:
        """The product or sum of a body over the piece's range."""
        if self.range is None:
            return body
        letter, low, high = self.range
        return BigOp(kind, body, letter, low, high, True)


def read_piece(data: Any) -> Piece:
    """A piece from its entry."""
    where = data["range"]
    if where is not None:
        letter, low, high = where
        if not isinstance(letter, str):
            raise CertificateError("certificate-malformed", problem="range")
        where = (letter, from_data(low), from_data(high))
    return Piece(from_data(data["smaller"]), from_data(data["larger"]), where)


def opened(piece: Piece, here: Setting, letters: Letters) -> Setting:
    """The setting for one place of the range: of its letter only the range and the families are known.

    Where a piece stands alone: what the families say of its members, which a cut may have brought in.
    """
    members = [n for tree in (piece.smaller, piece.larger) for n in names_in(tree)]
    if piece.range is None:
        known = () if here.families is None else here.families.pieces(members, letters, here.used)
        new = [u for u in known if u not in here.used]
        return here.using((*here.used, *new)) if new else here
    letter, low, high = piece.range
    loop = None if here.families is None else here.families.loop
    if letter in stems(low) | stems(high) or (loop is not None and letter == loop.depth):
        raise CertificateError("certificate-malformed", problem="range")
    inner, place = here.without(letter), Name(letter)
    known = [Is(place, "integer"), Relation(("<=",), (low, place)), Relation(("<=",), (place, high))]
    if inner.families is not None:
        known[:0] = inner.families.pieces(members, letters.within(letter, low, high), here.used)
    return inner.using(tuple(dict.fromkeys((*inner.used, *known))))


def factorwise(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """0 <= f_i <= g_i for every factor: prod f <= prod g; `<` where one factor is strict and none can be 0.

    An empty range leaves 1 <= 1, so a strict piece needs a range that certainly is not empty.
    f_i = g_i for every factor: prod f = prod g.
    """
    equation = isinstance(statement, Relation) and statement.operators == ("=",)
    operator, smaller, larger = comparison(statement, here) if equation else oriented(statement, here)
    only(entry, "pieces")
    letters = letters_of(here, smaller, larger)
    pieces = [read_piece(data) for data in entry["pieces"]]
    joined = [Mul(tuple(p.over("prod", t) for p, t in _sides(pieces, which))) for which in (0, 1)]
    normal = form(here, letters)
    if not (same((smaller, joined[0]), normal) and same((larger, joined[1]), normal)):
        raise CertificateError("certificate-identity")
    defined((smaller, larger), here)
    strict = False
    for piece, data in zip(pieces, entry["pieces"], strict=True):
        if set(data) != {"smaller", "larger", "range", "sign", "proof", "positive"}:
            raise CertificateError("certificate-malformed", problem="keys")
        inner = opened(piece, here, letters)
        if operator == "=":
            if data["sign"] is not None or data["positive"] is not None:
                raise CertificateError("certificate-malformed", problem="sign")
            defined((piece.smaller, piece.larger), inner)
            prove(Relation(("=",), (piece.smaller, piece.larger)), data["proof"], inner)
            continue
        prove(Relation((">=",), (piece.smaller, ZERO)), data["sign"], inner)
        relation = "<" if operator == "<" and data["positive"] is None else "<="
        prove(Relation((relation,), (piece.smaller, piece.larger)), data["proof"], inner)
        if relation == "<":
            strict = strict or not_empty(piece, letters)
        elif operator == "<":
            prove(Relation((">",), (piece.larger, ZERO)), data["positive"], inner)
    if operator == "<" and not strict:
        raise CertificateError("certificate-empty-range")


def termwise(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """f_i <= g_i for every term: sum f <= sum g; |sum f| <= sum g where |f_i| <= g_i, if `bars` is true."""
    operator, smaller, larger = oriented(statement, here)
    only(entry, "pieces", "bars")
    letters = letters_of(here, smaller, larger)
    pieces = [read_piece(data) for data in entry["pieces"]]
    joined = [Add(tuple(p.over("sum", t) for p, t in _sides(pieces, which))) for which in (0, 1)]
    if entry["bars"] is True:
        match smaller:
            case Apply(function, (inside,), 0) if function == ABS:
                compared = inside
            case _:
                raise CertificateError("certificate-rule")
    elif entry["bars"] is False:
        compared = smaller
    else:
        raise CertificateError("certificate-malformed", problem="bars")
    normal = form(here, letters)
    if not (same((compared, joined[0]), normal) and same((larger, joined[1]), normal)):
        raise CertificateError("certificate-identity")
    defined((smaller, larger), here)
    strict = operator == "<="
    for piece, data in zip(pieces, entry["pieces"], strict=True):
        if set(data) != {"smaller", "larger", "range", "strict", "proof"}:
            raise CertificateError("certificate-malformed", problem="keys")
        left = Apply(ABS, (piece.smaller,)) if entry["bars"] else piece.smaller
        relation = "<" if data["strict"] is True else "<="
        prove(Relation((relation,), (left, piece.larger)), data["proof"], opened(piece, here, letters))
        strict = strict or (relation == "<" and not_empty(piece, letters))
    if not strict:
        raise CertificateError("certificate-empty-range")


def size(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """A <= b from |a| <= b, or from |b| <= -a."""
    operator, smaller, larger = oriented(statement, here)
    only(entry, "side", "proof")
    prove(sized(operator, smaller, larger, entry["side"]), entry["proof"], here)


def sized(operator: str, smaller: Tree, larger: Tree, side: str) -> Relation:
    """The comparison of the size of one side that says more."""
    match side:
        case "smaller":
            return Relation((operator,), (Apply(ABS, (smaller,)), larger))
        case "larger":
            return Relation((operator,), (Apply(ABS, (larger,)), Neg(smaller)))
    raise CertificateError("certificate-malformed", problem="side")


def oriented(statement: Tree, here: Setting) -> tuple[str, Tree, Tree]:
    """`<` or `<=`, the smaller side, the larger side."""
    operator, a, b = comparison(statement, here)
    if operator in (">", ">="):
        operator, a, b = MIRROR[operator], b, a
    if operator not in ("<", "<="):
        raise CertificateError("certificate-rule")
    return operator, a, b


def _sides(pieces: Sequence[Piece], which: int) -> list[tuple[Piece, Tree]]:
    return [(p, p.larger if which else p.smaller) for p in pieces]


def not_empty(piece: Piece, letters: Letters) -> bool:
    """Whether the range certainly has an index in it."""
    return piece.range is None or letters.at_least(piece.range[1], moved(piece.range[2], 1), 1)
