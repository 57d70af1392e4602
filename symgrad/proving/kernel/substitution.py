"""Putting in: a tree in place of another, never under an index and never captured by a big operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from symgrad.errors import CertificateError
from symgrad.notation.places import plain_letters
from symgrad.notation.tree import Apply, BigOp, Name, Tree, rebuild, walk


def put_in(tree: Tree, values: Mapping[Tree, Tree], indices: bool = False) -> Tree:
    """Every subtree that is a key becomes its value, outermost first; inserted values are left alone.

    What a big operator binds is no key inside it; a value that mentions the bound letter is refused there.
    indices: whether keys are seen in the indices of names, too (`w_n` for n = 3 is then w_3).
    """
    if (value := values.get(tree)) is not None or not values:
        return value or tree

    def inside(child: Tree) -> Tree:
        return put_in(child, values, indices)

    match tree:
        case Name() if not indices:
            return tree
        case Apply(function) if function.indices and not indices:
            return replace(tree, arguments=tuple(map(inside, tree.arguments)))
        case BigOp(_, body, index, low, high):
            free = {key: value for key, value in values.items() if index not in plain_letters(key)}
            seen = {node for node in walk(body) if node in free}
            if any(index in plain_letters(free[key]) for key in seen):
                raise CertificateError("certificate-unsupported", kind="BigOp")
            return replace(tree, body=put_in(body, free, indices), low=inside(low), high=inside(high))
    return rebuild(tree, inside)
