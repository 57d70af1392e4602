"""Answers about chains of symbolic depth: right by one form of all ranges, wrong by a definite chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from time import process_time

from symgrad.algebra import Decision, algebra_of
from symgrad.algebra.decide import _FAILURES, reason_of
from symgrad.algebra.ranges import Backwards, Limits, Ranges, limits_at
from symgrad.arithmetic.written_out import rational, written_out
from symgrad.calculus.depth_plan import make_plan
from symgrad.calculus.derive import derive
from symgrad.errors import InputError, SymgradError
from symgrad.grading.depth_edits import depth_edits
from symgrad.grading.depth_working import first_false, holds, meanings, refuted
from symgrad.grading.diagnosis import diagnose
from symgrad.grading.feedback import evidence, hints
from symgrad.grading.forms import has_form
from symgrad.grading.question import Question
from symgrad.grading.reading import Answer
from symgrad.grading.rubric import score
from symgrad.grading.working import shown
from symgrad.network.graph import instantiate
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.places import at, distance, letters_of
from symgrad.notation.tree import (
    Apply,
    BigOp,
    Derivative,
    Mul,
    Name,
    Number,
    Pow,
    Relation,
    Tree,
    number,
    rebuild,
    substitute,
    walk,
)
from symgrad.values.mark import Mark, Mistake
from symgrad.values.phrase import Phrase

EXPANSIONS = 8
"""So often the tokens in the values of tokens are replaced."""
MAX_EDITS = 80
"""So many slips are tried before the answer is compared in a definite chain."""
SECONDS = 0.75
"""Of work for naming a slip at symbolic indices; a definite chain names it else."""
LAYERS = (2, 3, 4, 1, 5)
"""How many layers the chains have in which a wrong answer is looked for."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A chain of definite depth in which the answer differs from the gradient."""

    question: Question
    answer: Tree
    decision: Decision
    values: Mapping[str, int]


