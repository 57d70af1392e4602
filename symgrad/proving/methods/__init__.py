"""Arguments of their own kind for one comparison: each proposes entries of its own rule and words them.

A method is asked after the tactics (which all argue by a difference of both sides) found nothing. Adding one:
a module here with `entries` and `steps`, its place in METHODS, its rule in `kernel/rules`, its sentences in
`proofs.toml`.
"""

from __future__ import annotations

from symgrad.proving.methods import (
    affine,
    arguments,
    combination,
    entries,
    exponentials,
    induction,
    line,
    natural,
    norms,
    places,
    ranges,
    separate,
    slopes,
    squared,
    written,
)
from symgrad.proving.methods.method import Method, Prove

METHODS: tuple[Method, ...] = (
    ranges.METHOD,
    places.METHOD,
    induction.METHOD,
    natural.METHOD,
    written.METHOD,
    combination.PLAIN,
    separate.METHOD,
    exponentials.METHOD,
    slopes.METHOD,
    line.METHOD,
    squared.METHOD,
    affine.METHOD,
    arguments.METHOD,
    combination.METHOD,
)
"""Cheapest and most explanatory first."""

PLACES: tuple[Method, ...] = (ranges.METHOD, places.METHOD, induction.METHOD)
"""Those for ranges whose ends are letters: asked before the tactics, which know nothing of them."""

ARRAYS: tuple[Method, ...] = (entries.METHOD, norms.METHOD)
"""Those for vectors and matrices, which the tactics know nothing of."""

BY_RULE = {rule: method for method in (*METHODS, *ARRAYS) for rule in method.rules}

__all__ = ["ARRAYS", "BY_RULE", "METHODS", "PLACES", "Method", "Prove"]
