"""The kernel: re-checks a certificate from the statement up. No search, no solver, no simplifier.

A certificate is plain JSON data and self-contained. Everything it claims is derived again here from its own
statement; a field that says anything else is rejected. Rules, by the `rule` of a proof entry:

difference   R - L = common * difference, common >= 0, difference >= 0 (or > 0), by intervals
identity     R - L = 0 as polynomials over atoms, defined names put in if `definitions` is true
and or implies iff    the parts of the statement
cases        one entry for each alternative of an `or` among the assumptions
split        one entry for a comparison (t > k), one for its opposite; both its sides are defined
settle       functions in pieces and bars replaced by the piece that the assumptions leave
absurd       the assumptions of this case contradict each other
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    Add,
    Apply,
    Derivative,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    children,
    names_in,
    substitute,
    walk,
)  # fmt: skip
from symgrad.proving.kernel.bounds import MIRROR, Bounds
from symgrad.proving.kernel.domain import open_conditions
from symgrad.proving.kernel.evaluate import Value, compare, evaluate, precise, truth
from symgrad.proving.kernel.families import instances, parts
from symgrad.proving.kernel.gradient import written_out
from symgrad.proving.kernel.intervals import Empty
from symgrad.proving.kernel.normal import Normaliser
from symgrad.proving.kernel.pieces import alternatives, settled
from symgrad.proving.kernel.written import spelled_out

FORMAT = "symgrad-proof-1"
KEYS = {"format", "verdict", "statement", "given", "functions", "definitions"}
MAX_NODES = 400
Values: TypeAlias = Mapping[Tree, Value]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a proof entry may use: functions, definitions, assumptions (as single relations)."""

    functions: Mapping[str, str]
    definitions: Sequence[tuple[Name, Tree]]
    used: tuple[Tree, ...]
    settled: Mapping[Tree, Tree] = field(default_factory=dict)
    _known: dict[tuple[Name, ...], Bounds] = field(default_factory=dict, compare=False, repr=False)

    def with_assumption(self, extra: Tree) -> Setting:
        """The same, with one more assumption."""
        return setting(self.functions, self.definitions, (*self.used, *parts(extra)))

    def bounds(self, *trees: Tree) -> Bounds:
        """Facts for these trees, with the definitions they reach."""
        reached = {name for tree in (*trees, *self.used) for name in names_in(tree)}
        needed = []
        for name, body in reversed(self.definitions):
            if name in reached:
                reached.update(names_in(body))
                needed.append((name, body))
        key = tuple(name for name, _ in needed)
        if key not in self._known:
            self._known[key] = Bounds(self.functions, self.used, needed[::-1])
        return self._known[key]


def setting(
    functions: Mapping[str, str], definitions: Sequence[tuple[Name, Tree]], used: Sequence[Tree]
) -> Setting:
    """A Setting; equations `y = 0` among the assumptions are substituted."""
    settled: dict[Tree, Tree] = {}
    for relation in used:
        match relation:
            case Relation(("=",), (Name() as name, Number() as value)):
                settled[name] = value
    return Setting(functions, definitions, tuple(used), settled)


def check(certificate: Mapping[str, Any]) -> None:
    """Accept silently, or raise CertificateError."""
    try:
        with precise():
            _check(certificate)
    except CertificateError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise CertificateError("certificate-malformed", problem=f"{type(error).__name__}: {error}") from error


def _check(certificate: Mapping[str, Any]) -> None:
    if certificate["format"] != FORMAT:
        raise CertificateError("certificate-format")
    verdict = certificate["verdict"]
    extra = {"proved": {"used", "proof", "attained"}, "refuted": {"counterexample"}}[verdict]
    if set(certificate) != KEYS | extra:
        raise CertificateError("certificate-malformed", problem="keys")
    functions = {str(k): str(v) for k, v in certificate["functions"].items()}
    pairs = [(read_name(name), from_data(body)) for name, body in certificate["definitions"]]
    in_order(pairs)
    definitions = [(name, spelled_out(body, functions)) for name, body in pairs]
    statement, *given = (
        written_out(spelled_out(from_data(data), functions), definitions)
        for data in (certificate["statement"], *certificate["given"])
    )
    if any(isinstance(node, Derivative) for tree in (statement, *given) for node in walk(tree)):
        raise CertificateError("certificate-unsupported", kind="Derivative")
    universe = occurring(statement, definitions)
    if verdict == "refuted":
        values = assignment(certificate["counterexample"], functions, definitions)
        satisfies(values, given, universe, functions)
        if truth(statement, values, functions) is not False:
            raise CertificateError("certificate-counterexample")
        return
    allowed = {piece for assumption in given for piece in instances(assumption, universe)}
    used = [from_data(data) for data in certificate["used"]]
    if not allowed.issuperset(used):
        raise CertificateError("certificate-assumption")
    prove_entry(statement, certificate["proof"], setting(functions, definitions, used))
    if certificate["attained"] is not None:
        values = assignment(certificate["attained"], functions, definitions)
        satisfies(values, given, universe, functions)
        if not meets(statement, values, functions):
            raise CertificateError("certificate-attained")


