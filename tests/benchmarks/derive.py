"""All gradients of a sigmoid chain, derived and checked, beside systems that derive or compute them.

    python tests/benchmarks/derive.py            every system that can be imported, depths 4 to 100,000
    python tests/benchmarks/derive.py --only symgrad,torch --depths 1000,10000

Every measurement is a process of its own, the best of several; memory is that process at its largest. What is
compared is named in `SYSTEMS`; nothing here is asserted, and no peer is needed by symgrad itself.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

DEPTHS = (4, 16, 100, 1000, 10_000, 100_000)
TIMEOUT = 120
ROOT = Path(__file__).parents[2]


def chain_text(depth: int) -> str:
    """The chain that everybody gets."""
    loop = f"for j in 1..{depth}:\n    z_j = w_j a_{{j-1}} + b_j\n    a_j = sigma(z_j)\n"
    return f"sigma = sigmoid\nparameters w, b\n{loop}C = (a_{depth} - y)^2/2\n"


def symgrad(depth: int) -> float:
    """Derive and check all 2n gradients of a chain that was read."""
    from symgrad.api import Chain

    chain = Chain.parse(chain_text(depth))
    start = perf_counter()
    gradients = chain.gradients()
    assert len(gradients) == 2 * depth and gradients.check()
    return perf_counter() - start


def reading(depth: int) -> float:
    """Read the chain file, then the same."""
    from symgrad.api import Chain

    start = perf_counter()
    assert Chain.parse(chain_text(depth)).gradients().check()
    return perf_counter() - start


def sympy(depth: int) -> float:
    """`diff` of the written-out objective by every parameter; nothing is checked."""
    import sympy as s

    w, b = s.symbols(f"w1:{depth + 1}"), s.symbols(f"b1:{depth + 1}")
    a, y = s.symbols("a0 y")
    for j in range(depth):
        a = 1 / (1 + s.exp(-(w[j] * a + b[j])))
    objective = (a - y) ** 2 / 2
    start = perf_counter()
    assert len([s.diff(objective, name) for name in (*w, *b)]) == 2 * depth
    return perf_counter() - start


def symengine(depth: int) -> float:
    """The same with symengine."""
    import symengine as s

    w, b = s.symbols(f"w1:{depth + 1}"), s.symbols(f"b1:{depth + 1}")
    a, y = s.symbols("a0 y")
    for j in range(depth):
        a = 1 / (1 + s.exp(-(w[j] * a + b[j])))
    objective = (a - y) ** 2 / 2
    start = perf_counter()
    assert len([objective.diff(name) for name in (*w, *b)]) == 2 * depth
    return perf_counter() - start


def casadi(depth: int) -> float:
    """The expression graph of all gradients, its objective built first as symgrad's chain is read first."""
    import casadi as c

    w, b, a, y = c.SX.sym("w", depth), c.SX.sym("b", depth), c.SX.sym("a"), c.SX.sym("y")
    for j in range(depth):
        a = 1 / (1 + c.exp(-(w[j] * a + b[j])))
    objective = (a - y) ** 2 / 2
    start = perf_counter()
    assert c.gradient(objective, c.vertcat(w, b)).shape[0] == 2 * depth
    return perf_counter() - start


def torch(depth: int) -> float:
    """Eager: the forward pass and the numbers of all gradients, no formulas."""
    import torch as t

    t.set_num_threads(1)
    one = t.tensor(1.0, dtype=t.float64, requires_grad=True)
    t.autograd.grad(t.sigmoid(one), [one])  # what the first call sets up is not counted
    w = [t.tensor(1.0, dtype=t.float64, requires_grad=True) for _ in range(depth)]
    b = [t.tensor(0.1, dtype=t.float64, requires_grad=True) for _ in range(depth)]
    a, y = t.tensor(0.3, dtype=t.float64), t.tensor(0.5, dtype=t.float64)
    start = perf_counter()
    for j in range(depth):
        a = t.sigmoid(w[j] * a + b[j])
    assert len(t.autograd.grad((a - y) ** 2 / 2, w + b)) == 2 * depth
    return perf_counter() - start


def jax(depth: int) -> float:
    """`grad` of a `scan` compiled and run once: the numbers of all gradients."""
    import jax as j
    import jax.numpy as np

    j.config.update("jax_enable_x64", True)

    def objective(w, b):  # type: ignore[no-untyped-def]
        a, _ = j.lax.scan(lambda a, p: (j.nn.sigmoid(p[0] * a + p[1]), None), 0.3, (w, b))
        return (a - 0.5) ** 2 / 2

    w, b = np.full(depth, 1.0), np.full(depth, 0.1)
    start = perf_counter()
    j.block_until_ready(j.jit(j.grad(objective, (0, 1)))(w, b))
    return perf_counter() - start


SYSTEMS: dict[str, tuple[Callable[[int], float], int]] = {
    "symgrad": (symgrad, 100_000),
    "symgrad + reading": (reading, 100_000),
    "sympy": (sympy, 16),
    "symengine": (symengine, 100),
    "casadi": (casadi, 10_000),
    "torch": (torch, 100_000),
    "jax": (jax, 100_000),
}
"""What is measured, and up to which depth it is worth waiting for."""


def peak_megabytes() -> float:
    """This process at its largest."""
    try:
        import resource
    except ImportError:  # no such thing on Windows
        return math.nan
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(system: str, depth: int, repeat: int) -> tuple[float, float] | None:
    """Seconds and megabytes of one system at one depth, or None if it does not get there in time."""
    found = []
    for _ in range(repeat):
        command = [sys.executable, __file__, "--one", system, str(depth)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode:
            sys.stderr.write(done.stderr[-400:])
            return None
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return min(seconds for seconds, _ in found), max(size for _, size in found)


def slope(points: Sequence[tuple[int, float]]) -> float:
    """The slope of a line through the logarithms, by least squares."""
    logs = [(math.log(depth), math.log(seconds)) for depth, seconds in points]
    x, y = (sum(column) / len(logs) for column in zip(*logs, strict=True))
    return sum((a - x) * (b - y) for a, b in logs) / sum((a - x) ** 2 for a, _ in logs)


def compare(systems: Sequence[str], depths: Sequence[int], repeat: int) -> None:
    """Print a table row after row: seconds, megabytes, and how many times symgrad's seconds that is."""
    own: list[tuple[int, float]] = []
    print("| depth | system | seconds | times symgrad | peak MB |\n|---:|:---|---:|---:|---:|")
    for depth in depths:
        base = None
        for system in systems:
            if depth > SYSTEMS[system][1]:
                continue
            found = measure(system, depth, repeat)
            if found is None:
                print(f"| {depth} | {system} | - | - | - |", flush=True)
                continue
            seconds, size = found
            if system == "symgrad":
                base = seconds
                own.append((depth, seconds))
            ratio = f"{seconds / base:.2g}" if base else "-"
            print(f"| {depth} | {system} | {seconds:.3g} | {ratio} | {size:.0f} |", flush=True)
    long = [point for point in own if point[0] >= 100]
    if len(long) > 1:
        print(f"\nsymgrad, depth {long[0][0]} to {long[-1][0]}: seconds grow as depth^{slope(long):.2f}")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default=",".join(SYSTEMS))
    parser.add_argument("--depths", default=",".join(map(str, DEPTHS)))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        system, depth = options.one
        seconds = SYSTEMS[system][0](int(depth))
        print(json.dumps([seconds, peak_megabytes()]))
        return
    wanted = [name for name in options.only.split(",") if importlib.util.find_spec(name.split()[0])]
    compare(wanted, [int(depth) for depth in options.depths.split(",")], options.repeat)


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    main()
