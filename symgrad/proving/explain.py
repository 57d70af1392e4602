"""Proofs for people: phrases whose formulas are trees, made from the entry that the kernel accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.functions.facts import range_fact, slope_fact, slope_in_value
from symgrad.functions.questionnaire import End, Function, Range
from symgrad.functions.registry import VALUE
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    BigOp,
    Derivative,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    names_in,
    substitute,
    walk,
)
from symgrad.proving.bounded import by_size
from symgrad.proving.estimate import entry_steps
from symgrad.proving.extremes import extremes
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.domain import conditions
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.written import spelled_out
from symgrad.proving.places import tidy
from symgrad.proving.problem import Problem
from symgrad.proving.spelling import shown
from symgrad.proving.tactics.goal import factors_of, product
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Field, Phrase

Entry = Mapping[str, Any]
Gradients = Mapping[Derivative, Derivation]


def steps(problem: Problem, entry: Entry, used: Sequence[Tree], gradients: Gradients) -> tuple[Phrase, ...]:
    """The proof, one phrase a step: gradients written out, facts about the functions, then the estimate."""
    here = problem.setting(used)
    if here.shapes:
        return tuple(renamed(problem, p) for p in entry_steps(problem, problem.statement, entry, here))
    tokens = list(token_steps(problem))
    estimate = list(entry_steps(problem, problem.statement, entry, here))
    facts = list(fact_steps(problem, entry, here.bounds(problem.statement)))
    needed = where(problem, problem.pieces)
    last = (Phrase.of("proofs.where", conditions=needed),) if needed else ()
    if [step.id for step in estimate] in (["proofs.monotone"], ["proofs.through-value"]):
        facts = []  # these speak of the values taken here, not of the whole range
    said = {
        one for fact in facts if fact.id == "proofs.fact" for one in _comparisons(dict(fact.fields)["bound"])
    }
    new = [p for p in estimate if p.id != "proofs.range-of" or dict(p.fields)["line"] not in said]
    every = (*dict.fromkeys((*tokens, *facts)), *new, *last)
    return tuple(renamed(problem, phrase) for phrase in every)


def _comparisons(bound: Field) -> Iterator[Tree]:
    """A range, and its two ends with the value in front."""
    if isinstance(bound, Relation):
        yield bound
        for operator, a, b in zip(bound.operators, bound.operands, bound.operands[1:], strict=False):
            yield Relation((operator,), (a, b))
            yield Relation((MIRROR[operator],), (b, a))


def where(problem: Problem, used: Sequence[Tree]) -> tuple[Tree, ...]:
    """What an equality needs for both its sides to be defined, beyond the assumptions."""
    if problem.question.shapes:
        return ()
    equal = (isinstance(n, Relation) and "=" in n.operators for n in walk(problem.statement))
    if not any(equal):
        return ()
    bounds = problem.setting(used).bounds(problem.statement)
    reached = set(names_in(problem.statement))
    bodies = []
    for name, body in reversed(problem.definitions):
        if name in reached:
            reached.update(names_in(body))
            bodies.append(body)
    found: dict[Tree, Tree] = {}
    for tree in (spelled_out(problem.claim.statement, problem.functions), problem.statement, *bodies):
        for condition in conditions(tree, problem.functions):
            written = problem.written(condition)
            if isinstance(written, Relation) and not _implied(bounds, written):
                found.setdefault(written, _solved(condition, bounds))
    return tuple(found.values())


def _implied(bounds: Bounds, condition: Relation) -> bool:
    """Whether a condition is known to hold; one that nothing can be said about is not."""
    try:
        return bounds.implies(condition)
    except CertificateError:
        return False


def _solved(condition: Relation, bounds: Bounds) -> Tree:
    """X != 1 for x - 1 != 0; other conditions as they are."""
    (operator,), (a, b) = condition.operators, condition.operands
    if operator != "!=" or isinstance(a, Derivative):
        return condition
    try:
        value = bounds.normal(Add((a, Neg(b))))
    except CertificateError:
        return condition
    match [(dict(m), c) for m, c in value.numerator.items() if m]:
        case [(powers, c)] if len(powers) == 1:
            ((x, n),) = powers.items()
            rest = value.numerator.get(frozenset(), ZERO.value)
            if n == 1 or not rest:
                return Relation(("!=",), (x, Number(-rest / c)))
    return condition


def token_steps(problem: Problem) -> Iterator[Phrase]:
    """What losses and products stand for; how the derivative tokens are related, or what each stands for."""
    for node in walk(problem.claim.statement):
        named = isinstance(node, BigOp) or (isinstance(node, Apply) and len(node.arguments) > 1)
        if named and (body := spelled_out(node, problem.functions)) != node:
            yield Phrase.of("proofs.token", equation=Relation(("=",), (node, body)))
    tokens = list(dict.fromkeys(n for n in walk(problem.claim.statement) if isinstance(n, Derivative)))
    out = {token: factors_of(problem.written(token)) for token in tokens}
    if len(tokens) == 2:
        for long, short in (tokens, tokens[::-1]):
            (c, factors), (d, tail) = out[long], out[short]
            if tail and d and factors[-len(tail) :] == tail and len(factors) > len(tail):
                head = product(c / d, factors[: -len(tail)])
                equation = Relation(("=",), (long, Mul((*(_parts(head)), short))))
                start = next((n for n, body in problem.definitions if short.by in names_in(body)), short.by)
                yield Phrase.of("proofs.shared-tail", equation=equation, start=start)
                return
    for token in tokens:
        c, factors = out[token]
        yield Phrase.of("proofs.token", equation=Relation(("=",), (token, product(c, factors))))


def _parts(tree: Tree) -> tuple[Tree, ...]:
    return tree.factors if isinstance(tree, Mul) else (tree,)


def fact_steps(problem: Problem, entry: Entry, bounds: Bounds) -> Iterator[Phrase]:
    """`0 < sigma'(z) <= 1/4` with its reason, once for each function whose range the proof uses."""
    seen: dict[tuple[Name, int], dict[Apply, None]] = {}
    bodies = dict(problem.definitions)
    for tree in stated(entry):
        for node in walk(shown(problem, tree)):
            body = bodies.get(node) if isinstance(node, Name) else None
            if isinstance(body, Apply) and len(body.arguments) == 1:
                yield Phrase.of("proofs.token", equation=Relation(("=",), (node, body)))
                node = body
            if isinstance(node, Apply) and len(node.arguments) == 1 and node.function != ABS:
                seen.setdefault((node.function, node.order), {})[node] = None
    for nodes in seen.values():
        yield from _fact(problem, list(nodes))
        for node in nodes:
            if (even := by_size(node, problem, bounds)) is not None:
                yield Phrase.of("proofs.even-slope", line=even)


FACT_LETTERS = ("z", "x", "t", "u")


def _letter(problem: Problem, nodes: Sequence[Apply]) -> Tree:
    """The argument itself where there is one; else a letter for all of them: z for z_1, z_2."""
    arguments = list(dict.fromkeys(node.arguments[0] for node in nodes))
    if len(arguments) == 1 and isinstance(arguments[0], Name) and not arguments[0].indices:
        return arguments[0]
    taken = set(names_in(problem.statement))
    stems = [n.stem for a in arguments for n in (a,) if isinstance(n, Name)]
    return next((Name(c) for c in (*stems[:1], *FACT_LETTERS) if Name(c) not in taken), arguments[0])


def _sides(problem: Problem, nodes: Sequence[Apply]) -> tuple[bool, bool]:
    """Which ends the claim is about: both, unless it only says that one value is below or above a number."""
    match problem.statement:
        case Relation((operator,), (a, b)) if len(nodes) == 1 and operator not in ("=", "!="):
            if shown(problem, a) == nodes[0] and not factors_of(b)[1]:
                return operator in (">", ">="), operator in ("<", "<=")
            if shown(problem, b) == nodes[0] and not factors_of(a)[1]:
                return operator in ("<", "<="), operator in (">", ">=")
    return True, True


def _fact(problem: Problem, nodes: Sequence[Apply]) -> Iterator[Phrase]:
    """The ends of a range with their reasons; nothing that the kernel did not derive itself."""
    function, order = nodes[0].function, nodes[0].order
    name = known.resolve(function, problem.functions)
    found = registry.lookup(name) if name else None
    if found is None:
        return
    ends = None if order > 1 else found.derivative_range if order else found.range
    argument = _letter(problem, nodes)
    node = Apply(function, (argument,), order)
    low, high = _sides(problem, nodes)
    if ends is None:
        yield from extremes(found.name, node, low, high)
    if ends is None or not _derived(found.name, order, ends):
        return
    kept = Range(ends.low if low else NO_END, ends.high if high else NO_END)
    bound = _range_relation(node, kept)
    if bound is None:
        return
    yield from _reasons(found, node, kept)
    generic = argument not in {n.arguments[0] for n in nodes} and isinstance(argument, Name)
    if generic:
        yield Phrase.of("proofs.fact-every", bound=bound, letter=argument)
    else:
        yield Phrase.of("proofs.fact", bound=bound)


NO_END = End(None)


def _reasons(found: Function, node: Apply, ends: Range) -> Iterator[Phrase]:
    """Why each end holds; a slope that is a formula in the value says so first."""
    (argument,) = node.arguments
    said = ""
    slope = slope_in_value(found) if node.order else None
    if slope is not None and found.range is not None and found.derivative_range is not None:
        _, fields = slope_fact(found, found.derivative_range.high, argument, node.function)
        letter = fields["s"]
        written = Relation(("=",), (node, substitute(slope, {VALUE: letter})))
        values = _range_relation(letter, found.range)
        if values is not None and any(
            end.value is not None and end.certificate for end in (ends.low, ends.high)
        ):
            definition = fields["definition"]
            yield Phrase.of("proofs.values", bound=values, equation=written, definition=definition)
    for end in (ends.low, ends.high) if node.order else (ends.high, ends.low):
        if end.value is None or (end is ends.low and not node.order and ends.high.value is not None):
            continue
        key, fields = (slope_fact if node.order else range_fact)(found, end, argument, node.function)
        if key != said:
            said, side = key, -1 if end is ends.low else 1
            short = {k: tidy(v.value, side) if isinstance(v, Number) else v for k, v in fields.items()}
            yield Phrase.of(key, **short)


def _derived(name: str, order: int, ends: Range) -> bool:
    """Whether the kernel's own range is within the stated one."""
    own = function_range(name, order)
    low, high = ends.low, ends.high
    above = low.value is None or (own.low is not None and own.low >= low.value)
    below = high.value is None or (own.high is not None and own.high <= high.value)
    if low.value is not None and own.low == low.value and own.low_closed and not low.closed:
        return False
    if high.value is not None and own.high == high.value and own.high_closed and not high.closed:
        return False
    return above and below