def occurring(statement: Tree, definitions: Sequence[tuple[Name, Tree]]) -> list[Name]:
    """Every name that the statement or the chain mentions."""
    inside = [n for name, body in definitions for n in (name, *names_in(body))]
    return [*names_in(statement), *inside]


def in_order(definitions: Sequence[tuple[Name, Tree]]) -> None:
    """Every name is defined once and before it is used."""
    later = [name for name, _ in definitions]
    if len(set(later)) != len(later):
        raise CertificateError("certificate-definition")
    waiting = set(later)
    for name, body in definitions:
        if waiting.intersection(names_in(body)):
            raise CertificateError("certificate-definition")
        waiting.discard(name)


def read_name(data: Any) -> Name:
    """A Name, nothing else."""
    tree = from_data(data)
    if not isinstance(tree, Name):
        raise CertificateError("certificate-malformed", problem="name")
    return tree


# ---- points


def assignment(
    data: Sequence[Any], functions: Mapping[str, str], definitions: Sequence[tuple[Name, Tree]]
) -> dict[Tree, Value]:
    """Values of the leaves, then of everything defined from them."""
    return values_at([(read_name(name), from_data(value)) for name, value in data], functions, definitions)


def values_at(
    point: Sequence[tuple[Name, Tree]], functions: Mapping[str, str], definitions: Sequence[tuple[Name, Tree]]
) -> dict[Tree, Value]:
    """The forward pass from the leaves; a leaf has one value, a defined name none of its own."""
    values: dict[Tree, Value] = {}
    defined = {name for name, _ in definitions}
    for name, value in point:
        if name in defined or name in values:
            raise CertificateError("certificate-definition")
        values[name] = evaluate(value, {}, functions)
    for name, body in definitions:
        values[name] = evaluate(body, values, functions)
    return values


def satisfies(
    values: Values, given: Sequence[Tree], universe: Sequence[Name], functions: Mapping[str, str]
) -> None:
    """All assumptions certainly hold at the point, whichever way a free index is read."""
    for assumption in given:
        for piece in instances(assumption, universe, both=True):
            if truth(piece, values, functions) is not True:
                raise CertificateError("certificate-assumption")


