"""A student's text -> the expression that is the answer, or a message that says where reading failed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from symgrad.calculus.derive import derive
from symgrad.errors import SymgradError, Where
from symgrad.functions import registry
from symgrad.grading.question import Question
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.reader import Reading, read_source
from symgrad.notation.source import Source
from symgrad.notation.symbols import BUILT_IN, COMMAND_WORDS, GREEK_WORDS, SYNONYMS
from symgrad.notation.tree import (
    Apply,
    Derivative,
    Logic,
    Mul,
    Name,
    Relation,
    Tree,
    strip_spans,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain

LEAD = re.compile(r"\s*(?:[A-Za-z][A-Za-z ]{0,30}|[\u4e00-\u9fff]{1,12})\s*[:：](?!=)\s*")
TAG = re.compile(r"<(?:/?(?:p|div|span|b|i|em|strong|sub|sup|code|pre)\b[^<>]*|br\s*/?)>", re.I)
WORD = re.compile(r"(?<![\\\w{])(?:[A-Za-z]+['’][A-Za-z]+|[A-Za-z]{2,}|I(?=\s+[a-z]))(?![\w'’′(])")
CONTRACTION = re.compile(r"\b(?:[A-Za-z]+n['’]t|I['’](?:m|d|ve|ll)|(?:it|that|what)['’]s)\b", re.I)
SHOW_AT = 4000


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read: the answer, what stood left of `=`, the other links, what letters stood for."""

    tree: Tree
    left: Tree | None = None
    links: tuple[Tree, ...] = ()
    taken: tuple[tuple[str, str], ...] = ()


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
    cleaned = clean(text)
    source = Source(cleaned, "<answer>")
    if not cleaned.strip():
        raise Unreadable(SymgradError("answer-empty", Where("<answer>")))
    try:
        reading = read_source(source, question.context)
        return understand(question, reading, source)
    except Unreadable as problem:
        raise Unreadable(prose(question, source) or problem.error) from None
    except SymgradError as error:
        raise Unreadable(prose(question, source) or error) from None
    except RecursionError:
        raise Unreadable(SymgradError("too-deep", Where("<answer>"), limit=64)) from None


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


def clean(text: str) -> str:
    """Blank out what is no answer, keeping every column: tags, a leading `Answer:`, continuation signs."""
    if len(text) > SHOW_AT:
        return text
    text = TAG.sub(lambda m: " " * len(m[0]), text)
    if (lead := LEAD.match(text)) and not re.fullmatch(r"\s*[A-Za-z]\s*[:：]\s*", lead[0]):
        text = " " * lead.end() + text[lead.end() :]
    return re.sub(r"(?:\\\\|\r?\n)\s*&?\s*(?==)", lambda m: " " * len(m[0]), text)


def understand(question: Question, reading: Reading, source: Source) -> Answer:
    """The last expression of the last formula; the rest are links and definitions."""
    for formula in reading.formulas:
        if isinstance(formula, Logic):
            raise Unreadable(source.error("answer-several", *(formula.span or (0, 1))))
    definitions = [f for f in reading.formulas[:-1] if defines(question, f)]
    if len(definitions) != len(reading.formulas) - 1:
        raise Unreadable(source.error("answer-several", 0, len(source.text)))
    last = reading.formulas[-1]
    left: Tree | None = None
    links: tuple[Tree, ...] = ()
    if isinstance(last, Relation):
        if set(last.operators) != {"="}:
            raise Unreadable(source.error("answer-relation", *(last.span or (0, 1))))
        left, links, tree = sides(question, last.operands)
    else:
        tree = last
    local = {d.operands[0]: d.operands[-1] for d in definitions if isinstance(d, Relation)}
    values = {strip_spans(k): strip_spans(v) for k, v in local.items()}

    def finish(part: Tree) -> Tree:
        return settle(question, substitute(strip_spans(part), values), source)

    return Answer(
        finish(tree), None if left is None else strip_spans(left), tuple(map(finish, links)), reading.taken
    )


def sides(question: Question, operands: tuple[Tree, ...]) -> tuple[Tree | None, tuple[Tree, ...], Tree]:
    """The left side, the links and the answer of an equation; of one written backwards too."""
    *before, tree = operands
    if strip_spans(tree) == question.goal and any(strip_spans(part) != question.goal for part in before):
        while strip_spans(before[-1]) == question.goal:
            before.pop()
        left, (*before, tree) = tree, before
        if before and strip_spans(before[0]) == question.goal:
            before.pop(0)
        return left, tuple(before), tree
    if is_left_side(before[0]):
        return before[0], tuple(before[1:]), tree
    return None, tuple(before), tree


def defines(question: Question, formula: Tree) -> bool:
    """Whether a formula only introduces a name of the student's own (delta_2 = ...)."""
    match formula:
        case Relation(("=",), (Name() as name, _)):
            return strip_spans(name) not in question.context.known
    return False


def is_left_side(tree: Tree) -> bool:
    """dC/db_1 = ..., or a name = ..."""
    return isinstance(tree, Derivative | Name)


def settle(question: Question, tree: Tree, source: Source) -> Tree:
    """delta_j and derivatives of inner names, replaced by what they stand for in this chain."""
    network = question.network
    if network is None:
        return tree
    swaps: dict[Tree, Tree] = {}
    for node in walk(tree):
        if isinstance(node, Name) and node.stem == "delta" and node not in network.names:
            swaps[node] = delta(question, network, node, source)
        elif isinstance(network, SymbolicNetwork):
            continue  # tokens are looked up where ranges are compared
        elif isinstance(node, Derivative) and node not in question.adjoints and node != question.goal:
            swaps[node] = inner(network, node, source)
    return substitute(tree, swaps) if swaps else tree


def delta(question: Question, network: Network, name: Name, source: Source) -> Tree:
    """delta_j is d(objective)/d(argument of layer j's activation)."""
    goal = question.goal
    of = goal.of if goal is not None else network.objective
    if isinstance(network, SymbolicNetwork):
        argument = network.argument(name.indices)
        if argument is not None:
            return Derivative(of, argument)
        raise Unreadable(source.error("unknown-name", 0, len(source.text), name=plain(name)))
    for equation in network.equations:
        body = equation.body
        if (
            equation.name.indices == name.indices
            and isinstance(body, Apply)
            and len(body.arguments) == 1
            and isinstance(body.arguments[0], Name)
        ):
            return Derivative(of, body.arguments[0])
    raise Unreadable(source.error("unknown-name", 0, len(source.text), name=plain(name)))


def inner(network: Network, token: Derivative, source: Source) -> Tree:
    """The value of a derivative such as da_2/dz_2, or of a gradient of another objective."""
    if token.order != 1 or not isinstance(token.of, Name):
        raise Unreadable(source.error("derivative-order", 0, len(source.text), token=plain(token)))
    for name in (token.of, token.by):
        if name not in network.names:
            raise Unreadable(source.error("unknown-name", 0, len(source.text), name=plain(name)))
    found = derive(network, token.by, token.of)
    values = dict(found.kept)
    parts = [values.get(f, f) if isinstance(f, Derivative) else f for f in found.factors]
    return parts[0] if len(parts) == 1 else Mul(tuple(parts))
