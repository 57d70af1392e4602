"""d(vector)/d(vector): the product of the local Jacobians, later layers left; a sum where paths part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.calculus.matrices.derive import conventions, shaped_tape, shared_replay, symbols
from symgrad.calculus.matrices.forms import collected, identity, is_call, product, transpose
from symgrad.calculus.matrices.operators import Operator, matrix, operator
from symgrad.calculus.matrices.replay import Part, scalars_first
from symgrad.calculus.matrices.tape import Edge, ShapedTape
from symgrad.calculus.replay import collect_numbers
from symgrad.calculus.tidy import factors_of
from symgrad.errors import NotSupportedError, Where
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import ONE, Derivative, Mul, Name, Tree
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase


def jacobian(network: Network, places: Sequence[int], wrt: Name, of: Name) -> Derivation:
    """d(of)/d(wrt), one row for each output.

    Raises:
        NotSupportedError: a matrix takes part, so that the derivative is no matrix.
    """
    tape, goal = shaped_tape(network, of), Derivative(of, wrt)
    reached = {wrt} | {network.equations[place].name for place in places}
    for name in (of, wrt, *(network.equations[place].name for place in places)):
        if len(tape.shapes.of(name)) > 1:
            raise refusal(network, of, wrt, name)
    steps: list[Step] = []
    locals_: dict[tuple[Name, Name], Tree] = {}
    for place in places:
        for edge in tape.edges[place]:
            if edge.parent in reached:
                local = locals_[edge.parent, edge.node] = self_contained(tape, edge)
                steps.append(edge_step(tape, edge, local))
    steps.extend(sums(of, locals_))
    replay = shared_replay(network, of)
    replay.prepare(wrt)
    found = replay.whole(wrt)
    if found.factors is None or found.token != tape.token(of):
        raise refusal(network, of, wrt, wrt)
    factors = turned(tape, found, tape.shapes.of(wrt))
    why = Phrase.of("steps.jacobian-product" if single(locals_) else "steps.jacobian-paths")
    whole = factors[0] if len(factors) == 1 else Mul(factors)
    shown = (*conventions(steps, tape.shapes), *symbols(factors))
    notes = (Phrase.of("steps.layout-jacobian"), *shown)
    return Derivation(goal, (*steps, Step("chain-rule", goal, whole, why)), factors, notes=notes)


def single(locals_: dict[tuple[Name, Name], Tree]) -> bool:
    """Whether every name on the way acts through one node."""
    starts = [start for start, _ in locals_]
    return len(set(starts)) == len(starts)


def turned(tape: ShapedTape, part: Part, size: tuple[Tree, ...]) -> tuple[Tree, ...]:
    """The transpose of the matrix that takes a change of the output back, factor by factor."""
    assert part.factors is not None
    found: list[Tree] = []
    for factor in reversed(part.factors):
        found.extend(factors_of(transpose(factor, tape.shapes)))
    if size and not any(map(tape.shapes.of, found)):
        found.append(identity(size[0]))
    return collect_numbers(scalars_first(found, tape.shapes))


def self_contained(tape: ShapedTape, edge: Edge) -> Tree:
    """The local Jacobian of an edge: W for W h, diag(s') for an activation, I for a skip.

    Raises:
        NotSupportedError: the line is no matrix times the change of its input.
    """
    token = tape.token(edge.node)
    found: Operator | None = operator(edge.step.after, token, tape.shapes)
    if found is None:
        raise refusal(tape.network, tape.of, edge.parent, edge.node)
    return turned_matrix(found, token, tape.shapes)


def turned_matrix(factors: Operator, token: Tree, shapes: Shapes) -> Tree:
    """The Jacobian of which some factors are the transpose; token is any change of the output."""
    return transpose(matrix(factors, token, shapes), shapes)


def edge_step(tape: ShapedTape, edge: Edge, local: Tree) -> Step:
    """One line by one of its inputs, as a matrix."""
    rule = jacobian_rule(edge.step.rule, local)
    fields: dict[str, Tree] = {"parent": edge.parent, "node": edge.node, "local": local}
    before = Derivative(edge.node, edge.parent)
    why = Phrase.of(f"steps.{rule}", **fields)
    return Step(rule, before, local, why, edge.step.conditions, (), edge.step.equation)


def jacobian_rule(rule: str, local: Tree) -> str:
    """The id of a local Jacobian."""
    if is_call(local, "eye") or local == ONE:
        return "jacobian-identity"
    known = {"adjoint-activation": "activation", "adjoint-softmax": "softmax", "adjoint-linear": "linear"}
    if is_call(local, "diag"):
        return "jacobian-activation"
    return f"jacobian-{known.get(rule, 'composite')}"


def sums(of: Name, locals_: dict[tuple[Name, Name], Tree]) -> Iterator[Step]:
    """The explicit sum over paths of every name that acts through several nodes."""
    uses: dict[Name, list[tuple[Name, Tree]]] = {}
    for (start, end), local in locals_.items():
        uses.setdefault(start, []).append((end, local))
    for name, ends in uses.items():
        if len(ends) > 1:
            terms = [through(of, end, local) for end, local in ends]
            why = Phrase.of("steps.sum-over-paths", parent=name, count=len(ends))
            yield Step("sum-over-paths", Derivative(of, name), collected(terms), why)


def through(of: Name, end: Name, local: Tree) -> Tree:
    """dof/dend times the local Jacobian; an identity is left out."""
    if end == of:
        return local
    token = Derivative(of, end)
    return token if is_call(local, "eye") else product(token, local)


def refusal(network: Network, of: Name, by: Name, at: Name) -> NotSupportedError:
    """What is no matrix is not spelled out as a tensor."""
    fields = {"of": plain(of), "by": plain(by), "name": plain(at)}
    return NotSupportedError("no-jacobian", Where(network.name), "no-jacobian-hint", **fields)
