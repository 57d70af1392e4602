"""A claim about vectors and matrices as the rules see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.notation.tree import Apply, Array, Derivative, Elementwise, Transpose, Tree, walk
from symgrad.proving.kernel.arrays.build import REDUCTIONS
from symgrad.proving.kernel.arrays.losses import losses_written, ranges_written
from symgrad.proving.kernel.asked import Asked, Lines, Shapes


def with_arrays(
    statement: Tree, given: Sequence[Tree], definitions: Lines, functions: Mapping[str, str], shapes: Shapes
) -> Asked:
    """A claim about vectors and matrices keeps its tokens; one about numbers alone needs no equations.

    Where only assumptions speak of arrays, what they say of numbers may be needed all the same.
    """
    chain = tuple((name, losses_written(body, functions)) for name, body in definitions)
    trees = [losses_written(ranges_written(tree), functions) for tree in (statement, *given)]
    plain = {name for name, _ in chain} | shapes.keys()
    if any(_of_arrays(n) or n in plain for tree in trees for n in walk(tree)):
        return Asked(functions, trees[0], tuple(trees[1:]), chain, None, None, shapes)
    return Asked(functions, trees[0], tuple(trees[1:]), (), None)


def _of_arrays(node: Tree) -> bool:
    made = isinstance(node, Apply) and node.function.stem in ("ones", "eye", *REDUCTIONS)
    return made or isinstance(node, Derivative | Transpose | Elementwise | Array)
