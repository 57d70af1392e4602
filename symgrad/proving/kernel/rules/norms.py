"""Inequalities between numbers made from arrays, from how their arrays are made of others.

A node of the argument makes an array and a bound of its norm: |A B| <= |A| |B|, |A + B| <= |A| + |B|,
|sum(A .* B)| and norm(A .* B) <= norm(A) norm(B), |diag(v)| = max |v_i|, norm(v .* w) <= max |v_i| norm(w),
norm(f(x) - f(y)) <= L norm(x - y), and a projection
g - sum_k c_k q_k q_k^T g with orthogonal q_k and 0 <= c_k |q_k|^2 <= 2 is no longer than g. Facts are such
bounds, equations, and inequalities of entries summed; what is left is an inequality of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Transpose,
    Tree,
    number,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.arrays.build import Builder, Shape
from symgrad.proving.kernel.arrays.numbers import NORM, OPNORM, Numbers
from symgrad.proving.kernel.enclosures.domain import conditions
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.rules.arrays import builder, equal
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.setting import Setting

Node: TypeAlias = Mapping[str, Any]
Inner: TypeAlias = Callable[[Tree, Node, str, Setting], None]
"""Prove a statement by what stands in a node under a key."""


def norms(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """By the bound of an array's making, by facts about norms, or both."""
    only(entry, "node", "facts", "proof", "definitions", "using")

    def inner(claim: Tree, holder: Node, key: str, there: Setting) -> None:
        prove(claim, holder[key], there)

    claim, there = posed(statement, entry, here, inner)
    inner(claim, entry, "proof", there)


def posed(statement: Tree, entry: Entry, here: Setting, inner: Inner) -> tuple[Tree, Setting]:
    """The inequality of numbers that is left, and what is known of them."""
    match statement:
        case Relation((operator,), (_, _)):
            argument = argument_of(statement, entry, here, inner)
            numbers = argument.numbers
        case _:
            raise CertificateError("certificate-rule")
    if operator != "=":
        numbers.defined(statement)
    left, right = statement.operands
    if entry["node"] is not None:
        operator, which, inside, right = sides(statement)
        made, left = argument.of(entry["node"], which)
        if not equal(inside, made, argument.build):
            raise CertificateError("certificate-identity")
    claim = Relation((operator,), (numbers.of(left), numbers.of(right)))
    for fact in entry["facts"]:  # after the claim, whose lengths they may speak of
        relation = argument.fact(fact)
        numbers.require(conditions(relation, here.functions))
        numbers.facts.setdefault(relation)
    return claim, numbers.setting()


def argument_of(statement: Tree, entry: Entry, here: Setting, inner: Inner) -> Argument:
    """The rules that an entry's nodes follow."""
    if entry["definitions"] not in (True, False):
        raise CertificateError("certificate-malformed", problem="definitions")
    numbers = Numbers(here, builder(here, False, entry["using"]), (statement,))
    return Argument(here, numbers, inner, builder(here, entry["definitions"], entry["using"]))


def sides(statement: Tree) -> tuple[str, Name, Tree, Tree]:
    """`<` or `<=`, norm or opnorm, what it is of, the other side; a number is at most its absolute value."""
    match statement:
        case Relation((operator,), (a, b)) if operator in MIRROR and operator not in ("=", "!="):
            if operator in (">", ">="):
                operator, a, b = MIRROR[operator], b, a
            match a:
                case Apply(function, (inside,), 0, ()) if function in (NORM, OPNORM):
                    return operator, function, inside, b
                case Apply(function, (inside,), 0, ()) if function == ABS:
                    return operator, NORM, inside, b
            return operator, NORM, a, b
    raise CertificateError("certificate-rule")


