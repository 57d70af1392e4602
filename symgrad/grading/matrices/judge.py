"""Answer with vectors and matrices -> Mark: shapes first, then the exact decision, then the slip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from symgrad.algebra import Decision, Misshapen
from symgrad.grading.matrices.desk import Desk, Room, desk_of
from symgrad.grading.matrices.diagnosis import Named, Search
from symgrad.grading.matrices.telling import hints, separated
from symgrad.grading.matrices.written import Meant, layered, meant, unresolved
from symgrad.grading.question import Question
from symgrad.grading.reading import Answer
from symgrad.grading.rubric import score
from symgrad.grading.working import Working, introduced, judge_working, sub_question
from symgrad.grading.working import said as described
from symgrad.notation.tree import ONE, Apply, Derivative, Elementwise, Name, Transpose, Tree, rebuild
from symgrad.values.mark import Mark
from symgrad.values.phrase import Phrase

NUMBER = (ONE, ONE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one reading of the names makes of the answer.

    state: equal, different, misshapen or unknown. why: where the shapes do not fit. raw: the answer as it
    was written, before products of vectors were read entry by entry.
    """

    state: str
    room: Room
    meant: Meant
    decision: Decision | None = None
    why: Misshapen | None = None
    raw: Tree = ONE


def judge_shaped(question: Question, answer: Answer, remarks: tuple[Phrase, ...]) -> Mark:
    """The verdict with its reasons and points."""
    desk = desk_of(question)
    tree = answer.tree if question.network is not None else layered(answer.tree)
    working = lines(desk, answer)
    if working is not None:
        tree = working.tree
    outcomes = [outcome(desk, room, tree) for room in desk.rooms_for(tree) if room is not None]
    misfits = sum(room is None for room in desk.rooms_for(tree))
    if not outcomes:
        room = desk.room_of_gold(tree)
        if room is None:
            return undecided("feedback.undecided-not-scalar", remarks)
        outcomes = [outcome(desk, room, tree)]
        misfits = 0
    states = {o.state for o in outcomes} | ({"misshapen"} if misfits else set())
    if "unknown" in states or ("equal" in states and len(states) > 1):
        if "equal" in states:
            return undecided("matrices.undecided-kinds", remarks)
        reason = next((o.decision.reason for o in outcomes if o.decision and o.state == "unknown"), "")
        known = reason and reason != "shapes"
        return undecided(f"feedback.undecided-{reason}" if known else "matrices.undecided-shape", remarks)
    first = outcomes[0]
    said = (*remarks, *elementwise(first.meant))
    if states == {"equal"}:
        return Mark("correct", points=question.points, remarks=(*said, *beside(desk, answer, first)))
    return replace(incorrect(question, first, working), remarks=said)


def undecided(reason: str, remarks: tuple[Phrase, ...]) -> Mark:
    """The mark that hands the answer to a person."""
    return Mark("undecided", evidence=(Phrase.of(reason),), remarks=remarks)


def lines(desk: Desk, answer: Answer) -> Working | None:
    """The lines of a derivation judged one by one."""
    if len(answer.lines) < 2 or desk.question.network is None:
        return None
    room = desk.rooms_for(answer.tree)[0]
    assert room is not None
    read = tuple(replace(line, right=meant(line.right, room.shape).tree) for line in answer.lines)
    return judge_working(desk.question, replace(answer, lines=read))


# -- the decision --------------------------------------------------------------------------------------------


def outcome(desk: Desk, room: Room, tree: Tree) -> Outcome:
    """What one reading makes of an answer, in every layout that is accepted."""
    understood = meant(tree, room.shape)
    if unresolved(understood.tree):
        return Outcome("unknown", room, understood)
    found: list[Outcome] = []
    for answer, gold in accepted(desk.question, room, understood.tree):
        each = replace(compared(room, replace(understood, tree=answer), gold), raw=tree)
        if each.state == "equal":
            return each
        found.append(each)
    states = {each.state for each in found}
    if "unknown" in states:
        return next(each for each in found if each.state == "unknown")
    whole = [each for each in found if each.decision is not None]
    return next((each for each in found if each.state == "different"), (*whole, *found)[0])


