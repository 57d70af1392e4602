"""Norms: how the matrix is made of others, read off its expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Div,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
    number,
    walk,
)  # fmt: skip
from symgrad.proving.kernel.arrays.build import Builder
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.rules.arrays import builder
from symgrad.proving.kernel.rules.norms import NORM, OPNORM, Argument, Numbers, sides
from symgrad.proving.kernel.setting import Setting, setting
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

Node = Mapping[str, Any]


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """Nodes for the left side, the rest as an inequality of numbers."""
    try:
        _, which, inside, limit = sides(statement)
    except CertificateError:
        return
    search = Search(here, problem, builder(here, False), prove, limit)
    for node in search.nodes(inside, which):
        for definitions in (False, True):
            yield from _closed(statement, node, here, prove, definitions)


def _closed(
    statement: Relation, node: Node, here: Setting, prove: Prove, definitions: bool
) -> Iterator[Entry]:
    operator, which, _, limit = sides(statement)
    numbers = Numbers(here, builder(here, False))
    try:
        _, bound = Argument(here, numbers, _accept, builder(here, definitions)).of(node, which)
        claim = Relation((operator,), (numbers.of(bound), numbers.of(limit)))
        there = numbers.setting()
    except CertificateError:
        return
    if (proof := prove(claim, there)) is not None:
        yield {"rule": "norms", "node": node, "proof": proof, "definitions": definitions}


def _accept(statement: Tree, entry: Entry, here: Setting) -> None:
    """While the search only wants to know the bound."""


@dataclass(frozen=True, slots=True)
class Search:
    """Nodes from expressions."""

    here: Setting
    problem: Problem
    build: Builder
    prove: Prove
    limit: Tree

    def nodes(self, tree: Tree, which: Name) -> Iterator[Node]:
        """Candidates, the finest first."""
        found_norms = [n for n in walk(self.limit) if isinstance(n, Apply) and n.function in (NORM, OPNORM)]
        atoms = [n.arguments[0] for n in found_norms]
        whole = self._written(tree)
        try:
            kept = {self.build.key(n.arguments[0]): n.function for n in found_norms}
        except CertificateError:
            return
        found = self._node(whole, which, kept)
        if found is not None:
            yield found
        if len(atoms) > 1:
            yield {"by": "product", "parts": [{"by": "itself", "of": to_data(a)} for a in atoms]}
        if which == NORM and len(atoms) == 1:
            yield from self._projections(atoms[0])

    def _written(self, tree: Tree) -> Tree:
        """A token by its derivation."""
        if isinstance(tree, Derivative) and tree in self.problem.gradients:
            found = self.problem.gradients[tree]
            values = dict(found.kept)
            factors = tuple(values.get(f, f) if isinstance(f, Derivative) else f for f in found.factors)
            return factors[0] if len(factors) == 1 else Mul(factors)
        return tree

    def _node(self, tree: Tree, which: Name, kept: Mapping[Any, Name]) -> Node | None:
        try:
            shape, key = self.build.key(tree)
        except CertificateError:
            return None
        if (shape, key) in kept:
            by = "frobenius" if which == OPNORM and kept[shape, key] == NORM and len(shape) == 2 else "itself"
            return {"by": by, "of": to_data(tree)}
        match tree:
            case Derivative() if (written := self._written(tree)) != tree:
                return self._node(written, which, kept)
            case Neg(a):
                return self._scaled(number(-1), a, which, kept)
            case Transpose(a):
                part = self._node(a, which, kept)
                return None if part is None else {"by": "transpose", "part": part}
            case Add(terms):
                parts = [self._node(term, which, kept) for term in terms]
                return None if None in parts else {"by": "sum", "parts": parts}
            case Div(a, b):
                return self._scaled(Div(ONE, b), a, which, kept)
            case Mul(factors):
                return self._product(list(factors), which, kept)
            case Apply(Name("eye"), (size,), 0):
                return {"by": "identity", "size": to_data(size)} if which == OPNORM else None
            case Apply(Name("diag"), (vector,), 0) if (sup := self._sup(vector)) is not None:
                return {"by": "diag", "of": to_data(vector), "sup": sup}
            case Elementwise("*", a, b):
                for v, w in ((a, b), (b, a)):
                    part = self._node(w, which, kept)
                    if (sup := self._sup(v)) is not None and part is not None:
                        return {"by": "hadamard", "of": to_data(v), "sup": sup, "part": part}
        return {"by": "itself", "of": to_data(tree)}

    def _scaled(self, factor: Tree, tree: Tree, which: Name, kept: Mapping[Any, Name]) -> Node | None:
        part = self._node(tree, which, kept)
        return None if part is None else {"by": "scale", "factor": to_data(factor), "part": part}

    def _product(self, factors: list[Tree], which: Name, kept: Mapping[Any, Name]) -> Node | None:
        scalars = [f for f in factors if not self.build.of(f).shape]
        arrays = [f for f in factors if self.build.of(f).shape]
        if not arrays:
            return None
        parts: list[Node] = []
        for k, factor in enumerate(arrays):
            part = self._node(factor, which if k == len(arrays) - 1 else OPNORM, kept)
            if part is None:
                return None
            parts.append(part)
        made: Node = parts[0] if len(parts) == 1 else {"by": "product", "parts": parts}
        if scalars:
            factor = scalars[0] if len(scalars) == 1 else Mul(tuple(scalars))
            return {"by": "scale", "factor": to_data(factor), "part": made}
        return made

    def _sup(self, vector: Tree) -> str | None:
        argument = Argument(self.here, Numbers(self.here, self.build), _accept, self.build)
        try:
            entry = argument.entry_of(vector)
            size = setting(self.here.functions, (), ()).bounds(entry).enclose(entry).magnitude()
        except CertificateError:
            return None
        return None if size.high is None else str(size.high)

    def _projections(self, start: Tree) -> Iterator[Node]:
        """G without its mean and without its part along a normalised vector."""
        shape = self.build.of(start).shape
        if len(shape) != 1:
            return
        (size,) = shape
        ones = Apply(Name("ones"), (size,))
        share = Div(ONE, size)
        factor = _coefficient(self.limit)
        for name, body in self.here.definitions:
            match body:
                case Div(Name() as u, Apply(Name("sqrt"), (below,), 0)):
                    mean = next((n for n, b in self.here.definitions if _mean_square(b, u)), None)
                    if self.build.shape(name) != shape or mean is None:
                        continue
                    parts: list[tuple[Tree, Tree]] = [(ones, ONE), (name, Div(mean, below))]
                    onto = [part for q, square in parts if (part := self._along(q, share, square))]
                    if len(onto) == 2:
                        inner = {"by": "projection", "of": to_data(start), "onto": onto}
                        yield {"by": "scale", "factor": to_data(factor), "part": inner}

    def _along(self, vector: Tree, share: Tree, square: Tree) -> Mapping[str, Any] | None:
        numbers = Numbers(self.here, self.build)
        size, there = numbers.of(square), numbers.setting()
        claims = [Relation((">=",), (size, ZERO)), Relation(("<=",), (size, number(2)))]
        proofs = [self.prove(claim, there) for claim in claims]
        if None in proofs:
            return None
        return {
            "vector": to_data(vector),
            "factor": to_data(share),
            "square": to_data(square),
            "proofs": proofs,
        }


def _mean_square(body: Tree, u: Name) -> bool:
    match body:
        case Apply(Name("mean"), (Elementwise("*", a, b),), 0):
            return a == b == u
        case Apply(Name("mean"), (Pow(a, Number(n)),), 0):
            return a == u and n == 2
    return False


def _coefficient(tree: Tree) -> Tree:
    """What stands beside the norm, without bars."""
    match tree:
        case Mul(factors):
            kept = [_coefficient(f) for f in factors if not _is_norm(f)]
            return ONE if not kept else kept[0] if len(kept) == 1 else Mul(tuple(kept))
        case Div(a, b):
            return Div(_coefficient(a), b)
        case Apply(function, (a,), 0) if function == ABS:
            return a
    return ONE if _is_norm(tree) else tree


def _is_norm(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.function in (NORM, OPNORM)


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """What the matrix is, each rule that is used once, the bound."""
    _, which, inside, limit = sides(statement)
    numbers = Numbers(here, builder(here, False))
    made, bound = Argument(here, numbers, _accept, builder(here, entry["definitions"])).of(
        entry["node"], which
    )
    if made != inside:
        yield Phrase.of("arrays.made", equation=Relation(("=",), (inside, made)))
    yield from dict.fromkeys(_rules(entry["node"]))
    yield Phrase.of("arrays.bound", line=Relation(("<=",), (Apply(which, (inside,)), bound)))
    if bound != limit:
        yield Phrase.of("arrays.so", line=Relation(("<=",), (bound, limit)))


def _rules(node: Node) -> Iterator[Phrase]:
    match node["by"]:
        case "diag" | "hadamard" as by:
            vector = from_data(node["of"])
            size = Relation(("<=",), (Apply(ABS, (vector,)), from_data(node["sup"])))
            yield Phrase.of(f"arrays.{by}", size=size)
        case "product" | "sum" | "transpose" | "projection" as by:
            yield Phrase.of(f"arrays.{by}")
    for part in (*node.get("parts", ()), *([node["part"]] if "part" in node else ())):
        yield from _rules(part)


METHOD = Method("norms", ("norms",), entries, steps)
