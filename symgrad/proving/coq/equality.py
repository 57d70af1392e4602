"""Equal as the kernel's normal form sees it: bars, slopes, powers written out, then `ring` or `field`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Mul,
    Name,
    Number,
    Pow,
    Tree,
    rebuild,
    substitute,
    walk,
)
from symgrad.proving.coq.chapters import CHAPTERS
from symgrad.proving.coq.enclosures import Enclosures
from symgrad.proving.coq.terms import number, unsupported
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf

X = Name("x")


def sizes(trees: Sequence[Tree], facts: Enclosures) -> Iterator[str]:
    """|x y| = |x| |y|, |1/x| = 1/|x|; no bars where a function is never negative."""
    absolute = [n for t in trees for n in walk(t) if isinstance(n, Apply) and nf.is_bars(n)]
    if not absolute:
        return
    sums = [Apply(nf.ABS, (f,)) for bar in absolute for f in _factors(bar.arguments[0]) if isinstance(f, Add)]
    rewritten: list[str] = []
    for bar in dict.fromkeys((*absolute, *sums)):
        yield from _shared(bar, facts, rewritten)
    yield from rewritten
    yield "rewrite ?Rabs_mult, ?Rabs_inv, ?Rabs_mult, ?Rabs_inv."
    yield from rewritten  # a factor of a product has bars of its own only now
    inside = [f for n in absolute for f in (*_factors(n.arguments[0]), *walk(n.arguments[0]))]
    for node in dict.fromkeys(inside):
        if isinstance(node, Name):
            continue
        try:
            value = facts.bounds.enclose(node)
        except CertificateError:
            continue
        if isinstance(node, Number) or value.nonnegative or (-value).nonnegative:
            yield from facts.of(node)
            lemma = "Rabs_pos_eq" if value.nonnegative else "Rabs_left1"
            yield f"rewrite ?({lemma} {facts.terms(node)}) by lra."
    yield "rewrite ?pow2_abs, ?Rabs_Ropp."


def _shared(node: Apply, facts: Enclosures, rewritten: list[str]) -> Iterator[str]:
    """|w x - w y| = |w| |x - y|, and one sign for each |x - y|: the equation, and how to use it."""
    terms, (argument,) = facts.terms, node.arguments
    try:
        value = nf.Normaliser(terms.functions)(argument)
    except CertificateError:
        return
    poly = value.numerator
    if len(poly) < 2 or value.denominator != nf.constant(1):
        return
    drop = dict(nf.content(poly))
    rest = {nf.strip(monomial, drop): c for monomial, c in poly.items()}
    lead = rest[min(rest, key=nf.order)]
    inside = nf.to_tree(nf.scale(rest, 1 / lead))
    if inside == argument or any(exponent > 1 for exponent in drop.values()):
        return
    if not {base for monomial in poly for base, _ in monomial} <= set(walk(argument)):
        return  # an atom in another spelling: the bars stay as they are
    bases, size = [*map(terms, drop), terms(inside)], number(abs(lead))
    product = " * ".join((number(lead), *bases))
    bars = " * ".join((size, *(f"Rabs {base}" for base in bases)))
    name, lemma = f"Q{terms.fresh()}", "Rabs_pos_eq" if lead > 0 else "Rabs_left1"
    yield f"assert ({name} : Rabs {terms(argument)} = {bars})."
    yield f"{{ replace {terms(argument)} with ({product}) by field."
    yield f"  rewrite !Rabs_mult, ({lemma} {number(lead)}) by lra; ring."
    yield "}"
    rewritten.append(f"rewrite ?{name}.")
    for piece in (inside, *drop):
        with suppress(CertificateError):
            if facts.bounds.enclose(piece).nonnegative:
                yield from facts.of(piece)
                rewritten.append(f"rewrite ?(Rabs_pos_eq {terms(piece)}) by lra.")


def equal(trees: Sequence[Tree], unfold: int, facts: Enclosures) -> Iterator[str]:
    """Close the goal: both sides are one rational function of the same atoms."""
    terms = facts.terms
    if unfold:
        applied = [n for t in trees for n in walk(t) if isinstance(n, Apply) and n.order == 1]
        for node in {terms.known(n): n for n in applied}.values():
            chapter = CHAPTERS.get(terms.known(node) or "")
            if chapter is not None and not chapter.pieces:
                yield f"unfold {terms.function(node)}."
        trees = [_slopes_written(tree, facts) for tree in trees]
    if unfold > 1:
        for tree in trees:
            for part in walk(tree):
                if isinstance(part, Apply) and terms.known(part) in nf.BY_LOGARITHMS and not part.order:
                    yield f"try unfold {terms.function(part)}."
        trees = [_logarithms_written(tree, facts) for tree in trees]
    exponential = any(_exponent(n, facts) is not None for t in trees for n in walk(t))
    if unfold > 1 or exponential:
        yield from _exponentials(trees, unfold > 1, facts)
    yield "rewrite ?ln_1, ?ln_exp."
    for below in dict.fromkeys(n.denominator for t in trees for n in walk(t) if isinstance(n, Div)):
        if not isinstance(below, Number) and not (unfold > 1 or exponential):
            try:
                yield from facts.of(below)
            except CertificateError:
                continue
            yield f"assert ({terms(below)} <> 0) by nonzero."
    for odd in dict.fromkeys(n for t in trees for n in walk(t) if isinstance(n, Apply) and not n.order):
        if terms.known(odd) == "arctan":
            yield from _odd(odd, facts)
    yield "same."


def _odd(node: Apply, facts: Enclosures) -> Iterator[str]:
    """Arctan(-t) = -arctan t."""
    value = nf.Normaliser(facts.terms.functions)(node.arguments[0]).numerator
    if value and value[min(value, key=nf.order)] < 0:
        term = facts.terms(node.arguments[0])
        yield f"replace (arctan {term}) with (- arctan (- {term})) by (rewrite <- arctan_opp; f_equal; ring)."
        inside = facts.terms(nf.to_tree(nf.scale(value, Fraction(-1))))
        yield f"try replace (- {term}) with {inside} by ring."


def _factors(tree: Tree) -> tuple[Tree, ...]:
    return tree.factors if isinstance(tree, Mul) else (tree,)


def _slopes_written(tree: Tree, facts: Enclosures) -> Tree:
    node = rebuild(tree, lambda child: _slopes_written(child, facts))
    if isinstance(node, Apply) and node.order == 1 and len(node.arguments) == 1:
        formula = known.derivative(facts.terms.known(node) or "")
        if formula is not None:
            return substitute(formula, {X: node.arguments[0]})
    return node


def _logarithms_written(tree: Tree, facts: Enclosures) -> Tree:
    node = rebuild(tree, lambda child: _logarithms_written(child, facts))
    if isinstance(node, Apply) and not node.order and facts.terms.known(node) in nf.BY_LOGARITHMS:
        formula = known.value(facts.terms.known(node) or "")
        if formula is not None:
            return substitute(formula, {X: node.arguments[0]})
    return node


def _exponent(node: Tree, facts: Enclosures) -> Tree | None:
    """T of e^t."""
    match node:
        case Pow(Constant("e"), exponent):
            return exponent
        case Apply(_, (argument,), order, ()) if order <= 1 and facts.terms.known(node) == "exp":
            return argument
    return None


def _exponentials(trees: Sequence[Tree], unfolded: bool, facts: Enclosures) -> Iterator[str]:
    """Every function by exponentials of the same few atoms, which are positive; e^(log u) = u."""
    terms = facts.terms
    arguments = {t: None for tree in trees for n in walk(tree) if (t := _exponent(n, facts)) is not None}
    if unfolded:
        for node in dict.fromkeys(n for t in trees for n in walk(t) if isinstance(n, Apply) and not n.order):
            name = terms.known(node)
            if name in CHAPTERS and known.exponential(name or "") is not None:
                if not CHAPTERS[name or ""].by_exp:
                    raise unsupported(name or "")
                yield f"rewrite ?{name}_by_exp."
                arguments[node.arguments[0]] = None
    bases: dict[Tree, int] = {}
    for argument in arguments:
        value = nf.Normaliser(terms.functions, 0)(argument)
        if _nested(value):
            raise unsupported("logarithms")
        if set(value.denominator) != {nf.UNIT}:
            continue
        below, written = value.denominator[nf.UNIT], []
        for monomial, coefficient in value.numerator.items():
            c = coefficient / below
            base, n = nf.to_tree({monomial: Fraction(1, c.denominator)}), abs(c.numerator)
            bases[base] = max(n, bases.get(base, 0))
            written.append(f"{'- ' * (c < 0)}(INR {n} * {terms(base)})")
        if not written:
            yield f"replace (exp {terms(argument)}) with 1 by (rewrite <- exp_0; f_equal; ring)."
        else:
            total = " + ".join(written)
            if total != f"(INR 1 * {terms(argument)})":
                new = f"replace (exp {terms(argument)}) with (exp ({total}))"
                yield f"try ({new} by (f_equal; simpl; field))."
                yield "rewrite ?exp_plus, ?exp_Ropp, ?exp_times."
    for base, n in bases.items():
        yield from _power(base, n, facts)


def _nested(value: nf.Rational) -> bool:
    """Whether logarithms of exponentials stand in a sum: rewriting one would change the other."""
    logs = [b for m in value.numerator for b, _ in m if isinstance(b, Apply) and b.function == Name("log")]
    inner = [n for b in logs if isinstance(b, Apply) for n in walk(b.arguments[0])]
    deep = any(isinstance(n, Div) or (isinstance(n, Apply) and n.function == Name("sqrt")) for n in inner)
    return deep or (len(value.numerator) > 1 and any(_exponent_of(n) for n in inner))


def _exponent_of(node: Tree) -> bool:
    return (
        isinstance(node, Apply) and node.function == Name("exp") and not isinstance(node.arguments[0], Name)
    )


def _power(base: Tree, n: int, facts: Enclosures) -> Iterator[str]:
    """E^base is positive, or u where base is log u; so are its powers."""
    terms = facts.terms
    match base:
        case Apply(Name("log"), (u,), 0, ()):
            yield from facts.of(u)
            yield f"rewrite ?(exp_ln {terms(u)}) by lra."
            return
        case Mul((Number(half), Apply(Name("log"), (u,), 0, ()))) if half == Fraction(1, 2):
            yield from facts.of(u)
            yield f"rewrite ?(exp_half {terms(u)} {number(half)}) by (first [lra | reflexivity])."
            return
    term = f"(exp {terms(base)})"
    yield f"pose proof (exp_pos {terms(base)})."
    for k in range(2, 2 * n + 1):
        yield f"assert (0 < {term} ^ {k}) by (apply pow_lt; lra)."
