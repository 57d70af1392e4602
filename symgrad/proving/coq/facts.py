"""The facts that textbooks quote, as lemmas of the prelude at given places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from symgrad.notation.tree import Apply, Name, Number, Relation, Tree
from symgrad.proving.coq.chapters import CHAPTERS
from symgrad.proving.coq.enclosures import Enclosures, inside
from symgrad.proving.coq.terms import number, unsupported
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.rules.known import slope

POINT = Name("t")
"""The place between two others; never a variable of the claim."""


def proved(name: str, at: Sequence[Tree], gap: str, sign: str, facts: Enclosures) -> Iterator[str]:
    """Put `0 <= gap` (or <, =) among the hypotheses, as F and a number."""
    rule = LEMMAS.get(name)
    if rule is None:
        raise unsupported("known")
    for place in at:
        if not isinstance(place, Relation):
            yield from facts.of(place)
    yield from rule(at, sign, facts)
    operator = {">=": "<=", ">": "<"}.get(sign, "=")
    label = f"F{facts.terms.fresh()}"
    close = "first [lra | products; lra | bars; lra | timeout 10 nra]"
    yield f"assert ({label} : 0 {operator} {gap}) by ({close})."


def _lemma(lemma: str, strict: str = "", sides: int = 0) -> Callable[..., Iterator[str]]:
    """One lemma about the places; side conditions are linear in what is known of the places."""

    def lines(at: Sequence[Tree], sign: str, facts: Enclosures) -> Iterator[str]:
        words = " ".join(map(facts.terms, at))
        conditions = " ltac:(lra)" * sides
        if sign == ">" and strict:
            yield f"pose proof ({strict} {words}{conditions} ltac:(nonzero))."
        else:
            yield f"pose proof ({lemma} {words}{conditions})."

    return lines


def _given(at: Sequence[Tree], sign: str, facts: Enclosures) -> Iterator[str]:
    yield from ()


def _exp_root(at: Sequence[Tree], sign: str, facts: Enclosures) -> Iterator[str]:
    t, n = at
    assert isinstance(n, Number)
    yield f"pose proof (exp_root {facts.terms(t)} {int(n.value)} ltac:(simpl; lra)) as R_; simpl INR in R_."


def _pair(at: Sequence[Tree], facts: Enclosures) -> tuple[str, Tree, Tree]:
    """The function of Coq and the two places."""
    first, second = at
    assert isinstance(first, Apply) and isinstance(second, Apply)
    name = facts.terms.known(first) or ""
    if name not in ("exp", "log", "sqrt") and name not in CHAPTERS:
        raise unsupported(name)
    return name, first.arguments[0], second.arguments[0]


def _monotone(at: Sequence[Tree], sign: str, facts: Enclosures) -> Iterator[str]:
    name, u, v = _pair(at, facts)
    chapter = CHAPTERS.get(name)
    if chapter is not None and not (chapter.monotone and (sign != ">" or chapter.increasing)):
        raise unsupported("known")
    yield from facts.of(u)
    yield from facts.of(v)
    lower, upper = facts.terms(v), facts.terms(u)
    domain = " ltac:(lra)" if name in ("log", "sqrt") else ""
    word = facts.terms.function(at[0])  # type: ignore[arg-type]
    yield f"assert ({lower} <= {upper}) by (first [lra | timeout 10 nra])."
    yield f"pose proof ({word}_monotone {lower} {upper}{domain} ltac:(lra))."
    if sign == ">":
        apart = f"assert ({upper} - {lower} <> 0) by nonzero; destruct (Rlt_le_dec {lower} {upper}); lra"
        yield f"assert ({lower} < {upper}) by (first [lra | {apart}])."
        yield f"pose proof ({word}_increasing {lower} {upper}{domain} ltac:(lra))."


def _between(which: str) -> Callable[..., Iterator[str]]:
    """Mean value and secant: the bound of the slope between the places, and the lemma."""

    def lines(at: Sequence[Tree], sign: str, facts: Enclosures) -> Iterator[str]:
        name, u, v = _pair(at, facts)
        chapter, terms = CHAPTERS.get(name), facts.terms
        if chapter is None or chapter.pieces or not chapter.derivative:
            raise unsupported("known")
        hull = facts.bounds.enclose(u).hull(facts.bounds.enclose(v))
        box = slope(name, hull)
        size = box.magnitude()
        closed = size.high_closed if which == "mean_value" else box.low_closed
        if sign == ">" and closed:
            raise unsupported("known")
        limit = size.high if which == "mean_value" else box.low
        assert limit is not None
        yield from facts.of(u)
        yield from facts.of(v)
        places, strict = f"{terms(u)} {terms(v)}", "_lt" * (sign == ">")
        here, label = "between_", f"S{terms.fresh()}"
        bound = (
            f"Rabs ({name}' {here}) {'<' if strict else '<='} {number(limit)}"
            if which == "mean_value"
            else f"{number(limit)} {'<' if strict else '<='} {name}' {here}"
        )
        yield (f"assert ({label} : forall {here} : R, Rmin {places} <= {here} <= Rmax {places} -> {bound}).")
        yield f"{{ intros {here} Z."
        if fact := inside(here, hull):
            order = f"unfold Rmin, Rmax; destruct (Rle_dec {places})"
            yield f"  assert (W : {fact}) by (revert Z; {order}; intros; split_all; lra)."
        limits = [
            Relation((op,), (POINT, Number(end)))
            for op, end in (
                (">=" if hull.low_closed else ">", hull.low),
                ("<=" if hull.high_closed else "<", hull.high),
            )
            if end is not None
        ]
        with terms.called(POINT, here):
            inner = Enclosures(terms, Bounds({}, limits), {}, ("W",) * bool(limits), ())
            yield from (f"  {line}" for line in inner.of(Apply(Name(name), (POINT,), 1)))
        yield "  first [lra | unfold Rabs; destruct (Rcase_abs _); lra]."
        yield "}"
        derivative = f"(fun t_ _ => {name}_is_derivative t_)"
        apart = " ltac:(nonzero)" if strict else ""
        applied = f"{name} {name}' {number(limit)} {places} {derivative} {label}{apart}"
        yield f"pose proof ({which}{strict} {applied})."

    return lines


LEMMAS: Mapping[str, Callable[..., Iterator[str]]] = {
    "exp-tangent": _lemma("exp_tangent", "exp_tangent_lt"),
    "log-tangent": _lemma("log_tangent", "log_tangent_lt", 2),
    "log-product": _lemma("ln_mult", sides=2),
    "exp-root": _exp_root,
    "root": _lemma("root_squared", sides=1),
    "bars": _lemma("Rle_abs"),
    "triangle": _lemma("Rabs_triang"),
    "bars-squared": _lemma("pow2_abs"),
    "nonzero-square": _lemma("square_positive", "square_positive"),
    "nonzero-bars": _lemma("Rabs_pos_lt", "Rabs_pos_lt"),
    "given": _given,
    "sign": _given,
    "monotone": _monotone,
    "mean-value": _between("mean_value"),
    "secant": _between("secant"),
}
"""What each fact is in the prelude; `nonzero-...` take their condition in place of strictness."""
