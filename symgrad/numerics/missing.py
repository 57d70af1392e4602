"""What is missing, and the line that completes the command: nobody is told off for forgetting a value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from symgrad.arithmetic.resolve import OF_ARRAYS, VARIADIC, Functions, resolve_applied
from symgrad.errors import MissingValueError, NotSupportedError, SymgradError, UnknownNameError, Where
from symgrad.functions.application import formula_of
from symgrad.network.graph import Network
from symgrad.notation.symbols import BUILT_IN
from symgrad.notation.tree import Apply, Name, Number, walk
from symgrad.notation.writers.plain import plain
from symgrad.numerics.given import Values

BIASES = ("b", "beta", "c")
SMALL = ("epsilon", "eps", "varepsilon")
"""What is added under roots and in divisors: small and positive."""
LETTERS = "jkilmnpq"
SUGGESTED_SIZE, LONGEST_SUGGESTION = 2, 40


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
    if network.shapes:
        settings = completing_arrays(values, ordered)
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


def completing_arrays(values: Values, missing: Sequence[Name]) -> list[str]:
    """--set "W_1=[[1, 0], [0, 1]]" in the right shapes; sizes and --seed 1 where that is too long."""
    network = values.network
    unknown = values.sizes.open(missing)
    sizes = values.sizes.assume(unknown, SUGGESTED_SIZE)
    count = sum(math.prod(sizes.dimensions(name)) for name in missing)
    if count > LONGEST_SUGGESTION:
        return [*(f"--set {plain(symbol)}={SUGGESTED_SIZE}" for symbol in unknown), "--seed 1"]
    settings = []
    for name in missing:
        dimensions = sizes.dimensions(name)
        if not dimensions:
            settings.append(f"--set {quoted(plain(name))}={suggested(network, name)}")
            continue
        text = nested(suggested_entries(network, name, dimensions), dimensions)
        settings.append(f'--set "{plain(name)}={text}"')
    return settings


def suggested_entries(network: Network, name: Name, dimensions: tuple[int, ...]) -> list[str]:
    """First values to try: ones on a diagonal for a matrix, a chosen class for labels, else one number."""
    if len(dimensions) == 2:
        return ["1" if i == j else "0" for i in range(dimensions[0]) for j in range(dimensions[1])]
    if role(network, name) in ("cross_entropy", "binary_cross_entropy"):
        return ["1", *["0"] * (dimensions[0] - 1)]
    return [suggested(network, name)] * dimensions[0]


def nested(entries: Sequence[str], dimensions: tuple[int, ...]) -> str:
    """Entries as a list, or as a list of rows."""
    if len(dimensions) == 1:
        return f"[{', '.join(entries)}]"
    width = dimensions[1]
    rows = [nested(entries[i : i + width], (width,)) for i in range(0, len(entries), width)]
    return f"[{', '.join(rows)}]"


def role(network: Network, name: Name) -> str:
    """The loss of which a leaf is the second argument, or nothing."""
    for place in network.uses.get(name, ()):
        for node in walk(network.bodies[place]):
            if isinstance(node, Apply) and len(node.arguments) == 2 and node.arguments[1] == name:
                found = formula_of(node, network.functions)
                return "" if found is None else found.name
    return ""


def quoted(name: str) -> str:
    """A name with braces in quotes, so that no shell expands it."""
    return f'"{name}"' if "{" in name else name


def suggested(network: Network, name: Name) -> str:
    """A first value to try: weights 1, biases 0, targets 0, inputs 1/2."""
    if name.stem in SMALL:
        return "1/1000"
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
            if network.shapes and stem in OF_ARRAYS:
                continue
            if resolve_applied(node, functions) is not None or formula_of(node, functions) is not None:
                continue
            source = pattern.source
            if stem in functions or stem in BUILT_IN:
                start, end = node.span or (0, 1)
                name = str(functions.get(stem, stem))
                raise source.error("function-no-numbers", start, end, kind=NotSupportedError, name=name)
            line = f"--function {stem}=sigmoid"
            raise MissingValueError("missing-function", chain=network.name, name=stem, line=line)
