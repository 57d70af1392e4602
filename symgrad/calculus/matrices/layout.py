"""The other layout: a gradient as a row, dL/dW transposed; every line of a derivation, and back.

In numerator layout a token dL/dv stands for the transpose of what it stands for in gradient layout, so a line
dL/dh = W^T dL/dz becomes dL/dh = dL/dz W. Doing it twice gives the line back.
"""

from __future__ import annotations

from dataclasses import replace

from symgrad.calculus.matrices.forms import grouped, product, transpose
from symgrad.calculus.matrices.operators import as_product, holds_adjoint
from symgrad.calculus.matrices.replay import scalars_first
from symgrad.calculus.replay import collect_numbers
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import Apply, Derivative, Mul, Name, Transpose, Tree, rebuild
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

LAYOUTS = ("gradient", "jacobian")
NUMERATOR = "steps.layout-numerator"
ROWS = ("adjoint-linear", "adjoint-weight", "adjoint-weight-transposed")
TURNED = {f"steps.{rule}": f"steps.{rule}-row" for rule in ROWS} | {
    f"steps.{rule}-row": f"steps.{rule}" for rule in ROWS
}
"""Reasons that speak of a transpose, in the one layout and in the other."""


def in_numerator_layout(derivation: Derivation, shapes: Shapes) -> Derivation:
    """The derivation of a number in numerator layout; a Jacobian has it already."""
    if shapes.of(derivation.goal.of) or is_numerator(derivation):
        return derivation
    turned = transposed(derivation, shapes)
    notes = tuple(Phrase.of(NUMERATOR) if n.id == "steps.layout-gradient" else n for n in derivation.notes)
    return replace(turned, notes=notes)


def in_gradient_layout(derivation: Derivation, shapes: Shapes) -> Derivation:
    """The derivation as it was before `in_numerator_layout`."""
    if not is_numerator(derivation):
        return derivation
    turned = transposed(derivation, Shapes(shapes.names, None, numerator=True))
    notes = tuple(Phrase.of("steps.layout-gradient") if n.id == NUMERATOR else n for n in derivation.notes)
    return replace(turned, notes=notes)


def is_numerator(derivation: Derivation) -> bool:
    """Whether a derivation says that it is in numerator layout."""
    return any(note.id == NUMERATOR for note in derivation.notes)


def transposed(derivation: Derivation, shapes: Shapes) -> Derivation:
    """Every line transposed, the tokens standing for their transposes from now on."""
    whole = derivation.factors[0] if len(derivation.factors) == 1 else Mul(derivation.factors)
    after = Shapes(shapes.names, None, not shapes.numerator)
    factors = collect_numbers(scalars_first(list(as_product(turned(whole, shapes), after)), after))
    return replace(
        derivation,
        steps=tuple(turned_step(step, shapes) for step in derivation.steps),
        factors=factors,
        kept=tuple((token, turned(value, shapes)) for token, value in derivation.kept),
    )


def turned_step(step: Step, shapes: Shapes) -> Step:
    """One step in the other layout."""
    after = turned(step.after, shapes)
    fields = tuple((key, after if key == "local" else value) for key, value in step.why.fields)
    return replace(step, after=after, why=Phrase(TURNED.get(step.why.id, step.why.id), fields))


def turned(tree: Tree, shapes: Shapes) -> Tree:
    """The transpose of a tree, written with the transposes of its tokens."""
    return exchanged(transpose(tree, shapes), shapes)


def exchanged(tree: Tree, shapes: Shapes) -> Tree:
    """Dv^T for dv and the other way round, for every derivative of a number by an array."""
    match tree:
        case Transpose(Derivative(of, by) as token) if shapes.of(by) and not shapes.of(of):
            return token
        case Derivative(of, by) if shapes.of(by) and not shapes.of(of):
            return Transpose(tree)
        case Apply(Name("sum" | "mean" | "norm"), (argument,), 0) if shapes.of(argument) and holds_adjoint(
            argument
        ):
            return replace(tree, arguments=(turned(argument, shapes),))
        case Mul(factors) if not shapes.of(tree) and any(isinstance(f, Derivative) for f in factors):
            # a number of such factors: x^T u is u^T x
            flipped = product(*(transpose(f, shapes) for f in reversed(grouped(factors, shapes))))
            return rebuild(flipped, lambda child: exchanged(child, shapes))
    return rebuild(tree, lambda child: exchanged(child, shapes))
