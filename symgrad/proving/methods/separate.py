"""Products whose factors speak of different names: compared name by name, then multiplied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Constant,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    substitute,
)  # fmt: skip
from symgrad.proving import kernel
from symgrad.proving.methods.doubt import fails
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.methods.terms import product
from symgrad.proving.problem import Problem
from symgrad.proving.tactics.goal import Goal, bare
from symgrad.proving.tactics.goal import factors_of as goal_factors
from symgrad.values.phrase import Phrase

MAX_GROUPS = 6


def entries(statement: Relation, here: kernel.Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """0 <= f_k <= g_k for each group of names, and so for the products."""
    (operator,), (a, b) = statement.operators, statement.operands
    if operator not in ("<", "<=", ">", ">="):
        return
    smaller, larger = (a, b) if operator in ("<", "<=") else (b, a)
    smaller, larger = (substitute(side, here.settled) for side in (smaller, larger))
    pairs = matched(smaller, larger)
    if pairs is None:
        yield from _peeled(smaller, larger, here, prove)
        return
    lemmas, there = [], here
    for f, g in pairs:
        for claim in (Relation(("<=",), (ZERO, f)), Relation(("<=",), (f, g))):
            if claim.operands[0] == claim.operands[1] or there.bounds(claim).decided(claim):
                continue
            if fails(claim, there) or (proof := prove(claim, there)) is None:
                return
            lemmas.append({"statement": to_data(claim), "proof": proof})
            there = there.with_assumption(claim)
    goal = Goal(operator, smaller, larger, there, there.bounds(smaller, larger))
    for unfold in (0, 2):
        try:
            last = goal.difference(ONE, telescope(pairs), unfold)()
        except CertificateError:
            continue
        yield {"rule": "have", "lemmas": lemmas, "proof": last} if lemmas else last


def _peeled(smaller: Tree, larger: Tree, here: kernel.Setting, prove: Prove) -> Iterator[Entry]:
    """A product below a number: the factors of one group of names together, all others by their ranges."""
    bounds = here.bounds(smaller, larger)
    limit, (c, factors) = bounds.enclose(larger), goal_factors(smaller)
    if limit.low is None or limit.low != limit.high or limit.low <= 0 or not c:
        return
    groups = _grouped(factors, here)
    sizes = [bounds.enclose(product(group)).magnitude().high for group in groups]
    for k, group in enumerate(groups) if len(groups) > 1 else ():
        rest = [size for j, size in enumerate(sizes) if j != k]
        if len(group) < 2 or not all(rest):
            continue
        share = limit.low / abs(c) / prod(size for size in rest if size is not None)
        claim = Relation(("<=",), (Apply(Name("abs"), (product([bare(f) for f in group]),)), Number(share)))
        if claim in here.used or bounds.decided(claim) or fails(claim, here):
            continue
        if (proof := prove(claim, here)) is None:
            continue
        there = here.with_assumption(claim)
        whole = product([Number(abs(c)), *(product(g) for g in groups)])
        goal = Goal("<=", smaller, larger, there, there.bounds(smaller, larger))
        last = goal.difference(ONE, Add((larger, Neg(whole))), 0)()
        yield {"rule": "have", "lemmas": [{"statement": to_data(claim), "proof": proof}], "proof": last}


def _grouped(factors: Sequence[Tree], here: kernel.Setting) -> list[list[Tree]]:
    """The factors by the names they speak of; a_4 = sigma(z_4) speaks of z_4."""
    called = {name: set(names_in(body)) for name, body in here.definitions if isinstance(body, Apply)}
    groups: list[tuple[set[Name], list[Tree]]] = []
    for factor in factors:
        names = {inner for name in names_in(factor) for inner in called.get(name, {name})}
        near = [g for g in groups if g[0] & names]
        joined = (names.union(*(g[0] for g in near)), [*(f for g in near for f in g[1]), factor])
        groups = [*(g for g in groups if g not in near), joined]
    return [members for _, members in groups]


def matched(smaller: Tree, larger: Tree) -> list[tuple[Tree, Tree]] | None:
    """Both sides as products over groups of names; None if fewer than two groups stand on both."""
    factors = [list(factors_of(side)) for side in (smaller, larger)]
    groups: list[set[Name]] = []
    for factor in (*factors[0], *factors[1]):
        names = set(names_in(factor))
        if names:
            near = [g for g in groups if g & names]
            groups = [*(g for g in groups if g not in near), set.union(names, *near)]
    if not 2 <= len(groups) <= MAX_GROUPS:
        return None
    pairs = list(_pairs(factors, [*groups, set()]))
    shared = [pair for pair in pairs if all(names_in(side) for side in pair)]
    return pairs if len(shared) > 1 else None


def _pairs(factors: Sequence[Sequence[Tree]], groups: Sequence[set[Name]]) -> Iterator[tuple[Tree, Tree]]:
    for group in groups:
        f, g = (product([x for x in side if _belongs(x, group)]) for side in factors)
        if (f, g) != (ONE, ONE):
            yield f, g


def _belongs(factor: Tree, group: set[Name]) -> bool:
    names = set(names_in(factor))
    return names <= group if group else not names


def factors_of(tree: Tree) -> Iterator[Tree]:
    """The factors of a product; an exponential of a sum is one, too."""
    match tree:
        case Mul(parts):
            for part in parts:
                yield from factors_of(part)
        case Pow(Constant("e"), exponent):
            yield from factors_of(Apply(Name("exp"), (exponent,)))
        case Apply(Name("exp"), (Add(terms),), 0, ()):
            for term in terms:
                yield Apply(Name("exp"), (term,))
        case Apply(Name("exp"), (Neg(Add(terms)),), 0, ()):
            for term in terms:
                yield Apply(Name("exp"), (Neg(term),))
        case Apply(Name("abs") as bars, (Mul(parts),), 0, ()):
            for part in parts:
                yield Apply(bars, (part,))
        case Pow(Mul(parts), Number() as n):
            for part in parts:
                yield Pow(part, n)
        case Div(a, b) if a != ONE:
            yield from factors_of(a)
            yield from (Div(ONE, factor) for factor in factors_of(b))
        case _:
            yield tree


def telescope(pairs: Sequence[tuple[Tree, Tree]]) -> Tree:
    """G_1 ... g_n - f_1 ... f_n as a sum of f_1 ... f_(k-1) (g_k - f_k) g_(k+1) ... g_n."""
    terms: list[Tree] = []
    for k, (f, g) in enumerate(pairs):
        if f != g:
            before, after = [p[0] for p in pairs[:k]], [p[1] for p in pairs[k + 1 :]]
            terms.append(product([*before, Add((g, Neg(f))), *after]))
    return ZERO if not terms else terms[0] if len(terms) == 1 else Add(tuple(terms))


def steps(
    problem: Problem, statement: Tree, entry: Mapping[str, object], here: kernel.Setting, word: Word
) -> Iterator[Phrase]:
    """Never asked: the entries are lemmas and a difference."""
    yield from ()


METHOD = Method("separate", (), entries, steps)