class Bench:
    """One question about a chain of symbolic depth."""

    def __init__(self, question: Question, network: SymbolicNetwork) -> None:
        goal = question.goal
        assert goal is not None and isinstance(goal.of, Name)
        self.question, self.network, self.goal = question, network, goal
        plan = make_plan(network, goal.by, goal.of)
        layers = distance(network.high, Name(network.depth)) or 0
        first = number(int(network.low.value) + layers)
        self.relations = (Relation(("<=",), (first, Name(network.depth))), *plan.ranges)
        self.limits = Limits.of(self.relations)
        self.tokens: dict[Derivative, Tree] = {}

    def ranges(self) -> Ranges:
        """A fresh place for forms."""
        return Ranges(self.question.bindings, self.limits)

    def filled(self, tree: Tree, kept: frozenset[Derivative] = frozenset(), lines: bool = False) -> Tree:
        """The tree with the values of derivative tokens, and activations for the names of their values.

        Args:
            tree: any formula about the chain.
            kept: tokens to leave alone.
            lines: also open lines that apply an activation and more, such as a skip connection.
        """
        for _ in range(EXPANSIONS):
            swaps: dict[Tree, Tree] = {
                node: value
                for node in self.tokens_in(tree)
                if node not in kept and (value := self.value_of(node)) != node
            }
            if not swaps:
                break
            tree = substitute(tree, swaps)
        return self.opened(tree, self.limits, lines)

    @staticmethod
    def tokens_in(tree: Tree) -> set[Derivative]:
        """The derivative tokens of a tree."""
        return {
            n for n in walk(tree) if isinstance(n, Derivative) and isinstance(n.of, Name) and n.order == 1
        }

    def adjoints(self, *trees: Tree) -> tuple[frozenset[Derivative], frozenset[Derivative]]:
        """The adjoints a recursion gives, and those it is left in: of the highest layer, or summed over."""
        tokens = {token for tree in trees for token in self.tokens_in(tree)}
        for token in list(tokens):
            tokens |= (
                self.tokens_in(self.value_of(token)) if token.by.stem not in self.network.states else set()
            )
        handed = {token for token in tokens if self.recursive(token)}
        free = [token for token in handed if letters_of(token.by) <= self.question.letters]
        places = dict.fromkeys(token.by.indices[0] for token in free)
        tops = [p for p in places if not any((distance(p, other) or 0) > 0 for other in places)]
        goals = {token.of for token in handed}
        states = self.network.states
        kept = {Derivative(of, Name(state, (top,))) for of in goals for top in tops for state in states}
        return frozenset(handed), frozenset((handed - set(free)) | kept)

    def recursive(self, token: Derivative) -> bool:
        """Whether a token is an adjoint that only the next layer's adjoints give."""
        inner = token.by.stem in self.network.states and len(token.by.indices) == 1
        return inner and bool(self.tokens_in(self.value_of(token)))

    def value_of(self, token: Derivative) -> Tree:
        """The gradient that a token stands for; itself where there is none."""
        if token not in self.tokens:
            assert isinstance(token.of, Name)
            try:
                found = derive(self.network, token.by, token.of)
                values = dict(found.kept)
                parts = [values.get(f, f) if isinstance(f, Derivative) else f for f in found.factors]
                self.tokens[token] = parts[0] if len(parts) == 1 else Mul(tuple(parts))
            except SymgradError:
                self.tokens[token] = token
        return self.tokens[token]

    def opened(self, tree: Tree, limits: Limits, lines: bool = False) -> Tree:
        """sigma(z_k) for a_k, wherever k surely lies in the loop."""
        match tree:
            case BigOp(_, body, index, low, high):
                return replace(tree, body=self.opened(body, limits.within(index, low, high), lines))
            case Name(stem, (place,)) if stem in self.network.made and self.inside(place, limits):
                line = next(line for line in self.network.block if line.target.stem == stem)
                applied = isinstance(line.body, Apply) and len(line.body.arguments) == 1
                if applied or (lines and any(isinstance(node, Apply) for node in walk(line.body))):
                    return at(line.body, {self.network.letter: place})
                return tree
            case Name():
                return tree
        return rebuild(tree, lambda child: self.opened(child, limits, lines))

    def inside(self, place: Tree, limits: Limits) -> bool:
        """Whether an index is never below the loop's first."""
        from symgrad.notation.places import gap

        form = gap(self.network.low, place)
        least = None if form is None else limits.least(form)
        return least is not None and least >= 0

    def same(self, answer: Tree, other: Tree, fully: bool = True) -> tuple[Relation, ...] | None:
        """Where two answers agree: () for everywhere, None if it is not known that they do."""
        ranges = self.ranges()
        try:
            trees = ranges.directed(answer), ranges.directed(other)
            handed, kept = self.adjoints(*trees)
            for tokens, lines in (
                ((handed, False), (kept, False), (kept, True)) if fully else ((handed, False),)
            ):
                left, right = (self.filled(tree, tokens, lines) for tree in trees)
                if ranges.same(left, right):
                    return tuple(dict.fromkeys(ranges.needed))
            return None
        except (Backwards, *_FAILURES):
            return None

    # -- chains of definite depth --------------------------------------------------------------------------

    def instances(self, answer: Tree) -> Iterator[tuple[Question, Tree, dict[str, int]]]:
        """The question and the answer in chains of a few layers, the free letters at every place."""
        ranges = self.ranges()
        directed = ranges.directed(answer)
        ranges.of(self.filled(directed, self.adjoints(directed)[0]))
        bare = self.network.shielded
        letters = sorted((letters_of(bare(self.goal)) | letters_of(bare(directed))) - {self.network.depth})
        shift = distance(self.network.high, Name(self.network.depth)) or 0
        first = int(self.network.low.value)
        for layers in LAYERS:
            depth = first + layers - 1 + shift
            for places in product(range(first, first + layers), repeat=len(letters)):
                values = {self.network.depth: depth, **dict(zip(letters, places, strict=True))}
                if not limits_at((*self.relations, *ranges.needed), values):
                    continue
                goal = self.network.bared(instantiate(bare(self.goal), values))
                assert isinstance(goal, Derivative) and isinstance(goal.of, Name)
                try:
                    chain = self.network.at_depth(depth)
                except InputError:  # the lines outside the loop need more layers
                    continue
                own = self.question
                settings = {"functions": own.functions, "points": own.points, "rubric": own.rubric}
                yield (
                    Question.about(chain, goal.by, goal.of, **settings),
                    self.concrete(directed, values),
                    values,
                )

    def concrete(self, tree: Tree, values: Mapping[str, int]) -> Tree:
        """A tree with numbers for its letters and its big operators written out."""
        bare = instantiate(self.network.shielded(tree), values)
        return self.network.bared(folded(written_out(folded(bare))))

    def differing(self, answer: Tree) -> Iterator[Instance]:
        """The chains in which the answer is certainly another number than the gradient."""
        for question, tree, values in self.instances(answer):
            names = {node for node in walk(tree) if isinstance(node, Name) and node.indices}
            assert question.network is not None
            if any(n.stem in self.network.families and n not in question.network.names for n in names):
                continue
            decision = algebra_of(question.scope).equal(tree, question.gold)
            if decision.verdict == "different":
                yield Instance(question, tree, decision, values)


