"""Random chains of vectors and matrices, each as a text and as a function of JAX written beside it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Values = dict[str, Any]
SMOOTH = ("sigmoid", "tanh", "softplus", "silu", "gelu", "arctan", "softsign")


@dataclass(slots=True)
class VectorChain:
    """The text, the steps that compute it in JAX, and the dimensions of the leaves; its sizes are symbols."""

    lines: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    steps: list[tuple[str, Callable[[Values], Any]]] = field(default_factory=list)
    leaves: dict[str, tuple[int, ...]] = field(default_factory=dict)
    objective: str = ""
    sizes: dict[str, int] = field(default_factory=dict)

    def size(self, count: int) -> str:
        """A new symbol for a size, which may be 1 like any other."""
        symbol = f"d_{len(self.sizes)}"
        self.sizes[symbol] = count
        return symbol

    @property
    def text(self) -> str:
        """The chain file."""
        return "\n".join((*self.head, *self.lines)) + "\n"

    def leaf(self, name: str, *sizes: str) -> str:
        """A new leaf."""
        if name not in self.leaves:
            self.leaves[name] = tuple(self.sizes[size] for size in sizes)
            kind = ("scalar", "vector", "matrix")[len(sizes)]
            self.head.append(f"{name} : {kind}({', '.join(sizes)})" if sizes else f"{name} : scalar")
        return name

    def line(self, name: str, text: str, step: Callable[[Values], Any]) -> str:
        """A new equation."""
        self.lines.append(f"{name} = {text}")
        self.steps.append((name, step))
        return name

    def forward(self, values: Values) -> Any:
        """The objective, by JAX alone."""
        known = dict(values)
        for name, step in self.steps:
            known[name] = step(known)
        return known[self.objective]

    def point(self, seed: int) -> Values:
        """Values for all leaves; labels are probabilities."""
        generator = np.random.default_rng(seed)
        found: Values = {}
        for name, dimensions in self.leaves.items():
            value = generator.normal(0.1, 0.7, dimensions)
            if name.startswith("y"):
                value = np.exp(value) / np.exp(value).sum() if dimensions else value
            found[name] = float(value) if not dimensions else value
        return found


def library(jax: Any) -> dict[str, Callable[[Any], Any]]:
    """The activations in JAX."""
    jnp = jax.numpy
    return {
        "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "softplus": jax.nn.softplus, "silu": jax.nn.silu,
        "gelu": lambda x: jax.nn.gelu(x, approximate=False), "arctan": jnp.arctan,
        "softsign": jax.nn.soft_sign, "relu": jax.nn.relu,
    }  # fmt: skip


def vector_chain(seed: int, jax: Any) -> VectorChain:
    """Two to five layers: dense, tied, residual, gated, normalised, attending; then one of several losses."""
    jnp, draw, chain = jax.numpy, random.Random(seed), VectorChain()
    functions = library(jax)
    n = chain.size(draw.randint(1, 4))
    h = chain.leaf("x", n)
    for layer in range(1, draw.randint(2, 5) + 1):
        name = draw.choice(SMOOTH)
        act, kind = functions[name], draw.choice(("dense", "dense", "tied", "skip", "gate", "norm", "soft"))
        new, old = f"h_{layer}", h
        if kind == "dense":
            m = chain.size(draw.randint(1, 4))
            w, b = chain.leaf(f"W_{layer}", m, n), chain.leaf(f"b_{layer}", m)
            z = chain.line(f"z_{layer}", f"{w} {old} + {b}", lambda v, w=w, b=b, o=old: v[w] @ v[o] + v[b])
            h, n = chain.line(new, f"{name}({z})", lambda v, z=z, a=act: a(v[z])), m
        elif kind == "tied":
            w = chain.leaf(f"T_{n[2:]}", n, n)
            h = chain.line(new, f"{name}({w} {old} + {w}^T {old})",
                           lambda v, w=w, o=old, a=act: a(v[w] @ v[o] + v[w].T @ v[o]))  # fmt: skip
        elif kind == "skip":
            w = chain.leaf(f"W_{layer}", n, n)
            h = chain.line(new, f"{old} + {name}({w} {old})",
                           lambda v, w=w, o=old, a=act: v[o] + a(v[w] @ v[o]))  # fmt: skip
        elif kind == "gate":
            w, u = chain.leaf(f"W_{layer}", n, n), chain.leaf(f"u_{layer}", n)
            h = chain.line(new, f"sigmoid({w} {old}) .* {old} + {u} .* {name}({old})",
                           lambda v, w=w, u=u, o=old, a=act: jax.nn.sigmoid(v[w] @ v[o]) * v[o]
                           + v[u] * a(v[o]))  # fmt: skip
        elif kind == "norm":
            h = chain.line(new, f"{old} / sqrt(1 + norm({old})^2) - mean({old})",
                           lambda v, o=old: v[o] / jnp.sqrt(1 + v[o] @ v[o]) - v[o].mean())  # fmt: skip
        else:
            k = chain.size(draw.randint(1, 4))
            w = chain.leaf(f"K_{layer}", k, n)
            s = chain.line(f"s_{layer}", f"{w} {old} / sqrt(2)", lambda v, w=w, o=old: v[w] @ v[o] / 2**0.5)
            p = chain.line(f"p_{layer}", f"softmax({s})", lambda v, s=s: jax.nn.softmax(v[s]))
            h = chain.line(new, f"{w}^T {p}", lambda v, w=w, p=p: v[w].T @ v[p])
    finish(chain, h, n, draw, jax)
    return chain


def finish(chain: VectorChain, h: str, n: str, draw: random.Random, jax: Any) -> None:
    """The objective."""
    jnp = jax.numpy
    chain.objective = "C"
    kind = draw.choice(("half_square", "mse", "cross_entropy", "norm", "quadratic", "outer"))
    if kind in ("half_square", "mse"):
        y = chain.leaf("y", n)
        scale = 0.5 if kind == "half_square" else 1 / chain.sizes[n]
        chain.line("C", f"{kind}({h}, {y})", lambda v: scale * ((v[h] - v[y]) ** 2).sum())
    elif kind == "cross_entropy":
        y = chain.leaf("y", n)
        p = chain.line("p", f"softmax({h})", lambda v: jax.nn.softmax(v[h]))
        chain.line("C", f"cross_entropy({p}, {y})", lambda v: -(v[y] * jnp.log(v[p])).sum())
    elif kind == "norm":
        chain.line(
            "C", f"norm({h}) + 1/10 sum({h} .^ 3)", lambda v: jnp.sqrt(v[h] @ v[h]) + 0.1 * (v[h] ** 3).sum()
        )
    elif kind == "quadratic":
        a = chain.leaf("A", n, n)
        chain.line("C", f"{h}^T {a} {h} / 2 + norm({a})^2 / 7",
                   lambda v: v[h] @ v[a] @ v[h] / 2 + (v[a] ** 2).sum() / 7)  # fmt: skip
    else:
        u = chain.leaf("v", n)
        chain.line(
            "C", f"trace({h} {u}^T) + exp(-{u}^T {u})", lambda v: v[h] @ v[u] + jnp.exp(-(v[u] @ v[u]))
        )
