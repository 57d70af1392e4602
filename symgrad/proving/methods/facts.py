"""Textbook inequalities at the places of a claim, each with the entry that the kernel accepts for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, permutations

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Constant,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
    walk,
)  # fmt: skip
from symgrad.proving import kernel
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.pieces import settled
from symgrad.proving.kernel.rules.known import FACTS, SMOOTH
from symgrad.proving.methods.method import Entry
from symgrad.proving.methods.terms import applied, minus, over

MAX_PLACES = 6
"""Applications of one function whose pairs are looked at."""


@dataclass(frozen=True)
class Lemma:
    """A comparison and the entry that proves it."""

    statement: Relation
    entry: Entry

    def data(self) -> dict[str, object]:
        """As the rule `have` lists it."""
        return {"statement": to_data(self.statement), "proof": self.entry}


def known_fact(
    name: str, at: Sequence[Tree], here: kernel.Setting, said: Relation | None = None
) -> Lemma | None:
    """The fact at these places: in the words given if they fit, else cleared of denominators."""
    try:
        bounds = here.bounds(*(t for t in at if not isinstance(t, Relation)))
        gap, sign = FACTS[name](at, here, bounds)
        value = nf.Normaliser(here.functions, 0, bounds._never_negative)(gap)
        if not value.numerator:
            return None
        by: Tree = ONE
        poly = value.numerator
        if value.denominator != nf.constant(1):
            by = nf.to_tree(value.denominator)
            if not bounds.enclose(by).positive:
                by, poly = Pow(by, number(2)), nf.times(poly, value.denominator)
    except CertificateError:
        return None
    if said is not None and by == ONE:
        operator = {">=": ("<=", ">="), ">": ("<", ">"), "=": ("=", "=")}[sign][
            said.operators[0] in (">=", ">")
        ]
        statement = Relation((operator,), said.operands)
    else:
        statement = compared(poly, sign)
    entry = {"rule": "known", "fact": name, "at": [to_data(t) for t in at], "by": to_data(by), "unfold": 0}
    return Lemma(statement, entry)


def compared(poly: nf.Poly, sign: str) -> Relation:
    """Poly >= 0 with its positive terms on one side and its negative ones on the other."""
    above = nf.to_tree({m: c for m, c in poly.items() if c > 0})
    below = nf.to_tree({m: -c for m, c in poly.items() if c < 0})
    return Relation((sign,), (above, below))


# ---- places


def applications(trees: Sequence[Tree], functions: object, stems: frozenset[str]) -> list[Apply]:
    """The different applications of some functions, in order."""
    found: dict[Apply, None] = {}
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Pow) and node.base == Constant("e"):
                node = Apply(Name("exp"), (node.exponent,))
            if isinstance(node, Apply) and len(node.arguments) == 1 and not node.options:
                name = known.resolve(node.function, functions)  # type: ignore[arg-type]
                if name in stems:
                    found[node] = None
    return list(found)


def assumptions(here: kernel.Setting, bounds: Bounds) -> Iterator[Lemma]:
    """Assumptions that say more with their bars gone or their denominators cleared."""
    for piece in here.used:
        if not isinstance(piece, Relation) or len(piece.operators) != 1 or piece.operators == ("!=",):
            continue
        try:
            plain = settled(piece, bounds)
            assert isinstance(plain, Relation)
            value = bounds.normal(minus(*plain.operands))
        except CertificateError:
            continue
        if plain != piece or value.denominator != nf.constant(1):
            if not set(value.numerator) - {nf.UNIT}:
                continue
            if (found := known_fact("given", (piece,), here, plain)) is not None:
                yield found


def roots(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """Sqrt(u)^2 = u."""
    for node in applications(trees, here.functions, frozenset({"sqrt"})):
        if not node.order:
            said = Relation(("=",), (Pow(node, number(2)), node.arguments[0]))
            if (found := known_fact("root", node.arguments, here, said)) is not None:
                yield found


def orders(trees: Sequence[Tree], here: kernel.Setting, bounds: Bounds) -> Iterator[Lemma]:
    """F(u) >= f(v) for two applications of a monotone function whose arguments are in a known order."""
    for first, second in pairs(trees, here):
        try:
            gap = bounds.enclose(minus(first.arguments[0], second.arguments[0]))
        except CertificateError:
            continue
        if gap.nonnegative and not gap.is_zero:
            said = Relation((">=",), (first, second))
            if (found := known_fact("monotone", (first, second), here, said)) is not None:
                yield found


def assumed_orders(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """E^u >= e^v for each assumed u >= v whose exponentials occur."""
    normal = nf.Normaliser(here.functions, 2)
    seen: set[Tree] = set()
    for tree in trees:
        for node in applications([tree], here.functions, SMOOTH):
            try:
                value = normal(Apply(Name("exp"), node.arguments))
            except CertificateError:
                continue
            seen.update(base for p in (value.numerator, value.denominator) for m in p for base, _ in m)
    for piece in here.used:
        match piece:
            case Relation(("<" | "<=",), (v, u)) | Relation((">" | ">=",), (u, v)):
                try:
                    value = normal(Apply(Name("exp"), (minus(u, v),)))
                except CertificateError:
                    continue
                atoms = {base for p in (value.numerator, value.denominator) for m in p for base, _ in m}
                if atoms and atoms <= seen:
                    sides = (Apply(Name("exp"), (u,)), Apply(Name("exp"), (v,)))
                    yield from _some(known_fact("monotone", sides, here))


def pairs(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[tuple[Apply, Apply]]:
    """Two applications of one function, either way round; the exponentials behind sigma and tanh too."""
    groups: dict[Name, dict[Apply, None]] = {}
    for node in applications(trees, here.functions, SMOOTH):
        if not node.order and node.function != nf.ABS:
            groups.setdefault(node.function, {})[node] = None
        name = known.resolve(node.function, here.functions)
        if name is not None and name != "exp" and known.exponential(name) is not None:
            groups.setdefault(Name("exp"), {})[Apply(Name("exp"), node.arguments)] = None
    for members in groups.values():
        yield from permutations(islice(members, MAX_PLACES), 2)


def mean_values(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """|f(u) - f(v)| <= L |u - v|."""
    seen = set()
    for first, second in pairs(trees, here):
        if (second, first) in seen:
            continue
        seen.add((first, second))
        if (found := known_fact("mean-value", (first, second), here)) is not None:
            yield found


def apart(statement: Tree, here: kernel.Setting) -> bool:
    """Whether the bars hold one function at two places, so that mean values may help."""
    for node in walk(statement):
        if isinstance(node, Apply) and node.function == nf.ABS:
            stems = [n.function for n in applications(node.arguments, here.functions, SMOOTH) if not n.order]
            if len(set(stems)) < len(stems):
                return True
    return False


def secants(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """(f(u) - f(v) - m (u - v)) (u - v) >= 0."""
    seen = set()
    for first, second in pairs(trees, here):
        if (second, first) not in seen:
            seen.add((first, second))
            if (found := known_fact("secant", (first, second), here)) is not None:
                yield found


def tangents(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """E^t >= 1 + t, log t <= t - 1; then the tangents at the other places."""
    exponentials = [n for n in _exponentials(trees, here) if not isinstance(n.arguments[0], Number)][
        :MAX_PLACES
    ]
    for node in exponentials:
        (t,) = node.arguments
        said = Relation((">=",), (node, Add((ONE, t))))
        yield from _some(known_fact("exp-tangent", (t, ZERO), here, said))
    values = [n for n in applications(trees, here.functions, frozenset({"log"})) if not n.order]
    values = values[:MAX_PLACES]
    for node in values:
        (t,) = node.arguments
        if isinstance(t, Number):
            continue
        said = Relation(("<=",), (node, minus(t, ONE)))
        yield from _some(known_fact("log-tangent", (t, ONE), here, said))
        yield from _some(known_fact("log-tangent", (ONE, t), here))
    for node in applications(trees, here.functions, frozenset({"log"})):
        match node.arguments[0]:
            case Number(value) if value > 0 and value != 1:
                other = Number(1 / value)
                yield from _some(known_fact("log-product", (node.arguments[0], other), here))
                for place in values:
                    if not isinstance(place.arguments[0], Number):
                        yield from _some(known_fact("log-tangent", (other, place.arguments[0]), here))
    for a, b in permutations(exponentials, 2):
        yield from _some(known_fact("exp-tangent", (a.arguments[0], b.arguments[0]), here))
    for a, b in permutations(values, 2):
        yield from _some(known_fact("log-tangent", (a.arguments[0], b.arguments[0]), here))


def _exponentials(trees: Sequence[Tree], here: kernel.Setting) -> list[Apply]:
    """Exponentials as written, and the products of exponentials that stand in the first tree's sides."""
    found = dict.fromkeys(applications(trees, here.functions, frozenset({"exp"})))
    normal = nf.Normaliser(here.functions, 2)
    for tree in trees[:2]:
        try:
            value = normal(tree)
        except CertificateError:
            continue
        for m in value.numerator:
            parts = [(base, n) for base, n in m if isinstance(base, Apply) and applied(base, "exp")]
            if len(parts) > 1 and len(parts) == len(m):
                found.update(dict.fromkeys(base for base, _ in parts))
                exponents = [normal(Mul((number(n), base.arguments[0]))) for base, n in parts]
                total = nf.Rational({}, nf.constant(1))
                for exponent in exponents:
                    total = nf.plus(total, exponent)
                found[Apply(Name("exp"), (nf.Normaliser.tree(total),))] = None
    return list(found)


