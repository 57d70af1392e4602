"""Whether a right answer has the form a question asks for."""

from __future__ import annotations

from symgrad.notation.tree import ONE, Add, Div, Mul, Neg, Number, Pow, Tree, walk

FORMS = ("any", "factored", "expanded", "simplified")


def has_form(tree: Tree, form: str) -> bool:
    """Whether an answer has a form: a product at the top, no product of sums, nothing left to cancel or add.

    These are `factored`, `expanded` and `simplified`; the last looks for what a marker would circle: numbers
    not combined, a double sign, a repeated factor.
    """
    match form:
        case "factored":
            return not isinstance(tree.operand if isinstance(tree, Neg) else tree, Add)
        case "expanded":
            return not any(
                isinstance(node, Mul) and any(isinstance(f, Add) for f in node.factors) for node in walk(tree)
            )
        case "simplified":
            return not any(map(untidy, walk(tree)))
    return True


def untidy(node: Tree) -> bool:
    """Something in this node could be simplified at sight."""
    match node:
        case Mul(factors):
            plain = [f for f in factors if not isinstance(f, Number)]
            return len(factors) - len(plain) > 1 or len(set(plain)) < len(plain) or ONE in factors
        case Add(terms):
            return sum(isinstance(t, Number) for t in terms) > 1 or len(set(terms)) < len(terms)
        case Neg(Neg()):
            return True
        case Div(Number(a), Number(b)) if b:
            return a.denominator != 1 or b.denominator != 1 or (a / b).denominator != b
        case Div(Mul((Number(), *_)), Number()):
            return True
        case Div(_, Number(value)):
            return value == 1
        case Pow(_, Number(value)):
            return value in (0, 1)
    return False
