"""A student's text -> the expression that is the answer, or a message that says where reading failed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symgrad.errors import SymgradError, Where
from symgrad.functions import registry
from symgrad.grading.cleaning import clean
from symgrad.grading.doubts import doubt
from symgrad.grading.question import Question
from symgrad.grading.settling import settle
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.context import Context
from symgrad.notation.reader import MAX_ANSWER, MAX_NODES, read, read_source
from symgrad.notation.source import Source
from symgrad.notation.symbols import BUILT_IN, COMMAND_WORDS, GREEK_WORDS, SYNONYMS
from symgrad.notation.tree import (
    Derivative,
    Logic,
    Mul,
    Name,
    Relation,
    Tree,
    rebuild,
    strip_spans,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain

WORD = re.compile(r"(?<![\\\w{])(?:[A-Za-z]+['’][A-Za-z]+|[A-Za-z]{2,}|I(?=\s+[a-z]))(?![\w'’′(])")
CONTRACTION = re.compile(r"\b(?:[A-Za-z]+n['’]t|I['’](?:m|d|ve|ll)|(?:it|that|what)['’]s)\b", re.I)
OWN = re.compile(
    r"(?:^|[;；,，\n&$]|\\\\|\\q?quad|\\[,;:! ]|\})\s*"
    r"(?P<name>(?:\\(?:text|mathrm|operatorname|mathbf|bm|boldsymbol)\s*\{[A-Za-z ]+\}"
    r"|\\[A-Za-z]+|[A-Za-z]+|[α-ωΑ-Ω])"
    r"(?:\s*_\s*(?:\{[^{}=]*\}|[A-Za-z0-9]+)|\d+|[₀-₉]+|\s*\^\s*\{?\s*\([^()=]*\)\s*\}?)*)"
    r"\s*(?:&\s*)?(?::=|=(?!=)|←|≔)"
)
LINE = re.compile(r"\\\\|\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One claim of a derivation: `left` equals `right`, in a line counted from 1; left is None for a link."""

    number: int
    left: Tree | None
    right: Tree


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read: the answer, what stood left of `=`, the other links, what letters stood for.

    lines: every claim of a derivation in order, the answer last. doubt: what the reading took for granted;
    an answer that is not right under it is asked about and not judged. stated: for a chain of symbolic depth
    the lines about errors of layers and inner gradients, wherever they stand.
    """

    tree: Tree
    left: Tree | None = None
    links: tuple[Tree, ...] = ()
    taken: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    doubt: SymgradError | None = None
    stated: tuple[Line, ...] = ()
    mixed: bool = False


class Unreadable(Exception):
    """The text could not be read; `error` says where and why, in both languages."""

    def __init__(self, error: SymgradError) -> None:
        super().__init__(error.what)
        self.error = error


def read_answer(question: Question, text: str) -> Answer:
    """Read an answer in the surroundings of its question.

    Raises:
        Unreadable: never counted as wrong.
    """
    if len(text) > MAX_ANSWER:
        raise Unreadable(
            Source(text[:MAX_ANSWER], "<answer>").error("too-long", MAX_ANSWER, limit=MAX_ANSWER)
        )
    cleaned = clean(text)
    source = Source(cleaned, "<answer>")
    if not cleaned.strip():
        raise Unreadable(SymgradError("answer-empty", Where("<answer>")))
    context = question.context
    try:
        own = frozenset(own_names(cleaned, context))
        reading = read_source(source, replace(context, known=context.known | own) if own else context)
        formulas = tuple(separate(reading.formulas))
        answer = Understanding(question, formulas, own, source, text).answer()
        asked = doubt(question, source)
        return replace(answer, taken=reading.taken, doubt=asked and as_typed(asked, text))
    except SymgradError as error:
        raise Unreadable(as_typed(prose(question, source) or error, text)) from None
    except RecursionError:
        raise Unreadable(SymgradError("too-deep", Where("<answer>"), limit=64)) from None


def as_typed(error: SymgradError, text: str) -> SymgradError:
    """The error with the line as the student typed it; only what stood around the answer was blanked."""
    where = error.where
    lines = text.split("\n")
    if where is not None and where.name == "<answer>" and where.line <= len(lines):
        error.where = replace(where, source=lines[where.line - 1])
    return error


def prose(question: Question, source: Source) -> SymgradError | None:
    """The error for a text that is a sentence: three unknown words or more, or a contraction."""
    known = {*BUILT_IN, *SYNONYMS, *GREEK_WORDS, *COMMAND_WORDS, *registry.known(), *question.context.stems}
    known |= {*question.context.functions, *question.context.aliases}
    found = [match for match in WORD.finditer(source.text) if match[0] not in known]
    if len({match[0] for match in found}) < 3:
        found = list(CONTRACTION.finditer(source.text))
    if not found:
        return None
    start, end = found[0].start(), found[-1].end()
    return source.error("words-not-mathematics", start, end, words=source.text[start:end])


def own_names(text: str, context: Context) -> Iterator[Name]:
    """The names that an answer itself introduces: d_4 = ..., g = ...; those of the question are not."""
    for match in OWN.finditer(text):
        try:
            name = read(match["name"], Context("chain", functions=context.functions))
        except SymgradError:
            continue
        if not isinstance(name, Name) or name.stem in context.stems or name.stem in context.functions:
            continue
        if (name.stem == "delta" and context.deltas) or name.stem in context.aliases:
            continue
        if context.objective is not None and name.stem.startswith("d") and name.indices:
            label = name.indices[-1]
            if isinstance(label, Name) and label.stem.startswith("d"):  # dC_dw is a derivative
                continue
        yield strip_spans(name)  # type: ignore[misc]


def separate(formulas: Sequence[Tree]) -> Iterator[Tree]:
    """Formulas joined by `and`, one by one."""
    for formula in formulas:
        match formula:
            case Logic("and", parts):
                yield from separate(parts)
            case _:
                yield formula


class Understanding:
    """Which of the formulas is the answer, and what the others are: definitions, steps, links."""

    def __init__(
        self, question: Question, formulas: tuple[Tree, ...], own: frozenset[Name], source: Source, typed: str
    ) -> None:
        self.question, self.formulas, self.own, self.source = question, formulas, own, source
        self.typed = typed
        self.values: dict[Tree, Tree] = {}

    def answer(self) -> Answer:
        """The answer with everything around it.

        Raises:
            SymgradError: several answers, an inequality, a name without a value.
        """
        for formula in self.formulas:
            if isinstance(formula, Logic):
                raise self.source.error("answer-several", *(formula.span or (0, 1)))
            if isinstance(formula, Relation) and set(formula.operators) != {"="}:
                raise self.source.error("answer-relation", *(formula.span or (0, 1)))
        place = self.place_of_answer()
        self.define([f for f in self.formulas if isinstance(f, Relation)], self.formulas[place])
        stated = tuple(self.stated(place))
        lines: list[Line] = []
        for formula in self.formulas[:place]:
            lines.extend(self.lines_of(formula))
        before, tree, left = self.sides(self.formulas[place])
        goal = self.question.goal
        links = tuple(self.finish(part) for part in before)
        for part, written in zip(links, before, strict=True):
            lines.append(Line(self.line(written), goal, part))
        final = self.finish(tree)
        lines.append(Line(self.line(tree), goal, final))
        return Answer(
            final,
            None if left is None else strip_spans(left),
            links,
            lines=tuple(lines),
            stated=stated,
            mixed=bool(stated) and self.mixed(),
        )

    def mixed(self) -> bool:
        """Whether the answer writes dC/dz_k beside delta_k, so that the two may differ in meaning."""
        network, nodes = self.question.network, [node for part in self.formulas for node in walk(part)]
        assert isinstance(network, SymbolicNetwork)
        errors = any(isinstance(node, Name) and self.is_delta(node) for node in nodes)
        inner = (strip_spans(node.by) for node in nodes if isinstance(node, Derivative))
        return errors and any(
            isinstance(name, Name) and network.argument(name.indices) == name for name in inner
        )

    def place_of_answer(self) -> int:
        """Which formula is the answer: the last about the goal or about nothing, else the last."""
        kinds = [self.kind(formula) for formula in self.formulas]
        bare = kinds.count("bare")
        if bare > 1 or (bare and "goal" in kinds):
            raise self.source.error("answer-several", 0, len(self.source.text))
        for kind in ("goal", "bare"):
            if kind in kinds:
                place = len(kinds) - 1 - kinds[::-1].index(kind)
                if any(later == "step" for later in kinds[place + 1 :]):
                    raise self.source.error("answer-several", 0, len(self.source.text))
                return place
        if sum(kind == "step" for kind in kinds) > 1 and self.question.goal is None:
            raise self.source.error("answer-several", 0, len(self.source.text))
        return len(kinds) - 1

    def kind(self, formula: Tree) -> str:
        """bare: an expression; goal: dC/db_1 = ...; step: another derivative; definition: a name = ..."""
        if not isinstance(formula, Relation):
            return "bare"
        sides = [strip_spans(side) for side in formula.operands]
        if self.question.goal is not None and self.question.goal in sides:
            return "goal"
        if isinstance(sides[0], Name):
            return "definition"
        return "step" if isinstance(sides[0], Derivative) else "bare"

    def define(self, relations: Sequence[Relation], answer: Tree) -> None:
        """The values of the names that the answer introduces, each in terms of the question's own."""
        raw: dict[Tree, Tree] = {}
        for relation in relations:
            name = strip_spans(relation.operands[0])
            local = name in self.own or (isinstance(name, Name) and self.is_delta(name))
            if local and relation is not answer:
                raw[name] = strip_spans(relation.operands[-1])
        self.values = self.resolved(raw)

    def stated(self, place: int) -> Iterator[Line]:
        """What an answer about a symbolic depth says of other gradients, delta_k = w_{k+1} delta_{k+1} ...

        Errors that the answer defines without a recursion are names for what stands there, and put in.
        """
        if not isinstance(self.question.network, SymbolicNetwork):
            return
        tree = substitute(strip_spans(self.sides(self.formulas[place])[1]), self.values)
        recursive = any(
            isinstance(node, Name) and node.indices and self.is_delta(node) for node in walk(tree)
        )
        if recursive:
            self.values = {n: v for n, v in self.values.items() if n in self.own}
        for number, formula in enumerate(self.formulas):
            if number == place or not isinstance(formula, Relation):
                continue
            left = strip_spans(formula.operands[0])
            if isinstance(left, Derivative) or (recursive and isinstance(left, Name) and self.is_delta(left)):
                left = settle(self.question, left, self.source)
                for side in formula.operands[1:]:
                    yield Line(self.line(side), left, self.finish(side))

    def resolved(self, raw: dict[Tree, Tree]) -> dict[Tree, Tree]:
        """The values with each other's names put in, in whatever order they were written.

        Raises:
            SymgradError: a value would grow beyond the cap on formulas.
        """
        found: dict[Tree, Tree] = {}
        sizes: dict[Tree, int] = {}
        waiting = dict(raw)
        while waiting:
            ready = [
                n for n, value in waiting.items() if not any(m in waiting for m in walk(value) if m != n)
            ]
            for name in ready:
                value = waiting.pop(name)
                sizes[name] = sum(sizes.get(node, 1) for node in walk(value))
                if sizes[name] > MAX_NODES:
                    raise self.source.error("too-many-nodes", 0, len(self.source.text), limit=MAX_NODES)
                found[name] = substitute(value, {k: v for k, v in found.items() if k != name})
            if not ready:
                return found
        return found

    def is_delta(self, name: Name) -> bool:
        """Whether a name is the error of a layer, which an answer may define once more."""
        return name.stem == "delta" and self.question.context.deltas

    def lines_of(self, formula: Tree) -> Iterator[Line]:
        """The claims of one formula before the answer; what only introduces a name claims nothing."""
        if not isinstance(formula, Relation):
            yield Line(self.line(formula), self.question.goal, self.finish(formula))
            return
        left = strip_spans(formula.operands[0])
        if left in self.own:
            return
        if isinstance(left, Name) and self.is_delta(left):
            left = settle(self.question, left, self.source)
        for side in formula.operands[1:]:
            yield Line(self.line(side), left, self.finish(side))

    def line(self, part: Tree) -> int:
        """The line in which a part begins."""
        start = part.span[0] if part.span else 0
        return 1 + len(LINE.findall(self.typed[:start].lstrip("\n\\ ")))

    def finish(self, part: Tree) -> Tree:
        """A part in the question's own names.

        Raises:
            SymgradError: a name of the answer's own that it never explains.
        """
        tree = strip_spans(part)
        if self.values:
            tree = substitute(tree, self.values)
            tree = flat(tree) if self.question.scalar else tree  # (W^T d) * s is not W^T (d * s)
            if any(count >= MAX_NODES for count, _ in enumerate(walk(tree))):
                raise self.source.error("too-many-nodes", 0, len(self.source.text), limit=MAX_NODES)
        left = next((n for n in walk(tree) if isinstance(n, Name) and n in self.own), None)
        if left is not None:
            raise self.source.error("unknown-name", *(part.span or (0, 1)), name=plain(left))
        return settle(self.question, tree, self.source)

    def sides(self, formula: Tree) -> tuple[tuple[Tree, ...], Tree, Tree | None]:
        """The links, the answer and the left side of an equation; of one written backwards too."""
        if not isinstance(formula, Relation):
            return (), formula, None
        goal = self.question.goal
        *before, tree = formula.operands
        if strip_spans(tree) == goal and any(strip_spans(part) != goal for part in before):
            while strip_spans(before[-1]) == goal:
                before.pop()
            left, (*before, tree) = tree, before
            if before and strip_spans(before[0]) == goal:
                before.pop(0)
            return tuple(before), tree, left
        if isinstance(before[0], Derivative | Name):
            return tuple(before[1:]), tree, before[0]
        return tuple(before), tree, None


def flat(tree: Tree) -> Tree:
    """The tree with products of products written as one."""
    tree = rebuild(tree, flat)
    match tree:
        case Mul(factors) if any(isinstance(factor, Mul) for factor in factors):
            parts = ((factor.factors if isinstance(factor, Mul) else (factor,)) for factor in factors)
            return Mul(tuple(part for several in parts for part in several))
    return tree
