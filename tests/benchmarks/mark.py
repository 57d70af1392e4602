"""What marking gets right and how long it takes, beside Math-Verify and SymPy's LaTeX parsers, in one run.

`python tests/benchmarks/mark.py`; a peer that is not installed is named and left out (pip install math-verify
"antlr4-python3-runtime==4.11" lark). The corpus is made here: right answers in many spellings, wrong ones
with one slip, in LaTeX. A peer compares an answer with the gradient as LaTeX, as it is used.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from symgrad.api import Chain, Question

LAYERS = "for j in 1..{n}:\n    z_j = w_j a_{{j-1}} + b_j\n    a_j = {f}(z_j)\nC = (a_{n} - y)^2 / 2\n"
SIGMA = "sigma = sigmoid\n"
CHAINS = {
    "b_1": SIGMA + LAYERS.format(n=4, f="sigma"),
    "w_2": SIGMA + LAYERS.format(n=3, f="sigma"),
    "b_2": LAYERS.format(n=2, f="tanh"),
}
GOLD = {
    "b_1": r"\sigma'(z_1) w_2 \sigma'(z_2) w_3 \sigma'(z_3) w_4 \sigma'(z_4) (a_4-y)",
    "w_2": r"a_1 \sigma'(z_2) w_3 \sigma'(z_3) (a_3-y)",
    "b_2": r"(1-\tanh^2(z_2)) (a_2-y)",
    "": r"\sigma(z)(1-\sigma(z))",
}
REWRITES: tuple[Callable[[str], str], ...] = (
    lambda t: t,
    lambda t: "$" + t + "$",
    lambda t: t.replace(" ", r" \cdot "),
    lambda t: t.replace(" ", r"\,"),
    lambda t: r"\left(" + t + r"\right)",
    lambda t: t.replace("'", r"^{\prime}"),
    lambda t: "- -" + t,
    lambda t: t.replace("(a_", "(-y+a_").replace("-y)", ")"),
    lambda t: r"\frac{2 " + t + "}{2}",
    lambda t: r"\begin{align} x &= " + t + r"\end{align}",
    lambda t: t.replace("w_3", "w_{3}").replace("z_2", "z_{2}"),
)
SLIPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("wrong-sign", lambda t: "-" + t),
    ("wrong-constant", lambda t: "2 " + t),
    ("function-for-derivative", lambda t: t.replace("'", "", 1)),
    ("missing-factor", lambda t: t.replace("w_3", "")),
    ("wrong-index", lambda t: t.replace("z_2", "z_1", 1)),
    ("extra-factor", lambda t: t + " w_2"),
    ("inverted-factor", lambda t: t.replace("w_3", r"\frac{1}{w_3}")),
    ("wrong-power", lambda t: t.replace("w_3", "w_3^2")),
)
Judge = Callable[[str, str], tuple[bool | None, list[str]]]
"""(question, answer) -> right, wrong or not read; the slips it names."""


@dataclass
class Tally:
    """One grader's figures."""

    right: int = 0
    false_accepts: int = 0
    false_rejects: int = 0
    unread: int = 0
    named: int = 0
    times: list[float] = field(default_factory=list)

    def row(self, name: str, total: int, slips: int) -> str:
        """One line of the table."""
        times = sorted(self.times)
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        return (
            f"| {name} | {self.right}/{total} | {self.false_accepts} | {self.false_rejects} | "
            f"{self.unread} | "
            f"{self.named}/{slips} | {1000 * middle:.1f} | {1000 * late:.1f} |"
        )


def corpus() -> list[tuple[str, str, str]]:
    """(question, answer, slip or nothing)."""
    found = [(key, change(gold), "") for key, gold in GOLD.items() for change in REWRITES]
    for key, gold in GOLD.items():
        found.extend((key, change(gold), slip) for slip, change in SLIPS if key and change(gold) != gold)
    found += [("", text, "") for text in (
        r"\frac{e^{-z}}{(1+e^{-z})^2}", r"\frac14\operatorname{sech}^2\left(\frac z2\right)",
        r"\frac{1-\tanh^2(z/2)}{4}", r"\sigma(z)-\sigma(z)^2", r"\sigma(z)\sigma(-z)",
    )]  # fmt: skip
    found += [("", text, "wrong") for text in (
        r"\frac{e^{-z}}{1+e^{-z}}", r"1-\sigma(z)", r"\sigma(z)(1+\sigma(z))", r"1-\tanh^2(z)",
        r"\sigma(z)^2",
    )]  # fmt: skip
    return found


def ours() -> Judge:
    """Marking as a student sees it."""
    asked = {key: Question(Chain.parse(text), wrt=key) for key, text in CHAINS.items()}
    asked[""] = Question(answer="sigma(z)*(1-sigma(z))")

    def judge(key: str, answer: str) -> tuple[bool | None, list[str]]:
        mark = asked[key].mark(answer)
        return {"correct": True, "incorrect": False}.get(mark.verdict), [m.name for m in mark.mistakes]

    return judge


def math_verify() -> Judge:
    """Math-Verify, both sides as LaTeX."""
    from math_verify import parse, verify  # type: ignore[import-not-found]

    def judge(key: str, answer: str) -> tuple[bool | None, list[str]]:
        read = parse(answer if "$" in answer or "begin" in answer else f"${answer}$")
        return (bool(verify(parse(f"${GOLD[key]}$"), read)) if read else None), []

    return judge


def sympy_latex(backend: str) -> Judge:
    """One of SymPy's parsers, then simplify(gold - answer) == 0."""
    from sympy import simplify
    from sympy.parsing.latex import parse_latex

    parse_latex("x", backend=backend)  # fails here where the parser's runtime is not installed

    def judge(key: str, answer: str) -> tuple[bool | None, list[str]]:
        try:
            gold, read = (parse_latex(t.strip("$"), backend=backend) for t in (GOLD[key], answer))
            return bool(simplify(gold - read) == 0), []
        except Exception:  # noqa: BLE001 - whatever a peer raises, it has not read the answer
            return None, []

    return judge


def measure(judge: Judge) -> Tally:
    """One grader over the corpus, after a warm-up on the first answers."""
    tally, rows = Tally(), corpus()
    for key, answer, _ in rows[:8]:
        judge(key, answer)
    for key, answer, slip in rows:
        start = time.perf_counter()
        verdict, names = judge(key, answer)
        tally.times.append(time.perf_counter() - start)
        tally.unread += verdict is None
        tally.right += verdict is (not slip)
        tally.false_accepts += verdict is True and bool(slip)
        tally.false_rejects += verdict is False and not slip
        tally.named += slip in names
    return tally


def main() -> None:
    """The table."""
    rows = corpus()
    slips = sum(slip not in ("", "wrong") for _, _, slip in rows)
    print(f"{len(rows)} answers, {sum(not slip for _, _, slip in rows)} of them right\n")
    print(
        "| | right verdicts | false accepts | false rejects | not read | slips named | median ms | p95 ms |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    makers: dict[str, Callable[[], Judge]] = {
        "symgrad": ours,
        "Math-Verify": math_verify,
        "SymPy, antlr": lambda: sympy_latex("antlr"),
        "SymPy, lark": lambda: sympy_latex("lark"),
    }
    for name, make in makers.items():
        try:
            judge = make()
        except ImportError as missing:
            print(f"| {name} | not installed: {missing} |")
            continue
        print(measure(judge).row(name, len(rows), slips), flush=True)


if __name__ == "__main__":
    main()
