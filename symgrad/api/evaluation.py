"""The face of numbers: one gradient, or a family of them, factor by factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from symgrad.api.names import members, one
from symgrad.calculus.derive import derive
from symgrad.errors import MissingValueError, SymgradError
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import Derivative, Name, Tree, number
from symgrad.notation.writers.plain import plain
from symgrad.numerics.drawing import Drawn, draw
from symgrad.numerics.evaluate import Report
from symgrad.numerics.evaluate import report as evaluate_all
from symgrad.numerics.vanishing import vanishing
from symgrad.values import evaluation as values
from symgrad.values.numbers import fraction_text
from symgrad.values.phrase import Phrase

LONGEST_SETTINGS, MOST_KINKS = 400, 5
"""More drawn numbers than fit into so many letters, and more kinks than these, are not listed."""


class Evaluation:
    """Numbers of one gradient or of several.

    report: the numbers of all names (`numbers`), the layers (`rows`), and every evaluation with its losses.
    """

    def __init__(
        self,
        network: Network,
        report: Report,
        given: Mapping[str, Any],
        functions: Mapping[str, str],
        drawn: tuple[Drawn, ...] = (),
        seed: int | None = None,
    ) -> None:
        self.network, self.report, self.given, self.functions = network, report, given, functions
        self.drawn, self.seed = drawn, seed

    @property
    def evaluations(self) -> tuple[values.Evaluation, ...]:
        """One for each gradient, in the order asked for."""
        return self.report.evaluations

    @property
    def value(self) -> Any:
        """The number of the one gradient; for several the numbers by name."""
        return self.evaluations[0].value if len(self.evaluations) == 1 else self.values

    @property
    def values(self) -> dict[str, Any]:
        """The numbers by gradient, such as {"dC/db_1": 1953.125}."""
        return {plain(e.goal): e.value for e in self.evaluations}

    @property
    def factors(self) -> tuple[tuple[Tree, Any], ...]:
        """(factor, number) in textbook order, of the first gradient asked for."""
        return tuple((f.factor, f.value) for f in self.evaluations[0].factors)

    @property
    def underflow(self) -> tuple[str, ...]:
        """What the number format lost towards 0."""
        return tuple(dict.fromkeys(name for e in self.evaluations for name in e.underflow))

    @property
    def overflow(self) -> tuple[str, ...]:
        """What the number format lost towards infinity."""
        return tuple(dict.fromkeys(name for e in self.evaluations for name in e.overflow))

    def to(
        self,
        format: str = "text",
        lang: str = "en",
        *,
        templates: Path | None = None,
        encoding: str | None = None,
    ) -> str:
        """Text with bars, markdown, latex or json."""
        from symgrad.rendering.render import Target, render_evaluation

        target = Target(format, lang, templates, encoding)
        shown = self.evaluations[0] if len(self.evaluations) == 1 else self.evaluations
        depths = None if format == "json" else self.depths()
        remarks = self.remarks()
        numbers = self.report.numbers
        return render_evaluation(shown, target, values=numbers, vanishing=depths, remarks=remarks)

    def remarks(self) -> tuple[Phrase, ...]:
        """What was drawn at random, and where a convention decides."""
        found = []
        if self.drawn:
            names = ", ".join(plain(one.name) for one in self.drawn)
            found.append(Phrase.of("documents.drawn", seed=self.seed or 0, names=names))
            settings = " ".join(f'--set "{one.setting}"' for one in self.drawn)
            if len(settings) <= LONGEST_SETTINGS:
                found.append(Phrase.of("documents.drawn-again", line=settings))
        for kink in self.report.kinks[:MOST_KINKS]:
            fields: dict[str, Tree] = {"application": kink.application, "place": kink.place}
            if kink.slope is None:
                found.append(Phrase.of("documents.at-tie", **fields))
            else:
                found.append(Phrase.of("documents.at-kink", **fields, slope=number(kink.slope)))
        return tuple(found)

    def depths(self) -> Mapping[str, int] | None:
        """Number format -> depth from which the first layer's gradient of this family rounds to 0."""
        if len(self.evaluations) < 2 or not self.report.rows or self.network.shapes:
            return None
        goals = [e.goal for e in self.evaluations if isinstance(e.goal, Derivative)]
        if not goals or any(goal.of != self.network.objective for goal in goals):
            return None
        return vanishing(self.network, goals[0].by, self.given, self.functions)

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {exactly(value)}" for name, value in self.values.items())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.to("text").rstrip("\n"))


def exactly(value: Any) -> str:
    """A number in full; Python itself writes no fraction of thousands of digits."""
    return fraction_text(value) if isinstance(value, Fraction) else str(value)


def evaluate(
    network: Network,
    wrt: str | Sequence[str] | None,
    given: Mapping[str, Any],
    precision: str | int,
    functions: Mapping[str, str],
    of: str | None,
    seed: int | None = None,
) -> Evaluation:
    """Numbers for a gradient, several, a family, or (None) all parameters."""
    if isinstance(network, SymbolicNetwork):
        network, given = with_depth(network, given)
    texts = [wrt] if isinstance(wrt, str) else list(wrt or ())
    names: list[Name] = [name for text in texts for name in members(network, text)] or list(
        network.parameters
    )
    target = None if of is None else one(network, of)
    goals = [derive(network, name, target) for name in dict.fromkeys(names)]
    drawn: tuple[Drawn, ...] = ()
    if seed is not None:
        given, drawn = draw(network, given, seed)
    found = evaluate_all(network, goals, given, precision, functions)
    return Evaluation(network, found, given, functions, drawn, seed)


def with_depth(network: SymbolicNetwork, given: Mapping[str, Any]) -> tuple[Network, Mapping[str, Any]]:
    """The chain at the depth that the values name, and the other values.

    Raises:
        MissingValueError: no depth, or one that is no whole number.
    """
    rest = {name: value for name, value in given.items() if name.strip() != network.depth}
    depth = next((value for name, value in given.items() if name.strip() == network.depth), None)
    try:
        return network.at_depth(int(str(depth))), rest
    except ValueError as problem:
        if isinstance(problem, SymgradError):
            raise
        raise MissingValueError("symbolic-depth-value", network.loop.where, letter=network.depth) from problem
