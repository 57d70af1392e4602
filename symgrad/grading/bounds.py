"""Answers that are bounds: |dC/db_1| <= 1/16 |dC/db_3|, or only its right side, or only the best constant."""

from __future__ import annotations

from fractions import Fraction

from symgrad.algebra import Algebra, ShapedAlgebra, algebra_of
from symgrad.errors import SymgradError
from symgrad.grading.cleaning import clean
from symgrad.grading.feedback import fraction
from symgrad.grading.question import Question
from symgrad.grading.reading import Unreadable
from symgrad.grading.rubric import score
from symgrad.grading.settling import settle
from symgrad.notation.reader import MAX_ANSWER, read_source
from symgrad.notation.source import Source
from symgrad.notation.tree import (
    ONE,
    Apply,
    Derivative,
    Div,
    Mul,
    Name,
    Relation,
    Tree,
    strip_spans,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mark, Mistake
from symgrad.values.phrase import Phrase

TURNED = {">=": "<=", ">": "<"}


def read_bound(question: Question, text: str) -> Tree:
    """The one formula that an answer about a bound is.

    Raises:
        Unreadable: never counted as wrong.
    """
    source = Source(clean(text[: MAX_ANSWER + 1]), "<answer>")
    try:
        formulas = read_source(source, question.context).formulas
        if len(formulas) != 1:
            raise source.error("answer-several", 0, len(source.text))
        settle(question, strip_spans(formulas[0]), source)  # refuses names that mean nothing here
        return strip_spans(formulas[0])
    except SymgradError as error:
        raise Unreadable(error) from None


def judge_bound(question: Question, tree: Tree) -> Mark:
    """Correct if it says what the right bound says, or a sharper truth; a weaker bound is not the best one.

    Everything that is not a multiple of the right bound is decided by the prover, or goes to a person.
    """
    assert isinstance(question.gold, Relation)
    _, left, right = oriented(question.gold)
    match tree:
        case Relation((operator,), _) if operator in ("<=", ">=", "<", ">"):
            strict, mine, bound = oriented(tree)
            if strict:
                return proved_apart(question, tree)
            times = multiple(question, Mul((bound, left)), Mul((right, mine)))
            if times is not None and comparable(question, mine, left, right):
                return judged(question, times, tree)
            times = multiple(question, bound, right)  # sigma' <= 1/4 for |sigma'| <= 1/4
            same = times is not None and question.decided(Relation(("=",), (mine, left))) == "proved"
            return judged(question, times, tree) if times and same else proved_apart(question, tree)
        case Relation(("=",), (name, value)) if names_constant(question, name):
            return judge_bound(question, value)
        case Relation((_,), _):
            return proved_apart(question, tree)
        case Relation():
            return judge_parts(question, tree)
    about = any(isinstance(node, Derivative) for node in walk(tree))
    constant = right if about else constant_of(right)
    claim = Relation(("<=",), (left, tree if about else Div(Mul((tree, right)), constant)))
    times = multiple(question, tree, constant)
    return proved_apart(question, claim) if times is None else judged(question, times, claim)


def names_constant(question: Question, tree: Tree) -> bool:
    """Whether the left side of an equation only names the best constant: C, or the maximum of something."""
    match tree:
        case Name():
            return tree not in question.context.known
        case Apply(Name("max"), (_,)):
            return True
    return False


def judge_parts(question: Question, tree: Relation) -> Mark:
    """The mark of 0 < s <= 1/4: every part must hold, and one of them is the bound."""
    marks: list[Mark] = []
    for operator, low, high in zip(tree.operators, tree.operands, tree.operands[1:], strict=False):
        part = Relation((operator,), (low, high))
        mark = judge_bound(question, part)
        if mark.verdict == "incorrect":
            return mark
        if mark.verdict == "correct" or question.decided(part) != "proved":
            marks.append(mark)
    correct = bool(marks) and all(mark.verdict == "correct" for mark in marks)
    return marks[0] if correct else undecided(question)


def judged(question: Question, times: Fraction, claim: Relation) -> Mark:
    """The mark of a bound that is a multiple of the right one."""
    if times == 1:
        return Mark("correct", points=question.points)
    if times > 1:
        return off_by(question, times, "bound-weak")
    match question.decided(claim):
        case "proved":
            return Mark("correct", points=question.points, remarks=(Phrase.of("feedback.bound-sharper"),))
        case "refuted":
            return off_by(question, times, "bound-strong")
    return undecided(question)


def off_by(question: Question, times: Fraction, kind: str) -> Mark:
    """The mark of a wrong constant."""
    tree = fraction(times)
    mistake = Mistake("wrong-constant", plain(tree), None, (tree,), ())
    levels = tuple((Phrase.of(f"feedback.{kind}-{level}", wrong=tree),) for level in (1, 2, 3))
    points = score(question, "incorrect", ((mistake,),))
    return Mark("incorrect", (mistake,), points, levels[2], hints=levels)


def proved_apart(question: Question, claim: Relation) -> Mark:
    """The mark of a statement that is no multiple of the right one: wrong only if it is refuted."""
    if question.decided(claim) == "refuted":
        said = (Phrase.of("feedback.bound-refuted"),)
        return Mark("incorrect", (), score(question, "incorrect", ()), said, hints=(said, said, said))
    return undecided(question)


def oriented(relation: Relation) -> tuple[bool, Tree, Tree]:
    """Whether the relation is strict, its smaller side, its larger side."""
    operator, (low, high) = relation.operators[0], relation.operands
    if operator in TURNED:
        operator, low, high = TURNED[operator], high, low
    return operator == "<", low, high


def constant_of(right: Tree) -> Tree:
    """The constant in front of |dC/db_3|; the whole side where no derivative stands in it."""
    sizes = {
        node: ONE
        for node in walk(right)
        if isinstance(node, Apply)
        and node.function == Name("abs")
        and any(isinstance(inner, Derivative) for inner in walk(node))
    }
    return substitute(right, sizes)  # type: ignore[arg-type]


def comparable(question: Question, mine: Tree, left: Tree, right: Tree) -> bool:
    """Whether a left side is a positive multiple of the right one, or that divided by |dC/db_3|."""
    algebra = algebra_of(question.scope)
    sizes: set[Tree] = {n for n in walk(right) if isinstance(n, Apply) and n.function == Name("abs")}
    return any(
        (times := constant(algebra, Mul((mine, size)), left)) is not None and times > 0
        for size in (ONE, *sizes)
    )


def multiple(question: Question, mine: Tree, right: Tree) -> Fraction | None:
    """The positive number that the one is of the other; None if it is no such multiple."""
    found = constant(algebra_of(question.scope), mine, right)
    return found if found is not None and found > 0 else None


def constant(algebra: Algebra | ShapedAlgebra, above: Tree, below: Tree) -> Fraction | None:
    """The number that a quotient is, or None."""
    if not isinstance(algebra, Algebra):
        return None
    try:
        times, factors = algebra.ratio(above, below)
    except ArithmeticError:
        return None
    return None if factors else times


def undecided(question: Question) -> Mark:
    """A statement of another kind goes to a person."""
    return Mark("undecided", evidence=(Phrase.of("feedback.bound-other", bound=question.gold),))
