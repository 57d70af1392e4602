"""A lecture note for a chain, and the answers to its exercises."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.errors import InputError, Where
from symgrad.lessons.anatomy import Anatomy
from symgrad.lessons.arrays.note import array_sections
from symgrad.lessons.deep import deep_sections
from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.sections.bound import size_section
from symgrad.lessons.sections.example import example_section
from symgrad.lessons.sections.exercises import Exercise, exercises
from symgrad.lessons.sections.opening import forward_pass, notation, title
from symgrad.lessons.sections.path import gradient_section
from symgrad.lessons.sections.sums import sum_section
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.rendering.document import Document, Items, Section, Table
from symgrad.rendering.views.derivation import filled
from symgrad.values.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Note:
    """The note itself, and the answers as a document of their own."""

    document: Document
    answers: Document


def note(inputs: NoteInputs, length: str = "page") -> Note:
    """The note of a chain: one page, or with `length="full"` also the gradients of all parameters.

    Raises:
        InputError: the chain has no parameter to follow.
    """
    network = inputs.network
    if not network.parameters:
        leaves = ", ".join(dict.fromkeys(leaf.stem for leaf in network.leaves))
        hint = "no-parameters-hint" if leaves else ""
        raise InputError("no-parameters", Where(network.name), hint, names=leaves)
    if isinstance(network, SymbolicNetwork):
        return _finished(inputs, *deep_sections(inputs, network))
    if any(network.shapes.values()):
        called, parts, asked = array_sections(inputs)
        if length == "full":
            parts.insert(3, _all_gradients(inputs))
        return _finished(inputs, called, parts, asked)
    anatomy = Anatomy(network)
    deep = inputs.derive(anatomy.first)
    sections = [notation(anatomy), forward_pass(anatomy), gradient_section(anatomy, deep)]
    if length == "full":
        sections.append(_all_gradients(inputs))
    size = size_section(inputs, anatomy, deep) if deep.path else sum_section(inputs, deep)
    size_number = 0
    if size is not None:
        sections.append(size)
        size_number = sum(section.heading is not None for section in sections)
    if (numbers := example_section(inputs, anatomy, deep)) is not None:
        sections.append(numbers)
    asked = exercises(inputs, anatomy, deep, size_number)
    return _finished(inputs, title(anatomy, size is not None), sections, asked)


def _finished(
    inputs: NoteInputs, called: Phrase, sections: list[Section], asked: tuple[Exercise, ...]
) -> Note:
    if asked:
        sections.append(_asked(asked))
    return Note(Document(called, tuple(sections), inputs.source), _answers(called, asked, inputs))


def _asked(asked: tuple[Exercise, ...]) -> Section:
    return Section((Items(tuple(e.question for e in asked)),), Phrase.of("notes.exercises-heading"))


def _answers(called: Phrase, asked: tuple[Exercise, ...], inputs: NoteInputs) -> Document:
    body = (Section((Items(tuple(e.answer for e in asked)),)),) if asked else ()
    return Document(Phrase(f"{called.id}-answers", called.fields), body, inputs.source)


def _all_gradients(inputs: NoteInputs) -> Section:
    rows = []
    for parameter in inputs.network.parameters:
        derivation = inputs.derive(parameter)
        rows.append((derivation.goal, filled(derivation)))
    head = (Phrase.of("documents.head-gradient"), Phrase.of("documents.head-formula"))
    return Section(
        (Table(head, tuple(rows)),), Phrase.of("notes.all-heading", objective=inputs.network.objective)
    )
