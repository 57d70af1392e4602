"""The face of a derivation: what a person does with a gradient once it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.calculus.check import CheckReport, check, check_all
from symgrad.calculus.derive import Gradients as Derivations
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import Derivative, Mul, Name, Tree
from symgrad.notation.writers.latex import latex
from symgrad.notation.writers.plain import plain
from symgrad.notation.writers.unicode import pretty
from symgrad.values import derivation as values

if TYPE_CHECKING:
    import sympy

    from symgrad.calculus.second import Second


LAYOUTS = ("gradient", "jacobian")
LONG_TABLE, TABLE_ENDS = 400, 6
"""A table with more gradients than this shows so many first and so many last ones."""


def in_layout(network: Network, value: values.Derivation, layout: str) -> values.Derivation:
    """The derivation in a layout; numbers have only one."""
    if layout == "gradient" or not network.shapes:
        return value
    from symgrad.calculus.matrices.layout import in_numerator_layout

    return in_numerator_layout(value, Shapes(network.shapes))


class Derivation:
    """d(objective)/d(wrt): factors in textbook order, named steps, and an independent check."""

    def __init__(self, network: Network, value: values.Derivation) -> None:
        self.network, self.value = network, value
        self.report: CheckReport | None = None

    @property
    def goal(self) -> Derivative:
        """The derivative token, dC/db_1."""
        return self.value.goal

    @property
    def steps(self) -> tuple[values.Step, ...]:
        """The named steps, in forward order; the last one is the gradient itself."""
        return self.value.steps

    @property
    def factors(self) -> tuple[Tree, ...]:
        """The factors in textbook order; str() of each is plain notation."""
        return self.value.factors

    @property
    def path(self) -> tuple[Name, ...]:
        """The names walked through, if there is one path only."""
        return self.value.path

    @property
    def result(self) -> Tree:
        """The product, with the objective's derivative kept as dC/da_4."""
        return self.factors[0] if len(self.factors) == 1 else Mul(self.factors)

    @property
    def expr(self) -> sympy.Expr:
        """The gradient as a SymPy expression; z_j and a_j are symbols, sigma'(z_1) a function of its own."""
        from symgrad.api.symbolic import to_sympy

        return to_sympy(self.result, dict(self.value.kept))

    def expanded(self) -> sympy.Expr:
        """`expr` with every defined name replaced by what defines it, down to the leaves."""
        from symgrad.api.symbolic import expand

        return expand(self.network, self.result, dict(self.value.kept))

    def check(self) -> CheckReport:
        """Verify independently: a truthy report.

        Raises:
            DerivationError: something is wrong with a step, a factor or the wiring.
        """
        if self.report is None:
            self.report = check(self.network, self.value)
        return self.report

    def derive(self, wrt: str) -> Derivation:
        """The derivative of this gradient by another name, or the same: an entry of the Hessian.

        Raises:
            UnknownNameError: with the nearest name.
            NotSupportedError: for vectors and matrices, and at symbolic depth.
        """
        from symgrad.api.names import one
        from symgrad.calculus.second import second

        return SecondDerivation(
            self, second(self.inner_network, self.inner, one(self.network, wrt), self.goal)
        )

    @property
    def inner(self) -> values.Derivation:
        """The derivation in the chain it was made in."""
        return self.value

    @property
    def inner_network(self) -> Network:
        """The chain it was made in."""
        return self.network

    def latex(self) -> str:
        """The right-hand side in LaTeX."""
        return latex(self.result)

    def to(
        self,
        format: str = "text",
        lang: str = "en",
        *,
        detail: str = "short",
        style: str = "factors",
        standalone: bool = False,
        templates: Path | None = None,
        encoding: str | None = None,
    ) -> str:
        """The derivation as text, markdown, latex or json, or as code: numpy, jax, torch or sympy.

        Args:
            format: text, markdown, latex, json, or the library that code is for.
            lang: en or zh.
            detail: short folds what repeats, full prints it all.
            style: how the steps are told: factors, backprop, perturbation or jacobian.
            standalone: a whole document.
            templates: a folder of the user's own.
            encoding: what the terminal can show.
        """
        from symgrad.api.names import require_choice
        from symgrad.numerics.code import LANGUAGES, gradient_source
        from symgrad.rendering.render import Target, render_derivation
        from symgrad.rendering.styles import FORMATS

        require_choice(format, (*FORMATS, *LANGUAGES), "format")
        require_choice(lang, ("en", "zh"), "language")
        if format in LANGUAGES:
            value = self.inner
            assert isinstance(value.goal.of, Name)
            return gradient_source(self.inner_network, value.goal.of, (value.goal.by,), value.steps, format)
        target = Target(format, lang, templates, encoding, standalone)
        checked = bool(self.check())
        return render_derivation(
            self.value, target, detail=detail, checked=checked, style=style, network=self.network
        )

    def __str__(self) -> str:
        return f"{plain(self.goal)} = {plain(self.result)}"

    def __repr__(self) -> str:
        return f"<Derivation {self}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"{pretty(self.goal)} = {pretty(self.result)}")

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {latex(self.goal)} = {latex(self.result)}$"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/plain": f"{pretty(self.goal)} = {pretty(self.result)}",
            "text/latex": self._repr_latex_(),
            "text/markdown": self.to("markdown"),
        }


