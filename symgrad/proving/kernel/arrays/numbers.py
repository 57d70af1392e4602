"""Norms, sums and other numbers made from arrays, each as a name of its own: what is left are numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Constant,
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
    Tree,
    names_in,
    number,
    walk,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.arrays.build import REDUCTIONS, Builder
from symgrad.proving.kernel.arrays.terms import Atom, Key, Poly, Term, single
from symgrad.proving.kernel.enclosures.domain import conditions
from symgrad.proving.kernel.setting import Setting, setting

NORM, OPNORM = Name("norm"), Name("opnorm")
EXTREMES = {"min": (">", ">="), "max": ("<", "<=")}


def is_even(group: Term) -> bool:
    """Whether a product is a square: all its powers are even."""
    return all(p.denominator == 1 and p % 2 == 0 for p in group.atoms.values())


@dataclass(slots=True)
class Numbers:
    """Names for the numbers and entries of arrays, and what is known of them. trees: what else is read."""

    here: Setting
    build: Builder
    trees: Sequence[Tree]
    facts: dict[Tree, None] = field(default_factory=dict)
    _names: dict[Key, Name] = field(default_factory=dict)
    _lines: dict[Name, Tree] = field(default_factory=dict)
    _stem: str = ""
    _any: int = 0

    def __post_init__(self) -> None:
        trees = (*self.trees, *self.here.used, *(t for pair in self.here.definitions for t in pair))
        taken = {n.stem for tree in trees for n in walk(tree) if isinstance(n, Name)}
        taken |= {
            n.stem for pair in self.build.shapes.items() for t in (pair[0], *pair[1]) for n in names_in(t)
        }
        self._stem = next(s for s in (f"N{'o' * k}" for k in range(99)) if s not in taken)
        letters = {n for shape in self.build.shapes.values() for size in shape for n in names_in(size)}
        self.facts.update({Relation((">=",), (n, ONE)): None for n in sorted(letters, key=repr)})

    # ---- numbers

    def of(self, tree: Tree) -> Tree:
        """A number's expression without arrays."""
        match tree:
            case Number() | Constant():
                return tree
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
        found = self.build.of(tree)
        if found.shape:
            raise CertificateError("certificate-shape")
        return self._sum(found.poly)

    def _plain(self, tree: Apply) -> bool:
        name = known.resolve(tree.function, self.here.functions)
        return name is not None and tree.function.stem not in REDUCTIONS and self._numbers(*tree.arguments)

    def _numbers(self, *trees: Tree) -> bool:
        return all(not self.build.of(tree).shape for tree in trees)

    def _sum(self, poly: Poly) -> Tree:
        if (name := self._names.get(("length", "sum", self.build.pool.key(poly, ())))) is not None:
            return Pow(name, number(2))
        terms: list[Tree] = []
        for term in self.build.pool.collected(poly, ()):
            factors: list[Tree] = [*map(self._factor, self.build.pool.groups(term, term.bound))]
            if term.coefficient != 1 or not factors:
                factors.insert(0, Number(term.coefficient))
            terms.append(factors[0] if len(factors) == 1 else Mul(tuple(factors)))
        return ZERO if not terms else terms[0] if len(terms) == 1 else Add(tuple(terms))

    def _factor(self, group: Term) -> Tree:
        """What shares no summed index with the rest; a sum of squares is the square of a length."""
        key = self.build.pool.key((group,), ())
        if group.bound:
            if is_even(group):
                return Pow(self._length(("sum", key)), number(2))
            name = self._fresh(key)
            if all(atom.head[:3] == ("call", "exp", 0) for atom in group.atoms):
                self.facts.setdefault(Relation((">",), (name, ZERO)))
            return name
        ((atom, power),) = group.atoms.items()
        if power.denominator == 2:
            return self._power(self._root(atom), power * 2)
        return self._power(self._atom(atom), power)

    @staticmethod
    def _power(tree: Tree, power: Fraction) -> Tree:
        if power < 0:
            return Div(ONE, Numbers._power(tree, -power))
        return tree if power == 1 else Pow(tree, Number(power))

    def _atom(self, atom: Atom) -> Tree:
        match atom.head:
            case ("name", Name() as name) if not atom.indices:
                return name
            case ("constant", str() as name):
                return Constant(name)
            case ("sum", _) if not atom.indices:
                return self._sum(self.build.pool.bodies[atom.head][1])
            case ("call", function, int() as order, _) if not atom.indices:
                inside = self._sum(self.build.pool.bodies[atom.head][1])
                called = function if isinstance(function, Name) else Name(str(function))
                if isinstance(function, Name) or known.resolve(called, self.here.functions) == function:
                    return Apply(called, (inside,), order)
            case ("opnorm", *_):
                return self._length(atom.head)
        return self._fresh(self.build.pool.key(single(atom), ()))

    def _root(self, atom: Atom) -> Tree:
        """A root of a sum over indices is a length."""
        _, body = self.build.pool.bodies[atom.head]
        if not any(term.bound for term in body):
            return Apply(Name("sqrt"), (self._sum(body),))
        return self._length(atom.head)

    def _fresh(self, key: Key) -> Name:
        return self._names.setdefault(key, Name(self._stem, (number(len(self._names)),)))

    def _length(self, key: Key) -> Name:
        name = self._fresh(("length", *key))
        self.facts.setdefault(Relation((">=",), (name, ZERO)))
        return name

    # ---- entries

    def entry(self, tree: Tree) -> Tree:
        """One entry of an array, the same place for every array of that shape; a number is itself."""
        if not self.build.of(tree).shape:
            return self.of(tree)
        match tree:
            case Name():
                return self._entry_of_name(tree)
            case Neg(a):
                return Neg(self.entry(a))
            case Add(terms):
                return Add(tuple(map(self.entry, terms)))
            case Elementwise("*", a, b):
                return Mul((self.entry(a), self.entry(b)))
            case Elementwise("/", a, b) | Div(a, b):
                return Div(self.entry(a), self.entry(b))
            case Pow(a, Number() as n) | Elementwise("^", a, Number() as n):
                return Pow(self.entry(a), n)
            case Mul(factors) if sum(not self._numbers(f) for f in factors) == 1:
                return Mul(tuple(map(self.entry, factors)))
            case Apply(Name("ones", ()), _, 0):
                return ONE
            case Apply(Name("softmax", ()), _, 0):
                name = self._opaque(tree)
                self.facts.setdefault(Relation((">",), (name, ZERO)))
                self.facts.setdefault(Relation(("<=",), (name, ONE)))
                return name
            case Apply(function, (a,), order, ()) if function.stem not in REDUCTIONS:
                called = known.resolve(function, self.here.functions)
                if called not in ("max", "min", "piecewise") and self.build.of(a).shape:
                    return Apply(function, (self.entry(a),), order)
        return self._opaque(tree)

    def _entry_of_name(self, name: Name) -> Name:
        """The entry of a defined array is that of its equation."""
        found = self._fresh(("entry", name))
        if found not in self._lines and (body := self.build.definitions.get(name)) is not None:
            self._lines[found] = self.entry(body)
        return found

    def _opaque(self, tree: Tree) -> Name:
        """Any number: where an array is not made entry by entry."""
        self._any += 1
        shape, key = self.build.key(tree)
        return self._fresh(("entry", shape, key))

    # ---- what is known

    def setting(self) -> Setting:
        """The assumptions about numbers and entries, the chain's numbers, lengths that are not negative."""
        facts = [fact for used in self.here.used for fact in self._facts(used)]
        lines = []
        for name, body in self.here.definitions:
            if not self.build.shape(name):
                try:
                    lines.append((name, self.of(body)))
                except CertificateError:
                    continue
        lines += self._lines.items()
        return setting(self.here.functions, lines, (*facts, *self.facts))

    def _facts(self, assumption: Tree) -> Iterator[Tree]:
        match assumption:
            case Relation((operator,), (a, b)):
                with suppress(CertificateError):
                    yield from self._fact(operator, a, b)
                    yield from self._fact(_turned(operator), b, a, False)
            case Logic() | Is() if not any(map(self._array, walk(assumption))):
                yield assumption

    def _fact(self, operator: str, a: Tree, b: Tree, whole: bool = True) -> Iterator[Tree]:
        """What a comparison says of numbers; of entries, by the least or largest of them or an equation."""
        match a:
            case Apply(extreme, (v,), 0) if operator in EXTREMES.get(extreme.stem, ()):
                if self.build.of(v).shape and self._numbers(b):
                    yield Relation((operator,), (self.entry(v), self.of(b)))
                    if extreme.stem == "min" and isinstance(b, Number) and b.value >= 0:
                        yield Relation(("<=",), (self.entry(v), self.of(Apply(Name("sum"), (v,)))))
            case _ if whole and operator == "=":
                self.build.of(Add((a, Neg(b))))
                before = self._any
                sides = (self.entry(a), self.entry(b))
                if self._any == before:  # of any number nothing is learnt
                    yield Relation(("=",), sides)
            case _ if whole and _turned(operator) != "=" and not _is_extreme(b):
                yield Relation((operator,), (self.of(a), self.of(b)))

    def _array(self, node: Tree) -> bool:
        if isinstance(node, Apply) and node.function.stem in ("ones", "eye", *REDUCTIONS):
            return True
        return isinstance(node, Derivative) or (isinstance(node, Name) and bool(self.build.shape(node)))

    def defined(self, statement: Relation) -> None:
        """Both sides have a value, and where they speak of derivatives, the chain has slopes.

        Raises:
            CertificateError: a quotient, root or logarithm may have none.
        """
        reached = set(names_in(statement))
        bodies = []
        for name, body in reversed(self.here.definitions):
            if name in reached:
                reached.update(names_in(body))
                bodies.append(body)
        smooth = any(isinstance(node, Derivative) for node in walk(statement))
        wanted = [c for side in statement.operands for c in _conditions(side, self.here.functions)]
        for body in bodies:
            for relation in _conditions(body, self.here.functions):
                (operator,), sides = relation.operators, relation.operands
                wanted.append(Relation((">" if smooth and operator == ">=" else operator,), sides))
            nodes = [n for n in walk(body) if isinstance(n, Apply) and n.function in (NORM, OPNORM)]
            wanted += [Relation(("!=",), (n, ZERO)) for n in nodes if smooth]
        self.require(
            [Relation(c.operators, tuple(map(self.entry, c.operands))) for c in dict.fromkeys(wanted)]
        )

    def require(self, said: Iterable[Relation]) -> None:
        """Conditions on numbers and entries that follow from what is known.

        Raises:
            CertificateError: one may fail.
        """
        here = self.setting()
        if not all(here.bounds(condition).implies(condition) for condition in said):
            raise CertificateError("certificate-division")


def _conditions(tree: Tree, functions: Mapping[str, str]) -> Iterator[Relation]:
    yield from conditions(tree, functions)
    for node in walk(tree):
        match node:
            case Elementwise("/", _, b) if not (isinstance(b, Number) and b.value):
                yield Relation(("!=",), (b, ZERO))
            case Elementwise("^", a, b):
                yield from conditions(Pow(a, b), functions)


def _is_extreme(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.function.stem in EXTREMES and len(tree.arguments) == 1


def _turned(operator: str) -> str:
    return {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
