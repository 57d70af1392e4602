"""prove: exact counterexamples first, then the tactics; a verdict is said only after the kernel agreed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from symgrad.errors import CertificateError, InputError, UnknownNameError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import (
    BigOp,
    Derivative,
    Is,
    Logic,
    Name,
    Relation,
    Tree,
    strip_spans,
    substitute,
    walk,
)
from symgrad.proving import (
    attained,
    choices,
    explain,
    kernel,
    oracles,
    places,
    reasons,
    refute,
    refute_arrays,
    rescue,
)
from symgrad.proving.attempt import Attempt, undefined
from symgrad.proving.clock import until
from symgrad.proving.contradictions import consistent, impossible
from symgrad.proving.depths import completed, told
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.asked import Shapes, unwritten
from symgrad.proving.kernel.depth.letters import symbolic
from symgrad.proving.kernel.depth.loop import Loop
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.families import parts
from symgrad.proving.methods import ARRAYS, BY_RULE, METHODS, PLACES, Method
from symgrad.proving.methods.doubt import fails
from symgrad.proving.methods.norms import again
from symgrad.proving.needed import fewest, unneeded
from symgrad.proving.problem import Problem, make
from symgrad.proving.splits import pieces
from symgrad.proving.tactics import TACTICS
from symgrad.proving.tactics.goal import Goal
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim, Proof

Entry = Mapping[str, Any]
T = TypeVar("T")
PLAIN = frozenset(name for name, _ in TACTICS)
"""The arguments by a difference, which come first."""
QUICK, THOROUGH = 150, 4000
"""Points tried before and after the tactics."""


def prove(
    claim: Claim,
    *,
    definitions: Sequence[tuple[Name, Tree]] = (),
    gradients: Mapping[Derivative, Derivation] | None = None,
    timeout: float = 10.0,
    loop: Loop | None = None,
    shapes: Shapes | None = None,
    oracle: bool = False,
) -> Proof:
    """Decide a claim: `proved` or `refuted` only with a certificate the kernel accepted, else `undecided`.

    Args:
        claim: the statement and its assumptions; names are universally quantified.
        definitions: the chain's equations in order; counterexamples are then values of its leaves.
        gradients: derivations of the derivative tokens, for the wording; the kernel derives its own.
        timeout: seconds of search.
        loop: the layers of a chain whose depth is a letter; definitions are then the other equations.
        shapes: of the leaves that are vectors and matrices.
        oracle: whether a solver may be asked last; what it says stays unchecked.

    Raises:
        InputError: the claim is no relation, or its assumptions contradict each other.
    """
    start = time.monotonic()
    if not isinstance(claim.statement, Relation | Logic):
        raise InputError("claim-not-relation")
    if not all(isinstance(given, Relation | Logic | Is) for given in claim.given):
        raise InputError("given-not-relation")
    claim, granted = completed(_bare(claim), loop)
    chain = tuple((name, strip_spans(body)) for name, body in definitions)
    with precise():
        proof = _decide(claim, chain, gradients or {}, timeout, loop, shapes or {}, oracle)
    return replace(told(proof, granted), seconds=time.monotonic() - start)


def _bare(claim: Claim) -> Claim:
    for name in known.renamed(dict(claim.functions)):
        raise UnknownNameError("swap-built-in", name=name)
    given = tuple(strip_spans(g) for g in claim.given)
    return replace(claim, statement=strip_spans(claim.statement), given=given)


def _decide(
    claim: Claim,
    chain: tuple[tuple[Name, Tree], ...],
    gradients: explain.Gradients,
    timeout: float,
    loop: Loop | None,
    shapes: Shapes,
    oracle: bool,
) -> Proof:
    try:
        problem = make(claim, chain, timeout, loop, shapes=shapes, gradients=gradients)
    except CertificateError:
        return _undecided(claim, Phrase.of("proofs.undecided-derivative"))
    if problem.question.shapes:
        return _arrays(problem, gradients)
    if unwritten(problem.question):
        return _undecided(claim, Phrase.of("proofs.undecided-chain"))
    consistent(problem)
    if (found := refute.counterexample(problem, QUICK) or refute.at_small_depths(problem, QUICK)) is not None:
        return _refuted(problem, found, timeout)
    half = replace(problem, deadline=problem.deadline - timeout / 2)
    if (proof := _proved(Attempt(half, only=PLAIN), gradients)) is not None:
        return proof
    if (found := refute.sharp(problem) or refute.equal(problem) or refute.exact(problem)) is not None:
        return _refuted(problem, found, timeout)
    attempt = Attempt(replace(problem, deadline=problem.deadline - timeout / 4))
    if (proof := _proved(attempt, gradients)) is not None:
        return proof
    early = oracles.early(problem, timeout / 8) if oracle else problem
    deep = refute.at_small_depths(early, THOROUGH)
    if (found := deep or refute.counterexample(early, THOROUGH)) is not None:
        return _refuted(problem, found, timeout)
    unchecked = oracles.decided(problem) if oracle else None
    return unchecked or _undecided(problem.claim, *reasons.of(problem, attempt.missing))


def _arrays(problem: Problem, gradients: explain.Gradients) -> Proof:
    """A claim about vectors and matrices: entry by entry, or by norms, or small arrays where it fails."""
    consistent(problem)
    if (refuted := refute_arrays.refuted(problem, refute_arrays.FEW)) is not None:
        return refuted
    left = problem.deadline - time.monotonic()
    attempt = Attempt(replace(problem, deadline=problem.deadline - left / 4))
    if (proof := _proved(attempt, gradients)) is not None:
        return proof
    if (refuted := refute_arrays.refuted(problem)) is not None:
        return refuted
    return _undecided(problem.claim, *reasons.of_arrays(problem))


def _refuted(problem: Problem, found: refute.Counterexample, timeout: float) -> Proof:
    kernel.check(found.certificate)
    plain = problem.question.families is None
    saving = rescue.search(problem, min(1.5, timeout / 4), _holds) if plain else ()
    return Proof(
        problem.claim,
        "refuted",
        counterexample=found.exact(),
        witness=places.witness(found.problem, found),
        rescue=saving,
        method="counterexample",
        certificate=found.certificate,
        checked=True,
    )


def _holds(problem: Problem) -> bool:
    """Whether the tactics alone prove a problem (for the rescue)."""
    try:
        consistent(problem)
    except InputError:
        return False
    return (
        entry_for(problem.statement, _setting(problem), Attempt(problem, only=PLAIN | {"pieces"})) is not None
    )


def _proves(problem: Problem) -> bool:
    """Whether the search proves a problem in what is left of its time."""
    with until(problem.deadline):
        return entry_for(problem.statement, _setting(problem), Attempt(problem)) is not None


def _setting(problem: Problem, pieces: Sequence[Tree] | None = None) -> kernel.Setting:
    used = problem.pieces if pieces is None else pieces
    return problem.setting(used)


def _proved(attempt: Attempt, gradients: Mapping[Derivative, Derivation]) -> Proof | None:
    problem = attempt.problem
    with until(problem.deadline):
        entry = entry_for(problem.statement, _setting(problem), attempt)
    if entry is None:
        return None
    statement = problem.statement

    def again(fewer: Sequence[Tree], entry: Entry) -> Entry | None:
        return _again(attempt, statement, entry, _setting(problem, fewer))

    with until(problem.deadline):
        used, entry = fewest(problem, entry, again)
        point = None if problem.question.shapes else attained.point(problem)
        if point is None and used and impossible(problem, _proves):
            raise InputError("contradictory-assumptions")
    certificate = problem.certificate(
        "proved",
        used=[to_data(piece) for piece in used],
        proof=entry,
        attained=None if point is None else [[to_data(name), to_data(value)] for name, value in point],
    )
    try:
        kernel.check(certificate)
    except CertificateError:  # a mistake of the search proves nothing, and is none of the user's
        return None
    return Proof(
        problem.claim,
        "proved",
        steps=explain.steps(problem, entry, used, gradients),
        attained=() if point is None else places.attained(problem, point, used),
        used=tuple(piece for piece in used if piece not in problem.ranges),
        unused=unneeded(problem, used),
        method="+".join(dict.fromkeys(attempt.method)),
        certificate=certificate,
        checked=True,
    )


def _again(attempt: Attempt, statement: Tree, entry: Entry, here: kernel.Setting) -> Entry | None:
    """The same kind of argument in another setting; where it took a method, the very same argument."""
    if here.shapes:
        alike = Attempt(attempt.problem, only=frozenset(attempt.method))
        return again(statement, entry, here, lambda s, h: entry_for(s, h, alike))
    if not {method.name for method in METHODS}.isdisjoint(attempt.method):
        try:
            kernel.prove_entry(statement, entry, here)
        except (CertificateError, RecursionError):
            return None
        return entry
    return entry_for(statement, here, Attempt(attempt.problem, only=frozenset(attempt.method)))


def entry_for(statement: Tree, here: kernel.Setting, attempt: Attempt) -> Entry | None:
    """A proof entry that the kernel accepts for the statement in this setting, or None."""
    if attempt.problem.late:
        return None
    match statement:
        case Logic("and", pieces):
            return _all("and", [(piece, here) for piece in pieces], attempt)
        case Relation(_, (_, _, _, *_)):
            return _all("and", [(piece, here) for piece in parts(statement)], attempt)
        case Logic("implies", (a, b)):
            inner = entry_for(b, here.with_assumption(a), attempt)
            return None if inner is None else {"rule": "implies", "proof": inner}
        case Logic("iff", (a, b)):
            if not attempt.has_values(statement, here):
                return None
            both = [(b, here.with_assumption(a)), (a, here.with_assumption(b))]
            return _all("iff", both, attempt)
        case Logic("or"):
            return choices.chosen(statement, here, attempt, entry_for)
        case Relation((_,), (_, _)):
            return _relation(statement, here, attempt)
    return None


def _all(rule: str, pieces: Sequence[tuple[Tree, kernel.Setting]], attempt: Attempt) -> Entry | None:
    entries = []
    for piece, here in pieces:
        if (entry := entry_for(piece, here, attempt)) is None:
            return None
        entries.append(entry)
    return {"rule": rule, "parts": entries}


def _relation(statement: Relation, here: kernel.Setting, attempt: Attempt) -> Entry | None:
    if here.shapes:
        return _methods(statement, here, attempt, ARRAYS)
    if statement.operators != ("=",) and (missing := undefined(statement, here)):
        if (entry := _conditions_first(missing, statement, here, attempt)) is not None:
            return entry
        attempt.missing += missing
        if not any(isinstance(u, Logic) for u in here.used):
            return _methods(statement, here, attempt, (BY_RULE["line"],))
    if over_places(statement, here):
        entry = _methods(statement, here, attempt, PLACES)
        if entry is not None or any(isinstance(node, BigOp) for node in walk(statement)):
            return entry
    for entry in _offers(statement, here, attempt):
        if attempt.problem.late:
            return None
        try:
            kernel.prove_entry(statement, entry, here)
        except (CertificateError, RecursionError):
            continue
        return entry
    for split in here.used:
        if isinstance(split, Logic) and split.operator == "or":
            rest = tuple(u for u in here.used if u != split)
            without = here.using(rest)
            entries = [entry_for(statement, without.with_assumption(a), attempt) for a in split.arguments]
            if all(entries):
                return {"rule": "cases", "assumption": to_data(split), "parts": entries}
            return None
    return _methods(statement, here, attempt) or pieces(statement, here, attempt, entry_for)


def _conditions_first(
    missing: Sequence[Tree], statement: Relation, here: kernel.Setting, attempt: Attempt
) -> Entry | None:
    """What the sides need to have values, proved first and then used."""
    lemmas, there = [], here
    for condition in missing:
        if not isinstance(condition, Relation) or condition.operators == ("!=",) or condition in here.used:
            return None
        if fails(condition, there):
            return None
        if (proof := entry_for(condition, there, attempt)) is None:
            return None
        lemmas.append({"statement": to_data(condition), "proof": proof})
        there = there.with_assumption(condition)
    inner = entry_for(statement, there, attempt)
    return None if inner is None else {"rule": "have", "lemmas": lemmas, "proof": inner}


def over_places(statement: Relation, here: kernel.Setting) -> bool:
    """Whether a comparison is one of ranges whose ends are letters, or an equation about a loop."""
    if here.families is None:
        return False
    return symbolic(statement) or statement.operators == ("=",)


def _methods(
    statement: Relation, here: kernel.Setting, attempt: Attempt, methods: Sequence[Method] = METHODS
) -> Entry | None:
    """An argument of another kind than a difference, its lemmas searched for in turn."""
    for method in methods:
        if (attempt.only and method.name not in attempt.only) or attempt.problem.late:
            continue
        attempt.tried.append(method.name)
        attempt.method.append(method.name)
        proposals = method.entries(statement, here, attempt.problem, lambda s, h: entry_for(s, h, attempt))
        for entry in _safely(proposals, attempt.problem):
            try:
                kernel.prove_entry(statement, entry, here)
            except (CertificateError, RecursionError):
                continue
            return entry
        attempt.method.remove(method.name)
    return None


def _offers(statement: Relation, here: kernel.Setting, attempt: Attempt) -> Iterator[Entry]:
    """What the tactics suggest for one relation, in order."""
    (operator,), (a, b) = statement.operators, statement.operands
    a, b = (substitute(side, here.settled) for side in (a, b))
    smaller, larger = (b, a) if operator in (">", ">=", "!=") else (a, b)
    try:
        bounds = here.bounds(a, b)
    except Empty:
        yield {"rule": "absurd"}
        return
    except CertificateError:
        return
    goal = Goal(operator, smaller, larger, here, bounds)
    for name, tactic in TACTICS:
        if attempt.only and name not in attempt.only:
            continue
        attempt.tried.append(name)
        for offer in _safely(tactic(goal), attempt.problem):
            try:
                entry = offer()
            except (CertificateError, RecursionError):
                continue
            attempt.method.append(name)
            yield entry
            attempt.method.pop()


def _safely(offers: Iterator[T], problem: Problem) -> Iterator[T]:
    """The offers up to the first that cannot even be thought of."""
    while not problem.late:
        try:
            yield next(offers)
        except StopIteration:
            return
        except (CertificateError, RecursionError):
            return


def _undecided(claim: Claim, *why: Phrase) -> Proof:
    return Proof(claim, "undecided", steps=why)
