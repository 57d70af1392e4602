"""How an array is made of those whose norms are known: products, sums, bounded factors, steep functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from symgrad.errors import CertificateError
from symgrad.functions import registry
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
    walk,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.arrays.build import REDUCTIONS, Builder
from symgrad.proving.kernel.arrays.numbers import NORM, OPNORM, Numbers
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.rules.norms import Node
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.problem import Problem

MAX_KNOWN = 6


def lengths_in(tree: Tree) -> list[Apply]:
    """The norms that an expression speaks of."""
    return [n for n in walk(tree) if isinstance(n, Apply) and n.function in (NORM, OPNORM) and not n.order]


@dataclass(frozen=True, slots=True)
class Making:
    """Nodes for expressions. kept: arrays whose norm stands on the other side or in an assumption.

    expand: whether defined names may be put in.
    """

    here: Setting
    problem: Problem
    build: Builder
    kept: Mapping[Any, Name]
    expand: bool = False

    def nodes(self, tree: Tree, which: Name) -> Iterator[Node]:
        """Candidates, the finest first."""
        with suppress(CertificateError):
            written = self._written(tree)
            if (found := self._node(written, which)) is not None:
                yield found if found["by"] != "itself" or written == tree else {"by": "sum", "parts": [found]}
        with suppress(CertificateError):
            yield from self._sums(tree)
        atoms = [n for n in self.problem_lengths() if n.function == OPNORM]
        if len(atoms) > 1:
            yield {"by": "product", "parts": [_itself(a.arguments[0]) for a in atoms]}

    def problem_lengths(self) -> list[Apply]:
        """The norms of the claim."""
        return lengths_in(self.problem.statement)

    def facts(self, statement: Tree) -> Iterator[Node]:
        """A bound for every norm and every product of vectors in the claim that is made of others."""
        seen: dict[Tree, Name] = {}
        for node in walk(statement):
            match node:
                case Apply(function, (a,), 0, ()) if function in (NORM, OPNORM):
                    seen.setdefault(a, function)
                case Mul() if any(isinstance(n, Transpose) for n in node.factors) and self.shape(node) == ():
                    seen.setdefault(node, NORM)
                case Apply(Name("sum" | "trace"), (_,), 0, ()):
                    seen.setdefault(node, NORM)
                case Apply(Name("mean"), (a,), 0, ()):
                    seen.setdefault(Apply(Name("sum"), (a,)), NORM)
        for tree, which in seen.items():
            key = self._key(tree)
            others = {k: v for k, v in self.kept.items() if k != key}
            others |= {k: w for t, w in seen.items() if (k := self._key(t)) not in (None, key)}
            search = Making(self.here, self.problem, self.build, others, self.expand)
            for found in search.nodes(tree, which):
                if found["by"] != "itself":
                    yield {"by": "norm", "which": which.stem, "of": to_data(tree), "node": found}
                    break

    # ---- one node

    def shape(self, tree: Tree) -> Any:
        """The shape of an expression, None where it has none."""
        try:
            return self.build.of(tree).shape
        except CertificateError:
            return None

    def _key(self, tree: Tree) -> Any:
        try:
            return self.build.key(tree)
        except CertificateError:
            return None

    def _written(self, tree: Tree) -> Tree:
        """A token by its derivation."""
        if isinstance(tree, Derivative) and tree in self.problem.gradients:
            found = self.problem.gradients[tree]
            values = dict(found.kept)
            factors: list[Tree] = []
            for factor in found.factors:
                if isinstance(factor, Derivative):
                    factor = tree if self._key(factor) in self.kept else values.get(factor, factor)
                    factor = factor if factor != tree else found.factors[len(factors)]
                factors.append(factor)
            return factors[0] if len(factors) == 1 else Mul(tuple(factors))
        return tree

    def _known(self, tree: Tree, which: Name) -> Node | None:
        """What is known already."""
        key = self._key(tree)
        if key is None or key not in self.kept:
            return None
        small = which == OPNORM and self.kept[key] == NORM and len(key[0]) == 2
        return {"by": "frobenius" if small else "itself", "of": to_data(tree)}

    def _measured(self, tree: Tree, which: Name) -> bool:
        """Whether that norm of a matrix is what is known of it."""
        key = self._key(tree)
        return key is not None and len(key[0]) == 2 and self.kept.get(key) == which

    def _node(self, tree: Tree, which: Name) -> Node | None:
        if (found := self._known(tree, which)) is not None:
            return found
        if not self.shape(tree):
            return self._number(tree)
        match tree:
            case Derivative() if (written := self._written(tree)) != tree:
                return self._node(written, which)
            case Neg(a):
                return self._times([_itself(Number(-ONE.value)), self._node(a, which)])
            case Transpose(Transpose(a)):
                return self._node(a, which)
            case Transpose(Mul(factors)):
                return self._node(Mul(tuple(map(Transpose, factors[::-1]))), which)
            case Add(terms) if all(self.shape(t) for t in terms):
                if (found := self._difference(tree, which)) is not None:
                    return found
                parts = [self._node(term, which) for term in terms]
                made: Node = {"by": "sum", "parts": parts}
                return made if None not in parts and self.all_known(made) else _itself(tree)
            case Div(a, b):
                return self._times([_itself(Div(ONE, b)), self._node(a, which)])
            case Mul((a, b)) if which == NORM and self._measured(a, NORM) and self._measured(b, OPNORM):
                parts = [_itself(Transpose(b)), _itself(Transpose(a))]
                return {"by": "transpose", "part": {"by": "product", "parts": parts}}
            case Mul():
                return self._product(tree, which)
            case Apply(Name("diag"), (vector,), 0) if (sup := self._sup(vector)) is not None:
                return {"by": "diag", "of": to_data(vector), "sup": sup}
            case Elementwise("*", a, b):
                if all(self._key(side) in self.kept for side in (a, b)):
                    return {"by": "hadamards", "parts": [_itself(a), _itself(b)]}
                for v, w in ((b, a), (a, b)):
                    part = self._node(w, NORM)
                    if (sup := self._sup(v)) is not None and part is not None:
                        return {"by": "hadamard", "of": to_data(v), "sup": sup, "part": part}
            case Name() if self.expand and tree in self.build.definitions:
                return self._node(self.build.definitions[tree], which)
            case Apply(function, (a,), 0, ()) if function.stem not in REDUCTIONS:
                if (found := self._applied(function, a, tree, which)) is not None:
                    return found
        return _itself(tree)

    def _applied(self, function: Name, a: Tree, tree: Tree, which: Name) -> Node | None:
        """F(x) is no longer than L x where f(0) = 0; else its entries are bounded."""
        name = known.resolve(function, self.here.functions)
        found = registry.lookup(name) if name else None
        if name and found and found.lipschitz is not None and known.exact(name, ZERO.value) == 0:
            part = self._node(a, NORM)
            if part is not None and self.all_known(part):
                return {"by": "lipschitz", "function": to_data(function), "sup": str(found.lipschitz),
                        "left": None, "right": None, "part": part}  # fmt: skip
        (shape, _), sup = self.build.key(tree), self._sup(tree)
        if sup is not None and len(shape) == 1:
            ones = Apply(Name("ones"), shape)
            return {"by": "hadamard", "of": to_data(tree), "sup": sup, "part": _itself(ones)}
        return None

    def all_known(self, node: Node) -> bool:
        """Whether a bound speaks of known norms alone."""
        if node["by"] in ("itself", "frobenius"):
            tree = from_data(node["of"])
            ones = isinstance(tree, Apply) and tree.function.stem in ("ones", "eye")
            return not self.shape(tree) or ones or self._key(tree) in self.kept
        parts = (*node.get("parts", ()), *([node["part"]] if "part" in node else ()))
        return all(map(self.all_known, parts))

    @staticmethod
    def _times(parts: list[Node | None]) -> Node | None:
        return None if None in parts else {"by": "product", "parts": parts}

    def _product(self, tree: Mul, which: Name) -> Node | None:
        """Factor by factor, the longest runs that are known first."""
        factors = list(tree.factors)
        arrays = [k for k, f in enumerate(factors) if self.shape(f)]
        parts: list[Node | None] = []
        k = 0
        while k < len(factors):
            for end in range(len(factors), k + 1, -1):
                run = Mul(tuple(factors[k:end]))
                measure = which if end == len(factors) else OPNORM
                if end - k < len(factors) and (found := self._known(run, measure)):
                    parts.append(found)
                    k = end
                    break
            else:
                measure = which if arrays and k == arrays[-1] else OPNORM
                parts.append(self._node(factors[k], measure))
                k += 1
        return parts[0] if len(parts) == 1 else self._times(parts)

    def _sup(self, vector: Tree) -> str | None:
        numbers = Numbers(self.here, self.build, (vector,))
        try:
            entry = numbers.entry(vector)
            size = numbers.setting().bounds(entry).enclose(entry).magnitude()
        except CertificateError:
            return None
        return None if size.high is None else str(size.high)

    # ---- other shapes of argument

    def _number(self, tree: Tree) -> Node:
        """An inner product by the lengths of its vectors."""
        match tree:
            case Apply(Name("sum"), (Elementwise("*", a, b),), 0):
                return {"by": "inner", "parts": [_itself(a), _itself(b)]}
            case Apply(Name("sum"), (a,), 0) if len(shape := self.shape(a) or ()) == 1:
                return {"by": "inner", "parts": [_itself(a), _itself(Apply(Name("ones"), shape))]}
            case Apply(Name("trace"), (Mul((a, b)),), 0):
                flipped = a.operand if isinstance(a, Transpose) else Transpose(a)
                return {"by": "inner", "parts": [_itself(flipped), _itself(b)]}
            case Mul() if any(self.shape(f) for f in tree.factors):
                return self._product(tree, NORM) or _itself(tree)
        return _itself(tree)

    def _body(self, tree: Tree) -> Tree:
        if self.expand and isinstance(tree, Name) and self._key(tree) not in self.kept:
            return self.build.definitions.get(tree, tree)
        return tree

    def _difference(self, tree: Add, which: Name) -> Node | None:
        """F(x) - f(y) by the slope of f; A x - A y as A (x - y); what stands on both sides taken away."""
        terms = self._signed(tree)
        if len(terms) != 2 or {sign for sign, _ in terms} != {1, -1}:
            return None
        x, y = (self._body(t) for _, t in sorted(terms, key=lambda pair: -pair[0]))
        match x, y:
            case Apply(f, (a,), 0, ()), Apply(g, (b,), 0, ()) if f == g and f.stem not in REDUCTIONS:
                name = known.resolve(f, self.here.functions)
                found = registry.lookup(name) if name else None
                part = self._node(Add((a, Neg(b))), NORM)
                if found is not None and found.lipschitz is not None and part is not None:
                    return {"by": "lipschitz", "function": to_data(f), "sup": str(found.lipschitz),
                            "left": to_data(a), "right": to_data(b), "part": part}  # fmt: skip
            case Mul((first, *some)), Mul((second, *others)) if first == second and some and others:
                rest = Add((_joined(some), Neg(_joined(others))))
                return self._product(Mul((first, rest)), which)
        return None

    def _signed(self, tree: Tree, sign: int = 1) -> list[tuple[int, Tree]]:
        """The summands with their signs; what cancels is left out."""
        match self._body(tree):
            case Add(terms):
                found: list[tuple[int, Tree]] = []
                for part in (p for term in terms for p in self._signed(term, sign)):
                    opposite = (-part[0], part[1])
                    if opposite in found:
                        found.remove(opposite)
                    else:
                        found.append(part)
                return found
            case Neg(a):
                return self._signed(a, -sign)
        return [(sign, tree)]

    def _sums(self, tree: Tree) -> Iterator[Node]:
        """A sum or difference of arrays that are known."""
        shape = self.shape(tree)
        if not shape:
            return
        atoms = [n.arguments[0] for n in self.problem_lengths() if self.shape(n.arguments[0]) == shape]
        atoms = list(dict.fromkeys(atoms))[:MAX_KNOWN]
        for count in (2, 3):
            for some in combinations([a for a in atoms if self._key(a) != self._key(tree)], count):
                for signs in product((1, -1), repeat=count):
                    made = Add(tuple(a if s > 0 else Neg(a) for a, s in zip(some, signs, strict=True)))
                    if self._key(made) == self._key(tree):
                        minus = _itself(Number(-ONE.value))
                        parts = [_itself(a) if s > 0 else self._times([minus, _itself(a)])
                                 for a, s in zip(some, signs, strict=True)]  # fmt: skip
                        yield {"by": "sum", "parts": parts}

    def adds_up_to_one(self, vector: Tree) -> bool:
        """Whether an array is a softmax."""
        body = self.build.definitions.get(vector) if isinstance(vector, Name) else vector
        return isinstance(body, Apply) and body.function == Name("softmax") and not body.order

    def is_share(self, vector: Tree) -> bool:
        """Whether the entries of a vector lie between 0 and 1."""
        numbers = Numbers(self.here, self.build, (vector,))
        try:
            if len(self.build.of(vector).shape) != 1:
                return False
            entry = numbers.entry(vector)
            interval = numbers.setting().bounds(entry).enclose(entry)
        except CertificateError:
            return False
        low, high = interval.low, interval.high
        return low is not None and low >= 0 and high is not None and high <= 1

    def is_zero_or_one(self, vector: Tree) -> bool:
        """Whether it is assumed that a vector is its own elementwise square."""
        square = Elementwise("*", vector, vector)
        ways = (Relation(("=",), (square, vector)), Relation(("=",), (vector, square)))
        return any(way in self.here.used for way in ways)

    def projections(self, limit: Tree) -> Iterator[Node]:
        """G without its mean and without its part along a normalised vector."""
        atoms = [n.arguments[0] for n in lengths_in(limit) if n.function == NORM]
        shape = self.shape(atoms[0]) if len(atoms) == 1 else ()
        if not shape or len(shape) != 1:
            return
        share, ones = Div(ONE, shape[0]), Apply(Name("ones"), shape)
        for name, body in self.here.definitions:
            match body:
                case Div(Name() as u, Apply(Name("sqrt"), (below,), 0)) if self.shape(name) == shape:
                    mean = next((n for n, b in self.here.definitions if _mean_square(b, u)), None)
                    if mean is not None:
                        pairs: list[tuple[Tree, Tree]] = [(ones, ONE), (name, Div(mean, below))]
                        onto = [{"vector": to_data(q), "factor": to_data(share), "square": to_data(square)}
                                for q, square in pairs]  # fmt: skip
                        inner = {"by": "projection", "of": to_data(atoms[0]), "onto": onto}
                        yield {"by": "product", "parts": [_itself(_coefficient(limit)), inner]}


def _joined(factors: list[Tree]) -> Tree:
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _itself(tree: Tree) -> Node:
    return {"by": "itself", "of": to_data(tree)}


def _mean_square(body: Tree, u: Name) -> bool:
    match body:
        case Apply(Name("mean"), (Elementwise("*", a, b),), 0):
            return a == b == u
        case Apply(Name("mean"), (Pow(a, Number(n)) | Elementwise("^", a, Number(n)),), 0):
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
