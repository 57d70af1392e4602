"""Both sides of a claim about logarithms raised to powers of e."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Div,
    Name,
    Number,
    Pow,
    Relation,
    Tree,
    number,
    rebuild,
    substitute,
)  # fmt: skip
from symgrad.proving import kernel
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.pieces import settled, undecided
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.methods.terms import product
from symgrad.proving.problem import Problem
from symgrad.proving.tidied import tidied
from symgrad.values.phrase import Phrase


def entries(statement: Relation, here: kernel.Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """E^a <= e^b for a <= b where a logarithm stands in a sum on either side."""
    (operator,) = statement.operators
    a, b = (substitute(side, here.settled) for side in statement.operands)
    polys = [_polynomial(side, here) for side in (a, b)]
    if operator == "!=" or not any(
        (u := _logarithm(m, c)) is not None and not isinstance(u, Number)
        for p in polys
        if p
        for m, c in p.items()
    ):
        return
    if any(len(m) > 1 and any(_open_logarithm(base) for base, _ in m) for p in polys if p for m in p):
        return
    try:
        bounds = here.bounds(statement)
        if undecided(statement, bounds) or settled(statement, bounds) != statement:
            return
    except CertificateError:
        return
    sides = tuple(raised(poly) for poly in polys if poly is not None)
    if len(sides) < 2:
        return
    inner = prove(Relation((operator,), sides), here)
    if inner is not None:
        data = [to_data(side) for side in sides]
        yield {"rule": "exponentials", "sides": data, "unfold": 2, "proof": inner}


def _polynomial(tree: Tree, here: kernel.Setting) -> nf.Poly | None:
    """The tree as a sum over names and applied functions, softplus written as a logarithm."""

    def change(node: Tree) -> Tree:
        node = rebuild(node, change)
        if (
            isinstance(node, Apply)
            and known.resolve(node.function, here.functions) == "softplus"
            and not node.order
        ):
            return Apply(Name("log"), (Add((ONE, Apply(Name("exp"), node.arguments))),))
        return node

    try:
        value = nf.Normaliser(here.functions)(change(tree))
    except CertificateError:
        return None
    return value.numerator if value.denominator == nf.constant(1) else None


def _logarithm(monomial: nf.Monomial, c: Fraction) -> Tree | None:
    """The u of c log u for a whole or half c."""
    match tuple(monomial):
        case ((Apply(Name("log"), (u,), 0, ()), 1),) if c.denominator <= 2 and abs(c) <= 6:
            return u
    return None


def _open_logarithm(tree: Tree) -> bool:
    """Log u, which raising does not remove where it is multiplied by something."""
    match tree:
        case Apply(Name("log"), (u,), 0, ()):
            return not isinstance(u, Number)
    return False


def raised(poly: nf.Poly) -> Tree:
    """E^poly, with e^(log u) = u."""
    above: list[Tree] = []
    below: list[Tree] = []
    rest: nf.Poly = {}
    for monomial in sorted(poly, key=nf.order):
        c = poly[monomial]
        if (u := _logarithm(monomial, c)) is None:
            rest[monomial] = c
            continue
        base = u if c.denominator == 1 else Apply(Name("sqrt"), (u,))
        power = base if abs(c.numerator) == 1 else Pow(base, number(abs(c.numerator)))
        (above if c > 0 else below).append(power)
    if rest:
        above.append(Apply(Name("exp"), (nf.to_tree(rest),)))
    return product(above) if not below else Div(product(above), product(below))


def steps(
    problem: Problem, statement: Tree, entry: Entry, here: kernel.Setting, word: Word
) -> Iterator[Phrase]:
    """What is left to be shown, then that."""
    assert isinstance(statement, Relation)
    a, b = (from_data(side) for side in entry["sides"])
    after = Relation(statement.operators, (a, b))
    yield Phrase.of("proofs.exponentials", line=tidied(after, here.bounds()))
    yield from word(after, entry["proof"], here)


METHOD = Method("exponentials", ("exponentials",), entries, steps)
