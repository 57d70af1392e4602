"""Trees over JAX arrays by the definitions, for comparing derivations with automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from symgrad.network.graph import Network
from symgrad.network.shapes import Shape, Shapes, concrete, size_of
from symgrad.notation.tree import (
    Add,
    Apply,
    Array,
    Component,
    Constant,
    Derivative,
    Div,
    Elementwise,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
)  # fmt: skip
from symgrad.values.derivation import Derivation

jax.config.update("jax_enable_x64", True)

FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu, "softplus": jax.nn.softplus,
    "silu": jax.nn.silu, "arctan": jnp.arctan, "exp": jnp.exp, "log": jnp.log, "sqrt": jnp.sqrt,
    "abs": jnp.abs, "elu": jax.nn.elu, "softsign": jax.nn.soft_sign, "sinh": jnp.sinh, "erf": jax.lax.erf,
    "gelu": lambda x: jax.nn.gelu(x, approximate=False), "identity": lambda x: x, "cosh": jnp.cosh,
}  # fmt: skip
SLOPES = {name: jnp.vectorize(jax.grad(f)) for name, f in FUNCTIONS.items()}
RELATIONS = {
    "<": jnp.less, "<=": jnp.less_equal, ">": jnp.greater, ">=": jnp.greater_equal, "=": jnp.equal,
    "!=": jnp.not_equal,
}  # fmt: skip


class World:
    """The functions and shapes of one chain with numbers for its sizes."""

    def __init__(self, network: Network, sizes: Mapping[str, int]) -> None:
        self.network, self.shapes = network, Shapes(network.shapes)
        self.sizes: dict[Tree, int] = {Name(name): value for name, value in sizes.items()}

    def dimensions(self, shape: Shape) -> tuple[int, ...]:
        return concrete(shape, self.sizes)

    def forward(self, leaves: Mapping[Tree, Any], moved: Mapping[Tree, Any] | None = None) -> dict[Tree, Any]:
        values: dict[Tree, Any] = {name: jnp.asarray(value) for name, value in leaves.items()}
        values.update({name: value for name, value in (moved or {}).items() if name in leaves})
        for name, body in self.network.definitions():
            values[name] = (moved or {}).get(name, None)
            if values[name] is None:
                values[name] = self.value(body, values)
        return values

    def gradient(self, leaves: Mapping[Tree, Any], of: Name, by: Name) -> Any:
        """d(of)/d(by) by jax; one row per output."""
        base = self.forward(leaves)

        def follow(value: Any) -> Any:
            return self.forward(leaves, {by: value})[of]

        return (jax.jacrev if self.shapes.of(of) else jax.grad)(follow)(base[by])

    def result(self, derivation: Derivation, values: Mapping[Tree, Any]) -> Any:
        """The value of the printed factors, kept tokens by their values."""
        known = dict(values)
        for token, value in reversed(list(self.ordered(derivation))):
            known[token] = self.value(value, known)
        factors = derivation.factors
        return self.value(factors[0] if len(factors) == 1 else Mul(factors), known)

    def ordered(self, derivation: Derivation) -> list[tuple[Derivative, Tree]]:
        """Kept tokens, those nearest to the objective last."""
        place = {name: i for i, (name, _) in enumerate(self.network.definitions())}
        return sorted(derivation.kept, key=lambda pair: place.get(pair[0].by, -1))

    def value(self, tree: Tree, values: Mapping[Tree, Any]) -> Any:
        """The array of a tree."""
        if tree in values:
            return values[tree]

        def at(inner: Tree) -> Any:
            return self.value(inner, values)

        match tree:
            case Number(value):
                return jnp.asarray(float(value))
            case Constant("e"):
                return jnp.asarray(np.e)
            case Name() if tree in self.sizes:
                return jnp.asarray(float(self.sizes[tree]))
            case Neg(operand):
                return -at(operand)
            case Add(terms):
                return sum(map(at, terms))
            case Mul(factors):
                return self.product(factors, values)
            case Elementwise("*", a, b):
                return at(a) * at(b)
            case Elementwise("/", a, b) | Div(a, b):
                return at(a) / at(b)
            case Elementwise("^", a, b) | Pow(a, b):
                exponent = int(b.value) if isinstance(b, Number) and b.value.denominator == 1 else at(b)
                return at(a) ** exponent
            case Transpose(operand):
                inner, shape = at(operand), self.dimensions(self.shapes.of(tree))
                return inner.reshape(shape) if 1 in (inner.ndim, len(shape)) else inner.T
            case Component(operand, positions):
                return at(operand)[tuple(size_of(p, self.sizes) - 1 for p in positions)]
            case Array(items):
                return jnp.stack([at(item) for item in items])
            case Indicator(Relation((sign,), (a, b))):
                return jnp.where(RELATIONS[sign](at(a), at(b)), 1.0, 0.0)
            case Apply():
                return self.applied(tree, [at(argument) for argument in tree.arguments])
        raise NotImplementedError(str(tree))

    def product(self, factors: tuple[Tree, ...], values: Mapping[Tree, Any]) -> Any:
        whole, shape = self.value(factors[0], values), self.shapes.of(factors[0])
        for factor in factors[1:]:
            right, other = self.value(factor, values), self.shapes.of(factor)
            together = self.shapes.times(shape, other, factor)
            if not shape or not other:
                whole = whole * right
            else:
                a = whole.reshape(-1, 1) if len(shape) == 1 else whole
                b = right.reshape(-1, 1) if len(other) == 1 else right
                whole = (a @ b).reshape(self.dimensions(together))
            shape = together
        return whole

    def applied(self, tree: Apply, arguments: list[Any]) -> Any:
        stem = self.network.functions.get(tree.function.stem, tree.function.stem)
        first = arguments[0]
        if tree.order == 1 and stem in ("max", "min"):
            flat = first.reshape(-1)
            at = jnp.argmax(flat) if stem == "max" else jnp.argmin(flat)
            return jnp.zeros_like(flat).at[at].set(1.0).reshape(first.shape)
        if tree.order == 1 and stem == "opnorm":
            u, _, v = jnp.linalg.svd(first, full_matrices=False)
            return jnp.outer(u[:, 0], v[0])
        if tree.order:
            return SLOPES[stem](first)
        if stem in FUNCTIONS:
            return FUNCTIONS[stem](first)
        return DEFINITIONS[stem](*arguments, **{key: self.value(value, {}) for key, value in tree.options})


def unit(at: Any, size: Any) -> Any:
    return jnp.eye(int(size))[int(at) - 1]


def ones(*sizes: Any) -> Any:
    return jnp.ones(tuple(int(size) for size in sizes))


DEFINITIONS: Mapping[str, Callable[..., Any]] = {
    "sum": jnp.sum, "mean": jnp.mean, "norm": lambda v: jnp.sqrt(jnp.sum(v * v)), "trace": jnp.trace,
    "opnorm": lambda v: jnp.linalg.norm(v, 2), "diag": jnp.diag, "softmax": jax.nn.softmax,
    "max": lambda *v: jnp.max(v[0]) if len(v) == 1 else jnp.maximum(*v),
    "min": lambda *v: jnp.min(v[0]) if len(v) == 1 else jnp.minimum(*v),
    "half_square": lambda a, y: jnp.sum((a - y) ** 2) / 2,
    "mse": lambda a, y: jnp.mean((a - y) ** 2),
    "cross_entropy": lambda p, y: -jnp.sum(y * jnp.log(p)),
    "binary_cross_entropy": lambda p, y: -jnp.mean(y * jnp.log(p) + (1 - y) * jnp.log(1 - p)),
    "huber": lambda a, y, delta=1.0: jnp.mean(
        jnp.where(jnp.abs(a - y) <= delta, (a - y) ** 2 / 2, delta * (jnp.abs(a - y) - delta / 2))
    ),
    "hinge": lambda a, y: jnp.maximum(0.0, 1 - y * a),
    "eye": lambda n: jnp.eye(int(n)), "ones": ones, "unit": unit,
}  # fmt: skip


def points(world: World, seed: int) -> dict[Tree, Any]:
    """Random numbers for the leaves; those named y are positive and add up to 1 where they are vectors."""
    rng = np.random.default_rng(seed)
    found: dict[Tree, Any] = {}
    for leaf in world.network.leaves:
        shape = world.dimensions(world.shapes.of(leaf))
        value = rng.normal(size=shape)
        if leaf.stem == "y":
            value = np.abs(value) + 0.1
            value = value / value.sum() if shape else value / (1 + value)
        found[leaf] = value
    return found
