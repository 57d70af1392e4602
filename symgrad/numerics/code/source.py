"""A chain's gradients as the source of a Python module with one function, `gradient`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symgrad.errors import NotSupportedError, Where
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import Name
from symgrad.notation.writers.plain import plain
from symgrad.numerics.code.arrays import ArrayExpressions
from symgrad.numerics.code.buffered import Buffered
from symgrad.numerics.code.dialects import DIALECTS
from symgrad.numerics.code.expressions import Expressions
from symgrad.numerics.code.plainly import Plainly
from symgrad.numerics.code.plan import edges_of, plan
from symgrad.numerics.code.scanned import Scanned
from symgrad.numerics.code.scope import Scope
from symgrad.numerics.code.shaped import ShapedCode, shaped_edges
from symgrad.numerics.missing import require_functions
from symgrad.values.derivation import Step

LANGUAGES = tuple(DIALECTS)
WRITERS = {"numpy": Buffered, "jax": Scanned, "torch": Plainly, "sympy": Plainly}


def gradient_source(
    network: Network, target: Name, goals: Sequence[Name], steps: Iterable[Step], language: str
) -> str:
    """The source text of `def gradient(...)` that computes d(target)/d(goal) for all goals.

    Args:
        network: the forward pass.
        target: what is differentiated.
        goals: by what; members of one family of inputs come back as one array where all are asked for.
        steps: the local derivatives, by which the code goes.
        language: numpy, jax, torch or sympy.

    Raises:
        NotSupportedError: vectors, matrices, or a depth that is a symbol.
        MissingValueError: a function of the chain is still general.
    """
    if isinstance(network, SymbolicNetwork):
        raise NotSupportedError("no-code-depth", Where(network.name), language=language)
    require_functions(network, network.functions, range(network.position.get(target, -1) + 1))
    if network.shapes:
        return shaped_source(network, target, goals, steps, language)
    made = plan(network, target, goals, edges_of(steps))
    scope = Scope(made)
    expressions = Expressions(DIALECTS[language], network.functions, scope.take)
    return WRITERS[language](made, scope, expressions).source()


def shaped_source(
    network: Network, target: Name, goals: Sequence[Name], steps: Iterable[Step], language: str
) -> str:
    """The same for a chain with vectors and matrices."""
    vectors = [name for name in (target, *network.names) if network.shapes.get(name)]
    if language == "sympy" or network.shapes.get(target):
        fields = {"language": language, "name": plain(vectors[0])}
        raise NotSupportedError("no-code-arrays", Where(network.name), **fields)
    edges, needed = shaped_edges(steps, target, goals)
    made = plan(network, target, goals, edges, needed)
    scope = Scope(made)
    expressions = ArrayExpressions(DIALECTS[language], network.functions, scope.take)
    return ShapedCode(made, scope, expressions).source()