def meets(statement: Tree, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> bool:
    """Whether a relation of the statement holds with equality at the point."""
    for relation in parts(statement):
        match relation:
            case Relation(("<=" | ">=",), (a, b)):
                if compare("=", evaluate(a, values, functions), evaluate(b, values, functions)):
                    return True
    return False


# ---- entries


def prove_entry(statement: Tree, entry: Mapping[str, Any], here: Setting) -> None:
    """The entry proves the statement in this setting, or CertificateError."""
    match entry["rule"], statement:
        case "absurd", _:
            only(entry)
            try:
                here.bounds(statement)
            except Empty:
                return
            raise CertificateError("certificate-not-absurd")
        case "cases", _:
            only(entry, "assumption", "parts")
            split = from_data(entry["assumption"])
            if split not in here.used or not isinstance(split, Logic) or split.operator != "or":
                raise CertificateError("certificate-assumption")
            for alternative, part in zip(split.arguments, entry["parts"], strict=True):
                prove_entry(statement, part, here.with_assumption(alternative))
        case "split", _:
            only(entry, "condition", "parts")
            condition = from_data(entry["condition"])
            both = alternatives(condition, here.bounds(statement, condition))
            for alternative, part in zip(both, entry["parts"], strict=True):
                prove_entry(statement, part, here.with_assumption(alternative))
        case "settle", Relation((_,), (_, _)):
            only(entry, "proof")
            prove_entry(settled(statement, here.bounds(statement)), entry["proof"], here)
        case "and", Logic("and", _) | Relation(_, (_, _, _, *_)):
            only(entry, "parts")
            for piece, part in zip(_pieces(statement), entry["parts"], strict=True):
                prove_entry(piece, part, here)
        case "or", Logic("or", arguments):
            only(entry, "choice", "proof")
            prove_entry(arguments[range(len(arguments))[entry["choice"]]], entry["proof"], here)
        case "implies", Logic("implies", (a, b)):
            only(entry, "proof")
            prove_entry(b, entry["proof"], here.with_assumption(a))
        case "iff", Logic("iff", (a, b)):
            only(entry, "parts")
            first, second = entry["parts"]
            prove_entry(b, first, here.with_assumption(a))
            prove_entry(a, second, here.with_assumption(b))
        case ("difference" | "identity") as rule, Relation((operator,), (a, b)):
            a, b = (substitute(side, here.settled) for side in (a, b))
            (_identity if rule == "identity" else _difference)(operator, a, b, entry, here)
        case _:
            raise CertificateError("certificate-rule")


def only(entry: Mapping[str, Any], *keys: str) -> None:
    """No field but these."""
    if set(entry) != {"rule", *keys}:
        raise CertificateError("certificate-malformed", problem="keys")


def _pieces(statement: Tree) -> Sequence[Tree]:
    return statement.arguments if isinstance(statement, Logic) else parts(statement)


def _identity(operator: str, a: Tree, b: Tree, entry: Mapping[str, Any], here: Setting) -> None:
    """A - b = 0 wherever both are defined, and that is not plainly nowhere."""
    only(entry, "unfold", "definitions")
    if entry["definitions"] is True and operator == "=":
        a, b = (_put_in(side, here.definitions) for side in (a, b))
    elif entry["definitions"] is not False:
        raise CertificateError("certificate-malformed", problem="definitions")
    bounds = here.bounds(a, b)
    if operator not in ("=", "<=", ">="):
        raise CertificateError("certificate-rule")
    if operator != "=":
        bounds.enclose(a), bounds.enclose(b)
    elif where := open_conditions((a, b), bounds):
        setting(here.functions, here.definitions, (*here.used, *where)).bounds(a, b)
    if _normaliser(entry, bounds)(Add((a, Neg(b)))).numerator:
        raise CertificateError("certificate-identity")


def _put_in(tree: Tree, definitions: Sequence[tuple[Name, Tree]]) -> Tree:
    """The tree with every defined name replaced by its right side, down to the leaves."""
    for name, body in reversed(definitions):
        tree = substitute(tree, {name: body})
        if sum(1 for _ in islice(walk(tree), MAX_NODES)) == MAX_NODES:
            raise CertificateError("certificate-too-large")
    return tree


def _difference(operator: str, a: Tree, b: Tree, entry: Mapping[str, Any], here: Setting) -> None:
    """Gap = common * difference; the signs of both by intervals; every side defined."""
    only(entry, "common", "difference", "unfold", "intervals")
    common, difference = from_data(entry["common"]), from_data(entry["difference"])
    bounds = here.bounds(a, b, common, difference)
    bounds.enclose(a), bounds.enclose(b)
    if operator in ("<", "<="):
        a, b = b, a
    size, rest = bounds.enclose(common), bounds.enclose(difference)
    normal = _normaliser(entry, bounds)
    if not normal(Add((a, Neg(b)))).equals(normal(Mul((common, difference)))):
        raise CertificateError("certificate-identity")
    claimed = [interval for _, interval in entry["intervals"]]
    trees = [from_data(tree) for tree, _ in entry["intervals"]]
    if trees != enclosed(common, difference) or claimed != [bounds.enclose(t).to_data() for t in trees]:
        raise CertificateError("certificate-interval")
    if operator == "!=":
        held = bounds.nonzero(common) and bounds.nonzero(difference)
    elif operator in ("<", ">"):
        held = size.nonnegative and bounds.nonzero(common) and rest.positive
    else:
        held = operator in MIRROR and operator != "=" and size.nonnegative and rest.nonnegative
    if not held:
        raise CertificateError("certificate-sign")


def _normaliser(entry: Mapping[str, Any], bounds: Bounds) -> Normaliser:
    if entry["unfold"] not in (0, 1, 2) or isinstance(entry["unfold"], bool):
        raise CertificateError("certificate-malformed", problem="unfold")
    return Normaliser(bounds.functions, entry["unfold"], bounds._never_negative)


def enclosed(common: Tree, difference: Tree) -> list[Tree]:
    """The subexpressions whose intervals a certificate states: everything down to atoms, once, in order."""
    found: dict[Tree, None] = {}
    stack = [difference, common]
    while stack:
        tree = stack.pop()
        if isinstance(tree, Number) or tree in found:
            continue
        found[tree] = None
        if not isinstance(tree, Name):
            stack.extend(reversed(tree.arguments if isinstance(tree, Apply) else children(tree)))
    return list(found)
