"""From a chain and a name to its best bound: numbers, symbolic depth, or vectors and matrices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from symgrad.api.assumed import refuse_empty, refuse_strangers, refuse_words
from symgrad.api.bounds import Bounds
from symgrad.api.names import context_of, one
from symgrad.api.proof import at_claim, read_claim
from symgrad.calculus.derive import derive
from symgrad.errors import CertificateError, InputError, NotSupportedError, Where
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import ONE, ZERO, Derivative, Name, Tree
from symgrad.notation.writers.plain import plain
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.supremum import Asked, find, least
from symgrad.values.derivation import Derivation


def bounds_of(
    network: Network,
    wrt: str,
    given: Sequence[str],
    functions: Mapping[str, str],
    timeout: float,
    of: str | None = None,
    relative_to: str | None = None,
) -> Bounds:
    """The best bound of the gradient by a parameter under assumptions.

    Raises:
        NotSupportedError: nothing is known of one of its factors.
        InputError: the assumptions contradict each other.
    """
    name = one(network, wrt)
    objective = network.objective if of is None else one(network, of)
    derivation = derive(network, name, objective)
    context = context_of(network, "claim")
    refuse_words([(text, "<given>") for text in given], context.stems)
    assumptions = tuple(read_claim(text, context, "<given>") for text in given)
    refuse_empty(assumptions, given, {**network.functions, **functions})
    for text in given:
        refuse_strangers(network, text, context, "<given>")
    pairs = tuple(sorted({**network.functions, **functions}.items()))
    givens = (*assumptions, *network.assumptions)
    with at_claim(wrt, given):
        try:
            if isinstance(network, SymbolicNetwork) or any(network.shapes.values()):
                from symgrad.api.bounds_layers import layered

                return layered(network, derivation, givens, pairs, tuple(given), timeout, relative_to)
            asked = _asked(network, derivation, givens, pairs, tuple(given), relative_to)
            try:
                return _found(network, asked, derivation, timeout)
            except CertificateError:  # a loss that the kernel has no derivative of: without the loss, then
                if not isinstance(asked.over, Derivative) or not isinstance(asked.over.by, Name):
                    raise
                return _found(network, *_without_loss(network, asked, asked.over.by), timeout)
        except Empty as error:
            raise InputError("contradictory-assumptions") from error


def _without_loss(network: Network, asked: Asked, last: Name) -> tuple[Asked, Derivation]:
    """The derivative of the last activation: the same quotient."""
    by = asked.token.by
    assert isinstance(by, Name)
    derivation = derive(network, by, last)
    alone = replace(asked, token=derivation.goal, over=ONE, factors=_written(derivation), shared=())
    return alone, derivation


def _found(network: Network, asked: Asked, derivation: Derivation, timeout: float) -> Bounds:
    definitions = network.definitions()
    gradients = {derivation.goal: derivation}
    if isinstance(asked.over, Derivative) and isinstance(asked.over.of, Name):
        gradients[asked.over] = derive(network, asked.over.by, asked.over.of)
    found = find(asked, definitions, gradients, timeout)
    if found is None:
        raise NotSupportedError("no-bound", Where("<chain>"), "no-bound-hint", token=plain(asked.token))
    if asked.over == ONE:
        return Bounds(found, None if found.kept else found, None)
    if len(asked.shared) != 1:
        return Bounds(found, None, least(asked, definitions, gradients, timeout))
    alone = Asked(
        asked.token, ONE, (*asked.factors, *asked.shared), (), asked.given, asked.functions, asked.given_text
    )
    whole = find(alone, definitions, gradients, timeout, by_number=True)
    whole = None if whole is None or whole.proof.verdict != "proved" else whole
    return Bounds(found, whole, least(asked, definitions, gradients, timeout))


def _asked(
    network: Network,
    derivation: Derivation,
    givens: tuple[Tree, ...],
    pairs: tuple[tuple[str, str], ...],
    texts: tuple[str, ...],
    relative_to: str | None,
) -> Asked:
    """The quotient to bound: by the derivative of the loss, or by another gradient."""
    factors = _written(derivation)
    if factors == (ZERO,):
        where = Where("<name>", 1, 1, plain(derivation.goal.by), 1)
        raise NotSupportedError("bounds-no-dependence", where, token=plain(derivation.goal))
    last = derivation.factors[-1] if derivation.factors else ONE
    over: Tree = ONE
    shared: tuple[Tree, ...] = ()
    if relative_to is not None:
        other = derive(network, _other(network, relative_to), derivation.goal.of)  # type: ignore[arg-type]
        over, shared = other.goal, _written(other)
        rest = Counter(factors) - Counter(shared)
        if Counter(shared) - Counter(factors) or ZERO in shared:
            where = Where("<relative-to>", 1, 1, relative_to, len(relative_to))
            raise NotSupportedError(
                "bounds-not-shared", where, token=plain(derivation.goal), other=plain(over)
            )
        kept: list[Tree] = []
        for factor in factors:
            if rest[factor]:
                kept.append(factor)
                rest[factor] -= 1
        factors = tuple(kept)
    elif isinstance(last, Derivative):
        over, shared, factors = last, factors[-1:], factors[:-1]
    return Asked(derivation.goal, over, factors, shared, givens, pairs, texts)


def _other(network: Network, text: str) -> Name:
    """The parameter of `b_3`, or of `dC/db_3`."""
    if "/" in text or "∂" in text:
        found = read_claim(text, context_of(network, "claim"), "<relative-to>")
        if isinstance(found, Derivative) and isinstance(found.by, Name):
            return found.by
    return one(network, text, "<relative-to>")


def _written(derivation: Derivation) -> tuple[Tree, ...]:
    """The factors of a gradient, each token by its value."""
    values: dict[Tree, Tree] = dict(derivation.kept)
    return tuple(values.get(f, f) for f in derivation.factors)
