"""Sentences: every rule has one in both languages, escaped for the format, formulas apart from Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from symgrad.notation.tree import Name, number
from symgrad.phrases import LANGUAGES, catalogue
from symgrad.rendering.styles import FORMATS, style_for
from symgrad.rendering.wording import Wording
from symgrad.values.derivation import RULES
from symgrad.values.phrase import Phrase

B1 = Name("b", (number(1),))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_has_a_reason(lang: str) -> None:
    assert RULES.keys() <= catalogue(lang, "steps").keys()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_reason_can_be_said(rule: str, lang: str, format: str) -> None:
    phrase = Phrase.of(
        f"steps.{rule}", parent=B1, node=Name("C"), local=number(1), count=3, formula=B1, place=Name("j")
    )
    said = Wording(lang, style_for(format)).say(phrase)
    assert said and "{" not in said.replace("_{", "")


@pytest.mark.parametrize(
    ("letter", "word"), [("C", "cost"), ("L", "loss"), ("E", "error"), ("J", "cost"), ("S", "objective")]
)
def test_the_objective_is_called_by_its_letter(letter: str, word: str) -> None:
    phrase = Phrase.of("steps.objective-derivative", node=Name(letter), parent=B1, local=B1)
    assert Wording("en", style_for("text")).say(phrase) == f"derivative of the {word}"


def test_a_formula_never_touches_chinese_in_markdown() -> None:
    phrase = Phrase.of("notes.absent", absent=B1, parameter=B1, term=B1)
    assert Wording("zh", style_for("markdown")).say(phrase) == (
        "注意 $b_1$ 不出现： $b_1$ 在 $b_1$ 之后才加进来。"
    )


def test_words_are_escaped_and_formulas_are_not() -> None:
    phrase = Phrase.of("documents.underflow", format="a_b & 50%", names="x")
    assert "a\\_b \\& 50\\%" in Wording("en", style_for("latex")).say(phrase)
    assert "a\\_b & 50%" in Wording("en", style_for("markdown")).say(phrase)


def test_hostile_fields_stay_text() -> None:
    """Braces and template signs in a field are never filled in or run."""
    phrase = Phrase.of("documents.underflow", format="{names} << 7*7 >> <% raise %>", names="N")
    assert "{names} << 7*7 >> <% raise %>" in Wording("en", style_for("text")).say(phrase)


def test_a_folder_of_ones_own_changes_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "phrases" / "en").mkdir(parents=True)
    (tmp_path / "phrases" / "en" / "steps.toml").write_text('activation-derivative = "slope!"\n')
    own = Wording("en", style_for("text"), tmp_path)
    assert own.say(Phrase.of("steps.activation-derivative")) == "slope!"
    assert own.say(Phrase.of("steps.quotient-rule")) == "quotient rule"
