"""Plain notation, ASCII, as a person types it: `sigma'(z_1) w_2 (a_4 - y)`. The reader reads it back."""

from __future__ import annotations

from symgrad.notation.tree import Tree
from symgrad.notation.writers.writer import Writer

_WRITER = Writer()


def plain(tree: Tree) -> str:
    """A tree in plain notation, which the reader turns back into an equal tree.

    >>> from symgrad.notation.tree import Add, Name, Neg, number
    >>> plain(Add((Name("a", (number(4),)), Neg(Name("y")))))
    'a_4 - y'
    """
    return _WRITER.write(tree)
