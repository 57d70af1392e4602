"""Proofs for people: phrases whose formulas are trees, made from the entry that the kernel accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.functions.facts import range_fact, slope_fact
from symgrad.functions.questionnaire import Range
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
    walk,
)
from symgrad.proving.estimate import entry_steps
from symgrad.proving.extremes import extremes
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.domain import conditions, implied
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.written import spelled_out
from symgrad.proving.problem import Problem
from symgrad.proving.spelling import shown
from symgrad.proving.tactics.goal import factors_of, product
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase

Entry = Mapping[str, Any]
Gradients = Mapping[Derivative, Derivation]


def steps(problem: Problem, entry: Entry, used: Sequence[Tree], gradients: Gradients) -> tuple[Phrase, ...]:
    """The proof, one phrase a step: gradients written out, facts about the functions, then the estimate."""
    here = problem.setting(used)
    if here.shapes:
        return tuple(entry_steps(problem, problem.statement, entry, here))
    tokens = list(token_steps(problem))
    estimate = list(entry_steps(problem, problem.statement, entry, here))
    facts = list(fact_steps(problem, entry))
    needed = where(problem, problem.pieces)
    last = (Phrase.of("proofs.where", conditions=needed),) if needed else ()
    known_already = {dict(fact.fields)["bound"] for fact in facts if fact.id == "proofs.fact"}
    new = [p for p in estimate if p.id != "proofs.range-of" or dict(p.fields)["line"] not in known_already]
    return (*dict.fromkeys((*tokens, *facts)), *new, *last)


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
            if isinstance(written, Relation) and not implied(written, bounds):
                found.setdefault(written, _solved(condition, bounds))
    return tuple(found.values())


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


def fact_steps(problem: Problem, entry: Entry) -> Iterator[Phrase]:
    """`0 < sigma'(z) <= 1/4` with its reason, once for each function whose range the proof uses."""
    seen: dict[tuple[Name, int], Apply] = {}
    bodies = dict(problem.definitions)
    for tree in stated(entry, ("difference",)):
        for node in walk(shown(problem, tree)):
            body = bodies.get(node) if isinstance(node, Name) else None
            if isinstance(body, Apply) and len(body.arguments) == 1:
                yield Phrase.of("proofs.token", equation=Relation(("=",), (node, body)))
                node = body
            if isinstance(node, Apply) and len(node.arguments) == 1 and node.function != ABS:
                seen.setdefault((node.function, node.order), node)
    for node in seen.values():
        yield from _fact(problem, node)


def _fact(problem: Problem, node: Apply) -> Iterator[Phrase]:
    """Both ends of a range with their reasons; nothing that the kernel did not derive itself."""
    function, order = node.function, node.order
    name = known.resolve(function, problem.functions)
    found = registry.lookup(name) if name else None
    ends = None if found is None or order > 1 else found.derivative_range if order else found.range
    if found is not None and ends is None:
        yield from extremes(found.name, node)
    if found is None or ends is None or not _derived(found.name, order, ends):
        return
    argument = Name("z") if any(n.stem == "z" for n in names_in(node)) else node.arguments[0]
    bound = _range_relation(Apply(function, (argument,), order), ends)
    if bound is None:
        return
    said = ""
    for end in (ends.high, ends.low):
        if end.value is None or (end is ends.low and not order and ends.high.value is not None):
            continue
        key, fields = (slope_fact if order else range_fact)(found, end, argument, function)
        if key == said:
            continue
        said, inside = key, found.range
        if order and end is ends.low and end.certificate and inside is not None:
            letter = fields["s"]
            if (values := _range_relation(letter, inside)) is not None:
                yield Phrase.of("proofs.values", bound=values, value=fields["value"])
        yield Phrase.of(key, **fields)
    yield Phrase.of("proofs.fact", bound=bound)


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
    if low.value is not None:
        operators.append("<=" if low.closed else "<")
        operands.insert(0, Number(low.value))
    if high.value is not None:
        operators.append("<=" if high.closed else "<")
        operands.append(Number(high.value))
    return Relation(tuple(operators), tuple(operands)) if operators else None


def stated(entry: Entry, keys: Sequence[str] = ("difference", "common")) -> Iterator[Tree]:
    """The trees that an entry speaks of."""
    for key in keys:
        if key in entry:
            yield from_data(entry[key])
    for inner in (*entry.get("parts", ()), *([entry["proof"]] if "proof" in entry else ())):
        yield from stated(inner, keys)
