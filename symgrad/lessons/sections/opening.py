"""Title, notation with the role of every name, forward pass."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.lessons.anatomy import LETTER, Anatomy, between
from symgrad.notation.tree import Apply, Name, Tree
from symgrad.rendering.document import Equations, Paragraph, Section
from symgrad.rendering.folding import index_of, lettered
from symgrad.values.phrase import Phrase

_KINDS = {"relu": "gates", "sigmoid": "vanishing", "tanh": "vanishing", "softplus": "vanishing"}


def title(anatomy: Anatomy, sized: bool) -> Phrase:
    """What is worth knowing about this chain, and how long it is; `sized`: the note bounds the gradient."""
    count, last = len(anatomy.layers), anatomy.outputs[-1:]
    if not count or (not anatomy.activations and anatomy.network.applied_in_layers and not anatomy.tied):
        return Phrase.of("notes.title-plain", objective=anatomy.network.objective, parameter=anatomy.first)
    if anatomy.tied:
        shared = anatomy.tied[0]
        return Phrase.of("notes.title-shared", count=uses(anatomy, shared), shared=shared)
    if not anatomy.activations:
        return Phrase.of("notes.title-one-linear" if count == 1 else "notes.title-linear", count=count)
    if count == 1:
        return Phrase.of("notes.title-one")
    function = anatomy.function
    kind = _KINDS.get(function.name, "slopes") if function and sized else "slopes"
    hidden = count - len(anatomy.outputs)
    if not last or not hidden:
        return Phrase.of(f"notes.title-{kind}", count=count)
    if hidden == 1:
        return Phrase.of("notes.title-one-output", out=last[0].out)
    return Phrase.of(f"notes.title-{kind}-output", count=hidden, out=last[0].out)


def uses(anatomy: Anatomy, shared: Name) -> int:
    """How many equations of the forward pass use a parameter."""
    last = anatomy.network.position[anatomy.network.objective]
    return len(set(anatomy.network.uses[shared]) - {last})


def notation(anatomy: Anatomy) -> Section:
    """One sentence that says what every letter is."""
    clauses = _inputs(anatomy)
    clauses += _parameters(anatomy)
    if anatomy.fixed:
        clauses.append(_one_or_many("fixed", [shown for shown, _ in families(anatomy.fixed)]))
    clauses += _values(anatomy)
    if anatomy.targets:
        clauses.append(_one_or_many("target", list(anatomy.targets)))
    clauses.append(Phrase.of("notes.role-objective", node=anatomy.network.objective))
    clauses += _function(anatomy)
    return Section((Paragraph(tuple(clauses), Phrase.of("notes.notation"), clauses=True),))


def families(names: Sequence[Name]) -> list[tuple[Name, Tree | None]]:
    """`w_j` and its range for several of one letter without a gap, any other name by itself."""
    stems: dict[str, list[Name]] = {}
    for name in names:
        stems.setdefault(name.stem, []).append(name)
    found: list[tuple[Name, Tree | None]] = []
    for members in stems.values():
        places = sorted(i for name in members if (i := index_of(name)) is not None)
        whole = len(members) > 1 and len(places) == len(members) == places[-1] - places[0] + 1
        letter = lettered(members[0], index_of(members[0]) or 0) if whole else None
        if isinstance(letter, Name):
            found.append((letter, between(places[0], places[-1])))
        else:
            found += [(name, None) for name in members]
    return found


def _one_or_many(role: str, names: Sequence[Name], **more: int) -> Phrase:
    """`x is the input`, `x, u are the inputs`."""
    many = {"fixed": "fixed-several"}.get(role, f"{role}es" if role.endswith("s") else f"{role}s")
    return Phrase.of(f"notes.role-{many if len(names) > 1 else role}", names=tuple(names), **more)


def _inputs(anatomy: Anatomy) -> list[Phrase]:
    """The inputs; where every layer has its own, what enters the first from below is only a start."""
    found = families(anatomy.inputs)
    values = {name.stem for name in anatomy.bodies}
    starts = [name for name, span in found if span is None and name.stem in values]
    entering = [name for name, span in found if span is None and name not in starts]
    spans = [(name, span) for name, span in found if span is not None]
    said = []
    if starts and not entering and not spans:
        entering, starts = starts, []
    if starts:
        said.append(_one_or_many("start", starts))
    if entering:
        said.append(_one_or_many("input", entering))
    letter = Name(LETTER)
    return said + [
        Phrase.of("notes.role-layer-input", name=name, range=span, letter=letter) for name, span in spans
    ]


def _parameters(anatomy: Anatomy) -> list[Phrase]:
    """Weights are what multiplies, biases what is added; those of all layers in one clause."""
    letter, said = Name(LETTER), []
    kinds: dict[str, list[tuple[Name, Tree | None]]] = {}
    rest = [p for p in anatomy.network.parameters if p not in anatomy.tied]
    for kind in ("weight", "bias", "parameter"):
        kinds[kind] = families([p for p in rest if _kind(anatomy, p) == kind])
    if len(kinds["weight"]) == len(kinds["bias"]) == 1:
        (weight, span), (bias, same) = kinds["weight"][0], kinds["bias"][0]
        if span is not None and span == same:
            names = (weight, bias)
            said.append(Phrase.of("notes.role-weights-biases", names=names, range=span, letter=letter))
            kinds["weight"], kinds["bias"] = [], []
    for kind, found in kinds.items():
        for name, span in found:
            if span is not None:
                said.append(Phrase.of(f"notes.role-layer-{kind}", name=name, range=span, letter=letter))
        if lone := [name for name, span in found if span is None]:
            said.append(_one_or_many(kind, lone))
    shared: dict[tuple[str, int], list[Name]] = {}
    for name in anatomy.tied:
        shared.setdefault((_kind(anatomy, name), uses(anatomy, name)), []).append(name)
    return said + [_one_or_many(f"shared-{k}", names, count=n) for (k, n), names in shared.items()]


def _kind(anatomy: Anatomy, parameter: Name) -> str:
    if parameter in anatomy.multiplying:
        return "weight"
    return "bias" if parameter in anatomy.added else "parameter"


def _values(anatomy: Anatomy) -> list[Phrase]:
    """Weighted inputs, activations, the output."""
    said: list[Phrase] = []
    active = [layer for layer in anatomy.layers if layer.function]
    outs = [layer.out for layer in anatomy.outputs]
    if active:
        said.append(_one_or_many("pre", [name for name, _ in families([layer.pre for layer in active])]))
        hidden = families([layer.out for layer in active if layer.out not in outs])
        word = "hidden" if any(name.stem == "h" for name, _ in hidden) else "activation"
    else:
        hidden = families([layer.out for layer in anatomy.layers if layer.out not in outs])
        word = "layer-output"
    letter = Name(LETTER)
    for name, span in hidden:
        if span is not None:
            said.append(Phrase.of(f"notes.role-{word}", name=name, range=span, letter=letter))
    if lone := [name for name, span in hidden if span is None]:
        said.append(_one_or_many(f"one-{word}", lone))
    return said + [Phrase.of("notes.role-output", name=name) for name in outs]


def _function(anatomy: Anatomy) -> list[Phrase]:
    if anatomy.activation is None:
        return []
    letter = Name(anatomy.activation)
    place, _ = families([layer.pre for layer in anatomy.layers if layer.function])[0]
    slope = Apply(letter, (place,), 1)
    kind = anatomy.network.functions.get(anatomy.activation)
    if kind is None and anatomy.function is not None:
        return [Phrase.of("notes.role-slope", function=letter, slope=slope)]
    if kind is None:
        return [Phrase.of("notes.role-general-function", function=letter, slope=slope)]
    spelled = {"relu": "ReLU"}.get(kind, kind)
    return [Phrase.of("notes.role-function", function=letter, called=spelled, slope=slope)]


def forward_pass(anatomy: Anatomy) -> Section:
    """The equations, repeated ones once."""
    return Section((Equations(anatomy.equations),), Phrase.of("notes.forward-heading"))
