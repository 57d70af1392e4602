"""Generated NumPy against NumPy written by hand: depth 64, a batch of 100,000, all 128 gradients.

Run as `python -m tests.benchmarks.code`. Both sum over the batch, as a training step does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from symgrad.api.chain import Chain
from tests.numerics.code_tools import module

DEPTH, BATCH, REPEATS = 64, 100_000, 7


def by_hand(w: Any, b: Any, a_0: Any, y: Any) -> tuple[Any, Any]:
    """Preallocated buffers, in place, over the whole batch; the slope as s (1 - s)."""
    a = np.empty((DEPTH + 1, BATCH))
    a[0] = a_0
    for j in range(DEPTH):
        z = a[j + 1]
        np.multiply(a[j], -w[j], out=z)
        z -= b[j]
        np.exp(z, out=z)
        z += 1
        np.reciprocal(z, out=z)
    d, slope = a[DEPTH] - y, np.empty(BATCH)
    d_w, d_b = np.empty(DEPTH), np.empty(DEPTH)
    for j in range(DEPTH - 1, -1, -1):
        np.subtract(1, a[j + 1], out=slope)
        slope *= a[j + 1]
        d *= slope
        d_b[j] = d.sum()
        d_w[j] = d @ a[j]
        d *= w[j]
    return d_w, d_b


def by_hand_in_blocks(w: Any, b: Any, a_0: Any, y: Any, block: int = 4096) -> tuple[Any, Any]:
    """The same on parts of the batch that stay in cache."""
    d_w, d_b = np.zeros(DEPTH), np.zeros(DEPTH)
    rows, spare = np.empty((DEPTH + 1, block)), np.empty(block)
    for start in range(0, BATCH, block):
        part = slice(start, min(start + block, BATCH))
        a, slope = rows[:, : part.stop - start], spare[: part.stop - start]
        a[0] = a_0[part]
        for j in range(DEPTH):
            z = a[j + 1]
            np.multiply(a[j], -w[j], out=z)
            z -= b[j]
            np.exp(z, out=z)
            z += 1
            np.reciprocal(z, out=z)
        d = a[DEPTH] - y[part]
        for j in range(DEPTH - 1, -1, -1):
            np.subtract(1, a[j + 1], out=slope)
            slope *= a[j + 1]
            d *= slope
            d_b[j] += d.sum()
            d_w[j] += d @ a[j]
            d *= w[j]
    return d_w, d_b


def best(call: Callable[[], Any]) -> float:
    """The shortest of several runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print the times and their ratios."""
    loop = f"for j in 1..{DEPTH}:\n    z_j = w_j a_{{j-1}} + b_j\n    a_j = sigma(z_j)\n"
    chain = Chain.parse(f"sigma = sigmoid\n{loop}C = (a_{DEPTH} - y)^2/2\n")
    generated = module(chain.gradients().to("numpy")).gradient
    random = np.random.default_rng(0)
    w, b = random.normal(0, 3, DEPTH), random.normal(0, 1, DEPTH)
    a_0, y = random.random(BATCH), random.random(BATCH)
    for ours, theirs in zip(generated(w, b, a_0, y), by_hand(w, b, a_0, y), strict=True):
        assert np.allclose(ours, theirs, rtol=1e-6, atol=0)
    here = best(lambda: generated(w, b, a_0, y))
    print(f"generated NumPy, stable slopes          {here:.4f} s")
    for title, function in (("by hand, whole batch", by_hand), ("by hand, in blocks", by_hand_in_blocks)):
        there = best(lambda function=function: function(w, b, a_0, y))
        print(f"{title:<40}{there:.4f} s   ratio {here / there:.2f}")


if __name__ == "__main__":
    main()
