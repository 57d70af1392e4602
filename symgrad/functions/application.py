"""What an applied function is: its questionnaire with the options given, or the formula it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.functions import options as chosen
from symgrad.functions.formula import Formula
from symgrad.functions.questionnaire import Function
from symgrad.functions.registry import configured, formula, lookup
from symgrad.notation.tree import Apply, Name, Tree, rebuild, substitute


class BadOption(ValueError):
    """An option that the function does not have (`known` says which it has), or that is no number."""

    def __init__(self, function: str, option: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{function}: {option}")
        self.function, self.option, self.known = function, option, known


def full_name(name: str, options: tuple[tuple[str, Tree], ...]) -> str:
    """The one spelling of a known function with options (`leaky_relu(slope=1/5)`); an unknown name stays.

    Raises:
        BadOption: an option that the function does not have, or that is no number.
    """
    found = configured(name)
    if found is None:
        return name
    own, answer, values = found
    if not options:
        return own
    given: dict[str, Fraction] = dict(values)
    for key, tree in options:
        value = chosen.rational(tree)
        if key not in given or value is None:
            raise BadOption(answer.name, key, tuple(given))
        given[key] = value
    return chosen.joined(answer.name, answer.options, given) or own


def name_of(tree: Apply, functions: Mapping[str, object]) -> str | None:
    """What an applied function is called with its options; None for a general function or a formula in x."""
    if tree.function.indices:
        return None
    base = functions.get(tree.function.stem, tree.function.stem)
    if not isinstance(base, str) or configured(base) is None:
        return None
    try:
        return full_name(base, tree.options)
    except BadOption:
        return None


def applied(tree: Apply, functions: Mapping[str, object]) -> Function | None:
    """The questionnaire of an applied function of one argument, or None."""
    name = name_of(tree, functions)
    return None if name is None else lookup(name)


def formula_of(tree: Apply, functions: Mapping[str, object]) -> Formula | None:
    """The questionnaire of an applied function of several arguments, or None."""
    name = name_of(tree, functions)
    found = None if name is None else configured(name)
    return found[1] if found is not None and isinstance(found[1], Formula) else None


def written(tree: Apply, functions: Mapping[str, object], field: str = "formula") -> Tree | None:
    """The formula that `mse(a, y)` stands for (or its condition `smooth`, `domain`); None if there is none.

    max and min of several arguments are taken two at a time.

    >>> from symgrad.notation.tree import Apply, Name
    >>> str(written(Apply(Name("mse"), (Name("p"), Name("q"))), {}))
    '(p - q)^2'
    """
    found = formula_of(tree, functions)
    if found is None or tree.order:
        return None
    arguments = tree.arguments
    if found.name in ("max", "min") and len(arguments) > 2:
        arguments = (Apply(Name(found.name), arguments[:-1]), arguments[-1])
    text = getattr(found, field)
    if text is None or len(arguments) != len(found.parameters):
        return None
    _, _, values = configured(name_of(tree, functions) or "") or ("", None, ())
    body = formula(chosen.settled(text, values), found.parameters)
    return substitute(body, dict(zip(map(Name, found.parameters), arguments, strict=True)))


def expanded(tree: Tree, functions: Mapping[str, object]) -> Tree:
    """The tree with every function of several arguments written as its formula."""
    inner = rebuild(tree, lambda child: expanded(child, functions))
    if isinstance(inner, Apply) and (formula := written(inner, functions)) is not None:
        return expanded(formula, functions)
    return inner