def _range_relation(tree: Tree, stated: Range) -> Relation | None:
    """Low < tree <= high."""
    low, high = stated.low, stated.high
    operators, operands = [], [tree]
    if low.value is not None and high.value is None:
        return Relation((">=" if low.closed else ">",), (tree, tidy(low.value, -1)))
    if low.value is not None:
        operators.append("<=" if low.closed else "<")
        operands.insert(0, tidy(low.value, -1))
    if high.value is not None:
        operators.append("<=" if high.closed else "<")
        operands.append(tidy(high.value, 1))
    return Relation(tuple(operators), tuple(operands)) if operators else None


def stated(entry: Any, keys: Sequence[str] = ("difference",)) -> Iterator[Tree]:
    """The trees that an entry speaks of, however deep; the slopes that its mean values rest on."""
    if isinstance(entry, Mapping):
        at = (
            [from_data(tree) for tree in entry["at"]] if entry.get("fact") in ("mean-value", "secant") else []
        )
        if at and isinstance(at[0], Apply):
            yield Apply(at[0].function, (Name("t"),), 1)
        for key, value in entry.items():
            if key in keys:
                yield from_data(value)
            else:
                yield from stated(value, keys)
    elif isinstance(entry, list | tuple):
        for value in entry:
            yield from stated(value, keys)


def renamed(problem: Problem, phrase: Phrase) -> Phrase:
    """The phrase with functions called as the claim calls them."""

    def change(value: Field) -> Field:
        if isinstance(value, tuple):
            return tuple(shown(problem, tree) for tree in value)
        return value if isinstance(value, str | int) else shown(problem, value)

    return Phrase(phrase.id, tuple((key, change(value)) for key, value in phrase.fields))
