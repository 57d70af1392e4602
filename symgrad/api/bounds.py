"""The best bound of a gradient: its supremum with a proof, where it is met, and which layers can grow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from symgrad.api.bounds_words import phrases
from symgrad.api.proof import Proof
from symgrad.notation.tree import Number, Relation, Tree
from symgrad.notation.writers.plain import plain
from symgrad.proving.best.layers import Layer as FoundLayer
from symgrad.proving.best.layers import inverse
from symgrad.proving.supremum import Found
from symgrad.values.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its factor can be larger than 1 only under a condition on its weight; `exact`: then it can.

    threshold: 1/sup |f'|, so that the condition is |w_j| > threshold where no connection skips the layer.
    """

    weight: str
    threshold: Fraction | str
    condition: str
    tree: Tree
    exact: bool


class Bounds:
    """The best bound that was found and proved.

    proof: of |dC/db_1| <= supremum * |dC/da_n|. attained: whether equality occurs; where it does, `at`.
    found, whole, least: of the quotient, of the gradient itself, and from below; the last two may be missing.
    """

    def __init__(self, found: Found, whole: Found | None = None, least: Found | None = None) -> None:
        self.found, self.whole, self.least = found, whole, least
        self.proof = Proof(found.proof)
        statement = found.proof.claim.statement
        assert isinstance(statement, Relation)
        self.claim: Relation = statement

    @property
    def supremum(self) -> Fraction | str | None:
        """The supremum of |dC/db_1| / |dC/da_n| if `sharp`, else a bound: a fraction, or a formula as text.

        None if there is no bound by a number.
        """
        return _value(self.found.value) if self.proof.verdict == "proved" else None

    @property
    def bound(self) -> Fraction | str | None:
        """The supremum of the gradient itself, or a bound of it; None if there is none."""
        return None if self.whole is None else _value(self.whole.value)

    @property
    def infimum(self) -> Fraction | str | None:
        """What the slopes leave at least, the weights apart; None where that is 0."""
        return None if self.least is None else _value(self.least.value)

    @property
    def between(self) -> tuple[Fraction, Fraction | str] | None:
        """Two values between which the supremum certainly lies, where it is not known exactly."""
        if self.sharp or self.found.lower is None or self.supremum is None:
            return None
        return self.found.lower, self.supremum

    @property
    def attained(self) -> bool:
        """Whether the bound is met with equality."""
        return self.found.attained and not self.found.kept

    @property
    def at(self) -> tuple[str, ...]:
        """Where it is met, in words."""
        from symgrad.rendering.render import Target, render_phrase

        return tuple(render_phrase(phrase, Target()) for phrase in self.found.proof.attained)

    @property
    def sharp(self) -> bool:
        """Whether no smaller bound holds: it is met, or approached as near as one likes."""
        return self.proof.verdict == "proved" and self.found.exact and not self.found.kept

    @property
    def layers(self) -> tuple[Layer, ...]:
        """For each layer with a weight, the condition under which its factor can exceed 1."""
        return tuple(map(layer, self.found.layers))

    def phrases(self) -> tuple[Phrase, ...]:
        """The bound, its sharpness, and the layers, a sentence each."""
        return tuple(phrases(self.found, self.whole, self.least))

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
        found = self.found
        between = self.between
        return {
            "wrt": plain(found.asked.token.by),
            "bound": plain(self.claim),
            "supremum": None if self.supremum is None else str(self.supremum),
            "relative_to": plain(found.asked.over),
            "gradient_bound": None if self.whole is None else _shown(self.whole.value),
            "attained": self.attained,
            "sharp": self.sharp,
            "at": {plain(name): plain(value) for name, value in found.point},
            "between": None if between is None else list(map(str, between)),
            "without_bound": [plain(tree) for tree in found.kept],
            "infimum": None if self.least is None else _shown(self.least.value),
            "layers": [
                {"weight": x.weight, "grows_if" if x.exact else "grows_only_if": x.condition}
                for x in self.layers
            ],
            "proof": json.loads(self.proof.to("json", lang)),
            **self._further(lang),
        }

    def _further(self, lang: str) -> dict[str, Any]:
        """The proofs of the other bounds, and what the approach to a supremum rests on."""
        more: dict[str, Any] = {
            "approach": [json.loads(Proof(p).to("json", lang)) for p in self.found.evidence]
        }
        for key, other in (("gradient_proof", self.whole), ("infimum_proof", self.least)):
            if other is not None:
                more[key] = json.loads(Proof(other.proof).to("json", lang))
        return more

    def __str__(self) -> str:
        return self.to("text").rstrip("\n")

    def __repr__(self) -> str:
        return f"<Bounds {plain(self.claim)}: {self.proof.verdict}>"

    def _repr_markdown_(self) -> str:
        return self.to("markdown")


def _value(tree: Tree | None) -> Fraction | str | None:
    return None if tree is None else tree.value if isinstance(tree, Number) else plain(tree)


def _shown(tree: Tree | None) -> str | None:
    value = _value(tree)
    return None if value is None else str(value)


def layer(found: FoundLayer) -> Layer:
    """The condition of one layer."""
    assert found.peak.value is not None
    threshold = _value(inverse(found.peak.value))
    assert threshold is not None
    tree = found.condition
    return Layer(plain(found.weight), threshold, plain(tree), tree, found.peak.exact)
