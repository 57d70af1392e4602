"""The immutable tree that every text is read into and every writer writes from.

Nodes keep what was written (a quotient stays a quotient, a sum keeps its order) and where it was written
(`span`, offsets into the source; never part of equality). No node computes anything: simplification is
`algebra`'s, derivatives are `calculus`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Any, TypeAlias, get_args

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes; `span` is (start, end) in the text it was read from, or None if it was built."""

    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)
    _hash: int = field(default=0, compare=False, repr=False, init=False)

    def __str__(self) -> str:
        """Plain notation."""
        from symgrad.notation.writers.plain import plain

        return plain(self)  # type: ignore[arg-type]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Unicode in an interactive session."""
        from symgrad.notation.writers.unicode import pretty

        printer.text(pretty(self))  # type: ignore[arg-type]

    def _repr_latex_(self) -> str:
        """Typeset in a notebook."""
        from symgrad.notation.writers.latex import latex

        return rf"$\displaystyle {latex(self)}$"  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Number(Node):
    """An exact rational; `decimal` remembers that it was typed with a point (presentation only)."""

    value: Fraction
    decimal: bool = field(default=False, compare=False, kw_only=True)

    def __hash__(self) -> int:
        """That of the two integers: a fraction's own takes a modular power, and every name holds numbers."""
        return hash((self.value.numerator, self.value.denominator))


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """`e`, `pi` or `infty`."""

    name: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable: `w_1` is Name("w", (Number(1),)), `y_true` Name("y", (Name("true"),)), `ŷ` Name("y_hat").

    A layer superscript `W^{(2)}` is an index too, the first one; `layer` only remembers how it was typed.
    """

    stem: str
    indices: tuple[Tree, ...] = ()
    layer: bool = field(default=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A function of arguments: sigma'(z_1) is Apply(Name("sigma"), (z_1,), order=1)."""

    function: Name
    arguments: tuple[Tree, ...]
    order: int = 0
    options: tuple[tuple[str, Tree], ...] = ()


@dataclass(frozen=True, slots=True)
class Add(Node):
    """A sum in written order; a subtracted term is a Neg."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Mul(Node):
    """A product in written order (matrix product where its factors are matrices)."""

    factors: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Div(Node):
    """numerator / denominator."""

    numerator: Tree
    denominator: Tree


@dataclass(frozen=True, slots=True)
class Neg(Node):
    """-operand."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Pow(Node):
    """base ^ exponent."""

    base: Tree
    exponent: Tree