@dataclass(slots=True)
class Argument:
    """Nodes to an array and a bound of its norm; facts to relations of numbers."""

    here: Setting
    numbers: Numbers
    prove: Inner
    build: Builder

    def of(self, node: Node, which: Name) -> tuple[Tree, Tree]:
        """What a node makes, and a bound of that norm of it."""
        match node["by"]:
            case "itself":
                tree = from_data(node["of"])
                return tree, self.measure(which, tree)
            case "frobenius":
                tree = from_data(node["of"])
                return tree, self.measure(NORM, tree)
            case "product":
                return self._product(node["parts"], which)
            case "sum":
                parts = [self.of(part, which) for part in node["parts"]]
                if len({self.shape(made) for made, _ in parts}) != 1:
                    raise CertificateError("certificate-shape")
                return Add(tuple(m for m, _ in parts)), Add(tuple(b for _, b in parts))
            case "transpose":
                made, bound = self.of(node["part"], which)
                return Transpose(made), bound
            case "inner" | "hadamards" as by:
                (a, first), (b, second) = (self.of(part, NORM) for part in node["parts"])
                if self.shape(a) != self.shape(b):
                    raise CertificateError("certificate-shape")
                made = Elementwise("*", a, b)
                made = Apply(Name("sum"), (made,)) if by == "inner" else self._euclidean(made, which)
                return made, Mul((first, second))
            case "diag" if which == OPNORM:
                vector, sup = self._supremum(node)
                return Apply(Name("diag"), (vector,)), sup
            case "hadamard":
                vector, sup = self._supremum(node)
                made, bound = self.of(node["part"], NORM)
                if self.shape(vector) != self.shape(made):
                    raise CertificateError("certificate-shape")
                return self._euclidean(Elementwise("*", vector, made), which), Mul((sup, bound))
            case "lipschitz":
                return self._lipschitz(node, which)
            case "projection":
                return self._projection(node, which)
        raise CertificateError("certificate-rule")

    def shape(self, tree: Tree) -> Shape:
        """The shape of an expression."""
        return self.build.of(tree).shape

    def measure(self, which: Name, tree: Tree) -> Tree:
        """The norm as an expression; that of a number is its absolute value."""
        return Apply(which if self.shape(tree) else ABS, (tree,))

    def _euclidean(self, tree: Tree, which: Name) -> Tree:
        """What is measured by its entries: for a matrix only the Frobenius norm."""
        shape = self.shape(tree)
        if which != NORM and len(shape) == 2 and ONE not in shape:
            raise CertificateError("certificate-rule")
        return tree

    def _product(self, parts: list[Node], which: Name) -> tuple[Tree, Tree]:
        """Operator norms, and the last array by the norm that is asked; numbers by their absolute values."""
        made: list[Tree] = []
        bounds: list[Tree] = []
        for part in reversed(parts):
            last = not any(self.shape(m) for m in made)
            tree, bound = self.of(part, which if last else OPNORM)
            made.insert(0, tree)
            bounds.insert(0, bound)
        return Mul(tuple(made)), Mul(tuple(bounds))

    def _supremum(self, node: Node) -> tuple[Tree, Tree]:
        """An array and what none of its entries exceeds in size."""
        vector, claimed = from_data(node["of"]), Fraction(str(node["sup"]))
        entry = self.numbers.entry(vector)
        high = self.numbers.setting().bounds(entry).enclose(entry).magnitude().high
        if high is None or high > claimed:
            raise CertificateError("certificate-interval")
        return vector, Number(claimed)

    def _lipschitz(self, node: Node, which: Name) -> tuple[Tree, Tree]:
        """F(x) - f(y), or f(x) alone where f(0) = 0, for a continuous f with |f'| <= L everywhere."""
        function, steepest = from_data(node["function"]), Fraction(str(node["sup"]))
        if not isinstance(function, Name):
            raise CertificateError("certificate-malformed", problem="function")
        name = known.resolve(function, self.here.functions)
        found = registry.lookup(name) if name else None
        if name is None or found is None or found.lipschitz is None:
            raise CertificateError("certificate-rule")
        slope = Apply(function, (Name("t"),), 1)
        high = Setting(self.here.functions, (), ()).bounds(slope).enclose(slope).magnitude().high
        if high is None or high > steepest:
            raise CertificateError("certificate-interval")
        inside, bound = self.of(node["part"], NORM)
        if node["left"] is None:
            if known.exact(name, Fraction(0)) != 0:
                raise CertificateError("certificate-interval")
            made: Tree = Apply(function, (inside,))
        else:
            left, right = from_data(node["left"]), from_data(node["right"])
            same = self.shape(left) == self.shape(right)
            if not same or not equal(Add((left, Neg(right))), inside, self.build):
                raise CertificateError("certificate-identity")
            made = Add((Apply(function, (left,)), Neg(Apply(function, (right,)))))
        return self._euclidean(made, which), Mul((Number(steepest), bound))

    def _projection(self, node: Node, which: Name) -> tuple[Tree, Tree]:
        """G without its parts along orthogonal vectors."""
        start = from_data(node["of"])
        if len(self.shape(start)) != 1:
            raise CertificateError("certificate-rule")
        terms: list[Tree] = [start]
        vectors: list[Tree] = []
        for part in node["onto"]:
            q, c, square = (from_data(part[key]) for key in ("vector", "factor", "square"))
            if not equal(Mul((c, Transpose(q), q)), square, self.build):
                raise CertificateError("certificate-identity")
            for earlier in vectors:
                if not equal(Mul((Transpose(earlier), q)), ZERO, self.build):
                    raise CertificateError("certificate-identity")
            vectors.append(q)
            size = self.numbers.of(square)
            here = self.numbers.setting()
            self.prove(Relation((">=",), (size, ZERO)), part, "low", here)
            self.prove(Relation(("<=",), (size, number(2))), part, "high", here)
            terms.append(Neg(Mul((c, q, Mul((Transpose(q), start))))))
        return Add(tuple(terms)), Apply(NORM, (start,))

    # ---- facts

    def fact(self, fact: Node) -> Relation:
        """A bound of a norm, an equation, |A|^2 = |A^T A|, an inequality of entries summed."""
        numbers = self.numbers
        match fact["by"]:
            case "norm":
                which, tree = Name(str(fact["which"])), from_data(fact["of"])
                if which not in (NORM, OPNORM):
                    raise CertificateError("certificate-rule")
                made, bound = self.of(fact["node"], which)
                if not equal(tree, made, self.build):
                    raise CertificateError("certificate-identity")
                return Relation(("<=",), (numbers.of(self.measure(which, tree)), numbers.of(bound)))
            case "equal":
                left, right = from_data(fact["left"]), from_data(fact["right"])
                if not equal(left, right, self.build):
                    raise CertificateError("certificate-identity")
                return Relation(("=",), (numbers.of(left), numbers.of(right)))
            case "gram":
                a = from_data(fact["of"])
                square = Apply(OPNORM, (Mul((Transpose(a), a)),))
                root = Apply(Name("sqrt"), (numbers.of(square),))
                return Relation(("=",), (numbers.of(self.measure(OPNORM, a)), root))
            case "entrywise":
                left, right = from_data(fact["left"]), from_data(fact["right"])
                if self.shape(left) != self.shape(right):
                    raise CertificateError("certificate-shape")
                claim = Relation(("<=",), (numbers.entry(left), numbers.entry(right)))
                self.prove(claim, fact, "proof", numbers.setting())
                total = [numbers.of(Apply(Name("sum"), (side,))) for side in (left, right)]
                return Relation(("<=",), tuple(total))
        raise CertificateError("certificate-rule")
