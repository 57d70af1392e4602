"""Names that an answer may use and the chain does not have, replaced by what they stand for in it."""

from __future__ import annotations

from symgrad.arithmetic.written_out import written_out
from symgrad.calculus.derive import derive
from symgrad.grading.kinks import signs
from symgrad.grading.question import Question
from symgrad.grading.scalars import scalars
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.places import letters_of
from symgrad.notation.source import Source
from symgrad.notation.tree import (
    Apply,
    BigOp,
    Derivative,
    Mul,
    Name,
    Tree,
    number,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain

LOOKALIKES = {"O": 0, "o": 0, "l": 1, "I": 1}
"""Letters that a scan shows for digits."""


def settle(question: Question, tree: Tree, source: Source) -> Tree:
    """delta_j, derivatives of inner names and aliases, replaced by what they stand for.

    Raises:
        SymgradError: a name or derivative that means nothing in this chain.
    """
    if question.renamed:
        tree = substitute(tree, question.renamed)
    tree = signs(tree)
    if question.scalar:
        tree = scalars(tree)
    network = question.network
    if network is None:
        return tree
    if not isinstance(network, SymbolicNetwork) and (network.shapes or sums_errors(tree)):
        tree = written_out(tree)  # the delta_t of a sum are those of its layers
    misread(question, tree, source)
    swaps: dict[Tree, Tree] = {}
    for node in walk(tree):
        if isinstance(node, Name) and node.stem == "delta" and node not in network.names:
            swaps[node] = delta(question, network, node, source)
        elif isinstance(network, SymbolicNetwork):
            continue  # tokens are looked up where ranges are compared
        elif isinstance(node, Derivative) and node not in question.adjoints and node != question.goal:
            swaps[node] = inner(network, node, source)
    return substitute(tree, swaps) if swaps else tree


def misread(question: Question, tree: Tree, source: Source) -> None:
    """Refuses h_O and h_l where the chain has h_0 and h_1: letters that are taken for digits.

    Raises:
        SymgradError: with the name that is meant.
    """
    assert question.network is not None
    names = question.network.names
    free = letters_of(tree) if not isinstance(question.network, SymbolicNetwork) else frozenset()
    for node in walk(tree) if free & set(LOOKALIKES) else ():
        match node:
            case Name(stem, (Name(letter, ()),)) if letter in LOOKALIKES and letter in free:
                meant = Name(stem, (number(LOOKALIKES[letter]),))
                if node not in names and meant in names:
                    written, right, end = plain(node), plain(meant), len(source.text)
                    raise source.error(
                        "unknown-name", 0, end, hint="did-you-mean", name=written, suggestion=right
                    )


def delta(question: Question, network: Network, name: Name, source: Source) -> Tree:
    """delta_j is d(objective)/d(argument of layer j's activation)."""
    goal = question.goal
    of = goal.of if goal is not None else network.objective
    if isinstance(network, SymbolicNetwork):
        argument = network.argument(name.indices)
        if argument is not None:
            return Derivative(of, argument)
        raise source.error("unknown-name", 0, len(source.text), name=plain(name))
    for equation in network.equations:
        body = equation.body
        if (
            equation.name.indices == name.indices
            and isinstance(body, Apply)
            and len(body.arguments) == 1
            and isinstance(body.arguments[0], Name)
        ):
            return Derivative(of, body.arguments[0])
    for equation in network.equations:  # p = softmax(z_2): the layer's number stands at its argument
        match equation.body:
            case Apply(_, (Name() as argument,)) if name.indices and argument.indices == name.indices:
                return Derivative(of, argument)
    stems = {  # an output without an activation: the name that stands in the other layers' activations
        argument.stem
        for equation in network.equations
        if isinstance(equation.body, Apply)
        for argument in equation.body.arguments
        if isinstance(argument, Name) and len(argument.indices) == len(name.indices)
    }
    found = [other for other in network.names if other.stem in stems and other.indices == name.indices]
    if name.indices and len(found) == 1 and found[0] in network.position:
        return Derivative(of, found[0])
    raise source.error("unknown-name", 0, len(source.text), name=plain(name))


def sums_errors(tree: Tree) -> bool:
    """Whether a sum or product runs over the errors of layers or time steps."""
    return any(
        isinstance(node, BigOp) and any(isinstance(n, Name) and n.stem == "delta" for n in walk(node.body))
        for node in walk(tree)
    )


def inner(network: Network, token: Derivative, source: Source) -> Tree:
    """The value of a derivative such as da_2/dz_2, or of a gradient of another objective."""
    if token.order != 1 or not isinstance(token.of, Name):
        raise source.error("derivative-order", 0, len(source.text), token=plain(token))
    for name in (token.of, token.by):
        if name not in network.names:
            raise source.error("unknown-name", 0, len(source.text), name=plain(name))
    found = derive(network, token.by, token.of)
    values = dict(found.kept)
    parts = [values.get(f, f) if isinstance(f, Derivative) else f for f in found.factors]
    return parts[0] if len(parts) == 1 else Mul(tuple(parts))