def compared(room: Room, understood: Meant, gold: Tree) -> Outcome:
    """One comparison."""
    tree = understood.tree
    try:
        mine, right = room.shape(tree), room.shape(gold)
    except Misshapen as misfit:
        return Outcome("misshapen", room, understood, why=misfit)
    except ArithmeticError:
        return Outcome("unknown", room, understood)
    decision = room.equal(tree, gold)
    if decision.verdict != "unknown":
        return Outcome(decision.verdict, room, understood, decision)
    if decision.reason != "shapes" or mine == right:
        return Outcome("unknown", room, understood, decision)
    if mine == NUMBER:  # a number for a vector of equal entries: not wrong, and not what was asked
        spread = Elementwise("*", tree, Apply(Name("ones"), right))
        if room.equal(spread, gold).verdict != "different":
            return Outcome("unknown", room, understood, decision)
    return Outcome("misshapen", room, understood, decision, Misshapen(tree, mine, right))


def accepted(question: Question, room: Room, tree: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Pairs of the answer and the gold, for every layout that the question accepts."""
    gold = room.gold
    turned = Transpose(gold) if room.shape_or_none(gold) != NUMBER else gold
    rows = in_rows(room, tree)
    match question.layout:
        case "jacobian" if question.goal is not None and not jacobian(question):
            yield rows, turned
            if rows != tree:
                yield tree, turned
        case "any":
            yield tree, gold
            yield tree, turned
            if rows != tree:
                yield rows, turned
        case _:
            yield tree, gold


def jacobian(question: Question) -> bool:
    """Whether a vector is differentiated: then both layouts are one."""
    goal, network = question.goal, question.network
    if goal is None or network is None or not isinstance(goal.of, Name):
        return False
    return bool(network.shapes.get(goal.of))


def in_rows(room: Room, tree: Tree) -> Tree:
    """The tree with the derivatives of a number as rows, as in numerator layout."""
    match tree:
        case Derivative(Name() as of, by) if not room.scope.shapes.get(of) and room.scope.shapes.get(by):
            return Transpose(tree)
        case Name() | Derivative():
            return tree
    return rebuild(tree, lambda child: in_rows(room, child))


# -- marks ---------------------------------------------------------------------------------------------------


def incorrect(question: Question, first: Outcome, working: Working | None) -> Mark:
    """The mark of a wrong answer."""
    asked, tree, room, earned = question, first.meant.tree, first.room, 0
    place = working.first if working is not None else None
    named: Named | None = None
    if working is not None and place is not None:
        asked, earned = sub_question(question, working.lines[place]), working.earned
        desk = desk_of(asked)
        inner = desk.rooms_for(working.trees[place])[0]
        if inner is not None:
            named = search(asked, inner, working.trees[place])
            if named.mistakes:
                room, tree = inner, working.trees[place]
            else:
                asked, named = question, None
    if named is None and first.meant.elementwise:
        raw = search(question, room, first.raw)
        named = raw if raw.mends else None
    named = named or search(question, room, tree)
    explained = working is None or place is None or working.once
    points = score(question, "incorrect", named.readings if explained else (), earned)
    told = hints(asked, room, tree, named)
    why = separated(question, first.decision, first.why)
    if working is not None:
        why = (*described(working), *why)
        told = tuple((*introduced(working), *level) for level in told)
    return Mark("incorrect", named.mistakes, points, why, hints=told)


def search(question: Question, room: Room, tree: Tree) -> Named:
    """The slips, in the layouts that the question accepts."""
    golds = tuple(dict.fromkeys(gold for _, gold in accepted(question, room, tree)))
    return Search(question, room, golds).run(tree)


def elementwise(understood: Meant) -> tuple[Phrase, ...]:
    """What was read entry by entry, and what from left to right."""
    entries = (
        Phrase.of("matrices.elementwise", product=tree) for tree in dict.fromkeys(understood.elementwise)
    )
    grouped = (Phrase.of("matrices.regrouped", product=tree) for tree in dict.fromkeys(understood.regrouped))
    return (*entries, *grouped)


def beside(desk: Desk, answer: Answer, first: Outcome) -> tuple[Phrase, ...]:
    """What a correct answer should still be told: its left side, and links that do not hold."""
    found: list[Phrase] = []
    goal, left = desk.question.goal, answer.left
    if isinstance(left, Derivative) and goal is not None and left != goal:
        found.append(Phrase.of("feedback.left-side", left=left, goal=goal))
    for link in answer.links:
        if link != goal and outcome(desk, first.room, link).state in ("different", "misshapen"):
            found.append(Phrase.of("feedback.broken-link", link=link))
    return tuple(found)
