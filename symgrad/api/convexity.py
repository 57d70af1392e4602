"""Claims such as `L is convex in w_1, w_2`: the Hessian's minors, proved or refuted one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from symgrad.api.factored import factored, with_formulas
from symgrad.api.names import members
from symgrad.calculus.convexity import Hessian, hessian
from symgrad.calculus.second import with_equation
from symgrad.errors import InputError, Where
from symgrad.network.build import build
from symgrad.network.graph import Network
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import (
    Add,
    Apply,
    Convex,
    Is,
    Logic,
    Name,
    Neg,
    Relation,
    Tree,
    names_in,
    strip_spans,
    walk,
)
from symgrad.notation.writers.plain import plain
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.domain import conditions
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.normal import Normaliser
from symgrad.proving.tidied import tidied
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim, Proof

Decide = Callable[[Network, Tree, Sequence[Tree]], Proof]
"""The search: a chain, a statement without convexity, its assumptions."""
LETTERS = ("f", "g", "h", "F", "G", "H", *(f"f_{k}" for k in range(1, 64)))
LONG = 60
"""Nodes of a formula beyond which it is not written before its sign is shown."""
STRICT = {"<=": "<", ">=": ">"}


def speaks_of_convexity(tree: Tree) -> bool:
    """Whether some part of a claim is about convexity."""
    return any(isinstance(node, Convex) for node in walk(tree))


@dataclass(frozen=True, slots=True)
class Asked:
    """One part of the claim: the chain with the function as an equation, and what it comes down to."""

    claim: Convex
    network: Network
    function: Name
    names: tuple[Name, ...]
    hessian: Hessian

    @property
    def told(self) -> Tree:
        """The function; f = ... where it has no name in the chain."""
        subject = self.claim.subject
        return subject if subject == self.function else Relation(("=",), (self.function, subject))


def prove_convexity(
    network: Network, statement: Tree, given: Sequence[Tree], claim: Claim, search: Decide
) -> Proof:
    """Decide a claim of convexity, alone or joined with others by `and`.

    Raises:
        InputError: convexity under `or`, `not`, ...; assumptions that do not leave a convex region.
    """

    def decide(network: Network, statement: Tree, given: Sequence[Tree]) -> Proof:
        return search(_reached(network, (statement, *given)), statement, given)

    conditions: list[Tree] = []
    means: list[Phrase] = []
    for part in _parts(statement, claim):
        if not isinstance(part, Convex):
            if (alone := decide(network, part, given)).verdict != "proved":
                return replace(alone, claim=claim)
            conditions.append(part)
            continue
        question = asked(network, part, claim)
        network = question.network
        if (failed := _failed(question, given, claim, decide)) is not None:
            return failed
        conditions += _conditions(question)
        means += _means(question)
    whole = conditions[0] if len(conditions) == 1 else Logic("and", tuple(conditions))
    proof = decide(network, whole, given)
    if proof.verdict == "refuted" and means:  # at an edge of the region, which says nothing of convexity
        return Proof(claim, "undecided", (Phrase.of("proofs.convex-edge"),))
    if proof.verdict == "proved":
        proof = replace(proof, steps=(*means, *filter(_tells, proof.steps)), attained=())
    return replace(proof, claim=claim)


def _reached(network: Network, trees: Sequence[Tree]) -> Network:
    """The chain without the equations that no tree needs."""
    needed = {name for tree in trees for name in names_in(tree)}
    kept = []
    for equation, body in reversed(list(zip(network.equations, network.bodies, strict=True))):
        if equation.name in needed:
            needed.update(names_in(body))
            kept.append(equation)
    return replace(network, equations=tuple(reversed(kept)))


def _tells(step: Phrase) -> bool:
    """Whether a step is about anything but f <= f or f = f, which only say that f has values."""
    relations = [value for _, value in step.fields if isinstance(value, Relation)]
    return not any(len(set(relation.operands)) == 1 for relation in relations)


def asked(network: Network, part: Convex, claim: Claim) -> Asked:
    """The chain in which the function has a name, and its Hessian there."""
    network, function = with_formulas(network), part.subject
    if not (isinstance(function, Name) and function in network.position):
        bodies = zip(network.equations, network.bodies, strict=True)
        known = next((equation.name for equation, body in bodies if strip_spans(body) == function), None)
        function = known or _new(network.names, part.subject)
        if known is None:
            network = with_equation(network, function, part.subject)
    try:
        named = [member for name in part.names for member in members(network, plain(name), "<claim>")]
        names = tuple(dict.fromkeys(named))
        found = _simpler(hessian(network, function, names, part.concave), network)
        return Asked(part, network, function, names, found)
    except InputError as error:
        error.where = _at(claim.text)
        raise


def _simpler(found: Hessian, network: Network) -> Hessian:
    """The minors with common factors in front; what their formulas needed to have values is still asked."""
    minors, defined = [], dict.fromkeys(found.defined)
    for minor in found.minors:
        value, zero = minor.written.operands
        if (short := factored(value, network)) is not None:
            minor = replace(minor, written=Relation((">=",), (short, zero)), shortened=True)
            defined |= dict.fromkeys(conditions(value, network.functions))
        minors.append(minor)
    return replace(found, minors=tuple(minors), defined=tuple(defined))


def chain_of(statement: Tree) -> Network:
    """A chain of one equation, for a claim about a function that is written out in it."""
    function = next(node.subject for node in walk(statement) if isinstance(node, Convex))
    name = _new(names_in(statement), function)
    return build(read_chain(f"{plain(name)} = {plain(function)}", "<claim>"))


def _new(taken: Collection[Name], function: Tree) -> Name:
    """A name for a function that is written out."""
    stems = {name.stem for name in taken} | {n.function.stem for n in walk(function) if isinstance(n, Apply)}
    return next(Name(stem) for stem in LETTERS if stem not in stems)


def _at(text: str) -> Where:
    return Where("<claim>", 1, 1, text, len(text))


def _parts(statement: Tree, claim: Claim) -> Sequence[Tree]:
    match statement:
        case Convex():
            return (statement,)
        case Logic("and", arguments) if not any(
            speaks_of_convexity(a) for a in arguments if not isinstance(a, Convex)
        ):
            return arguments
    raise InputError("convex-inside", _at(claim.text))


def _failed(question: Asked, given: Sequence[Tree], claim: Claim, decide: Decide) -> Proof | None:
    """The verdict of the first minor that is not proved, if there is one."""
    found = question.hessian
    if found.kink is not None:
        return Proof(claim, "undecided", (Phrase.of("proofs.convex-kink", name=found.kink),))
    region = [_open(piece, question, claim) for g in given for piece in parts(g)]
    left: list[Proof] = []
    for minor in found.minors:
        tried = _inside(decide, question.network, minor.written, region, claim)
        if tried.verdict == "refuted":  # at a point where the function has a value
            tried = _inside(decide, question.network, minor.written, [*region, *_domain(question)], claim)
        if tried.verdict == "refuted":
            fields = {"function": question.told, "names": question.names, "minor": minor.told}
            needs = Phrase.of(f"proofs.{_word(question, 'needs')}", **fields)
            return replace(tried, claim=claim, witness=(needs, *tried.witness), rescue=())
        left += [tried] if tried.verdict == "undecided" else []
    for has_value in found.defined:
        tried = decide(question.network, has_value, given)
        left[:0] = [tried] if tried.verdict == "undecided" else []
    return replace(left[0], claim=claim) if left else None


def _domain(question: Asked) -> list[Relation]:
    """What must hold for the function to have a value."""
    trees = [side for relation in question.hessian.defined for side in relation.operands]
    return list(dict.fromkeys(c for tree in trees for c in conditions(tree, question.network.functions)))


def _inside(decide: Decide, network: Network, statement: Tree, region: Sequence[Tree], claim: Claim) -> Proof:
    """The search in the interior of the region, of which something must be left."""
    try:
        return decide(network, statement, region)
    except InputError as error:
        if error.what != "contradictory-assumptions":
            raise
        raise InputError("convex-interior", _at(claim.text)) from error


def _conditions(question: Asked) -> list[Tree]:
    found = question.hessian
    conditions: list[Tree] = [minor.written for minor in found.minors]
    conditions += found.defined
    return conditions or [Relation(("=",), (question.function, question.function))]


def _means(question: Asked) -> Iterator[Phrase]:
    """What the claim comes down to, and the formula of each minor, unless it fills lines."""
    minors = tuple(minor.told for minor in question.hessian.minors)
    fields = {"function": question.told, "names": question.names}
    if not minors:
        yield Phrase.of("proofs.convex-flat", **fields)
        return
    yield Phrase.of(f"proofs.{_word(question, 'if')}", **fields, minors=minors)
    for minor in question.hessian.minors:
        sides = minor.told.operands[0], minor.written.operands[0]
        if minor.shortened:
            yield Phrase.of("proofs.convex-value", equation=Relation(("=",), sides))
        elif sides[0] != sides[1] and sum(1 for _ in walk(sides[1])) <= LONG:
            short = tidied(sides[1], Bounds({}))
            yield Phrase.of("proofs.token", equation=Relation(("=",), (sides[0], short)))


def _word(question: Asked, which: str) -> str:
    one = "-one" if len(question.names) == 1 else ""
    return f"{'concave' if question.claim.concave else 'convex'}-{which}{one}"


def _open(piece: Tree, question: Asked, claim: Claim) -> Tree:
    """An assumption on the variables without its boundary, where a point says nothing about convexity.

    Only halves of space and bars, whose interiors are convex.
    """
    if not question.hessian.moving.intersection(names_in(piece)):
        return piece
    match piece:
        case Is(_, "real"):
            return piece
        case Relation((operator,), (a, b)) if operator in ("<", "<=", ">", ">="):
            small, large = (a, b) if operator in ("<", "<=") else (b, a)
            if isinstance(small, Apply) and small.function == Name("abs"):
                flat = _degree(small.arguments[0], question) <= 1 and not _degree(large, question)
            else:
                flat = _degree(Add((large, Neg(small))), question) <= 1
            if flat:
                return Relation((STRICT.get(operator, operator),), (a, b))
    raise InputError("convex-region", _at(claim.text), given=plain(piece))


def _degree(tree: Tree, question: Asked) -> int:
    """The degree of a polynomial in the variables; 2 for everything else that depends on them."""
    value = Normaliser({})(tree)
    degree = 0
    for poly, most in ((value.numerator, 1), (value.denominator, 0)):
        for monomial in poly:
            moved = [(b, e) for b, e in monomial if question.hessian.moving.intersection(names_in(b))]
            total = sum(e for _, e in moved)
            if total > most or any(base not in question.names for base, _ in moved):
                return 2
            degree = max(degree, total)
    return degree