def products(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """Log of a product or quotient of two as a sum of logarithms."""
    for node in applications(trees, here.functions, frozenset({"log"})):
        match node.arguments[0]:
            case Mul((a, b)):
                yield from _some(known_fact("log-product", (a, b), here))
            case Pow(a, Number(n)) if n == 2:
                yield from _some(known_fact("log-product", (a, a), here))
            case _ if hasattr(node.arguments[0], "denominator"):
                yield from _some(
                    known_fact("log-product", (node.arguments[0], node.arguments[0].denominator), here)
                )


def logarithms(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """Log(sigma(z)) = z - log(1 + e^z): the logarithm of what is a quotient by exponentials."""
    normal = nf.Normaliser(here.functions, 2)
    for node in applications(trees, here.functions, frozenset({"log"})):
        if node.order or isinstance(node.arguments[0], Number | Name):
            continue
        try:
            value = normal(node.arguments[0])
        except CertificateError:
            continue
        atoms = {base for p in (value.numerator, value.denominator) for m in p for base, _ in m}
        if len(value.numerator) > 1 and value.denominator == nf.constant(1):
            continue
        if not atoms or not all(applied(base, "exp") for base in atoms):
            continue
        written = minus(_logarithm(value.numerator), _logarithm(value.denominator))
        quotient = over(nf.to_tree(value.numerator), nf.to_tree(value.denominator))
        same = {"rule": "identity", "unfold": 2, "definitions": False}
        sides = [to_data(node.arguments[0]), to_data(quotient)]
        entry = {"rule": "exponentials", "sides": sides, "unfold": 2, "proof": same}
        said = Relation(("=",), (node, written))
        try:
            kernel.prove_entry(said, entry, here)
        except CertificateError:
            continue
        yield Lemma(said, entry)


def _logarithm(poly: nf.Poly) -> Tree:
    """Log of a polynomial in exponentials; of a single product as a sum."""
    if len(poly) > 1:
        return Apply(Name("log"), (nf.to_tree(poly),))
    ((monomial, c),) = poly.items()
    terms: list[Tree] = [] if c == 1 else [Apply(Name("log"), (Number(c),))]
    for base, n in sorted(monomial, key=repr):
        assert isinstance(base, Apply)
        terms.append(base.arguments[0] if n == 1 else Mul((number(n), base.arguments[0])))
    return ZERO if not terms else terms[0] if len(terms) == 1 else Add(tuple(terms))


def bars(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """|u| >= u and |u| >= -u; |u - v|^2 = (u - v)^2."""
    for node in applications(trees, here.functions, frozenset({"abs"})):
        if node.order:
            continue
        (u,) = node.arguments
        yield from _some(known_fact("bars", (u,), here, Relation((">=",), (node, u))))
        yield from _some(known_fact("bars", (Neg(u),), here))
        if not isinstance(u, Name):
            yield from _some(known_fact("bars-squared", (u,), here))


def distinct(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """(u - v)^2 > 0 for each assumed u != v."""
    for piece in here.used:
        match piece:
            case Relation(("!=",), (a, b)):
                yield from _some(known_fact("nonzero-square", (minus(a, b),), here))


def halves(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """E^t = (e^(t/2))^2 where both occur."""
    normal = nf.Normaliser(here.functions, 2)
    seen: set[Tree] = set()
    for node in applications(trees, here.functions, frozenset({"exp"})):
        try:
            value = normal(node)
        except CertificateError:
            continue
        seen.update(base for p in (value.numerator, value.denominator) for m in p for base, _ in m)
    for atom in sorted((a for a in seen if applied(a, "exp")), key=repr):
        assert isinstance(atom, Apply)
        for n in (2, 3, 4):
            (t,) = atom.arguments
            try:
                part = nf.atom(Apply(Name("exp"), (normal.canonical(Mul((Number(number(1).value / n), t))),)))
            except CertificateError:
                continue
            if any(base in seen for m in part.numerator for base, _ in m):
                yield from _some(known_fact("exp-root", (t, number(n)), here))


def _some(lemma: Lemma | None) -> Iterator[Lemma]:
    if lemma is not None:
        yield lemma
