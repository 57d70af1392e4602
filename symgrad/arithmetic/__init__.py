"""Floor 3: number kinds and the one interpreter of trees.

`evaluate(tree, values, kind, functions)` gives a number of the chosen kind; `compile_tree` does the work once
for a tree that is evaluated often; `compile_shaped` does vectors and matrices. The kinds load NumPy or
python-flint only when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from symgrad.arithmetic.derivatives import nth_derivative
from symgrad.arithmetic.interpreter import Program, compile_tree, evaluate
from symgrad.arithmetic.kind import Inexact, Kind, NotScalar, Undefined, Unvalued
from symgrad.arithmetic.resolve import Functions, resolve
from symgrad.arithmetic.written_out import TooLong, atoms, written_out

if TYPE_CHECKING:
    from symgrad.arithmetic.enclosure import Arb
    from symgrad.arithmetic.exact import EXACT
    from symgrad.arithmetic.floats import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
    from symgrad.arithmetic.modular import MOD_P, ModP
    from symgrad.arithmetic.shaped import Shaped, compile_shaped
    from symgrad.arithmetic.signedlog import SIGNED_LOG, SignedLog

_LAZY = {
    "Arb": "enclosure",
    "EXACT": "exact",
    "BFLOAT16": "floats",
    "FLOAT16": "floats",
    "FLOAT32": "floats",
    "FLOAT64": "floats",
    "MOD_P": "modular",
    "ModP": "modular",
    "SIGNED_LOG": "signedlog",
    "Shaped": "shaped",
    "SignedLog": "signedlog",
    "compile_shaped": "shaped",
}

__all__ = [
    "BFLOAT16", "EXACT", "FLOAT16", "FLOAT32", "FLOAT64", "MOD_P", "SIGNED_LOG", "Arb", "Functions",
    "Inexact", "Kind", "ModP", "NotScalar", "Program", "Shaped", "SignedLog", "TooLong", "Undefined",
    "Unvalued", "atoms", "compile_shaped", "compile_tree", "evaluate", "nth_derivative", "resolve",
    "written_out",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """A kind's module is imported when the kind is first named."""
    if name in _LAZY:
        return getattr(import_module(f"symgrad.arithmetic.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
