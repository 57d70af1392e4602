"""Arguments of their own kind for one comparison: each proposes entries of its own rule and words them.

A method is asked after the tactics (which all argue by a difference of both sides) found nothing. Adding one:
a module here with `entries` and `steps`, its place in METHODS, its rule in `kernel/rules`, its sentences in
`proofs.toml`, among them `tried-NAME`.
"""

from __future__ import annotations

from symgrad.proving.methods.method import Method, Prove

METHODS: tuple[Method, ...] = ()
"""Cheapest and most explanatory first."""

BY_RULE = {rule: method for method in METHODS for rule in method.rules}

__all__ = ["BY_RULE", "METHODS", "Method", "Prove"]
