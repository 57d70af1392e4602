"""The best bound of a gradient under assumptions: how large each factor gets, and where it can grow.

What is found here is only proposed; the bound is then proved as any other claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.notation.codec import to_data
from symgrad.notation.tree import (
    ONE,
    Apply,
    Derivative,
    Mul,
    Name,
    Number,
    Relation,
    Tree,
    names_in,
)  # fmt: skip
from symgrad.proving import kernel, places
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.points import Points, exact_data
from symgrad.proving.problem import Problem, make
from symgrad.values.derivation import Derivation
from symgrad.values.proof import Claim, Proof

Definitions = Sequence[tuple[Name, Tree]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The factors of a gradient apart: the token of the loss, the weights, and what all others are at most.

    ratio: the least upper bound found for the product of all but the loss factor, None if there is none.
    slopes: the same with the weights left as they are. loss: that of the loss factor. free: factors without a
    bound. layers: each weight with the slope of the function that it is multiplied by.
    """

    token: Derivative
    last: Tree
    weights: tuple[Name, ...]
    ratio: Fraction | None
    slopes: Fraction | None
    loss: Fraction | None
    free: tuple[Tree, ...]
    layers: tuple[tuple[Name, Apply, Fraction, bool, bool], ...]


def sizes(derivation: Derivation, claim: Claim, definitions: Definitions) -> Sizes:
    """How large the factors of a gradient get under the claim's assumptions."""
    factors = list(derivation.factors)
    last: Tree = factors.pop() if factors and isinstance(factors[-1], Derivative) else ONE
    values: dict[Tree, Tree] = dict(derivation.kept)
    factors = [values.get(f, f) if isinstance(f, Derivative) else f for f in factors]
    whole = Claim(Relation(("<=",), (Mul((*factors, last)), ONE)), claim.given, claim.functions)
    with precise():
        bounds = make(whole, definitions, 10.0).setting().bounds(*factors, values.get(last, last))

        def largest(tree: Tree) -> tuple[Fraction | None, bool]:
            try:
                found = bounds.enclose(tree).magnitude()
            except CertificateError:
                return None, False
            return found.high, found.high_closed

        weights = tuple(f for f in factors if isinstance(f, Name))
        highs = [(f, largest(f)[0]) for f in factors]
        free = tuple(f for f, high in highs if high is None)
        ratio, slopes = Fraction(1), Fraction(1)
        for factor, high in highs:
            ratio *= high or 0
            slopes *= 1 if factor in weights else high or 0
        missing = [f for f in free if f not in weights]
        return Sizes(
            derivation.goal,
            last,
            weights,
            None if free else ratio,
            None if missing else slopes,
            largest(values.get(last, last))[0] if last != ONE else Fraction(1),
            free,
            tuple(_layers(factors, claim, definitions)),
        )


def _layers(
    factors: Sequence[Tree], claim: Claim, definitions: Definitions
) -> list[tuple[Name, Apply, Fraction, bool, bool]]:
    """(w_2, sigma'(z_2), 1/4, ...): a weight, the slope where it leads, its size; is it met, is it exact."""
    bodies: Mapping[Name, Tree] = dict(definitions)
    functions = dict(claim.functions)
    found = []
    for weight in (f for f in factors if isinstance(f, Name)):
        for factor in factors:
            match factor:
                case Apply(_, (Name() as z,), 1, ()) if weight in names_in(bodies.get(z, z)):
                    name = known.resolve(factor.function, functions)
                    size = None if name is None else function_range(name, 1).magnitude()
                    if size is not None and size.high:
                        exact = name is not None and _exact(name, size.high)
                        found.append((weight, factor, size.high, size.high_closed, exact))
                    break
    return found


def _exact(name: str, size: Fraction) -> bool:
    """Whether a bound of |f'| is its supremum, not one rounded up to a rational."""
    function = registry.lookup(name)
    if function is None:
        return False
    stated = function.derivative_range
    ends = [] if stated is None else [end.value for end in (stated.low, stated.high)]
    ends += [x.bound for x in function.extrema if x.order == 1 and x.attained]
    return any(end is not None and abs(end) == size for end in ends)


def bounded(found: Sizes, by: Tree) -> Relation:
    """|dC/db_1| <= by * |dC/da_4|."""
    size: list[Tree] = [by] if by != ONE or found.last == ONE else []
    if found.last != ONE:
        size.append(Apply(ABS, (found.last,)))
    limit = size[0] if len(size) == 1 else Mul(tuple(size))
    return Relation(("<=",), (Apply(ABS, (found.token,)), limit))


def with_weights(found: Sizes) -> Tree:
    """C |w_2 w_3 w_4|, for weights that are left open."""
    weights: Tree = found.weights[0] if len(found.weights) == 1 else Mul(found.weights)
    assert found.slopes is not None
    number: list[Tree] = [Number(found.slopes)] if found.slopes != 1 else []
    return Mul((*number, Apply(ABS, (weights,)))) if number else Apply(ABS, (weights,))


def met_at(found: Sizes, claim: Claim, definitions: Definitions, proof: Proof) -> Proof:
    """The proof with a point where its bound is met: every weight at its limit, every argument at 0."""
    if proof.attained or proof.certificate is None or found.ratio is None:
        return proof
    with precise():
        problem = make(claim, definitions, 10.0)
        pairs = _steepest(problem, found, Fraction(1))
        data = [[to_data(name), to_data(value)] for name, value in pairs]
        certificate = {**proof.certificate, "attained": data}
        try:
            kernel.check(certificate)
        except CertificateError:
            return proof
        return replace(
            proof, attained=places.attained(problem, pairs, problem.pieces), certificate=certificate
        )


def approached(found: Sizes, nearly: Claim, definitions: Definitions) -> bool:
    """Whether a slightly smaller bound fails where every weight is nearly at its limit."""
    with precise():
        problem = make(nearly, definitions, 10.0)
        pairs = _steepest(problem, found, 1 - Fraction(1, 10**9))
        data = [[to_data(name), to_data(value)] for name, value in pairs]
        try:
            kernel.check(problem.certificate("refuted", counterexample=data))
        except CertificateError:
            return False
    return True


def _steepest(problem: Problem, found: Sizes, share: Fraction) -> list[tuple[Name, Number]]:
    """Every weight at a share of its limit, every argument of a function at 0."""
    bounds = problem.setting().bounds(problem.statement)
    points = Points(problem)
    ends = {w: bounds.enclose(w).high for w in found.weights}
    chosen = {**points.baseline, **{w: share * e for w, e in ends.items() if e is not None}}
    values = points.complete(chosen) or {}
    return [(name, Number(value)) for name, value in exact_data(values, problem.leaves)] if values else []
