"""A target for atheris: `python tests/fuzz/read_answer.py -max_total_time=60`; what it raises is a find."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["symgrad.notation", "symgrad.grading"]):
    from symgrad.api import Chain, Question
    from symgrad.grading.reading import Unreadable, read_answer

CHAIN = Chain.parse("sigma = sigmoid\nz_1 = w_1 x + b_1\na_1 = sigma(z_1)\nC = (a_1 - y)^2 / 2\n")
ASKED = Question(CHAIN, wrt="w_1").question


def read_one(data: bytes) -> None:
    """Read one answer."""
    try:
        read_answer(ASKED, data.decode("utf-8", "replace"))
    except Unreadable as problem:
        problem.error.message("zh")


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_one)
    atheris.Fuzz()
