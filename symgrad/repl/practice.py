"""Practice: one question after another, marked, with hints on demand; nothing about the person is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from symgrad.phrases import say

if TYPE_CHECKING:
    from symgrad.api import Chain, Mark, Question

LEVELS = 3
HINT, SKIP, HELP = ("h", "hint", "提示"), ("s", "skip", "跳过"), ("?", "？", "help", "帮助")
QUIT = ("q", "quit", "exit", "退出")
ANSWER, YES = ("answer", "答案"), ("y", "yes", "是", "好")


def order(chain: Chain) -> tuple[str, ...]:
    """The parameters from the last layer to the first, in every layer the bias before the weight."""

    def key(name: str) -> tuple[int, int]:
        layer = re.search(r"(\d+)\D*$", name)
        return -int(layer[1]) if layer else 0, names.index(name)

    names = list(chain.parameters)
    return tuple(sorted(sorted(names, key=lambda n: not n.startswith("b")), key=lambda n: key(n)[0]))


@dataclass(slots=True)
class Practice:
    """The loop: `read` gives the next line or None at the end, `show` writes."""

    questions: Sequence[Question]
    lang: str
    read: Callable[[], str | None]
    show: Callable[[str], None]
    encoding: str
    templates: Path | None
    emit: Callable[[str], None]
    solved: int = 0
    seen: int = 0
    hints: int = 0

    def run(self) -> None:
        """All questions in turn, until they are over or the person leaves."""
        for number, question in enumerate(self.questions, 1):
            asked = question.asked(self.encoding)
            self.tell("practice-question", number=number, count=len(self.questions), question=asked)
            if not self.one(question):
                return

    def one(self, question: Question) -> bool:
        """One question until it is solved or skipped; False if the person leaves."""
        mark: Mark | None = None
        level = 0
        while (line := self.prompt()) is not None:
            word = line.strip().lower()
            if word in QUIT:
                return False
            if word in SKIP:
                return True
            if word in HELP:
                self.tell("practice-commands")
            elif word in HINT:
                level = self.hint(question, mark, level)
            elif word in ANSWER:
                if self.confirmed():
                    self.reveal(question)
                    return True
            elif word:
                self.seen += mark is None
                mark, level = question.mark(line), 0
                self.judge(mark)
                if mark.verdict == "correct":
                    self.solved += 1
                    return True
        return False

    def judge(self, mark: Mark) -> None:
        """What was read and the verdict; hints only when they are asked for."""
        settings = {"encoding": self.encoding, "templates": self.templates, "hint": 0}
        self.emit(mark.to("text", self.lang, **settings))  # type: ignore[arg-type]
        if mark.verdict == "incorrect":
            self.tell("practice-next")

    def hint(self, question: Question, mark: Mark | None, level: int) -> int:
        """The next hint on the last answer; before the first one, where to begin."""
        if mark is None:
            self.tell("practice-begin")
            return 0
        if mark.verdict != "incorrect" or not mark.value.hints or level >= LEVELS:
            self.tell("no-more-hints")
            return level
        self.hints += 1
        text = mark.feedback(self.lang, hint=level + 1, encoding=self.encoding)
        self.show(f"  {say('cli.hint', self.lang, None, number=level + 1, of=LEVELS)}{text}\n")
        return level + 1

    def confirmed(self) -> bool:
        """Whether the person really wants to see the answer."""
        self.tell("practice-really")
        line = self.prompt()
        return line is not None and line.strip().lower() in YES

    def reveal(self, question: Question) -> None:
        """The gradient, because it was asked for and confirmed."""
        asked, answer = question.asked(self.encoding), question.solution(self.encoding)
        self.tell("practice-answer", question=asked, answer=answer)

    def prompt(self) -> str | None:
        """The next line, or None at the end of the input."""
        self.show("> ")
        line = self.read()
        if line is None:
            self.show("\n")
        return line

    def summary(self) -> None:
        """How many were solved, once at the end."""
        self.tell("practice-summary", solved=self.solved, seen=self.seen, hints=self.hints)

    def tell(self, key: str, **fields: object) -> None:
        """One line of words."""
        self.show(say(f"cli.{key}", self.lang, None, **fields) + "\n")
