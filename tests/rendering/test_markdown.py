"""Markdown that survives: every formula is seen by a viewer and is valid LaTeX."""

from __future__ import annotations

import pytest

from symgrad.rendering.render import (
    Target,
    render_derivation,
    render_evaluation,
    render_mark,
    render_proof,
)
from tests.rendering import samples
from tests.rendering.viewer import check


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_formula_is_seen_and_valid(lang: str) -> None:
    target = Target("markdown", lang)
    assert check(render_derivation(samples.nielsen(), target, checked=True)) > 10
    assert check(render_derivation(samples.nielsen(60), target, detail="full")) > 100
    several = [samples.nielsen(start=j) for j in (1, 2, 3)]
    assert check(render_derivation(several, target, overview=True)) > 10
    assert check(render_derivation(samples.tied(), target, detail="full")) > 5
    assert check(render_proof(samples.proved(), target)) > 4
    assert check(render_proof(samples.refuted(), target)) > 2
    assert check(render_evaluation(samples.exact_evaluation(), target)) > 4
    assert check(render_evaluation(samples.family(), target)) > 1
    assert check(render_mark(samples.incorrect(), target, hint=3)) > 3
