"""Where in a chain a bound is met or approached: leaves that give every coordinate its value, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import ONE, Name, Neg, Number, Relation, Tree, names_in, substitute
from symgrad.proving import kernel, places
from symgrad.proving.best.climb import climb
from symgrad.proving.best.coordinates import solved
from symgrad.proving.best.product import times
from symgrad.proving.kernel.evaluate import Value, ball, evaluate
from symgrad.proving.points import Points
from symgrad.proving.problem import Problem, make
from symgrad.values.proof import Proof

if TYPE_CHECKING:
    from symgrad.proving.supremum import Found, Search

INFINITE = Name("oo")
STEP = Fraction(1, 10**6)
FAR, LARGE = (10**4, 40), 10**6
MET, NEAR = 1e-12, 0.05
"""How near the value at a checked place must be to the bound, by the share that is missing."""
TARGETS = tuple(map(Fraction, ("0", "1", "-1", "2", "1/2", "-2", "1/3")))


def located(search: Search, found: Found) -> Found:
    """The bound with the place where it is met or approached, or with a value that is certainly reached."""
    if found.proof.verdict != "proved":
        return replace(found, exact=False)
    unbound = free(search)
    if found.proof.attained and not found.kept and not names_in(found.limit):
        places_ = {n: v for p in found.peaks for n, v in p.at.items()} if found.exact and unbound else {}
        met = tuple(_relations(search, places_))
        return replace(found, exact=True, attained=True, at=met, free=unbound)
    if not (found.exact and unbound):
        return _between(search, found, unbound)
    values = {name: value for peak in found.peaks for name, value in peak.at.items()}
    toward = {name: sign for peak in found.peaks for name, sign in peak.toward.items()}
    attained = all(p.attained for p in found.peaks if p.value is not None)
    toward = {} if found.kept else toward
    at = tuple(_relations(search, values))
    ways = tuple(
        (search.coordinates.written(n), INFINITE if s > 0 else Neg(INFINITE)) for n, s in toward.items()
    )
    found = replace(found, attained=attained, at=at, toward=ways)
    point = leaves(search, found, values, toward, attained)
    if point is None or not _unlimited(search, found, values, attained):
        return _between(search, replace(found, attained=False, at=(), toward=()), unbound)
    if not attained or found.kept:
        return found
    proof = with_point(found.proof, search, point)
    return replace(found, point=tuple(point), proof=proof)


def free(search: Search) -> bool:
    """Whether every coordinate can be chosen freely, whatever the others are."""
    met = {n for factor in search.asked.factors for n in names_in(search.coordinates.expand(factor))}
    known = {c.letter: c for c in search.coordinates.found.values()}
    leaves_taken = [c.leaf for n, c in known.items() if n in met]
    if None in leaves_taken or len(set(leaves_taken)) < len(leaves_taken):
        return False
    if any(leaf in met and leaf not in known for leaf in leaves_taken):
        return False
    spoken = {n for piece in search.problem.pieces for n in names_in(piece)}
    bodies = dict(search.definitions)
    return not any(n in bodies and n not in known for n in met | spoken)


def _relations(search: Search, values: Mapping[Name, Tree]) -> Iterator[Relation]:
    """z_1 = z_2 = 0, |w_2| = 1."""
    groups: dict[tuple[Tree, str], list[Tree]] = {}
    for name, value in values.items():
        groups.setdefault((value, name.stem), []).append(search.coordinates.written(name))
    for (value, _), trees in groups.items():
        yield Relation(("=",) * len(trees), (*trees, value))


def reached(search: Search, found: Found) -> bool:
    """Whether a bound from below is reached, or nearly, at a place of the chain."""
    values = {name: value for peak in found.peaks for name, value in peak.at.items()}
    toward = {name: sign for peak in found.peaks for name, sign in peak.toward.items()}
    attained = all(p.attained for p in found.peaks)
    return leaves(search, found, values, toward, attained) is not None


def _unlimited(search: Search, found: Found, values: Mapping[Name, Tree], attained: bool) -> bool:
    """Whether the assumptions really let the factors without a bound be large."""
    for name, sign in ((n, s) for p in found.peaks if p.value is None for n, s in p.toward.items()):
        far = {**values, name: Number(Fraction(sign * LARGE))}
        spoken = any(name in names_in(piece) for piece in search.problem.pieces)
        if spoken and leaves(search, found, far, {}, attained) is None:
            return False
    return True


def leaves(
    search: Search, found: Found, values: Mapping[Name, Tree], toward: Mapping[Name, int], attained: bool
) -> list[tuple[Name, Tree]] | None:
    """Values of all leaves that put every coordinate where it is wanted, checked by a forward pass.

    Where the bound is only approached, a place near the limit is checked instead.
    """
    for far in FAR if toward and not attained else FAR[:1]:
        if (point := _checked(search, found, values, toward, attained, far)) is not None:
            return point
    return None


def _checked(
    search: Search,
    found: Found,
    values: Mapping[Name, Tree],
    toward: Mapping[Name, int],
    attained: bool,
    far: int,
) -> list[tuple[Name, Tree]] | None:
    problem = search.problem
    aimed = dict(values)
    if not attained:
        for name, sign in toward.items():
            aimed[name] = Number(Fraction(sign * far))
        for name, value in values.items():
            box = search.box(name)
            if isinstance(value, Number) and value.value in (box.low, box.high):
                inward = -1 if value.value == box.high else 1
                closed = box.high_closed if inward < 0 else box.low_closed
                aimed[name] = value if closed else Number(value.value + inward * STEP)
    letters = [n for n in _letters(search, values) if not names_in(aimed.get(n, ONE))]
    aimed = {n: v for n, v in aimed.items() if not names_in(v)}
    aimed.update({n: ONE for n in letters if n not in aimed})
    for target in TARGETS:
        point = _forward(search, problem, aimed, target)
        if point is not None and _agrees(search, found, point, MET if attained else NEAR):
            return point
    return None


def _letters(search: Search, values: Mapping[Name, Tree]) -> list[Name]:
    return [n for value in values.values() for n in names_in(value)]


def _agrees(search: Search, found: Found, point: Sequence[tuple[Name, Tree]], missing: float) -> bool:
    """Whether the quotient at a point is the bound there, but for the share that may be missing."""
    problem = search.problem
    try:
        values = kernel.values_at(point, problem.functions, problem.definitions)
        quotient = abs(ball(evaluate(times(search.asked.factors), values, problem.functions)))
        limit = ball(evaluate(found.limit, values, problem.functions))
    except (CertificateError, ArithmeticError):
        return False
    return bool(abs(quotient - limit) <= missing * abs(limit))


def _forward(
    search: Search, problem: Problem, aimed: Mapping[Name, Tree], target: Fraction
) -> list[tuple[Name, Tree]] | None:
    functions = problem.functions
    shared = {n for factor in search.asked.shared for n in names_in(factor)}
    base = Points(problem, aimed=False).baseline
    solving = {c.leaf: c for c in search.coordinates.found.values() if c.leaf is not None}
    chosen: dict[Name, Tree] = {}
    for leaf in problem.leaves:
        if leaf in aimed:
            chosen[leaf] = aimed[leaf]
        elif leaf in shared and leaf not in solving:
            chosen[leaf] = Number(target)
        elif leaf not in solving:
            chosen[leaf] = Number(base.get(leaf, Fraction(1)))

    def short(tree: Tree) -> Tree:
        value = evaluate(tree, {}, functions)
        return Number(value) if isinstance(value, Fraction) else tree

    known: dict[Tree, Tree] = {}
    known.update(chosen.items())
    try:
        for name, body in problem.definitions:
            for leaf, coordinate in solving.items():
                inside = body if coordinate.argument == name else coordinate.argument
                if leaf not in chosen and leaf in names_in(body):
                    aim = aimed.get(coordinate.letter, Number(Fraction(0)))
                    chosen[leaf] = known[leaf] = short(substitute(solved(inside, leaf, aim), known))
            known[name] = aimed[name] if name in aimed else short(substitute(body, known))
        for leaf in problem.leaves:
            if leaf not in chosen:
                chosen[leaf] = known[leaf] = aimed.get(leaf, Number(base.get(leaf, Fraction(0))))
        values: dict[Tree, Value] = {n: evaluate(v, {}, functions) for n, v in known.items()}
        kernel.satisfies(values, problem.given, problem.question.universe, functions, True)
        if any(ball(evaluate(f, values, functions)).contains(0) for f in search.asked.shared):
            return None
    except (CertificateError, ArithmeticError):
        return None
    return [(leaf, chosen[leaf]) for leaf in problem.leaves]


def with_point(proof: Proof, search: Search, point: Sequence[tuple[Name, Tree]]) -> Proof:
    """The proof with its equality case in the certificate, where the point is rational."""
    numbers = [(name, value) for name, value in point if isinstance(value, Number)]
    if proof.certificate is None or len(numbers) < len(point) or proof.attained:
        return proof
    problem = make(proof.claim, search.definitions, search.timeout)
    try:
        values = kernel.values_at(point, problem.functions, problem.definitions)
        if any(ball(evaluate(f, values, problem.functions)).contains(0) for f in search.asked.shared):
            return proof  # 0 = 0 is no equality case
    except (CertificateError, ArithmeticError):
        return proof
    wanted = [pair for pair in numbers if pair[0] in problem.leaves]
    certificate = {**proof.certificate, "attained": [[to_data(n), to_data(v)] for n, v in wanted]}
    try:
        kernel.check(certificate)
    except CertificateError:
        return proof
    words = places.attained(problem, wanted, problem.pieces)
    return replace(proof, attained=words, certificate=certificate)


def _between(search: Search, found: Found, unbound: bool) -> Found:
    """The bound alone, and the largest value that was met."""
    if found.kept or found.value is None or names_in(found.value):
        return replace(found, exact=False, attained=False, free=unbound)
    climbed = climb(search)
    for point in climbed.simple:
        proof = with_point(found.proof, search, point)
        if proof.attained:
            return replace(found, exact=True, attained=True, proof=proof, point=tuple(point), free=unbound)
    return replace(found, exact=False, attained=False, lower=climbed.lower, free=unbound)


__all__ = ["INFINITE", "free", "leaves", "located", "with_point"]
