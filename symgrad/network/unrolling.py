"""The text of a chain of symbolic depth with a number for the depth, its lines where they were."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symgrad.network.graph import instantiate
from symgrad.notation.places import at
from symgrad.notation.tree import Name, Tree, number, strip_spans
from symgrad.notation.writers.plain import plain

if TYPE_CHECKING:
    from symgrad.network.symbolic import SymbolicNetwork


def text_at(network: SymbolicNetwork, depth: int) -> str:
    """The chain file with a number for the depth: only the lines that name it are written anew."""
    lines = network.text.split("\n")
    values = {network.depth: depth}
    for equation in network.file.equations:
        target, body = (instantiate(strip_spans(tree), values) for tree in (equation.target, equation.body))
        if (target, body) != (strip_spans(equation.target), strip_spans(equation.body)):
            replace_line(lines, equation.source.line, f"{plain(target)} = {plain(body)}")
    if network.file.objective is not None:
        name, where = network.file.objective
        replace_line(lines, where.line, f"objective {plain(instantiate(strip_spans(name), values))}")
    for shape in network.file.shapes:
        sizes = tuple(instantiate(size, values) if is_indexed(size) else size for size in shape.sizes)
        if sizes != shape.sizes:
            kind = f"{shape.kind}({', '.join(map(plain, sizes))})"
            replace_line(lines, shape.where.line or 0, f"{plain(shape.target)} : {kind}")
    ends = f"{plain(network.low)}..{plain(at(network.high, {network.depth: number(depth)}))}"
    replace_line(lines, network.loop.where.line, f"for {network.letter} in {ends}:")
    return "\n".join(lines)


def is_indexed(size: Tree) -> bool:
    """Whether a size depends on the layer, n_d; a bare letter is a size of its own."""
    return isinstance(size, Name) and bool(size.indices)


def replace_line(lines: list[str], place: int, text: str) -> None:
    """Another text on a line, its indentation and its comment kept."""
    old = lines[place - 1]
    lead = re.match(r"\s*", old)
    assert lead is not None
    comment = f"  #{old.partition('#')[2]}" if "#" in old else ""
    lines[place - 1] = f"{lead[0]}{text}{comment}"
