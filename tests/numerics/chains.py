"""Chains of any depth, and names, for the tests of this room."""

from __future__ import annotations

from symgrad.calculus.derive import derive
from symgrad.network.build import build
from symgrad.network.graph import Network
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import Name, number
from symgrad.values.derivation import Derivation

ONES: dict[str, object] = {"w_j": 1, "b_j": 0, "a_0": "1/2", "y": 0}
STEEP: dict[str, object] = {"w_j": 100, "b_j": "-100*a_{j-1}", "a_0": "1/2", "y": 0}


def chain(text: str, name: str = "t.chain") -> Network:
    return build(read_chain(text, name))


def nielsen(depth: int = 4, sigma: str = "sigmoid") -> Network:
    head = f"sigma = {sigma}\n" if sigma else ""
    loop = f"for j in 1..{depth}:\n    z_j = w_j a_{{j-1}} + b_j\n    a_j = sigma(z_j)\n"
    return chain(f"{head}parameters w, b\n{loop}C = (a_{depth} - y)^2/2\n", "nielsen.chain")


def named(stem: str, *indices: int) -> Name:
    return Name(stem, tuple(map(number, indices)))


def gradients(network: Network, *names: Name) -> list[Derivation]:
    return [derive(network, name) for name in names]


def biases(network: Network, depth: int = 4) -> list[Derivation]:
    return gradients(network, *(named("b", j) for j in range(1, depth + 1)))
