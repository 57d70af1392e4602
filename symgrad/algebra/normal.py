"""From a tree to its normal form in a scope, at a level."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from fractions import Fraction

from symgrad.algebra import elementary
from symgrad.algebra.forms import ONE, ZERO, Form, Ring, constant
from symgrad.algebra.scope import Level, Scope, ordered
from symgrad.arithmetic.derivatives import X, nth_derivative
from symgrad.arithmetic.resolve import Functions, resolve, resolve_applied
from symgrad.arithmetic.written_out import atoms, written_out
from symgrad.functions import registry
from symgrad.functions.application import written
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Constant,
    Derivative,
    Div,
    Indicator,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    strip_spans,
)

E = Name("E")


class Unsupported(ArithmeticError):
    """Not a scalar expression that this room can normalise; `reason` is a word for the decision."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Normaliser:
    """Normal forms of one scope at one level; forms of defined names and of functions are kept."""

    ring: Ring
    scope: Scope
    level: Level
    known: dict[Tree, Form] = field(default_factory=dict)
    memo: dict[Hashable, Form] = field(default_factory=dict)
    rests: dict[Tree, tuple[Name, int, tuple[Tree, ...]]] = field(default_factory=dict)
    inner: Normaliser | None = None

    def __post_init__(self) -> None:
        if self.level is Level.ACTIVATIONS:
            self.inner = Normaliser(self.ring, self.scope, Level.FUNCTIONS)
        if self.level is Level.DEFINITIONS:
            for free in self.scope.free_sums:
                self.rests[free.leaf] = (free.name, free.sign, free.rest)
                self.known[free.name] = self.leaf(free.name)

    def of(self, tree: Tree) -> Form:
        """The normal form of a tree."""
        tree = written_out(tree)
        if self.level >= Level.ACTIVATIONS:
            self._prepare(atoms(tree))
        return self.visit(tree, self.known)

    def _prepare(self, roots: Sequence[Tree]) -> None:
        """Forms for every defined name and token below the roots, in an order that needs no recursion."""

        def needs(node: Tree) -> tuple[Tree, ...] | None:
            if node in self.known:
                return None
            if node in self.rests:
                return tuple(a for part in self.rests[node][2] for a in atoms(part))
            if (body := self._body(node)) is None:
                return None
            return () if self._shallow(node) else atoms(body)

        for node in ordered(roots, needs):
            if node in self.rests:
                name, sign, rest = self.rests[node]
                others = [self.ring.negate(self.visit(part, self.known)) for part in rest]
                form = self.ring.add([self.leaf(name), *others])
                self.known[node] = form if sign > 0 else self.ring.negate(form)
            elif (body := self._body(node)) is not None:
                inner = self.inner if self._shallow(node) and self.inner is not None else self
                self.known[node] = inner.visit(body, inner.known)

    def _body(self, node: Tree) -> Tree | None:
        """What a name or token stands for at this level, or None if it stays free."""
        if isinstance(node, Derivative):
            value = self.scope.token(node)
            return None if value is None else written_out(value)
        body = self.scope.bodies.get(node) if isinstance(node, Name) else None
        if self.level is Level.ACTIVATIONS and not isinstance(body, Apply):
            return None
        return body

    def _shallow(self, node: Tree) -> bool:
        """Whether the names inside the body stay free (any mixture of names and their values is sound)."""
        return self.level is Level.ACTIVATIONS and isinstance(node, Name)

    def leaf(self, tree: Tree) -> Form:
        """A free atom."""
        return self.ring.atom("leaf", tree=strip_spans(tree))

    def visit(self, tree: Tree, names: Mapping[Tree, Form]) -> Form:
        """The form of a tree in which `names` already have forms."""
        ring = self.ring
        match tree:
            case Number(value):
                return Form(value) if value else ZERO
            case Name() | Derivative():
                return found if (found := names.get(tree)) is not None else self.leaf(tree)
            case Constant("e"):
                return elementary.exponential(ring, ONE)
            case Constant("pi"):
                return self.leaf(tree)
            case Add(terms):
                return ring.add([self.visit(term, names) for term in terms])
            case Mul(factors):
                return ring.multiply([self.visit(factor, names) for factor in factors])
            case Neg(operand):
                return ring.negate(self.visit(operand, names))
            case Div(a, b):
                return ring.multiply([self.visit(a, names), ring.power(self.visit(b, names), -1)])
            case Pow(a, b):
                return self.power(self.visit(a, names), self.visit(b, names))
            case Apply():
                return self.apply(tree, names)
            case Indicator(condition):
                return self.truth(condition, names)
            case BigOp() if self.level <= Level.FUNCTIONS and names is self.known:
                return self.leaf(tree)
            case BigOp():
                raise Unsupported("symbolic-range")
        raise Unsupported("not-scalar")

    def power(self, base: Form, exponent: Form) -> Form:
        """Base ^ exponent; roots stay functions at the opaque level."""
        n = exponent.rational()
        if self.level is Level.OPAQUE and (n is None or n.denominator != 1):
            if n == Fraction(1, 2):
                return self.ring.atom("apply", (base,), Name("sqrt"))
            if base.key() == elementary.exponential(self.ring, ONE).key():
                return self.ring.atom("apply", (exponent,), Name("exp"))
        return elementary.power(self.ring, base, exponent)

    def apply(self, tree: Apply, names: Mapping[Tree, Form]) -> Form:
        """A function of arguments."""
        if tree.function.stem == "piecewise" and resolve(tree.function, self.scope.functions) is None:
            return self.piecewise(tree.arguments, names)
        arguments = tuple(self.visit(argument, names) for argument in tree.arguments)
        known: Functions = {} if names is not self.known else self.scope.functions
        function = resolve_applied(tree, known)
        if function is None and tree.function.stem in ("max", "min", "clip") and not tree.order:
            return self.extreme(tree.function.stem, arguments)
        if function is None and (formula := written(tree, known)) is not None:
            return self.visit(formula, names)
        if function is None or len(arguments) != 1:
            bare: Tree = replace_fields(tree, arguments=(), order=0) if tree.options else tree.function
            return self.ring.atom("apply", arguments, strip_spans(bare), tree.order)
        if self.level is Level.OPAQUE and isinstance(function, Function):
            return self.ring.atom("apply", arguments, Name(function.name), tree.order)
        return self.concrete(function, tree.order, arguments[0])

    def concrete(self, function: Function | Tree, order: int, argument: Form) -> Form:
        """f^(order)(argument) by the function's own rules, formula in E or questionnaire."""
        identity = function.name if isinstance(function, Function) else function
        key = (identity, order, argument.key())
        if (known := self.memo.get(key)) is None:
            known = self.memo[key] = self._concrete(function, order, argument)
        return known

    def _concrete(self, function: Function | Tree, order: int, argument: Form) -> Form:
        if not isinstance(function, Function) or order:
            return self.visit(nth_derivative(function, order), {X: argument})
        rule: Callable[[Ring, Form], Form] | None = elementary.ELEMENTARY.get(function.name)
        if rule is not None:
            return rule(self.ring, argument)
        if function.exponential is not None:
            formula = registry.formula(function.exponential)
            return self.visit(formula, {E: elementary.exponential(self.ring, argument), X: argument})
        if (value := registry.value(function)) is not None:
            return self.visit(value, {X: argument})
        return self.ring.atom("apply", (argument,), Name(function.name), 0)

    def extreme(self, name: str, arguments: tuple[Form, ...]) -> Form:
        """max(a, b) = b + relu(a - b), min(a, b) = a - relu(a - b); at the opaque level an atom."""
        ring = self.ring
        if not arguments or (name == "clip" and len(arguments) != 3):
            raise Unsupported("not-scalar")
        if self.level is Level.OPAQUE:
            return ring.atom("apply", arguments, Name(name))
        if name == "clip":
            return self.extreme("min", (self.extreme("max", arguments[:2]), arguments[2]))
        best = arguments[0]
        for other in arguments[1:]:
            excess = elementary.rectified(ring, ring.add([best, ring.negate(other)]))
            best = ring.add([other, excess] if name == "max" else [best, ring.negate(excess)])
        return best

    def piecewise(self, parts: tuple[Tree, ...], names: Mapping[Tree, Form]) -> Form:
        """The branches weighted by the indicators of their conditions."""
        if len(parts) % 2 == 0:
            raise Unsupported("not-scalar")
        result = self.visit(parts[-1], names)
        for i in range(len(parts) - 3, -1, -2):
            here = self.truth(parts[i + 1], names)
            there = self.ring.add([ONE, self.ring.negate(here)])
            branch = self.visit(parts[i], names)
            result = self.ring.add([self.ring.multiply([here, branch]), self.ring.multiply([there, result])])
        return result

    def truth(self, condition: Tree, names: Mapping[Tree, Form]) -> Form:
        """The indicator of a condition in steps: [a >= b] = 1 - step(b - a)."""
        ring = self.ring
        match condition:
            case Relation(operators, operands):
                sides = [self.visit(side, names) for side in operands]
                pairs = zip(operators, sides, sides[1:], strict=False)
                return ring.multiply(self.related(operator, a, b) for operator, a, b in pairs)
            case Logic("and", parts):
                return ring.multiply(self.truth(part, names) for part in parts)
            case Logic("not", (part,)):
                return ring.add([ONE, ring.negate(self.truth(part, names))])
            case Logic("or", parts):
                none = [ring.add([ONE, ring.negate(self.truth(part, names))]) for part in parts]
                return ring.add([ONE, ring.negate(ring.multiply(none))])
        raise Unsupported("condition")

    def related(self, operator: str, a: Form, b: Form) -> Form:
        """The indicator of one relation."""
        ring = self.ring
        above = elementary.step(ring, ring.add([a, ring.negate(b)]))
        below = elementary.step(ring, ring.add([b, ring.negate(a)]))
        match operator:
            case ">":
                return above
            case "<":
                return below
            case ">=":
                return ring.add([ONE, ring.negate(below)])
            case "<=":
                return ring.add([ONE, ring.negate(above)])
            case "!=":
                return ring.add([above, below])
            case "=":
                return ring.add([constant(1), ring.negate(above), ring.negate(below)])
        raise Unsupported("condition")
