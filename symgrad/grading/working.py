"""A derivation line by line: which line is the first that fails, and which later ones follow from it.

Every line is compared exactly: with what it claims to be, and, once a line has failed, with what follows from
the lines as the student has them (a wrong delta_3, correctly carried back, is no second mistake).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from symgrad.algebra import algebra_of
from symgrad.grading.question import Question
from symgrad.grading.reading import Answer, Line
from symgrad.notation.tree import Derivative, Relation, Tree, substitute
from symgrad.values.phrase import Field, Phrase

SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Working:
    """The judged lines: `states` holds right, wrong, follows or unknown for each.

    trees: what each line says with the wrong lines before it put in, as the student would compute it.
    """

    lines: tuple[Line, ...]
    states: tuple[str, ...]
    trees: tuple[Tree, ...]

    @property
    def tree(self) -> Tree:
        """The answer."""
        return self.trees[-1]

    @property
    def first(self) -> int | None:
        """The place of the first wrong line."""
        return next((i for i, state in enumerate(self.states) if state == "wrong"), None)

    @property
    def earned(self) -> int:
        """How many lines hold, or follow from the line before that does not."""
        return sum(state in ("right", "follows") for state in self.states)

    @property
    def once(self) -> bool:
        """Whether one wrong line explains all others that are wrong."""
        return sum(state == "wrong" for state in self.states) == 1 and "unknown" not in self.states


def judge_working(question: Question, answer: Answer) -> Working | None:
    """The lines of an answer judged one by one; None where it is a single expression."""
    if len(answer.lines) < 2:
        return None
    wrong: dict[Tree, Tree] = {}
    states: list[str] = []
    trees: list[Tree] = []
    for line in answer.lines:
        others = {token: tree for token, tree in wrong.items() if token != line.left}
        tree = substitute(line.right, others) if others else line.right
        state = judge_line(question, line, tree, wrong, trees[-1] if trees else None)
        if state == "wrong" and isinstance(line.left, Derivative):
            wrong[line.left] = tree
        states.append(state)
        trees.append(tree)
    return Working(answer.lines, tuple(states), tuple(trees))


def judge_line(
    question: Question, line: Line, tree: Tree, wrong: Mapping[Tree, Tree], before: Tree | None
) -> str:
    """right, wrong, follows or unknown."""
    claimed = question.gold if line.left is None or line.left == question.goal else line.left
    if tree == question.goal:
        return "right"
    verdict = algebra_of(question.scope).equal(tree, claimed, SECONDS).verdict
    if verdict != "different":
        return "right" if verdict == "equal" else "unknown"
    if not wrong:
        return "wrong"
    if before is not None and algebra_of(question.scope).equal(tree, before, SECONDS):
        return "follows"
    if isinstance(line.left, Derivative) and follows(question, line.left, tree, wrong):
        return "follows"
    return "wrong"


def follows(question: Question, token: Derivative, tree: Tree, wrong: Mapping[Tree, Tree]) -> bool:
    """Whether a line is what the chain rule makes of the lines before, wrong as they are."""
    inner = {key: value for key, value in wrong.items() if isinstance(key, Derivative) and key != token}
    if not inner:
        return False
    scope = question.scope
    carried = replace(scope, derivatives={**question.adjoints, **inner})
    return bool(algebra_of(carried).equal(tree, token, SECONDS))


def said(working: Working) -> tuple[Phrase, ...]:
    """The working in a sentence: which lines hold, which is the first that does not, which follow from it."""
    first = working.first
    if first is None:
        return ()
    number, kind = place(working, first)
    found = [Phrase.of(f"feedback.working-wrong-{kind}", place=number, formula=shown(working.lines[first]))]
    later = working.states[first + 1 :]
    if later and all(state == "follows" for state in later):
        found.append(Phrase.of("feedback.working-follows"))
    return tuple(found)


def introduced(working: Working) -> tuple[Phrase, ...]:
    """What a hint begins with: how far the working is right, and where to look."""
    first = working.first
    if first is None:
        return ()
    number, kind = place(working, first)
    fields: dict[str, Field] = {"place": number, "before": number - 1}
    right = "some" if first and number > 2 else "one" if first and number == 2 else "none"
    return (Phrase.of(f"feedback.working-{right}-{kind}", **fields),)


def place(working: Working, index: int) -> tuple[int, str]:
    """The line of a claim, or which equals sign it stands behind where lines hold several."""
    numbers = [line.number for line in working.lines]
    if len(set(numbers)) == len(numbers):
        return numbers[index], "line"
    return index + 1, "step"


def shown(line: Line) -> Tree:
    """The claim as an equation."""
    return line.right if line.left is None else Relation(("=",), (line.left, line.right))


def sub_question(question: Question, line: Line) -> Question:
    """The question that a line answers: the asked one, or that for another derivative on the way."""
    left = line.left
    if not isinstance(left, Derivative) or left == question.goal or question.network is None:
        return question
    found = Question.about(question.network, left.by, left.of)  # type: ignore[arg-type]
    return replace(found, functions=question.functions, points=question.points, rubric=question.rubric)
