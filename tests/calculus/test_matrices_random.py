"""Random chains of vectors and matrices: every gradient agrees with jax and is accepted by the check."""

from __future__ import annotations

from dataclasses import dataclass, field

import jax
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from symgrad.calculus.check import check
from symgrad.calculus.derive import derive
from symgrad.calculus.matrices.adjoint import Adjoints
from symgrad.calculus.matrices.differential import Differential
from symgrad.calculus.matrices.layout import in_gradient_layout, in_numerator_layout
from symgrad.network.build import build
from symgrad.network.shapes import Shapes
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import Name
from symgrad.notation.writers.plain import plain
from tests.calculus.arrays import World, points

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""No shrinking: a failing chain is short anyhow, and every trial of one compiles in jax."""
ACTIVATIONS = ("tanh", "sigmoid", "softplus", "silu", "arctan", "relu", "elu", "gelu", "softsign")
LAYERS = (
    "linear", "activation", "dense", "skip", "gate", "tied", "scale", "softmax", "square", "centre",
    "layer norm", "outer", "component", "peak", "fraction", "broadcast", "diagonal",
)  # fmt: skip
LOSSES = (
    "half_square({h}, y)", "mse({h}, y)", "huber({h}, y, delta=1/2)", "sum({h} .* y)", "norm({h} - y)^2",
    "norm({h})", "log(sum(exp({h})))", "cross_entropy(softmax({h}), y)", "{h}^T M {h}", "(y^T {h})^2 / 2",
    "binary_cross_entropy(sigmoid({h}), y)", "sum(hinge({h}, y))", "mean({h} .^ 3)", "max({h})",
    "min({h} .* y)",
)  # fmt: skip
EXTRAS = (
    "", " + lambda norm({W})^2 / 2", " + kappa sum(abs({W}))", " + norm({W})", " + trace({W}^T {W})",
    " + opnorm({W})", " + mean({W} .^ 2)", " + {W}[1, 1]",
)  # fmt: skip


@dataclass
class Draft:
    """A chain that is being written: its lines, the vector it has reached, and the matrices so far."""

    draw: st.DrawFn
    sizes: dict[str, int]
    lines: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    matrices: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    at: tuple[str, str] = ("x", "a")
    before: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}_{self.count}"

    def matrix(self, rows: str, columns: str, stem: str = "W") -> str:
        known = self.matrices.setdefault((rows, columns), [])
        if known and self.draw(st.booleans()):
            return self.draw(st.sampled_from(known))
        name = self.name(stem)
        self.declared.append(f"{name} : matrix({rows}, {columns})")
        known.append(name)
        return name

    def vector(self, size: str, stem: str = "b") -> str:
        name = self.name(stem)
        self.declared.append(f"{name} : vector({size})")
        return name

    def put(self, body: str, size: str) -> None:
        self.before.append(self.at)
        name = self.name("h")
        self.lines.append(f"{name} = {body}")
        self.at = (name, size)

    def layer(self, kind: str) -> None:
        h, n = self.at
        m = self.draw(st.sampled_from(sorted(self.sizes)))
        f = self.draw(st.sampled_from(ACTIVATIONS))
        older = self.draw(st.sampled_from(self.before or [self.at]))
        match kind:
            case "linear":
                self.put(f"{self.matrix(m, n)} {h} + {self.vector(m)}", m)
            case "activation":
                self.put(f"{f}({h})", n)
            case "dense":
                self.put(f"{f}({self.matrix(m, n)} {h} + {self.matrix(m, older[1])} {older[0]})", m)
            case "skip":
                self.put(f"{h} + {f}({self.matrix(n, n)} {h} / 2)", n)
            case "gate":
                self.put(f"sigmoid({self.matrix(n, n)} {h}) .* {h} + {f}({h}) ./ 3", n)
            case "tied":
                self.put(f"{self.matrix(n, m)}^T {h}", m)
            case "scale":
                self.put(f"({self.vector(n, 'q')}^T {h} / 2) {h} - {f}({self.name('c')}) {h}", n)
            case "softmax":
                self.put(f"softmax({h})", n)
            case "square":
                self.put(f"{h} .* {h} / 4 + tanh({h})^2", n)
            case "centre":
                self.put(f"{h} - mean({h}) + {self.name('c')}", n)
            case "layer norm":
                gain = self.vector(n, "gamma")
                root = f"sqrt(mean(({h} - mean({h}))^2) + epsilon^2 + 1/8)"
                self.put(f"{gain} .* (({h} - mean({h})) / {root})", n)
            case "outer":
                k = self.vector(m, "k")
                self.lines.append(f"A_{self.count} = {h} {k}^T")
                self.put(f"{f}(A_{self.count}^T {h}) ./ 2", m)
            case "component":
                self.put(f"{h}[1] {h} / 2 + {f}({h})", n)
            case "peak":
                self.put(f"max({h}) {f}({h})", n)
            case "fraction":
                self.put(f"{h} ./ (2 + {h} .* {h})", n)
            case "broadcast":
                self.put(f"{h} / (1 + norm({h})) + sum({older[0]}) / 4", n)
            case "diagonal":
                self.put(f"diag({h}) {self.matrix(n, n)} {h} / 3", n)


@st.composite
def chains(draw: st.DrawFn, kinds: tuple[str, ...] = LAYERS) -> tuple[str, dict[str, int]]:
    """The text of a chain and numbers for its sizes."""
    sizes = {letter: draw(st.integers(1, 4)) for letter in "abc"}
    draft = Draft(draw, sizes)
    draft.declared.append("x : vector(a)")
    draft.matrix("b", "a")
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5)):
        draft.layer(kind)
    h, n = draft.at
    loss = draw(st.sampled_from(LOSSES))
    draft.declared += [f"y : vector({n})", f"M : matrix({n}, {n})"]
    every = [name for names in draft.matrices.values() for name in names]
    extra = draw(st.sampled_from(EXTRAS)).format(W=draw(st.sampled_from(every)))
    text = "\n".join([*draft.declared, *draft.lines, f"L = {loss.format(h=h)}{extra}"]) + "\n"
    return text, sizes


@settings(max_examples=130, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(chains(), st.integers(0, 10**6))
def test_gradients_agree_with_jax(chain: tuple[str, dict[str, int]], seed: int) -> None:
    text, sizes = chain
    network = build(read_chain(text, "random.chain"))
    world = World(network, sizes)
    leaves = points(world, seed)
    values = world.forward(leaves)
    inner = [name for name, _ in network.definitions() if name != network.objective]
    chosen = [*network.leaves, *inner]
    for by in {chosen[seed % len(chosen)], network.leaves[0]}:
        derivation = derive(network, by)
        assert check(network, derivation), text
        agree(world.result(derivation, values), world.gradient(leaves, network.objective, by), text, by)
        turned = in_numerator_layout(derivation, Shapes(network.shapes))
        assert check(network, turned), text
        back = in_gradient_layout(turned, Shapes(network.shapes))
        agree(world.result(back, values), world.result(derivation, values), text, by)


VECTORS = tuple(kind for kind in LAYERS if kind != "outer")
"""Layers without a matrix on the way."""


@settings(max_examples=40, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(chains(VECTORS), st.integers(0, 10**6))
def test_jacobians_agree_with_jax(chain: tuple[str, dict[str, int]], seed: int) -> None:
    text, sizes = chain
    network = build(read_chain(text, "random.chain"))
    world = World(network, sizes)
    leaves = points(world, seed)
    values = world.forward(leaves)
    inner = [name for name, _ in network.definitions() if network.shapes[name]]
    of = inner[-1]
    starts = [name for name in (*network.leaves, *inner[:-1]) if len(network.shapes[name]) < 2]
    by = starts[seed % len(starts)]
    derivation = derive(network, by, of)
    assert check(network, derivation), text
    agree(world.result(derivation, values), world.gradient(leaves, of, by), text, by)


def agree(found: object, expected: object, text: str, by: Name) -> None:
    """To 1e-9 relative; 0 stands for an array of zeros."""
    a, b = np.asarray(found), np.asarray(expected)
    assert a.shape in (b.shape, ()), f"{text}\n{plain(by)}: {a.shape} for {b.shape}"
    scale = max(1.0, float(np.max(np.abs(b), initial=0.0)))
    if np.isnan(b).any():
        return  # at a kink of the norm, where there is no derivative
    assert np.allclose(a, b, rtol=1e-9, atol=1e-10 * scale), f"{text}\n{plain(by)}: {a} is not {b}"


LINES = [
    "max(h)", "min(h .* y)", "opnorm(W)", "norm(W)", "trace(A A)", "trace(W^T W)", "norm(W .^ 2)",
    "binary_cross_entropy(sigmoid(z), y)", "huber(z, y)", "sum(hinge(z, y))", "-y^T log(softmax(z))",
    "z[2]", "W[2,3]^2", "sigmoid(y^T h)", "x^T A x", "sum(diag(h) z)", "norm(diag(h) W)^2", "sum(max(z, y))",
    "sum(2^z)", "sum(e^z)", "sum(exp(z)^(1/2))", "norm(h - mean(h))", "sum(1[z > 0] .* z)", "norm(norm(z))",
    "sum((W x + A[1,1]) .* y)", "sum(y .* z ./ norm(z))", "norm(x x^T - A)^2/4", "mean(huber(z, 1))",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_every_function_of_arrays_has_its_rule(line: str) -> None:
    text = (
        f"x : vector(3)\ny : vector(4)\nW : matrix(4,3)\nA : matrix(3,3)\nz = W x\nh = tanh(z)\nL = {line}\n"
    )
    network = build(read_chain(text, "line.chain"))
    world = World(network, {})
    leaves = points(world, 3)
    values = world.forward(leaves)
    for by in (*network.leaves, *(name for name, _ in network.definitions()[:-1])):
        derivation = derive(network, by)
        assert check(network, derivation)
        agree(world.result(derivation, values), world.gradient(leaves, network.objective, by), text, by)


@pytest.mark.parametrize("line", LINES)
def test_the_change_of_a_line_is_its_tangent(line: str) -> None:
    text = "x : vector(3)\ny : vector(4)\nW : matrix(4,3)\nA : matrix(3,3)\nz = W x\nh = tanh(z)\n"
    network = build(read_chain(text + f"L = {line}\n", "line.chain"))
    world = World(network, {})
    leaves = points(world, 5)
    values = world.forward(leaves)
    body = network.bodies[-1]
    inputs = [name for name in network.equations[-1].parents if name not in world.sizes]
    changes = {name: Name("delta", (name,)) for name in inputs}
    rng = np.random.default_rng(8)
    moved = {name: rng.normal(size=np.shape(values[name])) for name in inputs}
    names = {**network.shapes, **{changes[name]: network.shapes[name] for name in inputs}}
    rules = Adjoints(Shapes(names), network.functions)
    total = Differential(rules, changes).of(body)
    here = World(network, {})
    here.shapes = Shapes(names)
    found = here.value(total, {**values, **{changes[name]: moved[name] for name in inputs}})

    def follow(*arrays: object) -> object:
        return world.value(body, {**values, **dict(zip(inputs, arrays, strict=True))})

    primals = tuple(values[name] for name in inputs)
    _, tangent = jax.jvp(follow, primals, tuple(np.asarray(moved[name]) for name in inputs))
    assert np.allclose(found, tangent, rtol=1e-9, atol=1e-11)
