"""Bounds of Euclidean, Frobenius and spectral norms, from how a matrix is made of others.

A node of the argument gives a matrix and a bound of its norm: |A B| <= |A| |B|, |A + B| <= |A| + |B|,
|c A| = |c| |A|, |A^T| = |A|, |diag(v)| = max |v_i|, norm(v .* w) <= max |v_i| norm(w), and a projection
g - sum_k c_k q_k q_k^T g with orthogonal q_k and 0 <= c_k |q_k|^2 <= 2 is no longer than g.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Derivative,
    Div,
    Elementwise,
    Is,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
    names_in,
    number,
    walk,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.arrays.build import Builder
from symgrad.proving.kernel.arrays.terms import Key
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.rules.arrays import builder, equal
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.setting import Setting, setting

NORM, OPNORM = Name("norm"), Name("opnorm")
Node = Mapping[str, Any]


def norms(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The norm of a matrix is at most the bound of its making, and that is at most the other side."""
    only(entry, "node", "proof", "definitions")
    if entry["definitions"] not in (True, False):
        raise CertificateError("certificate-malformed", problem="definitions")
    operator, which, inside, limit = sides(statement)
    numbers = Numbers(here, builder(here, False))
    argument = Argument(here, numbers, prove, builder(here, entry["definitions"]))
    made, bound = argument.of(entry["node"], which)
    if not equal(inside, made, argument.build):
        raise CertificateError("certificate-identity")
    claim = Relation((operator,), (numbers.of(bound), numbers.of(limit)))
    prove(claim, entry["proof"], numbers.setting())


def sides(statement: Tree) -> tuple[str, Name, Tree, Tree]:
    """`<` or `<=`, norm or opnorm, what it is of, the other side."""
    match statement:
        case Relation((operator,), (a, b)) if operator in MIRROR and operator not in ("=", "!="):
            if operator in (">", ">="):
                operator, a, b = MIRROR[operator], b, a
            match a:
                case Apply(function, (inside,), 0, ()) if function in (NORM, OPNORM):
                    return operator, function, inside, b
    raise CertificateError("certificate-rule")


# ---- numbers made from arrays


@dataclass(slots=True)
class Numbers:
    """Norms and other numbers made from arrays, each as a name of its own: what is left are numbers."""

    here: Setting
    build: Builder
    names: dict[Key, Name] = field(default_factory=dict)
    lengths: dict[Name, None] = field(default_factory=dict)

    def of(self, tree: Tree) -> Tree:
        """A number's expression without arrays."""
        match tree:
            case Number():
                return tree
            case Apply(function, (_,), 0, ()) if function in (NORM, OPNORM):
                name = self._name(tree)
                self.lengths[name] = None
                return name
            case Name() if not self.build.shape(tree):
                return tree
            case Add(terms) if self._numbers(*terms):
                return Add(tuple(map(self.of, terms)))
            case Mul(factors) if self._numbers(*factors):
                return Mul(tuple(map(self.of, factors)))
            case Neg(a) if self._numbers(a):
                return Neg(self.of(a))
            case Div(a, b) if self._numbers(a, b):
                return Div(self.of(a), self.of(b))
            case Pow(a, Number() as n) if self._numbers(a):
                return Pow(self.of(a), n)
            case Apply(function, arguments, order, options) if self._plain(tree):
                return Apply(function, tuple(map(self.of, arguments)), order, options)
        return self._name(tree)

    def _plain(self, tree: Apply) -> bool:
        known_here = known.resolve(tree.function, self.here.functions) is not None
        return known_here and self._numbers(*tree.arguments)

    def _numbers(self, *trees: Tree) -> bool:
        return all(not self.build.of(tree).shape for tree in trees)

    def _name(self, tree: Tree) -> Name:
        shape, key = self.build.key(tree)
        if shape:
            raise CertificateError("certificate-shape")
        return self.names.setdefault(key, Name(self.stem, (number(len(self.names)),)))

    @property
    def stem(self) -> str:
        """A stem that no name of the chain or the assumptions has."""
        trees = [*self.here.used, *(t for pair in self.here.definitions for t in pair)]
        taken = {n.stem for tree in trees for n in walk(tree) if isinstance(n, Name)}
        taken |= {name.stem for name in self.here.shapes}
        return next(s for s in (f"N{'o' * k}" for k in range(1, 99)) if s not in taken)

    def setting(self) -> Setting:
        """What is known of the numbers: the assumptions, norms and sums of squares are never negative."""
        facts = [fact for fact in map(self._fact, self.here.used) if fact is not None]
        facts += [Relation((">=",), (name, ZERO)) for name in self.lengths]
        for name, body in self.here.definitions:
            if _squares(body):
                facts.append(Relation((">=",), (name, ZERO)))
        return setting(self.here.functions, (), facts)

    def _fact(self, assumption: Tree) -> Tree | None:
        match assumption:
            case Relation(operators, operands):
                try:
                    return Relation(operators, tuple(map(self.of, operands)))
                except CertificateError:
                    return None
            case Logic() | Is() if not any(self._array(n) for n in walk(assumption)):
                return assumption
        return None

    def _array(self, node: Tree) -> bool:
        return isinstance(node, Derivative) or (isinstance(node, Name) and bool(self.build.shape(node)))


