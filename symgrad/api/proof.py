"""The face of a proof, and the way from a text to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from symgrad.api.assumed import bare_in_all, refuse_empty, refuse_strangers, refuse_words, with_e
from symgrad.api.convexity import chain_of, prove_convexity, speaks_of_convexity
from symgrad.api.names import assumptions_in, context_of, function_names, require_choice, require_text
from symgrad.api.sides import identities_written, refuse_arrays_by_size
from symgrad.api.verification import verification
from symgrad.calculus.derive import derive
from symgrad.calculus.second import seconds_filled
from symgrad.errors import InputError, NotSupportedError, UnknownNameError, Where
from symgrad.functions.registry import lookup
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import ZERO, Apply, Derivative, Logic, Name, Relation, Tree, strip_spans, walk
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel
from symgrad.proving.kernel.depth.loop import Loop, free_names
from symgrad.proving.search import prove as search
from symgrad.values import derivation as derivations
from symgrad.values import proof as values
from symgrad.values.phrase import Phrase

FORMATS = ("text", "markdown", "latex", "json")
OF_ARRAYS = frozenset({"norm", "opnorm", "trace", "diag"})


class Proof:
    """What became of a claim.

    verdict: "proved", "refuted" or "undecided". checked: True if the kernel accepted the certificate.
    """

    def __init__(self, value: values.Proof) -> None:
        self.value = value

    @property
    def verdict(self) -> str:
        """proved, refuted or undecided."""
        return self.value.verdict

    @property
    def checked(self) -> bool:
        """True if the kernel accepted the certificate."""
        return self.value.checked

    @property
    def counterexample(self) -> dict[str, str]:
        """Name -> exact value, where a claim is refuted; else empty."""
        return dict(self.value.counterexample)

    @property
    def certificate(self) -> Mapping[str, Any] | None:
        """What the kernel re-checks, as plain data."""
        return self.value.certificate

    @property
    def steps(self) -> tuple[str, ...]:
        """The argument in English, a sentence a step."""
        from symgrad.rendering.render import Target, render_phrase

        return tuple(render_phrase(step, Target()) for step in self.value.steps)

    def check(self) -> bool:
        """Let the kernel re-check the certificate, without any search.

        Raises:
            CertificateError: it does not accept it.
        """
        if self.value.certificate is None:
            return False
        kernel.check(self.value.certificate)
        return True

    def coq(self) -> str:
        """The proof as a self-contained Coq file, for `coqc` with coq-interval and coquelicot.

        Raises:
            NotSupportedError: nothing is proved, or the argument is of a kind not written for Coq yet.
        """
        from symgrad.proving.coq import export

        if self.value.certificate is None:
            raise NotSupportedError("coq-not-proved")
        return export(self.value.certificate)

    def to(
        self,
        format: str = "text",
        lang: str = "en",
        *,
        standalone: bool = False,
        templates: Path | None = None,
        encoding: str | None = None,
    ) -> str:
        """The proof as text, markdown, latex or json.

        Raises:
            InputError: there is no such format or language; names those that there are.
        """
        from symgrad.rendering.render import Target, render_proof

        require_choice(format, FORMATS, "format")
        require_choice(lang, ("en", "zh"), "language")
        return render_proof(self.value, Target(format, lang, templates, encoding, standalone))

    def __repr__(self) -> str:
        return f"<Proof {self.verdict}: {self.value.claim.text}>"

    def __str__(self) -> str:
        return self.to("text").rstrip("\n")

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_markdown_(self) -> str:
        return self.to("markdown")


def prove(
    claim: str,
    given: Sequence[str] = (),
    *,
    functions: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    oracle: bool = True,
) -> Proof:
    """Decide a claim for all values of its names, under assumptions.

    Args:
        claim: such as "|w*sigma'(z)| <= 1/4".
        given: such as ["|w| <= 1"].
        functions: {"sigma": "tanh"}; sigma is the logistic sigmoid unless said otherwise.
        timeout: seconds.
        oracle: whether z3 and cvc5, where installed, may be asked last; their word stays `checked` False.

    Raises:
        ParseError: a text cannot be read; UnknownNameError: it names what does not exist.
        InputError: not a claim, or contradictory assumptions.

    >>> prove("|w*sigma'(z)| <= 1/4", given=["|w| <= 1"]).verdict
    'proved'
    """
    require_text(claim, "|w| <= 1")
    given = assumptions_in(given)
    named = {"sigma": "sigmoid", **function_names(functions)}
    texts = [(claim, "<claim>"), *((text, "<given>") for text in given)]
    refuse_words(texts)
    context = Context("claim", functions=frozenset(function_names(functions)), bare=bare_in_all(texts))
    trees = with_e([read_claim(text, context, place) for text, place in texts], named)
    refuse_empty(trees[1:], given, named)
    for tree, (text, place) in zip(trees, texts, strict=True):
        refuse_tokens(tree, text, place)
        refuse_misapplied(tree, text, place, named)
    used = {node.function.stem for tree in trees for node in walk(tree) if hasattr(node, "function")}
    pairs = tuple(sorted((k, v) for k, v in named.items() if k in used))
    with at_claim(claim, given):
        asked = values.Claim(trees[0], tuple(trees[1:]), pairs, claim, tuple(given))
        if speaks_of_convexity(asked.statement):
            return Proof(decided(chain_of(asked.statement), asked, timeout, oracle))
        return Proof(search(asked, timeout=timeout, oracle=oracle))


def read_claim(text: str, context: Context, place: str) -> Tree:
    """A claim or an assumption."""
    return strip_spans(read(text, context, name=place))


def refuse_tokens(tree: Tree, text: str, place: str) -> None:
    """dC/db_1 means nothing without a chain."""
    for node in walk(tree):
        if isinstance(node, Derivative):
            where = Where(place, 1, 1, text, len(text))
            raise InputError("needs-chain", where, "needs-chain-hint", token=plain(node))


def refuse_misapplied(tree: Tree, text: str, place: str, named: Mapping[str, str]) -> None:
    """Norms of what is no vector or matrix, and activations of two arguments."""
    for node in walk(tree):
        if not isinstance(node, Apply):
            continue
        stem = node.function.stem
        where = Where(place, 1, max(text.find(stem), 0) + 1, text, len(stem))
        if stem in OF_ARRAYS:
            raise InputError("needs-arrays", where, "needs-arrays-hint", name=stem)
        found = lookup(named.get(stem, stem))
        if found is not None and found.activation and len(node.arguments) > 1:
            raise InputError("one-argument", where, name=stem)


def prove_about(
    network: Network,
    claim: str,
    given: Sequence[str],
    functions: Mapping[str, str],
    timeout: float,
    oracle: bool = True,
) -> Proof:
    """Decide a claim about a chain: its derivative tokens are derived, its names are the chain's."""
    context = context_of(network, "claim")
    texts = [(claim, "<claim>"), *((text, "<given>") for text in given)]
    refuse_words(texts, context.stems)
    statement = read_claim(claim, context, "<claim>")
    assumptions = tuple(read_claim(text, context, "<given>") for text in given)
    refuse_empty(assumptions, given, {**network.functions, **functions})
    for text, place in texts:
        refuse_strangers(network, text, context, place)
        refuse_arrays_by_size(network, text, context, place)
    if not network.shapes:
        for tree, text, place in (
            (statement, claim, "<claim>"),
            *zip(assumptions, given, ["<given>"] * len(given), strict=True),
        ):
            refuse_misapplied(tree, text, place, {**network.functions, **functions})
    trees = (identities_written(network, tree) for tree in (statement, *assumptions))
    statement, *filled = (seconds_filled(network, tree) for tree in trees)
    assumptions = tuple(filled)
    pairs = tuple(sorted({**network.functions, **functions}.items()))
    value = values.Claim(statement, (*assumptions, *network.assumptions), pairs, claim, tuple(given))
    with at_claim(claim, given):
        return Proof(decided(network, value, timeout, oracle))


