"""The best bound of a gradient through layers without number, and of one that is a vector or a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from symgrad.api.bounds import Bounds
from symgrad.api.names import one
from symgrad.api.proof import loop_of
from symgrad.calculus.derive import derive
from symgrad.errors import NotSupportedError, SymgradError, Where
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import (
    ONE,
    Apply,
    BigOp,
    Derivative,
    Mul,
    Name,
    Number,
    Relation,
    Tree,
    names_in,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain
from symgrad.proving.best.layered import NORM, Size, Sizes, gathered
from symgrad.proving.best.layers import Layer
from symgrad.proving.kernel.evaluate import Undefined, evaluate, precise
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.search import prove
from symgrad.proving.supremum import PART, Asked, Found
from symgrad.values.derivation import Derivation
from symgrad.values.proof import Claim, Proof

DEPTHS = (1, 2, 3)
"""Where a bound for every depth is compared with the best bound at a definite one."""
Pairs = tuple[tuple[str, str], ...]


def layered(
    network: Network,
    derivation: Derivation,
    given: tuple[Tree, ...],
    pairs: Pairs,
    texts: tuple[str, ...],
    timeout: float,
    relative_to: str | None,
) -> Bounds:
    """The bound of the product of the sizes of all factors, proved.

    Raises:
        NotSupportedError: nothing is known of one of the factors, or the bound was not proved.
    """
    token = derivation.goal
    tokens = [f for f in derivation.factors if isinstance(f, Derivative)]
    over: Tree = tokens[0] if len(tokens) == 1 else ONE
    factors = [f for f in derivation.factors if f != over]
    if relative_to is not None:
        factors, over = _until(network, derivation, relative_to)
    with precise():
        sizes = Sizes(
            dict(pairs),
            given,
            lambda claim: prove(claim, timeout=timeout * PART),
            lambda name: len(network.shapes.get(name) or ()),
            {},
        )
        found = [sizes.of(factor) for factor in factors]
    if any(size is None for size in found) or over == ONE:
        raise NotSupportedError("no-bound", Where("<chain>"), "no-bound-hint", token=plain(token))
    kept = [size for size in found if size is not None]
    limit = gathered([size.tree for size in kept])
    bars = Name(NORM) if network.shapes.get(_by(token)) else ABS
    around = Name(NORM) if network.shapes.get(_by(over)) or _is_array(network, over) else ABS
    claim = Claim(_statement(token, over, limit, bars, around), given, pairs, given_text=texts)
    proof = _decided(network, claim, derivation, timeout)
    asked = Asked(token, over, tuple(factors), (over,), given, pairs, texts)
    left = tuple(dict.fromkeys(k for size in kept for k in size.kept))
    result = Found(
        asked,
        None if left else limit,
        limit,
        left,
        False,
        False,
        proof,
        layers=tuple(_layers(factors, sizes)),
    )
    if isinstance(network, SymbolicNetwork):
        exact = all(size.exact for size in kept)
        compared = _compared(network, result, texts, timeout) if exact else result
        return Bounds(compared if compared.exact else _only(compared))
    met = proof.verdict == "proved" and _untied(network, factors, kept)
    return Bounds(replace(result, exact=met, attained=met))


def _only(found: Found) -> Found:
    """The conditions of the layers as necessary ones."""
    layers = (replace(x, peak=replace(x.peak, exact=False)) for x in found.layers)
    return replace(found, layers=tuple(layers))


def _by(tree: Tree) -> Name:
    return tree.by if isinstance(tree, Derivative) and isinstance(tree.by, Name) else Name("")


def _is_array(network: Network, over: Tree) -> bool:
    """Whether a derivative is by a vector or a matrix."""
    return any(network.shapes.values()) and bool(network.shapes.get(_by(over)))


def _statement(token: Tree, over: Tree, limit: Tree, bars: Name, around: Name) -> Relation:
    parts = [limit] if limit != ONE else []
    parts.append(Apply(around, (over,)))
    return Relation(("<=",), (Apply(bars, (token,)), parts[0] if len(parts) == 1 else Mul(tuple(parts))))


def _until(network: Network, derivation: Derivation, text: str) -> tuple[list[Tree], Tree]:
    """The factors down to where the other gradient begins."""
    target = derivation.goal.of
    assert isinstance(target, Name)
    other = derive(network, one(network, text, "<relative-to>"), target)
    shared, factors = other.factors, derivation.factors
    if len(shared) > len(factors) or factors[len(factors) - len(shared) :] != shared:
        where = Where("<relative-to>", 1, 1, text, len(text))
        raise NotSupportedError(
            "bounds-not-shared", where, token=plain(derivation.goal), other=plain(other.goal)
        )
    return list(factors[: len(factors) - len(shared)]), other.goal


def _decided(network: Network, claim: Claim, derivation: Derivation, timeout: float) -> Proof:
    if isinstance(network, SymbolicNetwork):
        outside = (*network.before, *network.after)
        lines = tuple((line.target, line.body) for line in outside)
        return prove(claim, definitions=lines, timeout=timeout, loop=loop_of(network))
    shapes = {name: shape for name, shape in network.shapes.items() if shape and name in network.leaves}
    return prove(
        claim,
        definitions=network.definitions(),
        gradients={derivation.goal: derivation},
        timeout=timeout,
        shapes=shapes,
    )


def _layers(factors: Sequence[Tree], sizes: Sizes) -> Iterator[Layer]:
    """The weights of the layers, each with the slope that stands beside it."""
    for factor in factors:
        body = factor.body if isinstance(factor, BigOp) else factor
        if not isinstance(body, Mul):
            continue
        slopes = [f for f in body.factors if isinstance(f, Apply) and f.order == 1]
        for weight in (f for f in body.factors if isinstance(f, Name)):
            for slope in slopes[:1]:
                peak = sizes.slope(slope.function)
                if peak is not None and peak.value is not None:
                    yield Layer(weight, slope, peak)


# ---- is the bound the best one?


def _compared(network: SymbolicNetwork, found: Found, texts: Sequence[str], timeout: float) -> Found:
    """The bound with its sharpness: whether at small depths it is the best bound, and met."""
    from symgrad.api.bounds_search import bounds_of
    from symgrad.api.vary import deepen

    if found.proof.verdict != "proved":
        return found
    attained = True
    at: tuple[Relation, ...] = ()
    for depth in DEPTHS:
        try:
            small = deepen(network, depth)
            functions = dict(found.asked.functions)
            best = bounds_of(small, plain(_by(found.asked.token)), texts, functions, timeout / 4)
        except SymgradError:
            return found
        here = substitute(found.limit, {Name(network.depth): Number(Fraction(depth))})
        if not best.found.exact or not _same(here, best.found.limit):
            return found
        attained = attained and best.found.attained
        at = best.found.at
    return replace(found, exact=True, attained=attained, at=_for_all(at))


def _same(a: Tree, b: Tree) -> bool:
    """Whether two bounds are the same number; products of kept weights are not looked into."""
    numbers = [_number(tree) for tree in (a, b)]
    return numbers[0] is not None and numbers[0] == numbers[1]


def _number(tree: Tree) -> object:
    """The number in front of whatever is left as it is."""
    bare: dict[Tree, Tree] = {
        node: ONE
        for node in walk(tree)
        if isinstance(node, BigOp) or (isinstance(node, Apply) and node.function == ABS)
    }
    letters: Mapping[Tree, Tree] = {n: Number(Fraction(7)) for n in names_in(substitute(tree, bare))}
    try:
        with precise():
            value = evaluate(substitute(substitute(tree, bare), letters), {}, {})
    except Undefined:
        return None
    return value if isinstance(value, Fraction) else round(float(value.mid()), 12)


def _for_all(at: Sequence[Relation]) -> tuple[Relation, ...]:
    """z_j = 0 for z_1 = z_2 = z_3 = 0."""
    found: dict[Relation, None] = {}
    for relation in at:
        *trees, value = relation.operands
        for tree in trees:
            name = Name(tree.stem, (Name("j"),)) if isinstance(tree, Name) and tree.indices else tree
            found[Relation(("=",), (name, value))] = None
    return tuple(found)


def _untied(network: Network, factors: Sequence[Tree], sizes: Sequence[Size]) -> bool:
    """Whether every layer has weights and a bias of its own, so that all sizes are met together.

    Then each matrix may have one entry other than 0, the first, the error one likewise, and the biases put
    every argument where the slope is steepest.
    """
    if not all(size.exact for size in sizes):
        return False
    weights = [n for f in factors for n in names_in(f) if len(network.shapes.get(n) or ()) == 2]
    uses = [n for _, body in network.definitions() for n in walk(body) if isinstance(n, Name)]
    if any(uses.count(w) > 1 for w in weights) or len(set(weights)) < len(weights):
        return False
    bodies = dict(network.definitions())
    arguments = {
        a
        for f in factors
        for node in walk(f)
        if isinstance(node, Apply) and node.order == 1
        for a in node.arguments
    }
    leaves = set(network.leaves)
    for argument in arguments:
        body = bodies.get(argument) if isinstance(argument, Name) else None
        terms = getattr(body, "terms", ())
        if not any(t in leaves and uses.count(t) == 1 for t in terms):
            return False
    return True
