"""Verdicts on claims about gradients, beside solvers that decide such claims or parts of them, in one run.

    python tests/benchmarks/prove.py                     every system that can be imported
    python tests/benchmarks/prove.py --only symgrad,z3   some of them
    python tests/benchmarks/prove.py --limit 2           seconds for a claim

z3 and cvc5 get the activation trick: s = sigma(z) is an unknown of (0, 1), its slope s(1 - s), tanh likewise;
what cannot be said so is `not sayable`. SymPy is asked whether the simplified gap is nonnegative. A verdict
counts as right only if it is the truth; "satisfiable" in the trick's relaxation is a refutation only where no
function is applied. Nothing is asserted here, and no peer is needed by symgrad itself.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import multiprocessing
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Is,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    strip_spans,
    walk,
)
from symgrad.notation.writers.plain import plain

with (Path(__file__).parent / "claims.tsv").open(encoding="utf-8", newline="") as table:
    CLAIMS = [
        (row["family"], row["claim"], tuple(filter(None, [row["assumptions"]])), row["truth"] == "true")
        for row in csv.DictReader(table, delimiter="\t")
    ]
"""Family, claim, assumptions (joined by commas, which mean `and`), whether it is true."""

SLOPES = {"sigmoid": lambda s: s * (1 - s), "sigma": lambda s: s * (1 - s), "tanh": lambda t: 1 - t * t}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


class NotSayable(Exception):
    """The claim has no counterpart in the system's input."""


def trees(claim: str, given: tuple[str, ...]) -> tuple[Tree, list[Tree]]:
    """The claim and its assumptions as trees."""
    context = Context("claim", functions=frozenset({"sigma"}))
    statement, *rest = (strip_spans(read(text, context, name="<claim>")) for text in (claim, *given))
    return statement, rest


def symgrad(claim: str, given: tuple[str, ...], limit: float) -> str:
    """The verdict; `unchecked` is said where no certificate was checked."""
    from symgrad import prove

    proof = prove(claim, given, timeout=limit)
    return proof.verdict if proof.verdict != "proved" or proof.checked else "proved unchecked"


class Polynomial:
    """A claim in real arithmetic for z3 or cvc5, whose Python interfaces are alike."""

    def __init__(self, solver: Any) -> None:
        self.solver, self.names, self.sides = solver, dict[str, Any](), list[Any]()
        self.applied = False

    def real(self, name: str) -> Any:
        return self.names.setdefault(name, self.solver.Real(name))

    def term(self, tree: Tree) -> Any:
        match tree:
            case Number(value):
                return self.solver.Q(value.numerator, value.denominator)
            case Name(_, indices) if all(isinstance(i, Number) for i in indices):
                return self.real(plain(tree))
            case Add(terms):
                total = self.term(terms[0])
                for term in terms[1:]:
                    total = total + self.term(term)
                return total
            case Neg(a):
                return -self.term(a)
            case Mul(factors):
                product = self.term(factors[0])
                for factor in factors[1:]:
                    product = product * self.term(factor)
                return product
            case Div(a, b):
                below = self.term(b)
                self.sides.append(below != 0)
                return self.term(a) / below
            case Pow(base, Number(n)) if n.denominator == 1 and 0 <= n <= 8:
                product = self.solver.RealVal(1)
                for _ in range(int(n)):
                    product = product * self.term(base)
                return product
            case Apply(Name("abs"), (a,), 0):
                inside = self.term(a)
                return self.solver.If(inside >= 0, inside, -inside)
            case Apply(Name("max" | "min" as which), (a, b), 0):
                x, y = self.term(a), self.term(b)
                return self.solver.If(x >= y if which == "max" else x <= y, x, y)
            case Apply(Name(name), (a,), order) if name in SLOPES and order <= 1:
                self.applied = True
                value = self.real(f"{name}({plain(a)})")
                low = -1 if name == "tanh" else 0
                self.sides += [value > low, value < 1]
                return SLOPES[name](value) if order else value
        raise NotSayable(plain(tree))

    def formula(self, tree: Tree) -> Any:
        match tree:
            case Relation(operators, operands):
                links = zip(operators, operands, operands[1:], strict=False)
                return self.solver.And(*[COMPARE[o](self.term(a), self.term(b)) for o, a, b in links])
            case Logic("and" | "or" as which, parts):
                return (self.solver.And if which == "and" else self.solver.Or)(*map(self.formula, parts))
            case Logic("implies", (a, b)):
                return self.solver.Implies(self.formula(a), self.formula(b))
            case Logic("iff", (a, b)):
                return self.formula(a) == self.formula(b)
            case Is(_, "real"):
                return self.solver.BoolVal(True)
        raise NotSayable(plain(tree))


