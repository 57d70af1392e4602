"""The vocabularies of NumPy, JAX, PyTorch and SymPy."""

from __future__ import annotations

from symgrad.numerics.code.expressions import Dialect

SHARED = ("exp", "log", "sqrt", "tanh", "sinh", "cosh", "floor", "abs", "arctan")


def natives(module: str, **others: str) -> dict[str, str]:
    """The functions that every library has, and its own."""
    return {**{name: f"{module}.{name}" for name in SHARED}, **others}


NUMPY = Dialect(
    language="numpy",
    natives=natives("np"),
    helpers={
        "sigmoid": (
            "def {name}(x):\n"
            '    """1/(1 + exp(-x)), from an exponential that cannot overflow."""\n'
            "    e = np.exp(-np.abs(x))\n"
            "    return np.where(x >= 0, 1, e) / (1 + e)\n"
        ),
        "relu": 'def {name}(x):\n    """max(0, x)."""\n    return np.maximum(x, 0)\n',
        "softplus": 'def {name}(x):\n    """log(1 + exp(x))."""\n    return np.logaddexp(0, x)\n',
        "erf": '{name} = np.vectorize(math.erf, otypes=[float], doc="The error function.")\n',
        "erfc": '{name} = np.vectorize(math.erfc, otypes=[float], doc="1 - erf(x).")\n',
        "sech": (
            "def {name}(x):\n"
            '    """1/cosh(x)."""\n'
            "    e = np.exp(-np.abs(x))\n"
            "    return 2 * e / (1 + e * e)\n"
        ),
    },
    where="np.where({0}, {1}, 0.0)",
    pi="np.pi",
    e="np.e",
    infinity="np.inf",
    extremes={"max": "np.maximum({0}, {1})", "min": "np.minimum({0}, {1})"},
)
JAX = Dialect(
    language="jax",
    natives=natives(
        "jnp", sigmoid="jax.nn.sigmoid", softplus="jax.nn.softplus", erf="jax.scipy.special.erf",
        erfc="jax.scipy.special.erfc", relu="jax.nn.relu",
    ),
    helpers={
        "sech": (
            "def {name}(x):\n"
            '    """1/cosh(x)."""\n'
            "    e = jnp.exp(-jnp.abs(x))\n"
            "    return 2 * e / (1 + e * e)\n"
        ),
    },
    where="jnp.where({0}, {1}, 0.0)",
    pi="jnp.pi",
    e="jnp.e",
    infinity="jnp.inf",
    extremes={"max": "jnp.maximum({0}, {1})", "min": "jnp.minimum({0}, {1})"},
)  # fmt: skip
TORCH = Dialect(
    language="torch",
    natives=natives(
        "torch", sigmoid="torch.sigmoid", erf="torch.erf", erfc="torch.erfc", relu="torch.relu"
    ),  # its softplus is x itself beyond 20
    helpers={"sech": 'def {name}(x):\n    """1/cosh(x)."""\n    return 1 / torch.cosh(x)\n'},
    where="where({0}, {1})",
    pi="math.pi",
    e="math.e",
    infinity="math.inf",
    extremes={
        "max": "torch.maximum(tensor({0}), tensor({1}))",
        "min": "torch.minimum(tensor({0}), tensor({1}))",
    },
)
SYMPY = Dialect(
    language="sympy",
    natives={
        **natives("sympy", erf="sympy.erf", erfc="sympy.erfc", sech="sympy.sech"),
        "abs": "sympy.Abs",
        "arctan": "sympy.atan",
    },
    helpers={},
    where="sympy.Piecewise(({1}, {0}), (0, True))",
    pi="sympy.pi",
    e="sympy.E",
    infinity="sympy.oo",
    extremes={"max": "sympy.Max({0}, {1})", "min": "sympy.Min({0}, {1})"},
    rational="sympy.Rational({0}, {1})",
    relations={"=": "sympy.Eq({0}, {1})", "!=": "sympy.Ne({0}, {1})"},
    stable=False,
)
DIALECTS = {dialect.language: dialect for dialect in (NUMPY, JAX, TORCH, SYMPY)}
