"""A derivation in one of its other forms, as the rows and lines that the templates of a derivation print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symgrad.calculus.matrices.layout import is_numerator
from symgrad.errors import NotSupportedError, Where
from symgrad.network.graph import Network
from symgrad.notation.tree import ZERO, Name, Relation
from symgrad.notation.writers.plain import plain
from symgrad.rendering.forms.backprop import backprop
from symgrad.rendering.forms.jacobian import jacobian
from symgrad.rendering.forms.perturbation import perturbation, without_brackets
from symgrad.rendering.forms.rows import Form, Row, folded
from symgrad.rendering.styles import Style
from symgrad.rendering.terminal import widest
from symgrad.rendering.views.derivation import (
    WIDEST,
    WORDY,
    DerivationView,
    StepView,
    derivation_view,
    rows_of,
)
from symgrad.rendering.wording import Wording
from symgrad.values.derivation import Derivation

FORMS = ("factors", "backprop", "perturbation", "jacobian")
RECURSION = ("recursion-end", "recursion-step")
NOT_TOLD = {
    "perturbation": frozenset(("sum-over-layers", *RECURSION)),
    "backprop": frozenset(("sum-over-layers",)),
    "jacobian": frozenset(("sum-over-layers", *RECURSION)),
}
"""The rules a form has no sound line for: what acts in every layer is changed by all layers below it too."""


def form_of(name: str, derivation: Derivation, network: Network | None) -> Form | None:
    """The lines of a form; None where the derivation has none of its own (the gradient is 0 or 1).

    Raises:
        NotSupportedError: a product of Jacobians along several paths of vectors, or an unknown form.
    """
    shapes = network.shapes if network is not None else {}
    if name in NOT_TOLD and is_numerator(derivation):  # their rows pair a column with a change
        raise NotSupportedError("style-one-layout", Where("<style>"), style=name)
    if name in NOT_TOLD and any(step.rule in NOT_TOLD[name] for step in derivation.steps):
        raise NotSupportedError("style-not-yet", Where("<style>"), style=name)
    layers = shapes and any(step.rule == "product-over-layers" for step in derivation.steps)
    if layers and name in ("perturbation", "jacobian"):  # one layer's change is a vector, and in no line
        raise NotSupportedError("style-not-yet", Where("<style>"), style=name)
    if name in NOT_TOLD and not isinstance(derivation.goal.of, Name):  # a second derivative
        raise NotSupportedError("style-not-yet", Where("<style>"), style=name)
    match name:
        case "factors":
            return None
        case "backprop":
            return backprop(derivation, None if network is None else network.parameters)
        case "perturbation":
            return perturbation(derivation, shapes, None if network is None else network.functions)
        case "jacobian":
            found = jacobian(derivation, shapes)
            if found is None and len(derivation.steps) > 1:
                raise NotSupportedError("no-jacobian-product", Where("<style>"), goal=plain(derivation.goal))
            return found
    raise NotSupportedError("unknown-style", Where("<style>"), style=name, styles=" ".join(FORMS))


def form_view(
    derivation: Derivation,
    wording: Wording,
    name: str = "factors",
    *,
    detail: str = "short",
    checked: bool | None = None,
    network: Network | None = None,
) -> DerivationView:
    """All strings of a derivation in the form asked for."""
    view = derivation_view(derivation, wording, detail, checked)
    form = form_of(name, derivation, network)
    if form is None:
        return view
    short, style = detail == "short", wording.style
    rows = folded(form.rows, backward=name == "backprop") if short else form.rows
    steps = tuple(_step(i, row, wording) for i, row in enumerate(rows, 1))
    remarks = tuple(wording.say(remark) for remark in form.remarks)
    links = [_link(link, style, short) for link in form.links]
    shown = replace(
        view,
        route=wording.say(form.opening),
        path="",
        steps=steps,
        links=tuple(link for link in links if (link[0], link[2]) not in view.lines),
        notes=(*remarks, *view.notes),
        heads=(view.heads[0], wording.word(f"head-{name}"), view.heads[2]),
        long=False,
        wordy=widest(s.why + s.conditions for s in steps) > WORDY,
        widths=(
            widest(str(s.number) for s in steps),
            min(WIDEST, widest(s.equation for s in steps)),
            min(WIDEST, widest(s.local for s in steps)),
        ),
    )
    return _written(shown, without_brackets) if name == "perturbation" else shown


def _step(number: int, row: Row, wording: Wording) -> StepView:
    style = wording.style
    where = [wording.word("where", conditions=row.conditions)] if row.conditions else []
    if row.range is not None:
        where.insert(0, wording.word("for-range", range=row.range))
    return StepView(
        number=number,
        equation="" if row.equation is None else style.display(row.equation),
        local=style.display(row.formula, short=True),
        why=wording.say(row.why),
        conditions=" ".join(where),
    )


def _link(link: Relation, style: Style, short: bool) -> tuple[str, str, tuple[str, ...]]:
    """The left side, the sign and the rows of the right side of one relation."""
    left, right = link.operands
    shown = style.math(left)
    bare = style.math(Relation(link.operators, (left, ZERO)))
    sign = bare.removeprefix(shown).strip().partition(" ")[0]
    return shown, sign, rows_of(style, right, short)


def _written(view: DerivationView, change: Callable[[str], str]) -> DerivationView:
    """The view with every string changed, and columns measured again."""
    steps = tuple(
        replace(s, local=change(s.local), why=change(s.why), conditions=change(s.conditions))
        for s in view.steps
    )
    links = tuple((change(left), sign, tuple(map(change, rows))) for left, sign, rows in view.links)
    widths = (view.widths[0], view.widths[1], min(WIDEST, widest(s.local for s in steps)))
    notes = tuple(map(change, view.notes))
    return replace(view, steps=steps, links=links, widths=widths, route=change(view.route), notes=notes)