@dataclass(frozen=True, slots=True)
class Elementwise(Node):
    """`left .* right`, `left ./ right`, `left .^ right`; operator is one of * / ^."""

    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Transpose(Node):
    """operand^T."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Component(Node):
    """operand[i] or operand[i, j]."""

    operand: Tree
    positions: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Array(Node):
    """A written-out vector or matrix, nested for rows."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    """The token dX/dY: one thing, never a quotient."""

    of: Tree
    by: Name
    order: int = 1


@dataclass(frozen=True, slots=True)
class BigOp(Node):
    """prod or sum of body over index = low..high; `ascending` is None where the bounds decide."""

    kind: str
    body: Tree
    index: str
    low: Tree
    high: Tree
    ascending: bool | None = None


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """A chain of relations: operators among < <= > >= = != ~ (approximately), one fewer than operands."""

    operators: tuple[str, ...]
    operands: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """and, or, not, implies, iff over relations."""

    operator: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Is(Node):
    """`n is integer`, `n is positive integer`, `w is real`."""

    subject: Tree
    kind: str


@dataclass(frozen=True, slots=True)
class Convex(Node):
    """`L is convex in w_1, w_2`; or concave."""

    subject: Tree
    names: tuple[Name, ...]
    concave: bool = False


@dataclass(frozen=True, slots=True)
class Indicator(Node):
    """1 where the relation holds, else 0."""

    condition: Tree


Tree: TypeAlias = (
    Number | Constant | Name | Apply | Add | Mul | Div | Neg | Pow | Elementwise | Transpose | Component
    | Array | Derivative | BigOp | Relation | Logic | Is | Convex | Indicator
)  # fmt: skip


def _remember_hash(cls: Any) -> None:
    """Let the nodes of a class work their hash out once: trees are keys everywhere, and deep."""
    compute = cls.__hash__

    def __hash__(self: Any) -> int:
        known: int = self._hash
        if not known:
            known = compute(self) or 1
            object.__setattr__(self, "_hash", known)
        return known

    place = [f.name for f in fields(cls)].index("_hash")
    state = cls.__getstate__

    def __getstate__(self: Any) -> Any:
        kept = list(state(self))
        kept[place] = 0  # another process hashes text by another seed
        return kept

    cls.__hash__ = __hash__
    cls.__getstate__ = __getstate__


for _cls in get_args(Tree):
    _remember_hash(_cls)

ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def number(value: int | Fraction) -> Number:
    """The Number of a value."""
    return Number(Fraction(value))


def children(tree: Tree) -> tuple[Tree, ...]:
    """The direct subtrees, in written order."""
    match tree:
        case Number() | Constant():
            return ()
        case Name(indices=indices):
            return indices
        case Apply(function, arguments, _, options):
            return (*function.indices, *arguments, *(value for _, value in options))
        case Add(terms):
            return terms
        case Mul(factors):
            return factors
        case Div(a, b) | Pow(a, b) | Elementwise(_, a, b) | Derivative(a, b):
            return (a, b)
        case Neg(a) | Transpose(a) | Is(a) | Indicator(a):
            return (a,)
        case Component(a, positions):
            return (a, *positions)
        case Convex(a, names):
            return (a, *names)
        case Array(items):
            return items
        case BigOp(_, body, _, low, high):
            return (body, low, high)
        case Relation(_, operands):
            return operands
        case Logic(_, arguments):
            return arguments


def rebuild(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The same node over changed children; the node itself is not passed to `change`."""

    def name(old: Name) -> Name:
        new = change(old)
        return new if isinstance(new, Name) else old

    match tree:
        case Number() | Constant():
            return tree
        case Name(indices=()):
            return tree
        case Name(indices=indices):
            return replace(tree, indices=tuple(map(change, indices)))
        case Apply(function, arguments, _, options):
            if function.indices:
                function = replace(function, indices=tuple(map(change, function.indices)))
            return replace(
                tree,
                function=function,
                arguments=tuple(map(change, arguments)),
                options=tuple((key, change(value)) for key, value in options),
            )
        case Add(terms):
            return replace(tree, terms=tuple(map(change, terms)))
        case Mul(factors):
            return replace(tree, factors=tuple(map(change, factors)))
        case Div(a, b):
            return replace(tree, numerator=change(a), denominator=change(b))
        case Pow(a, b):
            return replace(tree, base=change(a), exponent=change(b))
        case Elementwise(_, a, b):
            return replace(tree, left=change(a), right=change(b))
        case Derivative(a, b):
            return replace(tree, of=change(a), by=name(b))
        case Neg(a) | Transpose(a):
            return replace(tree, operand=change(a))
        case Is(a):
            return replace(tree, subject=change(a))
        case Convex(a, names):
            return replace(tree, subject=change(a), names=tuple(map(name, names)))
        case Indicator(a):
            return replace(tree, condition=change(a))
        case Component(a, positions):
            return replace(tree, operand=change(a), positions=tuple(map(change, positions)))
        case Array(items):
            return replace(tree, items=tuple(map(change, items)))
        case BigOp(_, body, _, low, high):
            return replace(tree, body=change(body), low=change(low), high=change(high))
        case Relation(_, operands):
            return replace(tree, operands=tuple(map(change, operands)))
        case Logic(_, arguments):
            return replace(tree, arguments=tuple(map(change, arguments)))


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and all its subtrees, parents first; a loop, so depth costs nothing."""
    stack: list[Tree] = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def names_in(tree: Tree) -> tuple[Name, ...]:
    """The variables of a tree, each once, in order of appearance; no indices, no bound letters."""
    found: dict[Name, None] = {}

    def visit(node: Tree, bound: frozenset[str]) -> None:
        match node:
            case Name(stem, indices):
                if not (stem in bound and not indices):
                    found.setdefault(node)
            case Apply(_, arguments, _, options):
                for argument in arguments:
                    visit(argument, bound)
                for _, value in options:
                    visit(value, bound)
            case BigOp(_, body, index, low, high):
                visit(low, bound)
                visit(high, bound)
                visit(body, bound | {index})
            case _:
                for child in children(node):
                    visit(child, bound)

    visit(tree, frozenset())
    return tuple(found)


def substitute(tree: Tree, values: Mapping[Tree, Tree]) -> Tree:
    """Every subtree that is a key becomes its value, outermost first; inserted values are left alone."""
    if (value := values.get(tree)) is not None:
        return value
    return rebuild(tree, lambda child: substitute(child, values))


def strip_spans(tree: Tree) -> Tree:
    """The same tree with no positions (for trees that outlive their text)."""
    bare = rebuild(tree, strip_spans)
    return replace(bare, span=None) if bare.span is not None else bare


def field_names(tree: Tree) -> tuple[str, ...]:
    """The fields of a node that carry meaning, in order (for codecs)."""
    return tuple(f.name for f in fields(tree) if f.compare)
