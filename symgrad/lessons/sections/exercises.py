"""Exercises that this chain asks for, each with its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from symgrad.lessons.anatomy import Anatomy, holds
from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.numbers import exactly
from symgrad.lessons.sections.bound import absolute, all_equal, at_most, bounded_claim, compare, equal
from symgrad.lessons.sections.path import path_factors
from symgrad.lessons.sections.sums import weights_of_sum
from symgrad.notation.tree import ONE, Derivative, Mul, Name, Number, Tree, number, substitute
from symgrad.rendering.folding import index_of, lettered
from symgrad.rendering.views.derivation import filled, product
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question and its answer, each sentences in a row."""

    question: tuple[Phrase, ...]
    answer: tuple[Phrase, ...]


def exercises(
    inputs: NoteInputs, anatomy: Anatomy, deep: Derivation, size_number: int
) -> tuple[Exercise, ...]:
    """Those that apply; `size_number` is the section on the gradient's size (0: there is none)."""
    found = [_weight(inputs, anatomy, deep)]
    if deep.path:
        found += [_best_bound(inputs, anatomy, deep), _other_function(inputs, anatomy, deep, size_number)]
    else:
        found += [_half(inputs, deep), _untie(anatomy, deep)]
    return tuple(exercise for exercise in found if exercise is not None)


def _weight(inputs: NoteInputs, anatomy: Anatomy, deep: Derivation) -> Exercise | None:
    """The gradient of a weight further on (or another parameter), and the value of the forward pass in it."""
    weights = list(dict.fromkeys(w for layer in anatomy.layers for w in layer.weights if w != deep.goal.by))
    others = [p for p in anatomy.network.parameters if p != deep.goal.by]
    chosen = (weights or others)[-2:]
    if not chosen:
        return None
    derivation = inputs.derive(chosen[0])
    entering = derivation.factors[0]
    question = Phrase.of("notes.exercise-weight", goal=derivation.goal)
    equation = equal(derivation.goal, filled(derivation))
    if isinstance(entering, Name) and entering not in anatomy.parameters:
        return Exercise(
            (question,), (Phrase.of("notes.answer-weight", equation=equation, entering=entering),)
        )
    return Exercise(
        (Phrase.of("notes.exercise-gradient", goal=derivation.goal),),
        (Phrase.of("notes.answer", equation=equation),),
    )


def _best_bound(inputs: NoteInputs, anatomy: Anatomy, deep: Derivation) -> Exercise | None:
    """The best bound against the last member of the family, for a pair that the text has not compared."""
    family = anatomy.siblings()
    found, told = compare(inputs, anatomy, deep, len(family)), compare(inputs, anatomy, deep, 2)
    if found is not None and told is not None and found.near.goal == told.near.goal:
        found = compare(inputs, anatomy, inputs.derive(family[1]), len(family)) if len(family) > 2 else None
    claim = bounded_claim(found, anatomy) if found else None
    if found is None or claim is None or not found.weights:
        return None
    statement, given, bound = claim
    function = anatomy.function
    end = function.derivative_range.high if function and function.derivative_range else None
    if found.slopes and (end is None or not end.at):
        return None
    if inputs.prove(Claim(statement, given, tuple(anatomy.network.functions.items()))).verdict != "proved":
        return None
    generic = lettered(found.weights[-1], index_of(found.weights[-1]) or 0)
    question = Phrase.of(
        "notes.exercise-bound", given=at_most(absolute(generic), number(1)),
        deep=absolute(found.deep.goal), near=absolute(found.near.goal),
    )  # fmt: skip
    places = (
        (all_equal([s.arguments[0] for s in found.slopes], number(end.at[0])),)
        if end and found.slopes
        else ()
    )
    at = (*places, all_equal([absolute(w) for w in found.weights], number(1)))
    return Exercise(
        (question,), (Phrase.of("notes.answer-bound", bound=Number(bound), claim=statement, at=at),)
    )


def _other_function(
    inputs: NoteInputs, anatomy: Anatomy, deep: Derivation, size_number: int
) -> Exercise | None:
    """What another activation changes in the section on size."""
    function, letter = anatomy.function, Name(anatomy.activation or "")
    found = compare(inputs, anatomy, deep, 2)
    rng = function.derivative_range if function else None
    if function is None or found is None or rng is None or rng.high.value is None or not size_number:
        return None
    kind = "relu" if function.name == "relu" else "smooth"
    quarter = Fraction(1, 4) ** len(found.slopes)
    old = rng.high.value ** len(found.slopes)
    ratio = absolute(product(found.ratio))
    fields: dict[str, Tree] = {
        "function": letter,
        "ratio": ratio,
        "bound": Number(old),
        "small": Number(quarter),
    }
    if kind == "smooth" and old == 1:
        kind = "flat"
    return Exercise(
        (Phrase.of(f"notes.exercise-other-{kind}", section=size_number, **fields),),
        (Phrase.of(f"notes.answer-other-{kind}", section=size_number, **fields),),
    )


def _half(inputs: NoteInputs, deep: Derivation) -> Exercise | None:
    """How large a sum of paths can be when all weights are at most one half."""
    factor = deep.factors[0]
    weights = weights_of_sum(deep)
    if not weights:
        return None
    half, kept = Fraction(1, 2), deep.kept[0][0]
    total = exactly(factor, {w: half for w in weights}, {})
    claim = at_most(absolute(deep.goal), Mul((Number(total), absolute(kept))))
    given = tuple(at_most(absolute(w), Number(half)) for w in weights)
    if inputs.prove(Claim(claim, given)).verdict != "proved":
        return None
    point = all_equal(weights, Number(half))
    return Exercise(
        (Phrase.of("notes.exercise-half", given=given, goal=absolute(deep.goal), kept=absolute(kept)),),
        (Phrase.of("notes.answer-half", total=equal(factor, Number(total)), point=point),),
    )


def _untie(anatomy: Anatomy, deep: Derivation) -> Exercise | None:
    """Give every layer a parameter of its own: one path remains."""
    shared, paths = deep.goal.by, anatomy.paths(deep.goal.by)
    if not paths or shared.indices:
        return None
    first = max(paths, key=len)
    layers = [index_of(name) for name in first[1:]]
    if layers[0] is None or sum(path[1] == first[1] for path in paths) > 1:
        return None
    term = _untied(path_factors(deep, first, ones=True), layers, shared)
    own = Name(shared.stem, (Name("j"),))
    goal = Derivative(deep.goal.of, Name(shared.stem, (number(layers[0]),)))
    if term is None:
        return None
    return Exercise(
        (Phrase.of("notes.exercise-untie", shared=shared, own=own, goal=goal),),
        (Phrase.of("notes.answer-untie", equation=equal(goal, product(term)), path=first),),
    )


def _untied(factors: Sequence[Tree], layers: Sequence[int | None], shared: Name) -> tuple[Tree, ...] | None:
    """The factors of a path, each with its own layer's parameter instead of the shared one."""
    found = []
    for factor, layer in zip(factors, layers, strict=True):
        if not holds(factor, shared):
            found.append(factor)
        elif layer is None:
            return None
        else:
            found.append(substitute(factor, {shared: Name(shared.stem, (number(layer),))}))
    return tuple(factor for factor in found if factor != ONE) or (ONE,)
