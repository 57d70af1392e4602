"""Expressions in vectors and matrices as sums of products with indices; tokens by the chain rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Constant,
    Derivative,
    Div,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Transpose,
    Tree,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.arrays import lengths
from symgrad.proving.kernel.arrays.terms import (
    DELTA,
    SINGLE,
    Atom,
    Key,
    Poly,
    Pool,
    Term,
    constant,
    name_atom,
    scaled,
    single,
    summed,
)

Shape = tuple[Tree, ...]
MAX_POWER = 8
HALF = Fraction(1, 2)
REDUCTIONS = frozenset({"sum", "mean", "norm", "opnorm", "trace", "diag", "softmax"})


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of an array: `poly` at the indices `free`; `shape` holds their sizes, () for a number."""

    poly: Poly
    free: tuple[int, ...]
    shape: Shape


def refuse(kind: str) -> CertificateError:
    """What has no rule."""
    return CertificateError("certificate-unsupported", kind=kind)


@dataclass(slots=True)
class Builder:
    """Expressions about one chain. shapes: of the leaves. expand: put defined names in, down to leaves."""

    functions: Mapping[str, str]
    shapes: Mapping[Name, Shape]
    definitions: Mapping[Name, Tree]
    expand: bool = False
    pool: Pool = field(default_factory=Pool)
    _shapes: dict[Name, Shape] = field(default_factory=dict)
    _slopes: dict[tuple[Name, Name, bool], Entries] = field(default_factory=dict)

    def key(self, tree: Tree) -> tuple[Shape, Key]:
        """The one form of an expression, with its shape."""
        found = self.of(tree)
        return found.shape, self.pool.key(found.poly, found.free)

    # ---- expressions

    def of(self, tree: Tree) -> Entries:
        """The entries of an expression."""
        match tree:
            case Number(value):
                return Entries(constant(value), (), ())
            case Constant():
                return Entries(single(Atom(("constant", tree.name))), (), ())
            case Name():
                return self.name(tree)
            case Neg(a):
                inner = self.of(a)
                return Entries(scaled(inner.poly, Fraction(-1)), inner.free, inner.shape)
            case Add(terms):
                return self._sum([self.of(term) for term in terms])
            case Mul(factors):
                total = self.of(factors[0])
                for factor in factors[1:]:
                    total = self._product(total, self.of(factor))
                return total
            case Elementwise("*", a, b):
                return self.together(self.of(a), self.of(b))
            case Elementwise("/", a, b):
                return self.together(self.of(a), self.power(self.of(b), Fraction(-1)))
            case Div(a, b):
                below = self.of(b)
                if below.shape:
                    raise refuse("Div")
                return self.together(self.of(a), self.power(below, Fraction(-1)))
            case Pow(a, Number(n)) | Elementwise("^", a, Number(n)):
                base = self.of(a)
                if len(base.shape) == 2 and isinstance(tree, Pow):
                    raise CertificateError("certificate-shape")
                return self.power(base, n)
            case Transpose(a):
                return self._transposed(self.of(a))
            case Derivative(Name() as of, by, 1):
                return self.slope(of, by)
            case Apply():
                return self._apply(tree)
        raise refuse(type(tree).__name__)

    def name(self, name: Name) -> Entries:
        """A name's components, or its definition's."""
        if self.expand and name in self.definitions:
            return self.of(self.definitions[name])
        shape = self.shape(name)
        free = tuple(self.pool.index(size) for size in shape)
        return Entries(single(name_atom(name, free)), free, shape)

    def shape(self, name: Name) -> Shape:
        """The shape of a name: declared, or that of its definition."""
        if name not in self._shapes:
            body = self.definitions.get(name)
            self._shapes[name] = tuple(self.shapes.get(name, ())) if body is None else self.of(body).shape
        return self._shapes[name]

    def _at(self, entries: Entries, free: Sequence[int]) -> Poly:
        return self.pool.renamed(entries.poly, dict(zip(entries.free, free, strict=True)))

    def _sum(self, parts: list[Entries]) -> Entries:
        shape = next((p.shape for p in parts if p.shape), ())
        free = tuple(self.pool.index(size) for size in shape)
        total: list[Term] = []
        for part in parts:
            if part.shape not in ((), shape):
                raise CertificateError("certificate-shape")
            total += self._at(part, free if part.shape else ())
        return Entries(self.pool.collected(tuple(total), free), free, shape)

    def together(self, a: Entries, b: Entries) -> Entries:
        """Entry by entry; a number goes with every entry."""
        shape = a.shape or b.shape
        if a.shape and b.shape and a.shape != b.shape:
            raise CertificateError("certificate-shape")
        free = tuple(self.pool.index(size) for size in shape)
        left, right = (self._at(p, free if p.shape else ()) for p in (a, b))
        return Entries(self.pool.collected(self.pool.times(left, right), free), free, shape)

    def _product(self, a: Entries, b: Entries) -> Entries:
        """The matrix product; columns are n x 1."""
        if not a.shape or not b.shape:
            return self.together(a, b)
        if len(a.shape) == 1 and len(b.shape) == 1:
            raise CertificateError("certificate-shape")
        if len(a.shape) == 1:
            if b.shape[0] != ONE:
                raise CertificateError("certificate-shape")
            free = (self.pool.index(a.shape[0]), self.pool.index(b.shape[1]))
            poly = self.pool.times(self._at(a, free[:1]), self._at(b, (SINGLE, free[1])))
            return self._flat(Entries(poly, free, (a.shape[0], b.shape[1])))
        if a.shape[1] != b.shape[0]:
            raise CertificateError("certificate-shape")
        inner = self.pool.index(a.shape[1])
        row = self.pool.index(a.shape[0])
        rest = tuple(self.pool.index(size) for size in b.shape[1:])
        poly = self.pool.times(self._at(a, (row, inner)), self._at(b, (inner, *rest)))
        # `times` gives new names only to what is summed already, so the shared index is summed here.
        found = Entries(summed(poly, (inner,)), (row, *rest), (a.shape[0], *b.shape[1:]))
        return self._flat(found)

    def _flat(self, found: Entries) -> Entries:
        """1 x 1 is a number, and a column from 1 x n times n."""
        poly = self.pool.collected(found.poly, found.free)
        match found.shape:
            case (rows,) if rows == ONE:
                return Entries(poly, (), ())
            case (rows, columns) if rows == ONE and columns == ONE:
                return Entries(poly, (), ())
        return Entries(poly, found.free, found.shape)

    def _transposed(self, a: Entries) -> Entries:
        match a.shape:
            case (size,):
                return Entries(a.poly, (SINGLE, *a.free), (ONE, size))
            case (rows, columns) if rows == ONE:
                return Entries(a.poly, a.free[1:], (columns,))
            case (rows, columns):
                return Entries(a.poly, a.free[::-1], (columns, rows))
        return a

    # ---- powers and functions

    def power(self, a: Entries, n: Fraction) -> Entries:
        """Every entry to a power."""
        poly = self.pool.collected(a.poly, a.free)
        if not poly and n < 0:
            raise CertificateError("certificate-division")
        if n.denominator == 1 and 0 <= n <= MAX_POWER:
            total = constant(1)
            for _ in range(int(n)):
                total = self.pool.times(total, poly)
            return Entries(self.pool.collected(total, a.free), a.free, a.shape)
        if len(poly) == 1 and not poly[0].bound and n.denominator == 1:
            (term,) = poly
            atoms = {atom: power * n for atom, power in term.atoms.items()}
            if DELTA not in {atom.head for atom in atoms}:
                return Entries((Term(term.coefficient ** int(n), atoms),), a.free, a.shape)
        return Entries(single(self.whole(poly, a.free), n), a.free, a.shape)

    def whole(self, poly: Poly, free: Sequence[int], head: Key = ("sum",)) -> Atom:
        """A sum, or a function of it, as one atom."""
        used = tuple(i for i in free if any(i in x.indices for t in poly for x in t.atoms) and i != SINGLE)
        head = (*head, self.pool.key(poly, used))
        self.pool.bodies.setdefault(head, (used, poly))
        return Atom(head, used)

    def _apply(self, tree: Apply) -> Entries:
        name, order = known.resolve(tree.function, self.functions), tree.order
        stem = tree.function.stem
        if tree.options or len(tree.arguments) != 1:
            raise refuse("Apply")
        if stem in ("ones", "eye") and not order:
            (size,) = tree.arguments
            free = tuple(self.pool.index(size) for _ in range(1 if stem == "ones" else 2))
            poly = constant(1) if stem == "ones" else single(Atom(DELTA, free))
            return Entries(poly, free, (size,) * len(free))
        inside = self.of(tree.arguments[0])
        if stem in REDUCTIONS or name in ("max", "min", "piecewise"):
            if order or (found := self._reduced(stem, inside)) is None:
                raise refuse("Apply")
            return found
        if name == "sqrt" and not order:
            return self.power(inside, HALF)
        if name == "abs" and not order and not inside.shape:
            return Entries(lengths.absolute(self, inside.poly), (), ())
        return self.called(("call", name or tree.function, order), inside)

    def called(self, function: Key, inside: Entries) -> Entries:
        """A function of every entry; exp is its own derivative, that of log is 1/x."""
        poly = self.pool.collected(inside.poly, inside.free)
        match function:
            case (_, "exp", _):
                function = ("call", "exp", 0)
            case (_, "log", 1):
                return self.power(inside, Fraction(-1))
        return Entries(single(self.whole(poly, inside.free, function)), inside.free, inside.shape)

    def _reduced(self, stem: str, a: Entries) -> Entries | None:
        """sum, mean, trace, norm, opnorm, diag, softmax."""
        match stem, a.shape:
            case "sum", _:
                return self.total(a)
            case "mean", shape:
                found = self.total(a)
                for size in shape:
                    found = self.together(found, self.power(self.of(size), Fraction(-1)))
                return found
            case "norm" | "opnorm", _:
                poly = self.pool.collected(a.poly, a.free)
                measure = lengths.length if stem == "norm" else lengths.spectral
                return Entries(measure(self, Entries(poly, a.free, a.shape)), (), ())
            case "softmax", (_,):
                top = self.called(("call", "exp", 0), a)
                return self.together(top, self.power(self.total(top), Fraction(-1)))
            case "diag", (size,):
                i, j = self.pool.index(size), self.pool.index(size)
                delta = single(Atom(DELTA, (i, j)))
                return Entries(self.pool.times(self._at(a, (i,)), delta), (i, j), (size, size))
            case "trace", (rows, columns) if rows == columns:
                i, j = a.free
                delta = single(Atom(DELTA, (i, j)))
                poly = summed(self.pool.times(a.poly, delta), a.free)
                return Entries(self.pool.collected(poly, ()), (), ())
        return None

    def total(self, a: Entries) -> Entries:
        """The sum of all entries."""
        return Entries(self.pool.collected(summed(a.poly, a.free), ()), (), ())

    # ---- derivatives

    def slope(self, of: Name, by: Name) -> Entries:
        """D of / d by: the gradient of a number has the shape of `by`, a Jacobian one row per output."""
        if of not in self.definitions and of != by:
            raise refuse("Derivative")
        found = self._jacobian(of, by)
        top = len(self.shape(of))
        if top and len(found.free) - top and len(found.free) > 2:
            raise refuse("Derivative")
        return found

    def _jacobian(self, of: Name, by: Name) -> Entries:
        """Total over all paths, by the chain rule on the definitions."""
        memo = (of, by, self.expand)
        if memo in self._slopes:
            return self._slopes[memo]
        first = tuple(self.pool.index(size) for size in self.shape(of))
        second = tuple(self.pool.index(size) for size in self.shape(by))
        if of == by:
            poly = constant(1)
            for i, j in zip(first, second, strict=True):
                poly = self.pool.times(poly, single(Atom(DELTA, (i, j))))
        elif (body := self.definitions.get(of)) is None:
            poly = ()
        else:
            expand, self.expand = self.expand, False
            try:
                inner = self.of(body)
                poly = self._slope_of(self._at(inner, first if inner.shape else ()), by, second)
            finally:
                self.expand = expand
            if self.expand:
                poly = self._expanded(poly)
        found = Entries(self.pool.collected(poly, (*first, *second)), (*first, *second),
                        (*self.shape(of), *self.shape(by)))  # fmt: skip
        self._slopes[memo] = found
        return found

    def _slope_of(self, poly: Poly, by: Name, at: Sequence[int]) -> Poly:
        total: list[Term] = []
        for term in poly:
            for atom, power in term.atoms.items():
                inner = self._atom_slope(atom, by, at)
                if not inner:
                    continue
                rest = {a: p for a, p in term.atoms.items() if a != atom}
                if power != 1:
                    rest[atom] = power - 1
                front = (Term(term.coefficient * power, rest),)
                total += summed(self.pool.times(front, inner), term.bound)
        return tuple(total)

    def _atom_slope(self, atom: Atom, by: Name, at: Sequence[int]) -> Poly:
        kind = atom.head[0]
        if kind in ("delta", "constant"):
            return ()
        if kind == "name":
            name = atom.head[1]
            if not isinstance(name, Name) or (name != by and name not in self.definitions):
                return ()
            found = self._unexpanded(name, by)
            return self._at(found, (*atom.indices, *at))
        if kind == "opnorm":
            raise refuse("opnorm")
        free, body = self.pool.bodies[atom.head]
        inner = self._slope_of(self.pool.renamed(body, dict(zip(free, atom.indices, strict=True))), by, at)
        if kind == "sum" or not inner:
            return inner
        _, function, order, _ = atom.head
        outer = self.called(("call", function, order + 1), Entries(body, free, ()))
        (term,) = self.pool.renamed(outer.poly, dict(zip(free, atom.indices, strict=True)))
        return self.pool.times((term,), inner)

    def _unexpanded(self, name: Name, by: Name) -> Entries:
        expand, self.expand = self.expand, False
        try:
            return self._jacobian(name, by)
        finally:
            self.expand = expand

    def _expanded(self, poly: Poly) -> Poly:
        """Every defined name put in."""
        total: list[Term] = []
        for term in poly:
            product: Poly = (Term(term.coefficient, {}),)
            for atom, power in term.atoms.items():
                product = self.pool.times(product, self._expanded_atom(atom, power))
            total += summed(product, term.bound)
        return tuple(total)

    def _expanded_atom(self, atom: Atom, power: Fraction) -> Poly:
        kind = atom.head[0]
        if kind == "name" and atom.head[1] in self.definitions:
            inner = self.name(atom.head[1])
            return self.power(Entries(self._at(inner, atom.indices), (), ()), power).poly
        if kind in ("sum", "call"):
            free, body = self.pool.bodies[atom.head]
            opened = self._expanded(self.pool.renamed(body, {}))
            if kind == "sum":
                found = self.power(Entries(opened, free, ()), power)
            else:
                called = self.called(atom.head[:3], Entries(opened, free, ()))
                found = self.power(called, power)
            return self._at(Entries(found.poly, free, ()), atom.indices)
        return single(atom, power)
