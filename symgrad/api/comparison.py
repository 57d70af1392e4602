"""The face of a comparison: two chains, one gradient of each, at one point."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symgrad.api.names import one
from symgrad.calculus.derive import derive
from symgrad.errors import SymgradError
from symgrad.functions import registry
from symgrad.lessons import comparison as lesson
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import Name, Relation
from symgrad.numerics.evaluate import report
from symgrad.numerics.given import read_values
from symgrad.numerics.vanishing import vanishing

DEEPEST = 640
"""How many layers a chain is followed for; sigmoid layers are lost to float64 within 500."""


class Comparison:
    """Two chains side by side; `to` prints them in columns.

    >>> from symgrad.api.chain import Chain
    >>> chain = Chain.parse("sigma = sigmoid" + chr(10) + "C = (sigma(w x) - y)^2/2")
    >>> found = chain.compare(chain.vary(functions={"sigma": "tanh"}), "w", {"w": 1, "x": 1, "y": 0})
    >>> all(side.value > 0 for side in found.value.sides)
    True
    """

    def __init__(self, value: lesson.Comparison) -> None:
        self.value = value

    def to(
        self,
        format: str = "text",
        lang: str = "en",
        *,
        standalone: bool = False,
        templates: Path | None = None,
        encoding: str | None = None,
    ) -> str:
        """Text, markdown, latex, or json for programs."""
        if format == "json":
            return json.dumps(self.value.data(), ensure_ascii=False, indent=2) + "\n"
        from symgrad.rendering.render import Target, render_note

        return render_note(self.value.document(), Target(format, lang, templates, encoding, standalone))

    def __repr__(self) -> str:
        return self.to("text").rstrip("\n")

    def _repr_markdown_(self) -> str:
        return self.to("markdown")


def compare(left: Network, right: Network, wrt: str | None, values: Mapping[str, Any]) -> Comparison:
    """Both chains with the gradient by one name (by default the first parameter of each).

    Raises:
        UnknownNameError: a chain has no such name.
        InputError: a value that neither chain can use.
    """
    return Comparison(lesson.Comparison(side(left, right, wrt, values), side(right, left, wrt, values)))


def side(network: Network, other: Network, wrt: str | None, values: Mapping[str, Any]) -> lesson.Side:
    """One chain: its gradient, and its numbers where it has them."""
    name = one(network, wrt) if wrt else (*network.parameters, *network.leaves)[0]
    derivation = derive(network, name)
    if isinstance(network, SymbolicNetwork) or network.shapes or is_open(network):
        return lesson.Side(network, derivation)
    given = {key: str(value) for key, value in values.items() if usable(network, other, key, value)}
    known = read_values(network, given)

    def covered(leaf: Name) -> bool:
        return known.find(leaf) is not None

    point = lesson.default_point(network, given, covered)
    found = report(network, [derivation], point, "float64", {})
    depths = vanishing(network, name, point, deepest=DEEPEST)
    every = read_values(network, point)
    settings = [*every.exact.values(), *(given for family in every.families.values() for given in family)]
    shown = tuple(Relation(("=",), (given.target, given.tree)) for given in settings)
    value = found.evaluations[0].value
    return lesson.Side(network, derivation, value, depths, tuple(point.items()), shown)


def is_open(network: Network) -> bool:
    """Whether a function of the chain is a general one, which has no numbers."""
    return any(registry.lookup(network.functions.get(name, name)) is None for name in network.applied)


def usable(network: Network, other: Network, key: str, value: Any) -> bool:
    """Whether a value is for this chain; one that only the other chain knows is left to it.

    Raises:
        SymgradError: neither chain can use it.
    """
    try:
        read_values(network, {key: str(value)})
    except SymgradError:
        if isinstance(other, SymbolicNetwork):
            raise
        read_values(other, {key: str(value)})
        return False
    return True
