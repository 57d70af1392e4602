"""The face of a question and of a mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from symgrad.api.chain import Chain
from symgrad.api.names import function_names, one, variables
from symgrad.errors import InputError, SymgradError, Where
from symgrad.grading import question as grading
from symgrad.grading.forms import FORMS
from symgrad.grading.kinks import signs
from symgrad.grading.marking import mark as mark_answer
from symgrad.grading.question import LAYOUTS
from symgrad.grading.rubric import STEPS
from symgrad.notation.chainfile import read_chain
from symgrad.notation.context import Context
from symgrad.notation.indices import canonical
from symgrad.notation.reader import read
from symgrad.notation.tree import Mul, Name, Relation, Tree, strip_spans
from symgrad.notation.writers.plain import plain
from symgrad.notation.writers.unicode import pretty
from symgrad.values import mark as values
from symgrad.values.mark import MISTAKES, Mistake

PROOF_SECONDS = 2.0


class Mark:
    """What marking an answer gives back."""

    def __init__(self, value: values.Mark, scored: bool = False) -> None:
        self.value, self.scored = value, scored

    @property
    def verdict(self) -> str:
        """correct, incorrect, undecided or unreadable."""
        return self.value.verdict

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The named slips."""
        return self.value.mistakes

    @property
    def points(self) -> Fraction | None:
        """Points, None where no mark was given."""
        return self.value.points

    @property
    def reading(self) -> str:
        """The answer as it was understood, in LaTeX."""
        return self.value.reading

    @property
    def evidence(self) -> str:
        """Why, in English: a point where the answer and the gradient differ."""
        from symgrad.rendering.render import Target, render_phrase

        return " ".join(render_phrase(phrase, Target()) for phrase in self.value.evidence)

    def feedback(
        self, lang: str = "en", hint: int = 1, *, format: str = "text", encoding: str | None = None
    ) -> str:
        """What the student is told at one level of hint; for other verdicts what became of the answer."""
        from symgrad.rendering.render import Target, render_phrase
        from symgrad.rendering.views.mark import mark_view

        target = Target(format, lang, encoding=encoding)
        if self.value.hints and self.verdict == "incorrect":
            level = self.value.hints[min(max(hint, 1), len(self.value.hints)) - 1]
            return ("" if lang == "zh" else " ").join(render_phrase(phrase, target) for phrase in level)
        view = mark_view(self.value, target.wording, hint)
        return " ".join(text for text in (view.verdict, *view.evidence) if text)

    def to(
        self,
        format: str = "text",
        lang: str = "en",
        *,
        hint: int = 1,
        explain: bool = False,
        templates: Path | None = None,
        encoding: str | None = None,
        prompt: bool = False,
    ) -> str:
        """The mark as text, markdown, latex or json; `prompt` says that `h` brings the next hint."""
        from symgrad.rendering.render import Target, render_mark
        from symgrad.rendering.views.mark import mark_view

        target = Target(format, lang, templates, encoding)
        if format == "json" or prompt:
            return render_mark(self.value, target, hint=hint, explain=explain, points=self.scored)
        view = mark_view(self.value, target.wording, hint, explain, self.scored)
        return target.page("mark", mark=replace(view, more=""))

    def __repr__(self) -> str:
        named = ", ".join(f"{m.name} {m.detail}".strip() for m in self.mistakes)
        return f"<Mark {self.verdict}{': ' + named if named else ''}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.to("text").rstrip("\n"))


