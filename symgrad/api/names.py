"""The names of a chain as people type them: one, a whole family, or a helpful error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from symgrad.errors import InputError, UnknownNameError, Where
from symgrad.functions import registry
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.symbols import BUILT_IN, SYNONYMS
from symgrad.notation.tree import Name, Number, Tree, strip_spans
from symgrad.notation.writers.plain import plain


@lru_cache(maxsize=64)
def context_of(network: Network, kind: str) -> Context:
    """What a reader must know about a chain before it reads a claim or an answer about it."""
    declared = frozenset(network.functions) | frozenset(
        s for s in network.applied if registry.configured(s) is None
    )
    layered = frozenset(name.stem for name in network.names if name.layer)
    arrays = frozenset(name.stem for name, shape in network.shapes.items() if shape)
    return Context(
        kind,
        known=network.names,
        functions=declared,
        layered=layered,
        arrays=arrays,
        activation=network.activation,
        objective=network.objective,
        deltas=not any(name.stem == "delta" for name in network.names),
        families=network.families if isinstance(network, SymbolicNetwork) else frozenset(),
    )


def read_about(network: Network, text: str, kind: str, name: str) -> Tree:
    """A formula about a chain."""
    return strip_spans(read(text, context_of(network, kind), name=name))


def members(network: Network, text: str, place: str = "<name>") -> tuple[Name, ...]:
    """The name a text stands for, or all members of a family `b_j` in forward order.

    Raises:
        UnknownNameError: with the nearest name.
    """
    tree = strip_spans(read(text, context_of(network, "answer"), name=place))
    if not isinstance(tree, Name):
        raise UnknownNameError("not-a-name", Where(place, 1, 1, text, len(text)), text=text)
    if tree in network.names:
        return (tree,)
    if isinstance(network, SymbolicNetwork):
        return (network.find(tree),)
    if tree.indices and isinstance(tree.indices[-1], Name) and not tree.indices[-1].indices:
        ordered = [*network.leaves, *network.position]
        family = [n for n in ordered if n.stem == tree.stem and len(n.indices) == len(tree.indices)]
        family = [n for n in family if all(isinstance(i, Number) for i in n.indices)]
        if family:
            return tuple(sorted(family, key=lambda n: [i.value for i in n.indices if isinstance(i, Number)]))
    raise UnknownNameError("unknown-name", Where(place, 1, 1, text, len(text)), name=plain(tree))


def variables(text: str) -> tuple[str, ...]:
    """The names of a derivative by several: "b_1, w_2" is by b_1 and then by w_2; w_{1,2} is one name.

    >>> variables("b_1, w_{1,2}")
    ('b_1', 'w_{1,2}')
    """
    found, depth = [""], 0
    for letter in text:
        depth += (letter in "{[(") - (letter in "}])")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return tuple(part.strip() for part in found)


def one(network: Network, text: str | Name, place: str = "<name>") -> Name:
    """The one name a text stands for.

    Raises:
        UnknownNameError: no such name, or a whole family.
    """
    if isinstance(text, Name):
        return text
    found = members(network, text, place)
    if len(found) != 1:
        shown = ", ".join(map(plain, found))
        raise UnknownNameError("one-of-family", Where(place, 1, 1, text, len(text)), name=text, members=shown)
    return found[0]


def function_names(functions: Mapping[str, str] | None) -> dict[str, str]:
    """{"sigma": "ReLU"} with canonical names.

    Raises:
        UnknownNameError: a function that symgrad does not know.
    """
    from difflib import get_close_matches

    result = {}
    for name, function in (functions or {}).items():
        lowered = SYNONYMS.get(function.lower(), function.lower())
        known = registry.lookup(lowered)
        if known is None:
            near = next(iter(get_close_matches(lowered, sorted({*registry.names(), *BUILT_IN}), 1, 0.5)), "")
            text = f"{name}={function}"
            where, hint = Where("<function>", 1, 1, text, len(text)), "did-you-mean" if near else ""
            raise UnknownNameError("unknown-function", where, hint, name=function, suggestion=near)
        result[name] = known.name
    return result


def check_applied(network: Network, functions: Mapping[str, str]) -> None:
    """Refuse a function for a name that the chain does not apply.

    Raises:
        UnknownNameError: says which functions the chain applies.
    """
    for name in functions:
        if name not in network.functions and registry.lookup(name) is not None:
            where = Where("<function>", 1, 1, f"{name}={functions[name]}", len(name))
            raise UnknownNameError("swap-built-in", where, name=name)
        if name not in network.applied and name not in network.functions:
            shown = ", ".join(network.applied) or "-"
            where = Where("<function>", 1, 1, f"{name}={functions[name]}", len(name))
            raise UnknownNameError("no-such-function", where, name=name, members=shown)


def require_text(found: object, example: str) -> None:
    """Raise InputError for what is no text where a name or a chain is expected."""
    if not isinstance(found, str):
        raise InputError("text-expected", Where("<argument>"), found=repr(found)[:40], example=example)


def assumptions_in(given: object) -> tuple[str, ...]:
    """The texts of assumptions; a text alone is one assumption.

    Raises:
        InputError: neither a text nor a list of texts.
    """
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Sequence):
        raise InputError("given-list", Where("<given>"), found=repr(given)[:40])
    for text in given:
        require_text(text, "|w| <= 1")
    return tuple(given)


def require_choice(found: object, known: Sequence[str], what: str) -> None:
    """Raise InputError for a format or language that there is not, with those that there are."""
    if found not in known:
        raise InputError(f"{what}-choice", Where(f"<{what}>"), found=str(found), known=", ".join(known))