def decide(solver: Any, claim: str, given: tuple[str, ...], limit: float) -> str:
    """Unsat of the negation proves; sat refutes where the translation is exact."""
    statement, assumptions = trees(claim, given)
    said = Polynomial(solver)
    parts = [said.formula(a) for a in assumptions]
    goal = said.formula(statement)
    asked = solver.Solver() if not hasattr(solver, "SolverFor") else solver.SolverFor("QF_NRA")
    asked.set(
        **({"timeout": int(limit * 1000)} if solver.__name__ == "z3" else {"tlimit-per": int(limit * 1000)})
    )
    asked.add(*parts, *said.sides, solver.Not(goal))
    answer = str(asked.check())
    if answer == "unsat":
        return "proved"
    return "refuted" if answer == "sat" and not said.applied else "undecided"


def z3(claim: str, given: tuple[str, ...], limit: float) -> str:
    """nlsat with the activation trick."""
    import z3 as solver

    return decide(solver, claim, given, limit)


def cvc5(claim: str, given: tuple[str, ...], limit: float) -> str:
    """Cylindrical coverings with the activation trick."""
    import cvc5.pythonic as solver

    return decide(solver, claim, given, limit)


def sympy(claim: str, given: tuple[str, ...], limit: float) -> str:
    """Whether the simplified gap of one comparison without assumptions has a sign."""
    import sympy as s

    from symgrad.api.symbolic import to_sympy

    statement, assumptions = trees(claim, given)
    if assumptions or not isinstance(statement, Relation) or len(statement.operands) != 2:
        raise NotSayable(claim)
    if any(isinstance(node, Constant) for node in walk(statement)):
        raise NotSayable(claim)
    (operator,), (a, b) = statement.operators, statement.operands
    small, large = (a, b) if operator in ("<", "<=") else (b, a)
    gap = s.simplify(to_sympy(large) - to_sympy(small))
    if operator == "=":
        return "proved" if gap == 0 else "undecided"
    held = gap.is_positive if operator in ("<", ">") else gap.is_nonnegative
    return "undecided" if held is None else "proved" if held else "refuted"


SYSTEMS: dict[str, Callable[[str, tuple[str, ...], float], str]] = {
    "symgrad": symgrad, "z3": z3, "cvc5": cvc5, "sympy": sympy,
}  # fmt: skip


def serve(system: str, limit: float, pipe: Any) -> None:
    """Answer claims until there are no more."""
    while (asked := pipe.recv()) is not None:
        start = perf_counter()
        try:
            verdict = SYSTEMS[system](*asked, limit)
        except NotSayable:
            verdict = "not sayable"
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError) as error:
            verdict = f"error {type(error).__name__}"
        pipe.send((verdict, perf_counter() - start))


class Server:
    """A system in a process of its own, started again when it had to be killed."""

    def __init__(self, system: str, limit: float) -> None:
        self.system, self.limit = system, limit
        self.start()

    def start(self) -> None:
        here, there = multiprocessing.Pipe()
        self.pipe = here
        self.process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(self.system, self.limit, there), daemon=True
        )
        self.process.start()
        self.ask("1 = 1", ())

    def ask(self, claim: str, given: tuple[str, ...]) -> tuple[str, float]:
        self.pipe.send((claim, given))
        if self.pipe.poll(self.limit + 20 if claim == "1 = 1" else self.limit + 0.5):
            answer: tuple[str, float] = self.pipe.recv()
            return answer
        self.process.kill()
        self.start()
        return "time-out", self.limit


def measure(system: str, limit: float) -> dict[str, Any]:
    """Counts of verdicts, and the median seconds of the right ones."""
    server = Server(system, limit)
    counts: dict[str, Any] = dict.fromkeys(
        ("proved", "refuted", "wrong", "undecided", "time-out", "not sayable"), 0
    )
    seconds = []
    for family, claim, given, truth in CLAIMS:
        verdict, took = server.ask(claim, given)
        said = verdict.split()[0]
        if said in ("proved", "refuted"):
            right = (said == "proved") == truth
            counts[said if right else "wrong"] += 1
            if right:
                seconds.append(took)
            else:
                print(f"  {system} is wrong: {family}: {claim}", file=sys.stderr)
        else:
            counts[verdict if verdict in counts else "undecided"] += 1
    server.process.kill()
    counts["median"] = statistics.median(seconds) if seconds else None
    return counts


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(SYSTEMS))
    parser.add_argument("--limit", type=float, default=10.0)
    options = parser.parse_args()
    true = sum(truth for *_, truth in CLAIMS)
    print(f"{len(CLAIMS)} claims, {true} of them true; {options.limit:g} s each\n")
    print("| system | proved | refuted | wrong | undecided | time-out | not sayable | median, ms | ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    own = None
    for system in options.only.split(","):
        if importlib.util.find_spec(system) is None:
            print(f"| {system} | not installed |")
            continue
        counts = measure(system, options.limit)
        median = counts.pop("median")
        own = own or median
        ratio = "" if median is None or own is None else f"{median / own:.1f}"
        shown = "" if median is None else f"{median * 1000:.1f}"
        print(f"| {system} | {' | '.join(map(str, counts.values()))} | {shown} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