def decided(network: Network, value: values.Claim, timeout: float, oracle: bool) -> values.Proof:
    """What becomes of a claim about a chain."""
    if speaks_of_convexity(value.statement):
        named = replace(network, functions=dict(value.functions))

        def decide(longer: Network, statement: Tree, given: Sequence[Tree]) -> values.Proof:
            return decided(longer, replace(value, statement=statement, given=tuple(given)), timeout, oracle)

        return prove_convexity(named, value.statement, value.given, value, decide)
    if isinstance(network, SymbolicNetwork):
        if speaks_of_arrays(network, (value.statement, *value.given)):
            return values.Proof(value, "undecided", steps=(Phrase.of("arrays.symbolic-depth"),))
        check_members(network, value.statement, value.text)
        outside = (*network.before, *network.after)
        lines = tuple((line.target, line.body) for line in outside)
        return search(value, definitions=lines, timeout=timeout, loop=loop_of(network))
    return search(
        value,
        definitions=network.definitions(),
        gradients=tokens(network, (value.statement, *value.given)),
        timeout=timeout,
        shapes={name: shape for name, shape in network.shapes.items() if shape and name in network.leaves},
        oracle=oracle,
    )


def speaks_of_arrays(network: SymbolicNetwork, trees: Sequence[Tree]) -> bool:
    """Whether a vector or a matrix of the chain occurs: its factors do not commute as numbers do."""
    stems = {name.stem for name, shape in network.shapes.items() if shape}
    return any(isinstance(n, Name) and n.stem in stems for tree in trees for n in walk(tree))