def folded(tree: Tree) -> Tree:
    """Exponents of numbers as one number."""
    tree = rebuild(tree, folded)
    match tree:
        case Pow(base, exponent) if (value := rational(exponent)) is not None:
            return Pow(base, Number(value))
    return tree


def judge_symbolic(
    question: Question, network: SymbolicNetwork, answer: Answer, remarks: tuple[Phrase, ...]
) -> Mark:
    """The verdict about an answer for a chain of symbolic depth."""
    bench = Bench(question, network)
    remarks = (*remarks, *reused(answer.tree))
    if answer.stated:
        for meant in meanings(bench, answer):
            lines = [replace(x, left=x.left and substitute(x.left, meant), right=substitute(x.right, meant))
                     for x in answer.stated]  # fmt: skip
            if all(holds(bench, line) for line in lines):
                answer = replace(answer, tree=substitute(answer.tree, meant), stated=())
                break
        else:
            return by_own_lines(bench, answer, remarks)
    agreed = bench.same(answer.tree, question.gold)
    if agreed is not None:
        said = tuple(Phrase.of("feedback.depth-range", range=relation) for relation in agreed)
        if not has_form(answer.tree, question.form):
            said = (*said, Phrase.of(f"feedback.form-{question.form}"))
        return Mark("correct", points=question.points, remarks=(*remarks, *said))
    try:
        found = next(bench.differing(answer.tree), None)
    except Backwards:
        found = None
    except _FAILURES as failure:
        reason = reason_of(failure)
        return Mark("undecided", evidence=(Phrase.of(f"feedback.undecided-{reason}"),), remarks=remarks)
    if found is None:
        why = (Phrase.of("feedback.undecided-symbolic-range"),)
        return Mark("undecided", evidence=why, remarks=remarks)
    return incorrect(bench, answer, found, remarks)


def reused(tree: Tree) -> Iterator[Phrase]:
    """A remark for a running index whose letter also stands in its limits."""
    for node in walk(tree):
        if isinstance(node, BigOp) and Name(node.index) in (*walk(node.low), *walk(node.high)):
            yield Phrase.of("feedback.letter-twice", letter=Name(node.index))


def by_own_lines(bench: Bench, answer: Answer, remarks: tuple[Phrase, ...]) -> Mark:
    """The mark of an answer with a line not known to hold: wrong only if its value is."""
    line = first_false(bench, answer.stated)
    try:
        wrong = not answer.mixed and refuted(bench, answer.tree, answer.stated)
    except (Backwards, *_FAILURES):
        wrong = False
    where = line.number
    if not wrong:
        why = (Phrase.of("feedback.working-unsettled-line", place=where, formula=shown(line)),)
        return Mark("undecided", evidence=why, remarks=remarks)
    said = (Phrase.of("feedback.working-wrong-line", place=where, formula=shown(line)),)
    look = (Phrase.of("feedback.working-none-line", place=where),)
    points = score(bench.question, "incorrect", ())
    return Mark("incorrect", (), points, said, hints=(look, look, said), remarks=remarks)


def incorrect(bench: Bench, answer: Answer, found: Instance, remarks: tuple[Phrase, ...]) -> Mark:
    """The mark of a wrong answer: a wrong range by its mended form, all else as in the definite chain."""
    where = tuple(Relation(("=",), (Name(key), number(value))) for key, value in found.values.items())
    why = (Phrase.of("feedback.at-depth", values=where), *evidence(found.question, found.decision))
    named = named_range(bench, answer.tree)
    if named is not None:
        points = score(bench.question, "incorrect", ((named,),))
        said = hints(bench.question, (named,))
        return Mark("incorrect", (named,), points, why, hints=said, remarks=remarks)
    slips = diagnose(found.question, found.answer)
    spoken = slips.readings[0] if slips.readings else ()
    points = score(bench.question, "incorrect", slips.readings)
    told = tuple((why[0], *level) for level in hints(found.question, spoken))
    return Mark("incorrect", slips.mistakes, points, why, hints=told, remarks=remarks)


def named_range(bench: Bench, tree: Tree) -> Mistake | None:
    """The one slip at symbolic indices that explains the answer: a range, a sum for a product, an index."""
    gold = bench.question.gold
    end = process_time() + SECONDS
    for mistake, mended in islice(depth_edits(tree, gold), MAX_EDITS):
        if process_time() > end:
            break
        if bench.same(mended, gold, fully=False) is not None:
            return mistake
    return None
