"""A chain's gradients as source text: Python functions for NumPy, JAX, PyTorch and SymPy."""

from __future__ import annotations

from symgrad.numerics.code.source import LANGUAGES, gradient_source

__all__ = ["LANGUAGES", "gradient_source"]
