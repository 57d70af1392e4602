"""The best bound of a gradient: its supremum with a proof, where it is met, and which layers can grow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from symgrad.api.names import context_of, one
from symgrad.api.proof import Proof, at_claim, read_claim, refuse_expressions
from symgrad.calculus.derive import derive
from symgrad.errors import NotSupportedError, Where
from symgrad.network.graph import Network
from symgrad.notation.tree import Apply, Name, Number, Relation, Tree, number
from symgrad.notation.writers.plain import plain
from symgrad.proving.search import prove as search
from symgrad.proving.supremum import Sizes, approached, bounded, met_at, sizes, with_weights
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim

NEARLY = Fraction(999, 1000)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: |w_j f'(z_j)| can be larger than 1 only if |w_j| > threshold; `exact`: then it does."""

    weight: str
    threshold: Fraction
    condition: str
    tree: Relation
    exact: bool


class Bounds:
    """The best bound that was found and proved.

    proof: of |dC/db_1| <= supremum * |dC/da_n|. attained: whether equality occurs; where it does, `at`.
    """

    def __init__(self, found: Sizes, proof: Proof, claim: Relation, approached: bool) -> None:
        self.found, self.proof, self.claim, self.approached = found, proof, claim, approached

    @property
    def supremum(self) -> Fraction | None:
        """The supremum of |dC/db_1| / |dC/da_n| if `sharp`, else a bound; None if the weights have none."""
        return self.found.ratio

    @property
    def bound(self) -> Fraction | None:
        """What the gradient itself never exceeds; None if its loss factor has no bound."""
        if self.found.ratio is None or self.found.loss is None:
            return None
        return self.found.ratio * self.found.loss

    @property
    def attained(self) -> bool:
        """Whether the bound is met with equality."""
        return bool(self.proof.value.attained)

    @property
    def at(self) -> tuple[str, ...]:
        """Where it is met, in words."""
        from symgrad.rendering.render import Target, render_phrase

        return tuple(render_phrase(phrase, Target()) for phrase in self.proof.value.attained)

    @property
    def sharp(self) -> bool:
        """Whether no smaller bound holds, up to a thousandth: met, or shown to be approached."""
        return self.attained or self.approached

    @property
    def layers(self) -> tuple[Layer, ...]:
        """For each layer with a weight, the condition under which its factor can exceed 1."""
        found = []
        for weight, _, size, _, exact in self.found.layers:
            tree = Relation((">",), (Apply(Name("abs"), (weight,)), Number(1 / size)))
            found.append(Layer(plain(weight), 1 / size, plain(tree), tree, exact))
        return tuple(found)

    def phrases(self) -> Iterator[Phrase]:
        """The bound, its sharpness, and the layers, a sentence each."""
        kind = "not-proved" if self.proof.verdict != "proved" else "best" if self.sharp else "found"
        yield Phrase.of(f"bounds.{kind}", line=self.claim)
        if self.found.ratio is None:
            yield Phrase.of("bounds.no-number", factors=self.found.free)
        if self.found.loss is None:
            yield Phrase.of("bounds.loss-unbounded", token=self.found.last)
        elif self.bound is not None:
            gradient = Apply(Name("abs"), (self.found.token,))
            yield Phrase.of("bounds.absolute", line=Relation(("<=",), (gradient, Number(self.bound))))
        if self.attained:
            yield from self.proof.value.attained
        elif self.sharp:
            yield Phrase.of("bounds.approached")
        elif self.found.ratio is not None:
            yield Phrase.of("bounds.not-met")
        for (_, slope, size, closed, _), layer in zip(self.found.layers, self.layers, strict=True):
            range_ = Relation(("<=" if closed else "<",), (Apply(Name("abs"), (slope,)), Number(size)))
            sort = "layer" if layer.exact else "layer-only"
            yield Phrase.of(f"bounds.{sort}", condition=layer.tree, range=range_)

    def to(
        self,
        format: str = "text",
        lang: str = "en",
        *,
        templates: Path | None = None,
        encoding: str | None = None,
    ) -> str:
        """As text, markdown, latex or json; the proof follows."""
        from symgrad.rendering.render import Target, render_phrase

        target = Target(format if format != "json" else "text", lang, templates, encoding)
        if format == "json":
            return json.dumps(self.data(lang), ensure_ascii=False, indent=1) + "\n"
        mark = {"markdown": "- ", "latex": "\\item "}.get(format, "")
        lines = [f"{mark}{render_phrase(phrase, target)}" for phrase in self.phrases()]
        if format == "latex":
            lines = ["\\begin{itemize}", *lines, "\\end{itemize}"]
        proof = self.proof.to(format, lang, templates=templates, encoding=encoding)
        return "\n".join(lines) + "\n\n" + proof

    def data(self, lang: str = "en") -> Mapping[str, Any]:
        """What a script reads."""

        def shown(value: Fraction | None) -> str | None:
            return None if value is None else str(value)

        return {
            "wrt": plain(self.found.token.by),
            "bound": plain(self.claim),
            "supremum": shown(self.supremum),
            "relative_to": plain(self.found.last),
            "gradient_bound": shown(self.bound),
            "attained": self.attained,
            "sharp": self.sharp,
            "layers": [
                {"weight": x.weight, "grows_if" if x.exact else "grows_only_if": x.condition}
                for x in self.layers
            ],
            "proof": json.loads(self.proof.to("json", lang)),
        }

    def __str__(self) -> str:
        return self.to("text").rstrip("\n")

    def __repr__(self) -> str:
        return f"<Bounds {plain(self.claim)}: {self.proof.verdict}>"

    def _repr_markdown_(self) -> str:
        return self.to("markdown")


def bounds_of(
    network: Network, wrt: str, given: Sequence[str], functions: Mapping[str, str], timeout: float
) -> Bounds:
    """The best bound of the gradient by a parameter under assumptions.

    Raises:
        NotSupportedError: the chain has vectors or matrices.
    """
    if any(network.shapes.values()):
        raise NotSupportedError("bounds-of-arrays", Where(network.name))
    name = one(network, wrt)
    derivation = derive(network, name, network.objective)
    context = context_of(network, "claim")
    assumptions = tuple(read_claim(text, context, "<given>") for text in given)
    refuse_expressions(assumptions, given)
    pairs = tuple(sorted({**network.functions, **functions}.items()))
    givens = (*assumptions, *network.assumptions)
    empty = Claim(Relation(("<=",), (number(0), number(1))), givens, pairs)
    with at_claim(wrt, given):
        found = sizes(derivation, empty, network.definitions())
        limit = _limit(found)
        claim = bounded(found, limit)

        def decide(statement: Relation) -> Proof:
            asked = Claim(statement, givens, pairs, plain(statement), tuple(given))
            gradients = {found.token: derivation}
            proof = search(asked, definitions=network.definitions(), gradients=gradients, timeout=timeout)
            return Proof(met_at(found, asked, network.definitions(), proof))

        proof = decide(claim)
        close = False
        if not proof.value.attained and isinstance(limit, Number) and limit.value:
            less = Claim(bounded(found, Number(NEARLY * limit.value)), givens, pairs)
            close = approached(found, less, network.definitions())
    return Bounds(found, proof, claim, close)


def _limit(found: Sizes) -> Tree:
    """A number if there is one, else the weights with what the slopes give."""
    if found.ratio is not None:
        return Number(found.ratio)
    if found.slopes is not None and found.weights:
        return with_weights(found)
    raise NotSupportedError("no-bound", Where("<chain>"), "no-bound-hint", token=plain(found.token))