class Question:
    """A question about a chain, or with an answer of its own.

    Args:
        chain: the chain the question is about.
        wrt, of: which gradient is asked for; of is the objective unless said otherwise.
        answer: the right answer, for a question that is no gradient; sigma is the logistic sigmoid unless
            functions says otherwise.
        value, tolerance: a right number, and how far off is still right.
        functions: what general names stand for. aliases: other names -> the chain's names.
        shapes: of the names of a question without a chain: {"W": "matrix(m, n)"}. layout: gradient (the shape
            of the variable), jacobian (its transpose) or any (both are right).
        form: any, factored, expanded or simplified; a right value in another form is correct with a remark.
        points, rubric: full marks, and what named slips cost: negative deducts, another number is a ceiling,
            {"each": -1, "max": -2} counts occurrences.

    Raises:
        InputError: nothing is asked, or the parts do not fit.
    """

    def __init__(
        self,
        chain: Chain | None = None,
        *,
        wrt: str | None = None,
        of: str | None = None,
        answer: str | None = None,
        bound: str | None = None,
        value: str | float | None = None,
        tolerance: str | float | Fraction | None = None,
        given: Sequence[str] = (),
        functions: Mapping[str, str] | None = None,
        shapes: Mapping[str, str] | None = None,
        aliases: Mapping[str, str] | None = None,
        form: str = "any",
        layout: str = "gradient",
        points: int | float | Fraction = 1,
        rubric: Mapping[str, Any] | None = None,
    ) -> None:
        if form not in FORMS:
            raise InputError("yaml-choice", Where("<question>"), found=form, choices=", ".join(FORMS))
        if layout not in LAYOUTS:
            raise InputError("yaml-choice", Where("<question>"), found=layout, choices=", ".join(LAYOUTS))
        self.chain, self.given, self.layout = chain, tuple(given), layout
        self.shown: Tree | None = None
        """What is asked where the question names it by an equation of its own: a second derivative."""
        settings: dict[str, Any] = {
            "functions": function_names(functions),
            "aliases": dict(aliases or {}),
            "form": form,
            "points": Fraction(str(points)),
            "rubric": checked_rubric(rubric or {}),
            "shapes": declared_shapes(shapes or {}),
            "layout": layout,
        }
        if wrt is not None and chain is not None:
            network, (first, *more) = chain.network, variables(wrt)
            target = None if of is None else one(network, of)
            name = one(network, first)
            if more:
                found = chain.derive(wrt, of=of)
                network, name = found.inner_network, found.inner.goal.by
                target, self.shown = network.equations[-1].name, found.goal
            self.question = grading.Question.about(network, name, target, **settings)
            return
        text = next((str(given) for given in (answer, bound, value) if given is not None), None)
        if text is None or wrt is not None:
            raise InputError("question-asks-nothing", Where("<question>"))
        if value is not None:
            settings["tolerance"] = Fraction(str(tolerance)) if tolerance is not None else Fraction(0)
        named = {"sigma": "sigmoid", **settings["functions"]}
        arrays = frozenset(name.stem for name, shape in settings["shapes"].items() if shape)
        declared = frozenset(settings["shapes"])
        context = Context("claim", known=declared, functions=frozenset(settings["functions"]), arrays=arrays)
        if bound is not None and chain is not None:
            context = chain_context(chain)
        gold = signs(strip_spans(read(text, context, name="<gold>")))
        if isinstance(gold, Relation) != (bound is not None):
            raise InputError("question-bound" if bound is not None else "one-formula", Where("<question>"))
        if bound is not None:
            settings["prover"] = self.decide
        used = {
            k: v
            for k, v in named.items()
            if k in settings["functions"] or f"{k}(" in plain(gold) or f"{k}'" in plain(gold)
        }
        settings["functions"] = used
        self.question = grading.Question(gold, chain.network if chain is not None else None, **settings)

    def mark(self, answer: str) -> Mark:
        """Mark one answer: LaTeX, Unicode or plain text."""
        asked = self.question
        return Mark(mark_answer(asked, answer), scored=bool(asked.rubric) or asked.points != 1)

    def decide(self, claim: str) -> str:
        """The prover's verdict about a claim under the question's assumptions; undecided where it cannot."""
        from symgrad.api.proof import prove

        functions = dict(self.question.functions) or None
        try:
            if self.chain is not None:
                return self.chain.prove(claim, self.given, functions=functions, timeout=PROOF_SECONDS).verdict
            return prove(claim, self.given, functions=functions, timeout=PROOF_SECONDS).verdict
        except SymgradError:
            return "undecided"

    def asked(self, encoding: str | None = None) -> str:
        """What is asked, as a person would write it: ∂C/∂b₁."""
        goal = self.shown or self.question.goal
        return "?" if goal is None else pretty(goal, encoding)

    def solution(self, encoding: str | None = None) -> str:
        """The right answer, as a person would write it."""
        factors = self.question.factors
        return pretty(factors[0] if len(factors) == 1 else Mul(factors), encoding)

    def __repr__(self) -> str:
        goal = self.shown or self.question.goal
        return f"<Question {plain(goal) if goal is not None else plain(self.question.gold)}>"


def chain_context(chain: Chain) -> Context:
    """How a bound about a chain is read: its names, and gradients of its objective."""
    return grading.Question(Name("x"), chain.network).context


def declared_shapes(shapes: Mapping[str, str]) -> dict[Name, tuple[Tree, ...]]:
    """{"W": "matrix(m, n)"} as shapes.

    Raises:
        InputError: a declaration that cannot be read.
    """
    found: dict[Name, tuple[Tree, ...]] = {}
    for name, kind in shapes.items():
        file = read_chain(f"{name} : {kind}\nvalue = 0\n", "<shapes>")
        for declaration in file.shapes:
            target = declaration.target
            sizes = tuple(strip_spans(canonical(size)) for size in declaration.sizes)
            found[Name(target.stem, target.indices, layer=target.layer)] = sizes
    return found


def checked_rubric(rubric: Mapping[str, Any]) -> dict[str, Any]:
    """The rubric with exact numbers.

    Raises:
        InputError: a mistake that marking never names.
    """
    from difflib import get_close_matches

    found: dict[str, Any] = {}
    for name, rule in rubric.items():
        if name not in (*MISTAKES, STEPS):
            near = next(iter(get_close_matches(name, MISTAKES, 1, 0.6)), "")
            where, hint = Where("<rubric>", 1, 1, name, len(name)), "did-you-mean" if near else ""
            raise InputError("rubric-unknown", where, hint, name=name, suggestion=near)
        if isinstance(rule, Mapping):
            found[name] = {key: Fraction(str(value)) for key, value in rule.items()}
        else:
            found[name] = Fraction(str(rule))
    return found
