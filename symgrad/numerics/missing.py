"""What is missing, and the line that completes the command: nobody is told off for forgetting a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symgrad.arithmetic.resolve import VARIADIC, Functions, resolve_applied
from symgrad.errors import MissingValueError, NotSupportedError, SymgradError, UnknownNameError, Where
from symgrad.functions.application import formula_of
from symgrad.network.graph import Network
from symgrad.notation.symbols import BUILT_IN
from symgrad.notation.tree import Apply, Name, Number, walk
from symgrad.notation.writers.plain import plain
from symgrad.numerics.given import Values

BIASES = ("b", "beta", "c")
LETTERS = "jkilmnpq"


def missing_values(network: Network, values: Values, missing: Sequence[Name]) -> SymgradError:
    """The error whose message ends with settings that complete the command."""
    trained = set(network.parameters)
    ordered = [*(n for n in missing if n in trained), *(n for n in missing if n not in trained)]
    families: dict[tuple[str, int], list[Name]] = {}
    for name in ordered:
        families.setdefault((name.stem, len(name.indices)), []).append(name)
    names, settings = [], []
    for members in families.values():
        names.extend(shown(members))
        settings.extend(completing(network, members))
    line = " ".join(settings)
    return MissingValueError("missing-values", chain=network.name, names=", ".join(names), line=line)


def shown(members: Sequence[Name]) -> list[str]:
    """w_1…w_4 for a run of indices, each name by itself otherwise."""
    runs = consecutive(members)
    if runs is None:
        return [plain(member) for member in members]
    return [plain(run[0]) if len(run) == 1 else f"{plain(run[0])}…{plain(run[-1])}" for run in runs]


def consecutive(members: Sequence[Name]) -> list[list[Name]] | None:
    """Members with one whole-number index in runs without gaps; None for other names."""
    keyed = []
    for member in members:
        match member.indices:
            case (Number(value),):
                keyed.append((value, member))
            case _:
                return None
    runs: list[list[Name]] = []
    last = None
    for value, member in sorted(keyed, key=lambda pair: pair[0]):
        if last is not None and value == last + 1:
            runs[-1].append(member)
        else:
            runs.append([member])
        last = value
    return runs


def completing(network: Network, members: Sequence[Name]) -> list[str]:
    """--set w_j=1 for several members, --set a_0=1/2 for one."""
    value = suggested(network, members[0])
    if len(members) == 1 or consecutive(members) is None:
        return [f"--set {quoted(plain(member))}={value}" for member in members]
    stem = members[0].stem
    letter = next(x for x in LETTERS if Name(stem, (Name(x),)) not in network.names)
    return [f"--set {plain(Name(stem, (Name(letter),)))}={value}"]


def quoted(name: str) -> str:
    """A name with braces in quotes, so that no shell expands it."""
    return f'"{name}"' if "{" in name else name


def suggested(network: Network, name: Name) -> str:
    """A first value to try: weights 1, biases 0, targets 0, inputs 1/2."""
    if name in network.parameters:
        return "0" if name.stem in BIASES else "1"
    users = {network.equations[place].name for place in network.uses.get(name, ())}
    return "0" if users == {network.objective} else "1/2"


def fill_functions(network: Network, functions: Mapping[str, str] | None) -> Functions:
    """What every function of the chain stands for.

    Raises:
        UnknownNameError: a function the chain does not apply. MissingValueError: one that is still general.
    """
    chosen = dict(functions or {})
    for name, function in chosen.items():
        if name not in network.applied:
            raise UnknownNameError(
                "function-not-applied", Where("<function>", 1, 1, f"{name}={function}", max(1, len(name))),
                name=name, known=", ".join(network.applied) or "-",
            )  # fmt: skip
    return {**network.functions, **chosen}


def require_functions(network: Network, functions: Functions, places: Iterable[int]) -> None:
    """Every function applied at these places must have values."""
    patterns = {id(p): p for p in (network.equations[place].pattern for place in places)}
    for pattern in patterns.values():
        for node in walk(pattern.body):
            if not isinstance(node, Apply) or node.function.stem in VARIADIC:
                continue
            stem = node.function.stem
            if resolve_applied(node, functions) is not None or formula_of(node, functions) is not None:
                continue
            source = pattern.source
            if stem in functions or stem in BUILT_IN:
                start, end = node.span or (0, 1)
                name = str(functions.get(stem, stem))
                raise source.error("function-no-numbers", start, end, kind=NotSupportedError, name=name)
            line = f"--function {stem}=sigmoid"
            raise MissingValueError("missing-function", chain=network.name, name=stem, line=line)
