"""Answer text -> Mark: read, decide exactly, name the slip, count the points."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from symgrad.algebra import Decision
from symgrad.arithmetic.written_out import written_out
from symgrad.errors import SymgradError
from symgrad.grading.bounds import judge_bound, read_bound
from symgrad.grading.cost import light
from symgrad.grading.depths import folded, judge_symbolic
from symgrad.grading.desk import compare
from symgrad.grading.diagnosis import Found, diagnose
from symgrad.grading.domains import demands, never_zero, nowhere
from symgrad.grading.feedback import evidence, hints
from symgrad.grading.forms import has_form
from symgrad.grading.kinks import equal_apart, rectified
from symgrad.grading.matrices.judge import judge_shaped
from symgrad.grading.numbers import judge_number
from symgrad.grading.question import Question
from symgrad.grading.reading import Answer, Unreadable, read_answer
from symgrad.grading.rubric import score
from symgrad.grading.worker import worker_for
from symgrad.grading.working import Working, introduced, judge_working, shown, sub_question
from symgrad.grading.working import said as described
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.places import distance
from symgrad.notation.tree import (
    ZERO,
    BigOp,
    Derivative,
    Name,
    Pow,
    Relation,
    Tree,
    names_in,
    number,
    substitute,
    walk,
)
from symgrad.notation.writers.latex import latex
from symgrad.notation.writers.plain import plain
from symgrad.phrases import LANGUAGES
from symgrad.values.mark import Mark, Mistake
from symgrad.values.phrase import Phrase

MINUS = re.compile(r"\n(?=\s*[-−–])")
"""The end of a line before one that begins with a minus."""


def mark(question: Question, text: str) -> Mark:
    """Mark one answer.

    `correct` rests on an exact identity, `incorrect` on a point where both sides provably differ; everything
    else is `undecided`. What cannot be read is `unreadable`, with the place and a hint, and costs nothing.
    """
    try:
        if isinstance(question.gold, Relation):
            tree = read_bound(question, text)
            found = judge_bound(question, tree) if light(tree) else too_large(())
            return replace(found, reading=latex(tree), answer=tree)
        answer = read_answer(question, text)
    except Unreadable as problem:
        return unreadable(problem.error)
    found = judge(question, answer) if is_light(answer) else confined(question, answer)
    if found.verdict != "correct" and (apart := parted(question, text, answer)) is not None:
        answer = apart
        found = judge(question, answer) if is_light(answer) else confined(question, answer)
    if answer.doubt is not None and found.verdict != "correct":
        return unreadable(answer.doubt)
    return replace(found, reading=latex(answer.tree), answer=answer.tree)


def parted(question: Question, text: str, answer: Answer) -> Answer | None:
    """The other reading of `dL/dz_3 = ...` and a line that begins with a minus: that line is the answer."""
    if not isinstance(answer.left, Derivative) or question.goal in (None, answer.left):
        return None
    split = MINUS.sub(";", text)
    try:
        return read_answer(question, split) if split != text else None
    except Unreadable:
        return None


def is_light(answer: Answer) -> bool:
    """Whether every part of an answer is of the size that people write."""
    return all(light(line.right) for line in answer.lines) and light(answer.tree) and len(answer.lines) <= 40


def confined(question: Question, answer: Answer) -> Mark:
    """The mark of an answer that may cost much, found in a process that can be killed."""
    mark = worker_for(question, in_worker).ask(answer)
    return mark if isinstance(mark, Mark) else too_large(taken(answer))


def too_large(remarks: tuple[Phrase, ...]) -> Mark:
    """The mark of an answer that would take too long to compare."""
    return Mark("undecided", evidence=(Phrase.of("feedback.undecided-too-large"),), remarks=remarks)


def in_worker(question: Question, answer: Answer, tell: Callable[[Mark], None]) -> None:
    """What the worker does: the verdict as soon as it is known, then the whole mark."""
    decision = None
    if question.judged_by_algebra:
        decision = compare(question, answer.tree, question.gold)
        if decision.verdict == "different":
            points = score(question, "incorrect", ())
            tell(Mark("incorrect", (), points, evidence(question, decision), remarks=taken(answer)))
    tell(judge(question, answer))


def unreadable(error: SymgradError) -> Mark:
    """The mark that asks the student back."""
    return Mark("unreadable", problem=tuple((lang, error.message(lang)) for lang in LANGUAGES))


def judge(question: Question, answer: Answer) -> Mark:
    """The verdict with its reasons and points."""
    remarks = taken(answer)
    if restates(question, answer.tree):
        mistake = Mistake("not-an-answer")
        points = score(question, "incorrect", ((mistake,),))
        return Mark("incorrect", (mistake,), points, hints=hints(question, (mistake,)), remarks=remarks)
    if question.tolerance is not None:
        verdict = judge_number(answer.tree, question.gold, question.tolerance, question.bindings)
        unsure = Phrase.of("feedback.undecided-number")
        reason = (unsure,) if verdict == "undecided" else ()
        return Mark(verdict, points=score(question, verdict), evidence=reason, remarks=remarks)
    symbolic = isinstance(question.network, SymbolicNetwork)
    if question.network is not None and question.network.shapes and symbolic:
        return Mark("undecided", evidence=(Phrase.of("feedback.undecided-not-scalar"),), remarks=remarks)
    if not question.scalar:
        return judge_shaped(question, answer, remarks)
    if isinstance(question.network, SymbolicNetwork) and question.goal is not None:
        return judge_symbolic(question, question.network, answer, remarks)
    working = judge_working(question, answer)
    if working is not None:
        answer = replace(answer, tree=working.tree)
    decision = compare(question, answer.tree, question.gold)
    if decision.verdict == "unknown" and (open_ := rectified(question, answer.tree)) != answer.tree:
        decision = compare(question, open_, question.gold)
    if decision.verdict == "unknown" and (found := at_numbers(question, answer.tree)) is not None:
        return replace(found, remarks=remarks)
    if decision.verdict == "unknown" and (zeros := equal_apart(question, answer.tree)):
        conditions = (Relation(("!=",), (u, ZERO)) for u in sorted(zeros, key=plain))
        said = tuple(Phrase.of("feedback.kink", condition=condition) for condition in conditions)
        return Mark("correct", points=question.points, remarks=(*remarks, *said))
    if decision.verdict == "unknown":
        return Mark(
            "undecided", evidence=(Phrase.of(f"feedback.undecided-{decision.reason}"),), remarks=remarks
        )
    if decision.verdict == "equal" and nowhere(question, answer.tree):
        return Mark("undecided", evidence=(Phrase.of("feedback.undecided-domain"),), remarks=remarks)
    if decision.verdict == "equal":
        said = (*remarks, *correct_remarks(question, answer, decision, working))
        return Mark("correct", points=question.points, remarks=said)
    return replace(incorrect(question, answer.tree, working, decision), remarks=remarks)


def at_numbers(question: Question, tree: Tree) -> Mark | None:
    """The mark of a wrong answer with sums or products up to a symbol: by a number for it, n = 2."""
    ranges = [node for side in (tree, question.gold) for node in walk(side) if isinstance(node, BigOp)]
    letters = {name.stem for node in ranges for side in (node.low, node.high) for name in names_in(side)}
    if question.goal is not None or len(letters) != 1:
        return None
    (letter,) = letters
    for value in (2, 3):
        here: dict[Tree, Tree] = {Name(letter): number(value)}
        lengths = (distance(substitute(n.low, here), substitute(n.high, here)) for n in ranges)
        if any(length is None or length < -1 for length in lengths):
            continue
        mine, gold = (folded(written_out(folded(substitute(t, here)))) for t in (tree, question.gold))
        decision = compare(question, mine, gold)
        if decision.verdict == "different":
            where = (Relation(("=",), (Name(letter), number(value))),)
            why = (Phrase.of("feedback.at-depth", values=where), *evidence(question, decision))
            return Mark("incorrect", (), score(question, "incorrect", ()), why)
    return None


def incorrect(question: Question, tree: Tree, working: Working | None, decision: Decision) -> Mark:
    """The mark of a wrong answer: the slip in it, or in the first line of its working that fails."""
    asked, found, earned = question, None, 0
    first = working.first if working is not None else None
    if working is not None and first is not None:
        asked, earned = sub_question(question, working.lines[first]), working.earned
        found = diagnose(asked, working.trees[first])
        if not found.mistakes:
            asked, found = question, None
    found = found or diagnose(question, tree)
    explained = working is None or first is None or working.once
    points = score(question, "incorrect", found.readings if explained else (), earned)
    spoken = found.mistakes[:1] if another_gradient(found) else found.readings[0] if found.readings else ()
    told = hints(asked, spoken)
    why = evidence(question, decision)
    if working is not None:
        why = (*described(working), *why)
        told = tuple((*introduced(working), *level) for level in told)
    return Mark("incorrect", found.mistakes, points, why, hints=told)


def another_gradient(found: Found) -> bool:
    """Whether the answer is right for another variable; then only that is spoken of."""
    return bool(found.mistakes) and found.mistakes[0].name == "wrong-variable"


def restates(question: Question, tree: Tree) -> bool:
    """Whether the answer is the question again, or explains the gradient by itself."""
    return question.goal is not None and question.goal in walk(tree)


def taken(answer: Answer) -> tuple[Phrase, ...]:
    """What free letters were taken for."""
    return tuple(
        Phrase.of("feedback.taken", written=Name(written), understood=Name(meant))
        if not meant.endswith("'")
        else Phrase.of("feedback.taken-slope", written=Name(written), understood=Name(meant[:-1]))
        for written, meant in answer.taken
    )


def restricted(question: Question, tree: Tree, decision: Decision) -> Iterator[Phrase]:
    """What the answer divides by and the gradient does not, and what else it demands; each only once."""
    asked = demands(question, tree)
    positive = {c.operands[0] for c in asked if c.operators == (">",)}
    positive |= {whole.base for whole in positive if isinstance(whole, Pow)}
    for divisor in decision.restrictions:
        if divisor not in positive and not never_zero(question, divisor):
            yield Phrase.of("feedback.restriction", divisor=divisor)
    for condition in asked:
        yield Phrase.of("feedback.domain", condition=condition)


def correct_remarks(
    question: Question, answer: Answer, decision: Decision, working: Working | None
) -> tuple[Phrase, ...]:
    """What a correct answer should still be told: where it is undefined, its left side, links and form."""
    found = list(restricted(question, answer.tree, decision))
    left = answer.left
    if isinstance(left, Derivative) and question.goal is not None and left != question.goal:
        found.append(Phrase.of("feedback.left-side", left=left, goal=question.goal))
    for line, state in zip(working.lines, working.states, strict=True) if working is not None else ():
        if state != "right" and state != "unknown":
            link = line.right if line.left in (None, question.goal) else shown(line)
            found.append(Phrase.of("feedback.broken-link", link=link))
    if not has_form(answer.tree, question.form):
        found.append(Phrase.of(f"feedback.form-{question.form}"))
    return tuple(found)