def _squares(body: Tree) -> bool:
    match body:
        case Apply(Name("sum" | "mean"), (Elementwise("*", a, b),), 0):
            return a == b
        case Apply(Name("sum" | "mean"), (Pow(_, Number(n)),), 0):
            return n == 2
    return False


# ---- the argument


@dataclass(slots=True)
class Argument:
    """Nodes to a matrix and a bound of its norm."""

    here: Setting
    numbers: Numbers
    prove: Prove
    build: Builder

    def of(self, node: Node, which: Name) -> tuple[Tree, Tree]:
        """What a node makes, and a bound of that norm of it."""
        match node["by"]:
            case "itself":
                tree = from_data(node["of"])
                column = len(self.build.of(tree).shape) == 1
                return tree, Apply(NORM if column else which, (tree,))
            case "frobenius":
                tree = from_data(node["of"])
                return tree, Apply(NORM, (tree,))
            case "product":
                *front, last = node["parts"]
                parts = [*(self.of(part, OPNORM) for part in front), self.of(last, which)]
                return Mul(tuple(m for m, _ in parts)), Mul(tuple(b for _, b in parts))
            case "sum":
                parts = [self.of(part, which) for part in node["parts"]]
                return Add(tuple(m for m, _ in parts)), Add(tuple(b for _, b in parts))
            case "scale":
                factor = from_data(node["factor"])
                if self.build.of(factor).shape:
                    raise CertificateError("certificate-shape")
                made, bound = self.of(node["part"], which)
                return Mul((factor, made)), Mul((Apply(ABS, (factor,)), bound))
            case "transpose":
                made, bound = self.of(node["part"], which)
                return Transpose(made), bound
            case "identity":
                if which != OPNORM:
                    raise CertificateError("certificate-rule")
                return Apply(Name("eye"), (from_data(node["size"]),)), number(1)
            case "diag":
                vector, sup = self._supremum(node)
                if which != OPNORM:
                    raise CertificateError("certificate-rule")
                return Apply(Name("diag"), (vector,)), sup
            case "hadamard":
                vector, sup = self._supremum(node)
                made, bound = self.of(node["part"], which)
                if which != NORM:
                    raise CertificateError("certificate-rule")
                return Elementwise("*", vector, made), Mul((sup, bound))
            case "projection":
                return self._projection(node, which)
        raise CertificateError("certificate-rule")

    def _supremum(self, node: Node) -> tuple[Tree, Tree]:
        """A vector and what none of its entries exceeds in size."""
        vector, claimed = from_data(node["of"]), Fraction(str(node["sup"]))
        entry = self.entry_of(vector)
        facts = [f for f in self.here.used if self._of_numbers(f)]
        high = setting(self.here.functions, (), facts).bounds(entry).enclose(entry).magnitude().high
        if high is None or high > claimed:
            raise CertificateError("certificate-interval")
        return vector, Number(claimed)

    def _of_numbers(self, fact: Tree) -> bool:
        return not any(isinstance(n, Derivative) or self.build.shape(n) for n in names_in(fact)) and not any(
            isinstance(n, Derivative) for n in walk(fact)
        )

    def entry_of(self, tree: Tree) -> Tree:
        """One entry of a vector that is made entry by entry."""
        match tree:
            case Number() | Name():
                return tree
            case Neg(a):
                return Neg(self.entry_of(a))
            case Add(terms):
                return Add(tuple(map(self.entry_of, terms)))
            case Elementwise("*", a, b):
                return Mul((self.entry_of(a), self.entry_of(b)))
            case Apply(function, (a,), order, ()):
                name = known.resolve(function, self.here.functions)
                if name is not None and name not in ("softmax", "max", "min", "piecewise"):
                    return Apply(function, (self._argument(a),), order)
        raise CertificateError("certificate-unsupported", kind=type(tree).__name__)

    def _argument(self, tree: Tree) -> Tree:
        """One entry of what a function is applied to; any number where it is not made entry by entry."""
        try:
            return self.entry_of(tree)
        except CertificateError:
            return Name(f"{self.numbers.stem}e")

    def _projection(self, node: Node, which: Name) -> tuple[Tree, Tree]:
        """G without its parts along orthogonal vectors."""
        start = from_data(node["of"])
        if which != NORM or len(self.build.of(start).shape) != 1:
            raise CertificateError("certificate-rule")
        terms: list[Tree] = [start]
        vectors: list[Tree] = []
        here = self.numbers.setting()
        for part in node["onto"]:
            q, c, square = (from_data(part[key]) for key in ("vector", "factor", "square"))
            length = Mul((c, Transpose(q), q))
            if not equal(length, square, self.build):
                raise CertificateError("certificate-identity")
            for earlier in vectors:
                if not equal(Mul((Transpose(earlier), q)), ZERO, self.build):
                    raise CertificateError("certificate-identity")
            vectors.append(q)
            size = self.numbers.of(square)
            low, high = part["proofs"]
            self.prove(Relation((">=",), (size, ZERO)), low, here)
            self.prove(Relation(("<=",), (size, number(2))), high, here)
            terms.append(Neg(Mul((c, q, Mul((Transpose(q), start))))))
        return Add(tuple(terms)), Apply(NORM, (start,))
