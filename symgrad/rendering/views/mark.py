"""A mark as the words a student reads: what was read, the verdict, hints up to a level."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.rendering.wording import Wording
from symgrad.values.mark import Mark
from symgrad.values.phrase import Phrase


@dataclass(frozen=True, slots=True)
class MarkView:
    """Everything that can be said about an answer; empty strings are not said."""

    kind: str
    reading: str
    verdict: str
    hints: tuple[tuple[str, str], ...]
    more: str
    evidence: tuple[str, ...]
    points: str


def mark_view(
    mark: Mark, wording: Wording, hint: int = 1, explain: bool = False, points: bool = False
) -> MarkView:
    """All strings of a mark; `points` says whether they are of interest."""
    return MarkView(
        kind=mark.verdict,
        reading=_reading(mark, wording),
        verdict=_verdict(mark, wording),
        hints=_hints(mark, wording, hint),
        more=wording.word("next-hint") if mark.hints and hint < len(mark.hints) else "",
        evidence=tuple(map(wording.say, mark.evidence)) if _explained(mark, explain) else (),
        points="" if mark.points is None or not points else wording.word("points", points=str(mark.points)),
    )


def _unnamed(mark: Mark) -> bool:
    return mark.verdict == "incorrect" and not mark.mistakes


def _explained(mark: Mark, explain: bool) -> bool:
    """Whether the evidence stands by itself; why nothing was decided is part of the verdict."""
    return _unnamed(mark) or (explain and mark.verdict != "undecided")


def _reading(mark: Mark, wording: Wording) -> str:
    return "" if mark.answer is None else wording.word("i-read", answer=mark.answer)


def _verdict(mark: Mark, wording: Wording) -> str:
    if mark.verdict == "unreadable":
        problem = dict(mark.problem)
        message = problem.get(wording.lang) or problem.get("en", "")
        return f"{message}\n{wording.word('mark-unreadable')}".strip()
    if mark.verdict == "undecided" and mark.evidence:
        parts = [Phrase.of("feedback.not-decided"), *mark.evidence, *mark.remarks]
        return ("" if wording.lang == "zh" else " ").join(map(wording.say, parts))
    words = wording.word("mark-no-named-slip" if _unnamed(mark) else f"mark-{mark.verdict}")
    remarks = [wording.say(remark) for remark in mark.remarks]
    return ("" if wording.lang == "zh" else " ").join([words, *remarks])


def _hints(mark: Mark, wording: Wording, level: int) -> tuple[tuple[str, str], ...]:
    shown = mark.hints[: max(0, level)] if mark.verdict == "incorrect" else ()
    gap = "" if wording.lang == "zh" else " "
    return tuple(
        (wording.word("hint-number", number=i, of=len(mark.hints)), gap.join(map(wording.say, phrases)))
        for i, phrases in enumerate(shown, 1)
    )
