"""A derivation as rows and lines: repeats folded, the result with its last factor kept, then filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symgrad.network.graph import Network
from symgrad.notation.tree import (
    Add,
    Apply,
    Derivative,
    Mul,
    Name,
    Neg,
    Pow,
    Relation,
    Transpose,
    Tree,
    number,
    rebuild,
    substitute,
    walk,
)
from symgrad.rendering.folding import Run, alike, find_run, groups, index_of, layer_of, lettered, step_key
from symgrad.rendering.styles import Style
from symgrad.rendering.terminal import widest
from symgrad.rendering.wording import Wording
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

_COMBINING = ("chain-rule",)
_LONG_TABLE = 30
WORDY = 42
WIDEST = 72
"""No column of a text is padded beyond this: one long sum would widen every other row."""
_ROW_GROUPS = 7
_LONG_FAMILY = 6
_LONG_RESULT = 2000
"""A result with more parts than this keeps the derivatives that have lines of their own."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One printed row; a folded row has only `folded`, its sentence."""

    number: int
    equation: str = ""
    local: str = ""
    why: str = ""
    conditions: str = ""
    substeps: tuple[StepView, ...] = ()
    folded: str = ""


@dataclass(frozen=True, slots=True)
class DerivationView:
    """A gradient ready to print; `lines` are the result, each (left side, rows of the right side)."""

    goal: str
    route: str
    path: str
    heading: str
    steps: tuple[StepView, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    checked: str
    heads: tuple[str, str, str]
    long: bool
    wordy: bool
    """Whether a reason is too long for one line beside its formulas."""
    widths: tuple[int, int, int]
    """Display widths of the columns number, equation, local derivative."""
    links: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Formulas before the result, each (left side, sign, rows of the right side)."""


@dataclass(frozen=True, slots=True)
class OverviewView:
    """All gradients in one table."""

    heads: tuple[str, str]
    rows: tuple[tuple[str, str], ...]
    caption: str
    first: str
    untrained: str = ""
    """The leaves that the table leaves out, and how to declare them."""
    left: int = 0
    """The width of the left column."""
    between: str = ""
    """How many gradients of a long chain stand between its first and its last ones."""
    split: int = 0
    """The row that `between` stands before."""


def product(factors: Sequence[Tree]) -> Tree:
    """The factors as one tree, in their order."""
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def filled(derivation: Derivation) -> Tree:
    """The gradient with every kept derivative replaced by its value."""
    values: dict[Tree, Tree] = {token: value for token, value in derivation.kept}
    whole = product([f if _elementary(f) else substitute(f, values) for f in derivation.factors])
    if len(values) > 1 and _length(whole) > _LONG_RESULT:
        return product(derivation.factors)
    for _ in range(len(values) - 1):  # a kept derivative may hold another one
        if _length(whole) > _LONG_RESULT:
            return product(derivation.factors)
        whole = substitute(whole, values)
    return _untwisted(whole) if any(isinstance(node, Transpose) for node in walk(whole)) else whole


def _elementary(factor: Tree) -> bool:
    """Whether a factor is a name or a function of names, such as sigma'(z_1): nothing in it can be put in."""
    match factor:
        case Name():
            return True
        case Apply(arguments=arguments, options=()):
            return all(isinstance(argument, Name) for argument in arguments)
    return False


def _untwisted(tree: Tree) -> Tree:
    """A transpose of a transpose taken off; a value put in may bring one."""
    inner = rebuild(tree, _untwisted)
    match inner:
        case Transpose(Transpose(operand)):
            return operand
        case Mul(factors) if any(isinstance(f, Mul) for f in factors):
            return Mul(tuple(p for f in factors for p in (f.factors if isinstance(f, Mul) else (f,))))
    return inner


def _length(tree: Tree) -> int:
    return sum(1 for _ in walk(tree))


def result_lines(derivation: Derivation) -> list[tuple[Tree, Tree]]:
    """The gradient, then with its kept derivative filled in; several of them have a line each."""
    lines: list[tuple[Tree, Tree]] = [(derivation.goal, product(derivation.factors))]
    if len(derivation.kept) > 1:
        lines.extend(derivation.kept)
    elif derivation.kept and (value := filled(derivation)) != lines[0][1]:
        lines.append((derivation.goal, value))
    return lines


def derivation_view(
    derivation: Derivation, wording: Wording, detail: str = "short", checked: bool | None = None
) -> DerivationView:
    """All strings of one derivation; `checked` None leaves the check unmentioned."""
    style, short = wording.style, detail == "short"
    goal = style.display(derivation.goal)
    lines = result_lines(derivation)
    steps = tuple(_steps(derivation, wording, short))
    return DerivationView(
        goal=goal,
        route=_route(derivation, wording),
        path=wording.path(derivation.path) if derivation.path and not _through_layers(derivation) else "",
        heading=wording.word("gradient-heading", goal=derivation.goal),
        steps=steps,
        lines=tuple((style.math(left), rows_of(style, right, short)) for left, right in lines),
        notes=tuple(wording.say(note) for note in derivation.notes),
        checked="" if checked is None else _checked(checked, wording),
        heads=(wording.word("head-equation"), wording.word("head-local"), wording.word("head-why")),
        long=len(steps) > _LONG_TABLE,
        wordy=widest(s.why + s.conditions for s in steps) > WORDY,
        widths=(
            widest(str(s.number) for s in steps),
            min(WIDEST, widest(s.equation for s in steps)),
            min(WIDEST, widest(s.local for s in steps)),
        ),
    )


def _checked(checked: bool, wording: Wording) -> str:
    if not checked:
        return wording.word("derivation-check-failed")
    return wording.word("derivation-checked", modulus=Add((Pow(number(2), number(61)), Neg(number(1)))))


def overview_view(
    derivations: Sequence[Derivation], wording: Wording, network: Network | None = None, total: int = 0
) -> OverviewView:
    """The table `parameter | gradient` of several derivations; with the network also what is not in it.

    total: how many gradients there are, where the derivations are only the first and last of them.
    """
    style = wording.style
    rows = tuple((style.display(d.goal), style.display(filled(d), short=True)) for d in derivations)
    left_out = _untrained(network) if network is not None else ()
    caption = "overview-caption" if len(rows) > 1 else "overview-caption-one"
    missing = max(0, total - len(rows))
    return OverviewView(
        heads=(wording.word("head-gradient"), wording.word("head-formula")),
        rows=rows,
        caption=wording.word(caption, objective=derivations[0].goal.of, total=len(rows) + missing),
        first=wording.word("overview-steps", goal=derivations[0].goal),
        untrained=wording.word("overview-untrained", names=left_out) if left_out else "",
        left=widest(goal for goal, _ in rows),
        between=wording.word("overview-between", count=missing) if missing else "",
        split=len(rows) // 2,
    )


def _untrained(network: Network) -> tuple[Tree, ...]:
    """The leaves that are no parameters; a long family is one name with the letter j."""
    families: dict[str, list[Name]] = {}
    sizes = {size for shape in network.shapes.values() for size in shape}
    for leaf in network.leaves:
        if leaf not in network.trained and leaf not in sizes:
            families.setdefault(leaf.stem, []).append(leaf)
    shown: list[Tree] = []
    for names in families.values():
        at = index_of(names[0]) if len(names) > _LONG_FAMILY else None
        shown += names if at is None else [lettered(names[0], at)]
    return tuple(shown)


def rows_of(style: Style, tree: Tree, short: bool) -> tuple[str, ...]:
    """A right side in rows of bearable length; a short one has its middle left out instead."""
    if not isinstance(tree, Mul) or short:
        return (style.math(tree, short=short),)
    parts = groups(tree.factors)
    chunks = [parts[i : i + _ROW_GROUPS] for i in range(0, len(parts), _ROW_GROUPS)]
    if len(chunks) > 1 and len(chunks[-1]) == 1:
        chunks[-2:] = [(*chunks[-2], *chunks[-1])]
    # A row of one factor would lose the brackets that a product gives it; the line above never leaves one.
    return tuple(style.math(Mul(tuple(f for part in chunk for f in part))) for chunk in chunks)


def _through_layers(derivation: Derivation) -> bool:
    """Whether a parameter acts in every layer of a symbolic depth: a path through each of them."""
    return any(step.rule == "sum-over-layers" for step in derivation.steps)


def _route(derivation: Derivation, wording: Wording) -> str:
    if _through_layers(derivation):
        return wording.word("layer-paths")
    if derivation.path:
        return wording.word("one-path")
    if any(step.rule == "sum-over-paths" for step in derivation.steps):
        return wording.word("several-paths")
    return ""


def _steps(derivation: Derivation, wording: Wording, short: bool) -> Iterable[StepView]:
    steps = [s for s in derivation.steps if not (short and s.rule in _COMBINING)]
    reasons = [reason(step, derivation) for step in steps]
    keys = [step_key(step) for step in steps]
    run = (find_run(keys) or find_run(keys, by=-1)) if short else None
    first_of: dict[tuple[str, ...], int] = {}
    for place, step in enumerate(steps, 1):
        if run and run.first_folded < place <= run.stop:
            if place == run.first_folded + 1:
                yield StepView(place, folded=_fold(steps, run, wording))
            continue
        same = first_of.setdefault((step.rule, type(step.after).__name__), place)
        again = short and same < place and alike(keys[same - 1], keys[place - 1])
        why = wording.word("as-in-step", number=same) if again else wording.say(reasons[place - 1])
        yield _step(place, step, wording, why, short)


def reason(step: Step, derivation: Derivation) -> Phrase:
    """Why a step holds; the parameter's own step and a sum of paths are told apart from the common case."""
    own = isinstance(step.before, Derivative) and step.before.by == derivation.goal.by
    if step.rule == "linear-derivative" and own:
        return Phrase("steps.linear-derivative-first", step.why.fields)
    if step.why.id == "steps.chain-rule" and not derivation.path:
        return Phrase("steps.chain-rule-several", step.why.fields)
    return step.why


def _substep(number: int, step: Step, outer: Step, wording: Wording) -> StepView:
    """An elementary rule applied inside a step: the derivative of a part by the same name."""
    before = step.before
    if isinstance(outer.before, Derivative) and not isinstance(before, Derivative):
        before = Derivative(before, outer.before.by)
    local = wording.style.display(Relation(("=",), (before, step.after)))
    return StepView(number=number, local=local, why=wording.say(step.why))


def _step(number: int, step: Step, wording: Wording, why: str, short: bool) -> StepView:
    style = wording.style
    conditions = wording.word("where", conditions=step.conditions) if step.conditions else ""
    inner = () if short else tuple(_substep(i, s, step, wording) for i, s in enumerate(step.substeps, 1))
    return StepView(
        number=number,
        equation=style.display(step.equation) if step.equation is not None else "",
        local=style.display(Relation(("=",), (step.before, step.after))),
        why=why,
        conditions=conditions,
        substeps=inner,
    )


def _layer(step: Step) -> int | None:
    """The layer of a step; of one that goes back from the objective it is that of its line."""
    if step.rule.startswith("adjoint-") and step.equation is not None:
        return index_of(step.equation.operands[0])
    return layer_of(step)


def _fold(steps: Sequence[Step], run: Run, wording: Wording) -> str:
    """`5-8 repeat 3-4 for neurons 3 and 4`."""
    block = steps[run.start : run.first_folded]
    kind = "neurons" if any(s.rule == "activation-derivative" for s in block) else "layers"
    layers = [_layer(steps[i]) for i in range(run.first_folded + run.period - 1, run.stop, run.period)]
    known = [layer for layer in layers if layer is not None]
    which = ""
    if known:
        which = (
            wording.word(f"{kind}-one", at=known[0])
            if len(known) == 1
            else wording.word(
                f"{kind}-two" if len(known) == 2 else f"{kind}-many", low=known[0], high=known[-1]
            )
        )
    return wording.word(
        "steps-repeat",
        low=run.first_folded + 1, high=run.stop, first=run.start + 1, last=run.first_folded, which=which,
    )  # fmt: skip
