"""Work in a child: ended by time and by memory, its errors passed on."""

from __future__ import annotations

import itertools

import pytest

from symgrad.api.limited import OutOfMemoryError, OutOfTimeError, within
from symgrad.api.proof import out_of_time
from symgrad.errors import InputError


def test_a_result_comes_back() -> None:
    assert within(20, lambda: 2 + 2) == 4


def test_endless_work_is_ended() -> None:
    told: list[float] = []
    with pytest.raises(OutOfTimeError) as caught:
        within(0.5, lambda: sum(itertools.count()), told.append)
    assert type(caught.value) is OutOfTimeError and told


def test_work_that_eats_memory_is_ended() -> None:
    with pytest.raises(OutOfMemoryError):
        within(60, lambda: len(bytes(10**12)))
    steps = out_of_time("x <= 1", (), memory=True).steps
    assert [step.id for step in steps] == ["proofs.undecided-memory"]


def test_an_error_of_the_user_is_passed_on() -> None:
    def work() -> None:
        raise InputError("claim-not-relation")

    with pytest.raises(InputError):
        within(20, work)
