"""Generated code, run: written to a module of its own and imported. Chains for it."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from symgrad.calculus.derive import tape
from symgrad.network.graph import Network
from symgrad.network.instances import whole_indices
from symgrad.notation.tree import Name
from symgrad.notation.writers.plain import plain
from symgrad.numerics.code import gradient_source

NUMBER = itertools.count()
ACTIVATIONS = ["sigmoid", "tanh", "softplus", "silu", "gelu", "softsign", "arctan", "mish", "elu", "relu"]


def source(network: Network, language: str, goals: Sequence[Name] | None = None) -> str:
    """The code of the gradients by all leaves, or by some names."""
    steps = [
        step
        for place in range(len(network.equations))
        for step in tape(network, network.objective).at(place).values()
    ]
    return gradient_source(network, network.objective, goals or network.leaves, steps, language)


def module(text: str) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"generated_{next(NUMBER)}.py"
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made


def arguments(
    network: Network, values: Mapping[Name, Any], stack: Callable[[list[Any]], Any] = list
) -> dict[str, Any]:
    """The inputs of `gradient` by keyword: families of leaves stacked, other leaves alone."""
    made: dict[str, Any] = {}
    families: dict[str, list[Name]] = {}
    for leaf in network.leaves:
        whole = len(whole_indices(leaf)) == 1
        families.setdefault(leaf.stem if whole else f"{plain(leaf)} alone", []).append(leaf)
    defined = {name.stem for name in network.position if name.indices}
    for stem, members in families.items():
        if len(members) > 1 and stem not in defined:
            made[stem] = stack(
                [values[m] for m in sorted(members, key=lambda m: int(plain(m).split("_")[1]))]
            )
        else:
            made.update({plain(m): values[m] for m in members})
    return made


@st.composite
def layered_chains(draw: st.DrawFn) -> str:
    """Loops over layers: mixed activations, residual and long skips, tied and untied parameters."""
    depth = draw(st.integers(2, 5))
    bias = draw(st.sampled_from(["b_j", "b"]))
    weight = draw(st.sampled_from(["w_j", "w", "w_j v"]))
    f, g = draw(st.sampled_from(ACTIVATIONS)), draw(st.sampled_from(ACTIVATIONS))
    layer = draw(st.sampled_from([
        "a_j = sigma(z_j)", "a_j = a_{j-1} + sigma(z_j)", "a_j = sigma(z_j) a_{j-1} + u",
        "a_j = sigma(z_j) + u a_0",
        "a_j = tau(sigma(z_j))/2 - a_{j-1}", "m_j = tau(z_j)\n    a_j = m_j^2 + sigma(m_j z_j)",
        "a_j = sigma(z_j) exp(-a_{j-1}^2)",
    ]))  # fmt: skip
    skip = draw(st.sampled_from(["", "r = a_2 + x a_1", "r = tau(a_1) - a_2", "r = a_1"]))
    end = draw(
        st.sampled_from([f"C = (a_{depth} - y)^2/2", f"C = mse(a_{depth}, y)", f"q = v a_{depth}\nC = q y"])
    )
    if skip:
        end = f"{skip}\np = a_{depth} + r/2\n" + end.replace(f"a_{depth}", "p")
    return (
        f"sigma = {f}\ntau = {g}\nfor j in 1..{depth}:\n"
        f"    z_j = {weight} a_{{j-1}} + {bias}\n    {layer}\n{end}\n"
    )
