"""A slip as the fields of a sentence: which factors, which step of the chain, what stands where."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.grading.question import Question
from symgrad.network.graph import Equation
from symgrad.notation.tree import Add, Apply, Derivative, Name, Number, Relation, Tree
from symgrad.values.derivation import Step
from symgrad.values.mark import Mistake
from symgrad.values.phrase import Field

Group = tuple[Mistake, ...]
"""A slip; or two that are one, a factor missing and another in its place."""


def factor_count(question: Question) -> int:
    """How many factors the gradient has, numbers apart."""
    return len([factor for factor in question.factors if not isinstance(factor, Number)])


def touched(group: Group) -> int:
    """How many of the gradient's factors a slip has spoilt."""
    return len(group[0].right)


def turned_term(mistake: Mistake) -> tuple[Tree, Tree] | None:
    """(what was written, what belongs there) for a wrong sign inside a sum."""
    match mistake.wrong, mistake.right:
        case (Add(written),), (Add(gold),) if mistake.name == "wrong-sign":
            return next((pair for pair in zip(written, gold, strict=True) if pair[0] != pair[1]), None)
    return None


def slope_step(question: Question, mistake: Mistake) -> Equation | None:
    """The equation a = f(z) on the path whose slope f'(z) is the factor too many."""
    network, derivation = question.network, question.derivation
    if network is None or derivation is None:
        return None
    match mistake.wrong:
        case (Apply(function, arguments, 1) as slope,):
            for equation in network.equations:
                here = equation.name in derivation.path or slope in question.factors
                named = len(arguments) == 1 and isinstance(arguments[0], Name)
                if here and named and equation.body == Apply(function, arguments):
                    return equation
    return None


def describe(question: Question, group: Group) -> Iterator[tuple[str, Field]]:
    """The fields a wording may use."""
    mistake, extra = group[0], group[-1]
    total = factor_count(question)
    yield "total", total
    yield "right", max(0, total - touched(group))
    yield "missing", touched(group)
    if (pair := turned_term(mistake)) is not None:
        yield from zip(("wrong", "factor"), pair, strict=True)
        yield "sum", mistake.right[0]
    else:
        if extra.wrong:
            yield "wrong", extra.wrong if len(extra.wrong) > 1 else extra.wrong[0]
        if mistake.right:
            yield "factor", mistake.right if len(mistake.right) > 1 else mistake.right[0]
    if question.goal is not None:
        yield "goal", question.goal
    yield from place(question, mistake)
    if mistake.name == "missing-factor":
        yield from neighbours(question, mistake)
    if mistake.name == "wrong-variable":
        yield from variable(question, mistake)


def place(question: Question, mistake: Mistake) -> Iterator[tuple[str, Field]]:
    """The chain's step that a slip belongs to."""
    if mistake.name == "extra-factor":
        equation = slope_step(question, mistake)
        match equation and equation.body:
            case Apply(_, (Name() as argument,)) as body if equation is not None and question.goal:
                yield "equation", Relation(("=",), (equation.name, body))
                yield "token", Derivative(question.goal.of, argument)
        return
    step = step_at(question, mistake)
    if step is not None and isinstance(step.before, Derivative) and step.equation is not None:
        start, end = stretch(question, step)
        yield "start", start
        yield "end", end
        yield "token", step.before
        yield "local", step.after
        yield "equation", step.equation
        assert isinstance(step.before.of, Name)
        yield "node", step.before.of
        layer = next((i.value for i in step.before.of.indices if isinstance(i, Number)), None)
        yield "neuron", int(layer) if layer is not None else 1


def step_at(question: Question, mistake: Mistake) -> Step | None:
    """The derivation step a slip belongs to; a lone sign belongs to the last."""
    if question.derivation is None:
        return None
    steps = question.derivation.steps
    if mistake.at is not None:
        return steps[mistake.at - 1]
    if mistake.name in ("wrong-sign", "wrong-constant"):
        edges = [s for s in steps if s.rule not in ("sum-over-paths", "chain-rule")]
        return edges[-1] if edges else None
    return None


def stretch(question: Question, step: Step) -> tuple[Name, Name]:
    """The part of the path to look at: from a_2 to a_3 for the weight in between."""
    before = step.before
    assert isinstance(before, Derivative) and isinstance(before.of, Name)
    path = question.derivation.path if question.derivation else ()
    end = before.of
    if step.rule in ("linear-derivative", "bias-derivative") and end in path[:-1]:
        end = path[path.index(end) + 1]
    return before.by, end


def neighbours(question: Question, mistake: Mistake) -> Iterator[tuple[str, Field]]:
    """Between which factors the missing one belongs."""
    factors = question.factors
    places = [i for i, f in enumerate(factors) if f in mistake.right]
    if not places:
        yield "position", "alone"
        return
    before, after = places[0] - 1, places[-1] + 1
    if len(places) > 1 and len(mistake.right) == 1:
        after = before + 2
    if before >= 0:
        yield "before", factors[before]
    if after < len(factors):
        yield "after", factors[after]
    inside = before >= 0 and after < len(factors)
    yield (
        "position",
        "between" if inside else "last" if before >= 0 else "first" if after < len(factors) else "alone",
    )


def variable(question: Question, mistake: Mistake) -> Iterator[tuple[str, Field]]:
    """For another gradient: its name, and the equation through which the asked variable acts."""
    other = mistake.wrong[0]
    yield "other", other
    derivation = question.derivation
    if derivation is None:
        return
    first = derivation.steps[0]
    if first.equation is not None:
        yield "other_equation", first.equation
        assert isinstance(first.before, Derivative)
        yield "variable", first.before.by
        yield "local", first.after