def loop_of(network: SymbolicNetwork) -> Loop:
    """The layers of a chain of symbolic depth, as the kernel takes them."""
    block, before, after = (
        tuple((line.target, line.body) for line in lines)
        for lines in (network.block, network.before, network.after)
    )
    return Loop(network.letter, int(network.low.value), network.high, block, before, after)


def check_members(network: SymbolicNetwork, statement: Tree, claim: str) -> None:
    """Every member of a family that a claim names exists, as far as one can tell.

    Raises:
        UnknownNameError: says which members there are.
    """
    for name in free_names(statement):
        if name.stem in network.families:
            try:
                network.find(name)
            except UnknownNameError as error:
                error.where = Where("<claim>", 1, 1, claim, len(claim))
                raise


@contextmanager
def at_claim(claim: str, given: Sequence[str]) -> Iterator[None]:
    """An error of the search without a place is an error of the claim, or of the assumptions together."""
    try:
        yield
    except InputError as error:
        if error.where is None:
            contradiction = error.what == "contradictory-assumptions" and given
            text = ", ".join(given) if contradiction else claim
            error.where = Where("<given>" if contradiction else "<claim>", 1, 1, text, len(text))
        raise


def tokens(network: Network, trees: Sequence[Tree]) -> dict[Derivative, derivations.Derivation]:
    """The derivations of all derivative tokens of some trees."""
    found: dict[Derivative, derivations.Derivation] = {}
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Derivative) and isinstance(node.of, Name) and node.order == 1:
                found[node] = derive(network, node.by, node.of)
    return found


def out_of_time(claim: str, given: Sequence[str], memory: bool = False) -> values.Proof:
    """What is said of a claim whose search was ended from outside, or for want of memory."""
    empty = Relation(("=",), (ZERO, ZERO))
    asked = values.Claim(empty, (), (), claim, tuple(given))
    why = Phrase.of("proofs.undecided-memory") if memory else Phrase.of("proofs.undecided-time")
    return values.Proof(asked, "undecided", steps=(why,))


def verify(text: str, name: str = "<certificate>") -> bool:
    """Re-check a certificate from JSON without any search.

    Raises:
        InputError: it is no certificate. CertificateError: the kernel does not accept it; says why.
    """
    found = verification(text, name)
    if found.reason is not None:
        raise found.reason
    return True


__all__ = ["Logic", "Proof", "prove", "prove_about", "verify"]
