"""One question to one solver, in a process of its own: SMT-LIB text in, `unsat` or something else out.

Run as a file, so that it loads nothing of the project: ORACLE SECONDS MEGABYTES, the text on standard input.
"""

from __future__ import annotations

import sys


def capped(seconds: int, megabytes: int) -> None:
    """Limits that hold even when whoever started this is gone."""
    try:
        import resource
    except ImportError:  # Windows: the caller's own limit remains
        return
    size = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 1))


def by_z3(text: str) -> str:
    """The answer of nlsat."""
    import z3

    solver = z3.SolverFor("QF_NRA")
    solver.from_string(text)
    return str(solver.check())


def by_cvc5(text: str) -> str:
    """The answer of the coverings."""
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("nl-cov", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "(set-logic QF_NRA)\n" + text, "question")
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, symbols)
    return str(solver.checkSat())


if __name__ == "__main__":
    oracle, seconds, megabytes = sys.argv[1:]
    capped(int(float(seconds)) + 1, int(megabytes))
    print({"z3": by_z3, "cvc5": by_cvc5}[oracle](sys.stdin.read()))
