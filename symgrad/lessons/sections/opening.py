"""Title, notation with the role of every name, forward pass."""

from __future__ import annotations

from symgrad.lessons.anatomy import LETTER, Anatomy, between
from symgrad.notation.tree import Apply, Name, Tree
from symgrad.rendering.document import Equations, Paragraph, Section
from symgrad.rendering.folding import index_of, lettered
from symgrad.values.phrase import Phrase

_KINDS = {"relu": "gates", "sigmoid": "vanishing", "tanh": "vanishing", "softplus": "vanishing"}


def title(anatomy: Anatomy) -> Phrase:
    """What is worth knowing about this chain, and how long it is."""
    count = len(anatomy.layers)
    if anatomy.tied and not anatomy.activation:
        return Phrase.of("notes.title-shared", count=count, shared=anatomy.tied[0])
    if anatomy.activation is None:
        return Phrase.of("notes.title-linear", count=count)
    function = anatomy.function
    kind = _KINDS.get(function.name, "slopes") if function else "slopes"
    output = [layer for layer in anatomy.layers if index_of(layer.out) is None]
    if output and count > len(output):
        return Phrase.of(f"notes.title-{kind}-output", count=count - len(output), out=output[-1].out)
    return Phrase.of(f"notes.title-{kind}", count=count)


def notation(anatomy: Anatomy) -> Section:
    """One sentence that says what every letter is."""
    clauses: list[Phrase] = []
    if anatomy.inputs:
        clauses.append(Phrase.of("notes.role-input", names=anatomy.inputs))
    clauses += _parameters(anatomy)
    clauses += _values(anatomy)
    if anatomy.targets:
        clauses.append(Phrase.of("notes.role-target", names=anatomy.targets))
    clauses.append(Phrase.of("notes.role-objective", node=anatomy.network.objective))
    clauses += _function(anatomy)
    return Section((Paragraph(tuple(clauses), Phrase.of("notes.notation"), clauses=True),))


def _generic(names: list[Name]) -> tuple[Name, Tree | None]:
    """`w_j` and its range for a family, the name itself for a single one."""
    indices = sorted(i for name in names if (i := index_of(name)) is not None)
    if len(names) < 2 or len(indices) != len(names):
        return names[0], None
    letter = lettered(names[0], index_of(names[0]) or 0)
    assert isinstance(letter, Name)
    return letter, between(indices[0], indices[-1])


def _parameters(anatomy: Anatomy) -> list[Phrase]:
    said = [
        Phrase.of("notes.role-shared", name=shared, count=len(anatomy.network.uses[shared]))
        for shared in anatomy.tied
    ]
    weights = [w for layer in anatomy.layers for w in layer.weights if w not in anatomy.tied]
    biases = [b for layer in anatomy.layers for b in layer.biases if b not in anatomy.tied]
    if weights and biases and len(weights) > 1 and len(weights) == len(biases):
        (weight, span), (bias, _) = _generic(weights), _generic(biases)
        if span is not None:
            return [
                Phrase.of("notes.role-weights-biases", names=(weight, bias), range=span, letter=Name(LETTER)),
                *said,
            ]
    for id, names in (("weights", weights), ("biases", biases)):
        if names:
            name, span = _generic(names)
            said.append(
                Phrase.of(f"notes.role-{id}", name=name, range=span, letter=Name(LETTER))
                if span
                else Phrase.of("notes.role-parameter", name=name)
            )
    return said


def _values(anatomy: Anatomy) -> list[Phrase]:
    """Weighted inputs, activations, the output."""
    said = []
    active = [layer for layer in anatomy.layers if layer.function]
    if active:
        name, span = _generic([layer.pre for layer in active])
        said.append(Phrase.of("notes.role-pre", name=name))
        hidden = [layer.out for layer in active if index_of(layer.out) is not None]
        if hidden:
            name, span = _generic(hidden)
            hidden_word = "hidden" if name.stem == "h" else "activation"
            said.append(
                Phrase.of(f"notes.role-{hidden_word}", name=name, range=span or name, letter=Name(LETTER))
            )
    else:
        name, span = _generic([layer.out for layer in anatomy.layers])
        said.append(Phrase.of("notes.role-layer-output", name=name, range=span or name, letter=Name(LETTER)))
    outputs = [layer.out for layer in anatomy.layers if index_of(layer.out) is None]
    said += [Phrase.of("notes.role-output", name=name) for name in outputs]
    return said


def _function(anatomy: Anatomy) -> list[Phrase]:
    if anatomy.activation is None:
        return []
    letter = Name(anatomy.activation)
    place, _ = _generic([layer.pre for layer in anatomy.layers if layer.function])
    slope = Apply(letter, (place,), 1)
    kind = anatomy.network.functions.get(anatomy.activation)
    if kind is None:
        return [Phrase.of("notes.role-general-function", function=letter, slope=slope)]
    spelled = {"relu": "ReLU"}.get(kind, kind)
    return [Phrase.of("notes.role-function", function=letter, called=spelled, slope=slope)]


def forward_pass(anatomy: Anatomy) -> Section:
    """The equations, repeated ones once."""
    return Section((Equations(anatomy.equations),), Phrase.of("notes.forward-heading"))
