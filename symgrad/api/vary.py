"""The same chain, deeper or shallower: the loop's upper end and everything that named it."""

from __future__ import annotations

import re

from symgrad.errors import InputError, Where
from symgrad.network.build import build
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.chainfile import read_chain

LOOP = re.compile(r"^(\s*for\s+\w+\s+in\s+)(\d+)(\s*\.\.\s*)(\d+)(\s*:)", re.M)


def deepen(network: Network, depth: int) -> Network:
    """The chain with its one loop run to `depth`; later lines that name its last member name the new one.

    Raises:
        InputError: the chain has no loop, or more than one, or depth is below the loop's start.
    """
    if isinstance(network, SymbolicNetwork):
        return network.at_depth(depth)
    loops = LOOP.findall(network.text)
    if len(loops) != 1:
        raise InputError("depth-needs-one-loop", Where(network.name), count=len(loops))
    low, high = int(loops[0][1]), int(loops[0][3])
    if depth < low:
        raise InputError("depth-below-range", Where(network.name), depth=depth, low=low)
    match = LOOP.search(network.text)
    assert match is not None
    head, tail = network.text[: match.start()], network.text[match.end() :]
    loop = f"{match[1]}{match[2]}{match[3]}{depth}{match[5]}"
    moved = shift_after(tail, high, depth)
    return build(read_chain(head + loop + moved, network.name))


def shift_after(text: str, high: int, depth: int) -> str:
    """Indices from the old end upward move with it, in the lines below the loop's block."""
    index = re.compile(r"(?<=[A-Za-z_{])(\d+)\b")

    def moved(match: re.Match[str]) -> str:
        value = int(match[1])
        return str(value - high + depth) if value >= high else match[1]

    lines = text.split("\n")
    return "\n".join(line if line[:1] in (" ", "\t", "") else index.sub(moved, line) for line in lines)
