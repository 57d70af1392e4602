"""An assignment file (YAML) -> questions; every slip in the file is reported at its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

import yaml

from symgrad.errors import InputError, SymgradError, Where
from symgrad.grading.forms import FORMS
from symgrad.grading.question import LAYOUTS, Question, Rule
from symgrad.grading.rubric import STEPS
from symgrad.values.mark import MISTAKES

TOP = ("title", "language", "hint", "questions")
KEYS = (
    "id", "title", "chain", "wrt", "of", "answer", "functions", "aliases", "points", "rubric", "samples",
    "manual", "form", "value", "tolerance", "layout", "given", "shapes", "bound",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One question of an assignment; `question` is None where a person marks."""

    id: str
    question: Question | None
    points: Fraction


@dataclass(frozen=True, slots=True)
class Assignment:
    """The questions in their order, the language of feedback and the level of hints."""

    title: str
    language: str
    hint: int
    items: tuple[Item, ...]

    def item(self, id: str) -> Item | None:
        """The question of an id."""
        return next((item for item in self.items if item.id == id), None)


class Document:
    """A YAML text with the place of every key and value."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.lines = text.split("\n")
        try:
            self.root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            raise InputError("yaml-syntax", self.where(line, column), reason=problem.problem or "") from None
        except yaml.YAMLError as problem:
            raise InputError("yaml-syntax", Where(name), reason=str(problem).split("\n")[0]) from None

    def where(self, line: int, column: int, length: int = 1) -> Where:
        """The place of a line and column, both counted from 0."""
        source = self.lines[line] if line < len(self.lines) else ""
        return Where(self.name, line + 1, column + 1, source, length)

    def at(self, node: yaml.Node) -> Where:
        """The place of a node, under its whole line if it has several."""
        mark, end = node.start_mark, node.end_mark
        length = end.column - mark.column if end.line == mark.line else 1
        return self.where(mark.line, mark.column, max(1, length))

    def error(self, what: str, node: yaml.Node, hint: str = "", **fields: object) -> InputError:
        """An error at a node."""
        return InputError(what, self.at(node), hint, **fields)

    def mapping(self, node: yaml.Node, allowed: tuple[str, ...], part: str) -> dict[str, yaml.Node]:
        """Keys and value nodes; unknown and repeated keys are errors."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error("yaml-mapping", node, part=part)
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in allowed:
                near = next(iter(get_close_matches(name, allowed, 1, 0.6)), "")
                raise self.error(
                    "yaml-unknown-key", key, "did-you-mean" if near else "", key=name, suggestion=near
                )
            if name in found:
                raise self.error("yaml-twice", key, key=name)
            found[name] = value
        return found

    def text_of(self, node: yaml.Node) -> str:
        """A scalar as it was written."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.error("yaml-text", node)
        return str(node.value)

    def number(self, node: yaml.Node) -> Fraction:
        """A scalar as an exact number."""
        try:
            return Fraction(self.text_of(node))
        except (ValueError, ZeroDivisionError):
            raise self.error("yaml-number", node, found=self.text_of(node)) from None


def read_assignment(text: str, name: str, builder: Any) -> Assignment:
    """Read an assignment.

    Args:
        text: the YAML text.
        name: what errors call it.
        builder: makes a Question of plain settings; given by the face, which knows how to read chains.

    Raises:
        InputError: with line, column and caret.
    """
    document = Document(text, name)
    if document.root is None:
        raise InputError("yaml-empty", Where(name))
    if not isinstance(document.root, yaml.MappingNode):
        raise document.error("yaml-mapping", document.root, "yaml-questions", part="assignment")
    top = document.mapping(document.root, TOP, "assignment")
    language = document.text_of(top["language"]) if "language" in top else ""
    if language not in ("", "en", "zh"):
        raise document.error("yaml-choice", top["language"], found=language, choices="en, zh")
    hint = int(document.number(top["hint"])) if "hint" in top else 1
    if hint not in (1, 2, 3):
        raise document.error("yaml-choice", top["hint"], found=hint, choices="1, 2, 3")
    if (
        "questions" not in top
        or not isinstance(top["questions"], yaml.SequenceNode)
        or not top["questions"].value
    ):
        raise document.error("yaml-questions", top.get("questions", document.root))
    items: list[Item] = []
    for node in top["questions"].value:
        item = read_item(document, node, builder)
        if any(item.id == other.id for other in items):
            raise document.error("yaml-twice", node, key=f"id: {item.id}")
        items.append(item)
    title = document.text_of(top["title"]) if "title" in top else ""
    return Assignment(title, language, hint, tuple(items))


def read_item(document: Document, node: yaml.Node, builder: Any) -> Item:
    """One question."""
    fields = document.mapping(node, KEYS, "question")
    if "id" not in fields:
        raise document.error("yaml-missing", node, key="id")
    id = document.text_of(fields["id"])
    points = document.number(fields["points"]) if "points" in fields else Fraction(1)
    if "manual" in fields and document.text_of(fields["manual"]).lower() == "true":
        return Item(id, None, points)
    if not ({"wrt", "answer", "value", "bound"} & fields.keys()):
        raise document.error("yaml-asks-nothing", node, id=id)
    settings: dict[str, Any] = {"points": points}
    for key in ("chain", "wrt", "of", "answer", "form", "value", "bound", "layout"):
        if key in fields:
            settings[key] = document.text_of(fields[key])
    if settings.get("form", "any") not in FORMS:
        raise document.error("yaml-choice", fields["form"], found=settings["form"], choices=", ".join(FORMS))
    if settings.get("layout", "gradient") not in LAYOUTS:
        found = settings["layout"]
        raise document.error("yaml-choice", fields["layout"], found=found, choices=", ".join(LAYOUTS))
    if "tolerance" in fields:
        settings["tolerance"] = document.number(fields["tolerance"])
    for key in ("functions", "aliases", "shapes"):
        if key in fields:
            inner = fields[key]
            if not isinstance(inner, yaml.MappingNode):
                raise document.error("yaml-mapping", inner, part=key)
            settings[key] = {str(k.value): document.text_of(v) for k, v in inner.value}
    if "rubric" in fields:
        settings["rubric"] = read_rubric(document, fields["rubric"])
    try:
        question = builder(**settings)
    except SymgradError as problem:
        place = next((fields[k] for k in ("chain", "wrt", "answer", "value", "bound") if k in fields), node)
        if problem.where is not None and not problem.where.name.startswith("<"):
            raise
        reason = problem.message().split("\n")[0]
        raise document.error("yaml-question", place, id=id, reason=reason) from None
    return Item(id, question, points)


def read_rubric(document: Document, node: yaml.Node) -> dict[str, Rule]:
    """Mistake -> a number, or {each: -1, max: -2}."""
    fields = document.mapping(node, (*MISTAKES, STEPS), "rubric")
    found: dict[str, Rule] = {}
    for name, value in fields.items():
        if isinstance(value, yaml.MappingNode):
            parts: Mapping[str, Fraction] = {
                k: document.number(v) for k, v in document.mapping(value, ("each", "max"), "rubric").items()
            }
            if "each" not in parts:
                raise document.error("yaml-missing", value, key="each")
            found[name] = parts
        else:
            found[name] = document.number(value)
    return found
