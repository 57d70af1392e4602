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
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Elementwise,
    Name,
    Neg,
    Relation,
    Tree,
    names_in,
    number,
)  # fmt: skip
from symgrad.proving.kernel.arrays.build import Builder
from symgrad.proving.kernel.arrays.numbers import NORM, OPNORM
from symgrad.proving.kernel.evaluate import Value, evaluate, truth
from symgrad.proving.kernel.rules import prove_entry
from symgrad.proving.kernel.rules.arrays import builder
from symgrad.proving.kernel.rules.norms import Node, posed, sides
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
    for using in (*([equations] if equations else ()), ()):
        for node, facts, definitions in _skeletons(statement, here, problem, using):
            if problem.late:
                return
            entry = {"rule": "norms", "node": node, "facts": list(facts), "definitions": definitions}
            with suppress(CertificateError):
                yield filled(statement, {**copy.deepcopy(entry), "using": list(using)}, here, prove)


def filled(statement: Tree, entry: dict[str, Any], here: Setting, prove: Prove) -> Entry:
    """The entry with all its inner proofs; CertificateError where one is not found."""

    def inner(claim: Tree, holder: Node, key: str, there: Setting) -> None:
        found = kept(claim, holder, key, there)
        if found is None and plausible(claim, there):
            found = prove(claim, there)
        if found is None:
            raise CertificateError("certificate-rule")
        holder[key] = found  # type: ignore[index]

    claim, there = posed(statement, entry, here, inner)
    inner(claim, entry, "proof", there)
    return entry


def kept(claim: Tree, holder: Node, key: str, there: Setting) -> Entry | None:
    """The proof that an entry made elsewhere already has there, if it is one here."""
    with suppress(CertificateError, RecursionError):
        found: Entry | None = holder.get(key)
        if found is not None:
            prove_entry(claim, found, there)
            return found
    return None


def again(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> Entry | None:
    """The same argument with fewer assumptions, its numbers named and compared anew."""
    with suppress(CertificateError, RecursionError):
        if entry["rule"] == "norms":
            return filled(statement, copy.deepcopy(dict(entry)), here, prove)
        prove_entry(statement, entry, here)
        return entry
    return None


def plausible(claim: Tree, here: Setting) -> bool:
    """Whether no small numbers with the known properties contradict the claim: else a search is in vain."""
    names = list(dict.fromkeys(n for tree in (claim, *here.used) for n in names_in(tree)))
    lines = [(name, body) for name, body in here.definitions if name in names]
    fixed = dict(known for fact in here.used if (known := _value_of(fact)))
    free = [n for n in names if n not in dict(lines)]
    signed = [n for n in free if Relation((">=",), (n, ZERO)) not in here.used]
    source = random.Random(1)
    for _ in range(POINTS):
        values: dict[Tree, Value] = {n: source.choice(SAMPLES) for n in free}
        values |= {n: -v if source.random() < 0.4 else v for n in signed if (v := values[n])}
        with suppress(CertificateError):
            for name, body in fixed.items():
                values[name] = evaluate(body, values, here.functions)
            for name, body in lines:
                values[name] = evaluate(body, values, here.functions)
            held = all(truth(fact, values, here.functions) is True for fact in here.used)
            if held and truth(claim, values, here.functions) is False:
                return False
    return True


def _value_of(fact: Tree) -> tuple[Name, Tree] | None:
    match fact:
        case Relation(("=",), ((Name() as name, body) | (body, Name() as name))):
            return name, body
    return None


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
        ways = [(n, d) for d in (False, True) for n in replace(search, expand=d).nodes(inside, which)]
        for node, definitions in sorted(ways, key=lambda way: not search.all_known(way[0])):
            shares = [t for t in _unknown(node) if build_key(build, t) not in search.kept]
            if node["by"] != "itself":
                yield node, (), definitions
            if shares and (more := tuple(_shares(shares, search))):
                yield node, more, True
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


def _kept(build: Builder, known: Sequence[Apply]) -> Mapping[Any, Name]:
    found: dict[Any, Name] = {}
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
    for inside in shapes:
        if isinstance(inside, Name) and (body := search.build.definitions.get(inside)) is not None:
            both = (Apply(NORM, (tree,)) for tree in (inside, body))
            yield {"by": "equal", **dict(zip(("left", "right"), map(to_data, both), strict=True))}
    yield from _shares(list(shapes), search)


def _unknown(node: Node) -> Iterator[Tree]:
    if node["by"] == "itself":
        yield from_data(node["of"])
    for part in (*node.get("parts", ()), *([node["part"]] if "part" in node else ())):
        yield from _unknown(part)


def build_key(build: Builder, tree: Tree) -> Any:
    """The form of an expression, None where it has none."""
    try:
        return build.key(tree)
    except CertificateError:
        return None


def _shares(arrays: Sequence[Tree], search: Making) -> Iterator[Node]:
    """Entries of a softmax add up to 1; squares of shares are at most the shares themselves."""
    for vector in dict.fromkeys(v for tree in arrays for v in _terms(tree)):
        if search.adds_up_to_one(vector):
            total = Apply(Name("sum"), (vector,))
            yield {"by": "equal", "left": to_data(total), "right": to_data(number(1))}
    for inside in arrays:
        parts = _terms(inside)
        if all(search.is_share(part) or search.is_zero_or_one(part) for part in parts):
            square = Elementwise("^", inside, number(2))
            right: Tree = parts[0] if len(parts) == 1 else Add(tuple(parts))
            yield {"by": "entrywise", "left": to_data(square), "right": to_data(right)}


def _terms(tree: Tree) -> list[Tree]:
    parts = tree.terms if isinstance(tree, Add) else (tree,)
    return [p.operand if isinstance(p, Neg) else p for p in parts]


METHOD = Method("norms", ("norms",), entries, steps)