class SecondDerivation(Derivation):
    """The derivative of a gradient; its check includes that of the gradient."""

    def __init__(self, first: Derivation, found: Second) -> None:
        super().__init__(first.network, found.shown)
        self.first, self.found = first, found

    @property
    def inner(self) -> values.Derivation:
        """The derivation in the chain with the gradient as an equation."""
        return self.found.inner

    @property
    def inner_network(self) -> Network:
        """The chain with the gradient as an equation."""
        return self.found.network

    def check(self) -> CheckReport:
        """Verify the gradient, and then this derivative of it.

        Raises:
            DerivationError: something is wrong with a step, a factor or the wiring.
        """
        if self.report is None:
            self.first.check()
            self.report = self.found.check()
        return self.report


class Gradients(Mapping[str, Derivation]):
    """All gradients of a chain by name, in the order of its parameters; walked out when looked at."""

    def __init__(self, network: Network, of: Name | None = None, layout: str = "gradient") -> None:
        self.network, self.layout = network, layout
        self.derivations = Derivations(network, of)

    @cached_property
    def by_text(self) -> dict[str, Name]:
        """The parameters by their names in plain notation."""
        return {plain(name): name for name in self.derivations}

    def __getitem__(self, name: str) -> Derivation:
        from symgrad.api.names import one

        key = self.by_text.get(name) or one(self.network, name)
        return Derivation(self.network, in_layout(self.network, self.derivations[key], self.layout))

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_text)

    def __len__(self) -> int:
        return len(self.derivations)

    def shown(self, detail: str = "short", format: str = "text") -> tuple[values.Derivation, ...]:
        """What a table shows: all gradients, or the first and last where there are very many of them.

        Those of a chain with n layers have some n^2 factors altogether; "full" and data have them all.
        """
        names = tuple(self)
        if detail == "short" and format != "json" and len(names) > LONG_TABLE:
            names = (*names[:TABLE_ENDS], *names[-TABLE_ENDS:])
        return tuple(self[name].value for name in names)

    def check(self) -> CheckReport:
        """Verify all of them.

        Raises:
            DerivationError: one of them is wrong.
        """
        return check_all(self.network, self.derivations)

    def to(
        self,
        format: str = "text",
        lang: str = "en",
        *,
        detail: str = "short",
        style: str = "factors",
        standalone: bool = False,
        templates: Path | None = None,
        encoding: str | None = None,
    ) -> str:
        """A table of all results, and the steps of the first in the style asked for; or code for all."""
        from symgrad.api.names import require_choice
        from symgrad.numerics.code import LANGUAGES, gradient_source
        from symgrad.rendering.render import Target, render_derivation
        from symgrad.rendering.styles import FORMATS

        require_choice(format, (*FORMATS, *LANGUAGES), "format")
        require_choice(lang, ("en", "zh"), "language")
        if format in LANGUAGES:
            network, tape = self.network, self.derivations.tape
            places = range(len(network.equations) if tape is not None else 0)
            steps = [step for place in places if tape is not None for step in tape.at(place).values()]
            if network.shapes:
                steps += [step for derivation in self.derivations.values() for step in derivation.steps]
            target_name = network.objective if tape is None else tape.target
            return gradient_source(network, target_name, tuple(self.derivations), steps, format)
        target = Target(format, lang, templates, encoding, standalone)
        shown = self.shown(detail, format)
        told: Any = {"detail": detail, "style": style, "network": self.network, "total": len(self)}
        return render_derivation(shown, target, overview=True, checked=bool(self.check()), **told)

    def __repr__(self) -> str:
        return "\n".join(str(derivation) for derivation in self.values())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("\n".join(f"{pretty(d.goal)} = {pretty(d.result)}" for d in self.values()))
