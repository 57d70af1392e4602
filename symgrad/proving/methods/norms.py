"""Norms: how arrays are made of others, read off their expressions; the rest is about numbers."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Elementwise,
    Mul,
    Name,
    Neg,
    Relation,
    Tree,
    names_in,
    number,
)  # fmt: skip
from symgrad.proving.kernel.evaluate import Value, evaluate, truth
from symgrad.proving.kernel.rules.arrays import builder
from symgrad.proving.kernel.rules.norms import NORM, OPNORM, Node, posed, sides
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.entries import usable
from symgrad.proving.methods.making import Making, lengths_in
from symgrad.proving.methods.method import Entry, Method, Prove
from symgrad.proving.methods.norms_words import steps
from symgrad.proving.problem import Problem

POINTS = 200
SAMPLES = tuple(map(Fraction, ("0", "1", "1/2", "2", "3", "1/4", "1/8", "1", "5")))
Skeleton = tuple[Node | None, tuple[Node, ...], bool]


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """Entries without and with the equations among the assumptions; the rest proved as one of numbers."""
    equations = usable(here)
    for using in ((), *([equations] if equations else ())):
        for node, facts, definitions in _skeletons(statement, here, problem, using):
            if problem.late:
                return
            entry = {"rule": "norms", "node": node, "facts": list(facts), "definitions": definitions}
            with suppress(CertificateError):
                yield filled(statement, {**copy.deepcopy(entry), "using": list(using)}, here, prove)


def filled(statement: Tree, entry: dict[str, Any], here: Setting, prove: Prove) -> Entry:
    """The entry with all its inner proofs; CertificateError where one is not found."""

    def inner(claim: Tree, holder: Node, key: str, there: Setting) -> None:
        found = prove(claim, there) if plausible(claim, there) else None
        if found is None:
            raise CertificateError("certificate-rule")
        holder[key] = found  # type: ignore[index]

    claim, there = posed(statement, entry, here, inner)
    inner(claim, entry, "proof", there)
    return entry


def plausible(claim: Tree, here: Setting) -> bool:
    """Whether no small numbers with the known properties contradict the claim: else a search is in vain."""
    names = list(dict.fromkeys(n for tree in (claim, *here.used) for n in names_in(tree)))
    lines = [(name, body) for name, body in here.definitions if name in names]
    free = [n for n in names if n not in dict(lines)]
    signed = [n for n in free if Relation((">=",), (n, ZERO)) not in here.used]
    source = random.Random(1)
    for _ in range(POINTS):
        values: dict[Tree, Value] = {n: source.choice(SAMPLES) for n in free}
        values |= {n: -v if source.random() < 0.4 else v for n in signed if (v := values[n])}
        with suppress(CertificateError):
            for name, body in lines:
                values[name] = evaluate(body, values, here.functions)
            if all(truth(fact, values, here.functions) is True for fact in here.used):
                if truth(claim, values, here.functions) is False:
                    return False
    return True


def _skeletons(
    statement: Relation, here: Setting, problem: Problem, using: Sequence[Any]
) -> Iterator[Skeleton]:
    """The finest first: by the left side's making, then as numbers, then with facts."""
    try:
        _, which, inside, limit = sides(statement)
    except CertificateError:
        which, inside, limit = NORM, None, statement
    build = builder(here, False, using)
    known = [*lengths_in(limit), *(n for used in here.used for n in lengths_in(used))]
    search = Making(here, problem, build, _kept(build, known))
    if inside is not None and not (isinstance(inside, Add) and not search.shape(inside)):
        for definitions in (False, True):
            for node in replace(search, expand=definitions).nodes(inside, which):
                yield node, (), definitions
        for node in search.projections(limit):
            for definitions in (False, True):
                yield node, (), definitions
    facts = tuple(_facts(statement, search))
    plain = tuple(f for f in facts if f["by"] in ("equal", "gram"))
    yield None, (), True
    if plain:
        yield None, plain, True
    for definitions in (False, True):
        found = tuple(replace(search, expand=definitions).facts(statement))
        if found:
            yield None, (*found, *plain), definitions
    if len(facts) > len(plain):
        yield None, facts, True


def _kept(build: Any, known: Sequence[Apply]) -> Mapping[Any, Name]:
    found = {}
    for node in known:
        with suppress(CertificateError):
            found.setdefault(build.key(node.arguments[0]), node.function)
    return found


def _facts(statement: Tree, search: Making) -> Iterator[Node]:
    """|A|^2 = |A^T A|; entries of softmax that add up to 1; squares that are at most what is squared."""
    shapes: dict[Tree, None] = {}
    for length in lengths_in(statement):
        (inside,) = length.arguments
        if length.function == OPNORM:
            yield {"by": "gram", "of": to_data(inside)}
        shapes.setdefault(inside)
    vectors = dict.fromkeys(v for tree in shapes for v in _terms(tree))
    for vector in vectors:
        if search.adds_up_to_one(vector):
            total = Apply(Name("sum"), (vector,))
            yield {"by": "equal", "left": to_data(total), "right": to_data(number(1))}
    for inside in shapes:
        parts = _terms(inside)
        if all(search.is_share(part) for part in parts):
            square = Elementwise("^", inside, number(2))
            right: Tree = parts[0] if len(parts) == 1 else Add(tuple(parts))
            yield {"by": "entrywise", "left": to_data(square), "right": to_data(right)}


def _terms(tree: Tree) -> list[Tree]:
    parts = tree.terms if isinstance(tree, Add) else (tree,)
    return [p.operand if isinstance(p, Neg) else p for p in parts]


METHOD = Method("norms", ("norms",), entries, steps)
