"""The note of a chain with vectors and matrices, put together."""

from __future__ import annotations

from symgrad.lessons.anatomy import Anatomy
from symgrad.lessons.arrays.backward import backward_section
from symgrad.lessons.arrays.example import example, example_section
from symgrad.lessons.arrays.exercises import exercises
from symgrad.lessons.arrays.norms import bound_section, proved_bound
from symgrad.lessons.arrays.opening import forward_pass, notation, title
from symgrad.lessons.arrays.subject import Subject
from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.sections.exercises import Exercise
from symgrad.rendering.document import Section
from symgrad.values.phrase import Phrase


def array_sections(inputs: NoteInputs) -> tuple[Phrase, list[Section], tuple[Exercise, ...]]:
    """Title, sections and exercises; a part that makes no sense for the chain is left out."""
    subject = Subject(inputs, Anatomy(inputs.network))
    sections = [notation(subject), forward_pass(subject)]
    if (back := backward_section(subject)) is not None:
        sections.append(back)
    bound = proved_bound(subject)
    if bound is not None:
        sections.append(bound_section(subject, bound))
    worked = example(subject)
    if worked is not None:
        sections.append(example_section(subject, worked))
    return title(subject), sections, exercises(subject, bound, worked)
