"""The change of a line to first order: dz = dW h + W dh for z = W h, node by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symgrad.calculus.matrices import losses
from symgrad.calculus.matrices.adjoint import Adjoints
from symgrad.calculus.matrices.forms import collected, is_call, ones, product, transpose
from symgrad.calculus.tidy import minus, over, plus
from symgrad.errors import NotSupportedError, Where
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Component,
    Constant,
    Div,
    Elementwise,
    Indicator,
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
from symgrad.notation.writers.plain import plain


@dataclass(frozen=True, slots=True)
class Differential:
    """The changes of some names, and what they make of an expression; the rules know shapes and slopes."""

    rules: Adjoints
    moved: Mapping[Name, Tree]

    def of(self, tree: Tree) -> Tree:
        """The change of an expression; 0 where nothing in it changes."""
        if not any(node in self.moved for node in walk(tree) if isinstance(node, Name)):
            return ZERO
        shapes, rules = self.rules.shapes, self.rules
        match tree:
            case Name():
                return self.moved[tree]
            case Indicator() | Relation():  # constant on both sides of its jump
                return ZERO
            case Neg(operand):
                return minus(self.of(operand))
            case Add(terms):
                return self.filled(collected([self.of(term) for term in terms]), terms, tree)
            case Transpose(operand):
                return transpose(self.of(operand), shapes)
            case Mul(factors):
                each = [(*factors[:i], self.of(f), *factors[i + 1 :]) for i, f in enumerate(factors)]
                return collected([product(*part) for part in each])
            case Elementwise("*", a, b):
                return plus(rules.entrywise(self.of(a), b), rules.entrywise(a, self.of(b)))
            case Elementwise("/", a, b) | Div(a, b):
                first, second = self.of(a), self.of(b)
                below = rules.raised(b, number(2))
                parts = [] if first == ZERO else [rules.quotient(first, b)]
                if second != ZERO:
                    parts.append(minus(rules.quotient(rules.entrywise(a, second), below)))
                return collected(parts)
            case Pow(Apply(Name("norm"), (vector,), 0), Number(value)) if value == 2:
                return product(number(2), rules.inner(vector, self.of(vector)))
            case Pow(base, exponent) | Elementwise("^", base, exponent):
                return self.of_power(tree, base, exponent)
            case Component(operand, positions):
                return Component(self.of(operand), positions)
            case Apply():
                return self.applied(tree)
        raise NotSupportedError("no-rule-yet", Where("<derivative>", source=plain(tree)), form=plain(tree))

    def filled(self, change: Tree, terms: Sequence[Tree], tree: Tree) -> Tree:
        """A number that moves every entry, as a column of them."""
        shape = self.rules.shapes.of(tree)
        moving = [term for term in terms if self.of(term) != ZERO]
        if shape and not any(self.rules.shapes.of(term) for term in moving):
            return product(change, ones(*shape))
        return change

    def of_power(self, tree: Tree, base: Tree, exponent: Tree) -> Tree:
        """N u^(n-1) du + u^n log(u) dn, entry by entry."""
        rules, parts = self.rules, list[Tree]()
        if (change := self.of(base)) != ZERO:
            slope = rules.entrywise(exponent, rules.raised(base, plus(exponent, number(-1))))
            parts.append(rules.entrywise(slope, change))
        if (change := self.of(exponent)) != ZERO:
            log = ONE if base == Constant("e") else Apply(Name("log"), (base,))
            parts.append(rules.entrywise(rules.entrywise(tree, log), change))
        return collected(parts)

    def applied(self, tree: Apply) -> Tree:
        """Reductions of the change, slopes times the change."""
        rules, stem, argument = self.rules, tree.function.stem, tree.arguments[0]
        if losses.is_loss(tree):
            found = losses.adjoints(tree, ONE, rules.shapes, rules.functions)
            changes = [(part, self.of(target)) for target, part in found]
            return collected([self.inner(part, change) for part, change in changes if change != ZERO])
        if len(tree.arguments) > 1:
            formula = rules.formula(tree)
            return self.of(formula if formula is not None else Transpose(tree))
        change, shape = self.of(argument), rules.shapes.of(argument)
        if tree.order == 0 and stem in ("norm", "opnorm") and not shape:
            return self.of(Apply(Name("abs"), (argument,)))
        if tree.order == 0 and stem in ("sum", "mean", "trace", "diag"):
            return Apply(tree.function, (change,)) if shape else change
        if tree.order == 0 and (stem == "norm" or (stem == "opnorm" and len(shape) == 1)):
            return over(self.inner(argument, change), tree)
        if tree.order == 0 and (stem in ("max", "min") or (stem == "opnorm" and len(shape) == 2)):
            return self.inner(Apply(tree.function, tree.arguments, 1), change) if shape else change
        if is_call(tree, "softmax"):
            mean = product(transpose(tree, rules.shapes), change)
            return Elementwise("*", tree, Add((change, Neg(mean))))
        return rules.entrywise(rules.slope(tree), change)

    def inner(self, slope: Tree, change: Tree) -> Tree:
        """The sum of slope .* change over the entries."""
        shape = self.rules.shapes.of(slope)
        if len(shape) == 1:
            return product(transpose(slope, self.rules.shapes), change)
        if not shape:
            return product(slope, change)
        return Apply(Name("sum"), (Elementwise("*", slope, change),))
