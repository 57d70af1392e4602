"""The kernel's intervals as Coq assertions: what holds a value, from what holds its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Constant,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Tree,
    names_in,
    substitute,
)
from symgrad.proving.coq.chapters import CHAPTERS
from symgrad.proving.coq.terms import Terms, number, unsupported
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import LINE, Interval
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.normal import ABS, UNIT, to_tree


def inside(term: str, interval: Interval) -> str:
    """Low <= t and t < high, as far as either is known; empty where nothing is known."""
    ends = []
    if interval.low is not None:
        ends.append(f"{number(interval.low)} {'<=' if interval.low_closed else '<'} {term}")
    if interval.high is not None:
        ends.append(f"{term} {'<=' if interval.high_closed else '<'} {number(interval.high)}")
    return " /\\ ".join(ends)


def arithmetic(tree: Tree) -> bool:
    """Whether a tree is a number to Coq's linear arithmetic."""
    match tree:
        case Number():
            return True
        case Neg(a):
            return arithmetic(a)
        case Div(a, b):
            return arithmetic(a) and isinstance(b, Number)
    return False


class Enclosures:
    """Assertions about trees, each made once in one branch of a proof.

    assumptions: the names of the hypotheses that state assumptions; equations: of those that define names.
    """

    def __init__(
        self,
        terms: Terms,
        bounds: Bounds,
        bodies: dict[Name, Tree],
        assumptions: Sequence[str],
        equations: Sequence[str],
    ) -> None:
        self.terms, self.bounds, self.bodies = terms, bounds, bodies
        self.assumptions, self.equations = tuple(assumptions), tuple(equations)
        self.names: dict[str, str] = {}

    def of(self, tree: Tree) -> Iterator[str]:
        """The tactics that put the tree's interval among the hypotheses, and those of its parts."""
        if arithmetic(tree) or self.terms(tree) in self.names:
            return
        parts = list(self._parts(tree))
        for part in parts:
            yield from self.of(part)
        local = list(self._local(tree))
        first = "" if names_in(tree) else "split_all; closed | "
        yield from self.state(
            self.terms(tree), self.bounds.enclose(tree), parts, local, self._last(tree), first
        )

    def state(
        self,
        term: str,
        interval: Interval,
        parts: Iterable[Tree],
        local: Iterable[str],
        last: str = "",
        first: str = "",
    ) -> Iterator[str]:
        """Assert that the term lies in the interval, from the hypotheses about the parts alone."""
        if term in self.names:
            return
        fact = inside(term, interval)
        if not fact:
            return
        known_parts = [self.names[t] for t in dict.fromkeys(map(self.terms, parts)) if t in self.names]
        name = f"B{self.terms.fresh()}"
        self.names[term] = name
        prepare = "; ".join([*local, "split_all"])
        keep = " ".join([*known_parts, *self.equations])
        clear = f"clear - {keep}; " if keep else ""
        alternatives = [f"{clear}{prepare}; first [{last}lra]"]
        slow = [f"{clear}{prepare}; timeout 10 nra"]
        if self.assumptions:
            given = " ".join((*self.assumptions, *self.equations))
            alternatives.append(
                f"clear - {given} {' '.join(known_parts)}; {prepare}; first [lra | products; lra]"
            )
            alternatives.append(f"clear - {given}; split_all; roots; bars; lra")
            slow.append(f"clear - {given}; split_all; timeout 10 (bars; nra)")
            opens = (interval.low == 0 and not interval.low_closed) or (
                interval.high == 0 and not interval.high_closed
            )
            if opens:
                slow.append(f"clear - {given}; split_all; apart")
        either = f"first [{first}{' | '.join((*alternatives, *slow))}]"
        yield f"assert ({name} : {fact}) by ({either})."

    # ---- what an interval follows from

    def _parts(self, tree: Tree) -> Iterator[Tree]:
        match tree:
            case Pow(Constant("e"), exponent):
                yield exponent
                return
            case Name() if tree in self.bodies:
                yield self.bodies[tree]
            case Add(terms):
                yield from terms
            case Neg(a) | Pow(a, _):
                yield a
            case Mul(factors):
                plain = [f for f in factors if not isinstance(f, Number)]
                yield from plain
                yield from (Mul(tuple(plain[:k])) for k in range(2, len(plain) + (len(plain) < len(factors))))
            case Div(a, b):
                yield from (b,) if a == ONE else (a, Div(ONE, b))
            case Apply(_, arguments):
                yield from arguments
                if self._bare(tree) == "abs" and isinstance(arguments[0], Mul):
                    sizes = tuple(Apply(ABS, (f,)) for f in arguments[0].factors)
                    yield Mul(sizes)
                elif (body := self._unfolded(tree)) is not None:
                    yield body
        yield from self._squared(tree)
        if (quotient := self._one_quotient(tree)) is not None:
            yield quotient

    def _local(self, tree: Tree) -> Iterator[str]:
        match tree:
            case Pow(Constant("e"), exponent):
                yield from self._application(Apply(Name("exp"), (exponent,)))
            case Mul(factors):
                plain = [f for f in factors if not isinstance(f, Number)]
                if len(plain) > 1:
                    done = plain[0] if len(plain) == 2 else Mul(tuple(plain[:-1]))
                    if len(plain) == len(factors):
                        yield from self._corners(done, plain[-1])
            case Div(a, b):
                yield from self._inverse(b) if a == ONE else self._corners(a, Div(ONE, b))
            case Pow(base, Number(n)):
                yield from self._power(base, int(abs(n)))
            case Apply():
                yield from self._application(tree)
        if (quotient := self._one_quotient(tree)) is not None:
            yield f"assert ({self.terms(tree)} = {self.terms(quotient)}) by (field; nonzero)"
        for x in self._squared(tree):
            poly = self.bounds.normal(tree).numerator
            half = poly.get(frozenset({(x, 1)}), Fraction(0)) / (2 * poly[frozenset({(x, 2)})])
            yield f"pose proof (pow2_ge_0 ({self.terms(x)} + {number(half)}))"

    def _one_quotient(self, tree: Tree) -> Tree | None:
        """A sum of quotients over one denominator, where the assumptions speak of quotients."""
        if not isinstance(tree, Add) or not self.bounds._quotients:
            return None
        try:
            value = self.bounds.normal(tree)
        except CertificateError:
            return None
        if set(value.denominator) == {UNIT}:
            return None
        return Div(to_tree(value.numerator), to_tree(value.denominator))

    def _last(self, tree: Tree) -> str:
        match tree:
            case Apply(Name("max"), _, 0):
                return "unfold Rmax; destruct (Rle_dec _ _); lra | "
            case Apply(Name("min"), _, 0):
                return "unfold Rmin; destruct (Rle_dec _ _); lra | "
        return ""

    def _squared(self, tree: Tree) -> Iterator[Tree]:
        """The x of a quadratic a x^2 + b x + c, whose interval completes the square."""
        if isinstance(tree, Add | Mul):
            try:
                value = self.bounds.normal(tree)
            except CertificateError:
                return
            poly = value.numerator
            bases = {base for monomial in poly for base, _ in monomial}
            if len(bases) == 1 and max((e for m in poly for _, e in m), default=0) == 2:
                yield from bases

    def _corners(self, a: Tree, b: Tree) -> Iterator[str]:
        """(x - low)(y - low') >= 0 and its like: with them a product's bounds are linear."""
        yield from _corners((self.terms(a), self.bounds.enclose(a)), (self.terms(b), self.bounds.enclose(b)))

    def _power(self, base: Tree, n: int) -> Iterator[str]:
        term, whole = self.terms(base), self.bounds.enclose(base)
        for k in range(2, n + 1):
            if k % 2 == 0:
                yield f"pose proof (pow2_ge_0 ({term} ^ {k // 2}))"
            yield from _corners(
                (term if k == 2 else f"({term} ^ {k - 1})", whole.power(k - 1)), (term, whole)
            )
            if k < n and (fact := inside(f"({term} ^ {k})", whole.power(k))):
                yield f"assert ({fact}) by (split_all; lra)"

    def _inverse(self, tree: Tree) -> Iterator[str]:
        """Bounds of 1/t for t of one sign."""
        term, whole = self.terms(tree), self.bounds.enclose(tree)
        if (-whole).positive:
            yield f"pose proof (Rinv_lt_0_compat {term} ltac:(lra))"
            return
        if not whole.positive:
            yield f"assert (0 < {term}) by (apply positive; [lra | nonzero])"
        yield f"pose proof (Rinv_0_lt_compat {term} ltac:(lra))"
        if whole.low:
            lemma = "inv_le" if whole.low_closed else "inv_lt"
            yield f"pose proof ({lemma} {term} {number(whole.low)} ltac:(lra) ltac:(lra))"
        if whole.high is not None and whole.positive:
            lemma = "inv_le" if whole.high_closed else "inv_lt"
            yield f"pose proof ({lemma} {number(whole.high)} {term} ltac:(lra) ltac:(lra))"

    # ---- functions

    def _bare(self, tree: Apply) -> str | None:
        name = known.resolve(tree.function, self.terms.functions)
        return name if tree.order == 0 or name in CHAPTERS else None

    def _unfolded(self, tree: Apply) -> Tree | None:
        """F'(t) by its formula in f(t), where the argument is bounded."""
        name = self._bare(tree)
        chapter = CHAPTERS.get(name or "")
        if not tree.order or chapter is None or not chapter.formula:
            return None
        (argument,) = tree.arguments
        formula = known.derivative(name or "")
        if formula is None or self.bounds.enclose(argument) == LINE:
            return None
        return substitute(formula, {Name("x"): argument})

    def _application(self, tree: Apply) -> Iterator[str]:
        name = self._bare(tree)
        if name == "abs":
            (argument,) = tree.arguments
            yield f"pose proof (Rabs_pos {self.terms(argument)})"
            if isinstance(argument, Mul):
                product = " * ".join(self.terms(Apply(ABS, (f,))) for f in argument.factors)
                yield f"assert ({self.terms(tree)} = {product}) by (rewrite !Rabs_mult; reflexivity)"
            else:
                yield f"unfold Rabs in *; destruct (Rcase_abs {self.terms(argument)})"
        elif name in ("exp", "log", "sqrt") or name in CHAPTERS:
            yield from self._function(tree, name or "")

    def _function(self, tree: Apply, name: str) -> Iterator[str]:
        (argument,) = tree.arguments
        chapter = CHAPTERS.get(name)
        word, term = self.terms.function(tree), self.terms(argument)
        if tree.order == 0 and name == "log":
            pass
        elif chapter is None or tree.order in chapter.ranges:
            yield f"pose proof ({word}_range {term})"
        elif function_range(name, tree.order) != LINE and self.bounds.enclose(tree) != LINE:
            raise unsupported(name)
        x = self.bounds.enclose(argument)
        if (body := self._unfolded(tree)) is not None:
            yield f"assert ({self.terms(tree)} = {self.terms(body)}) by (unfold {word}; first [ring | lra])"
        if tree.order == 0 and (chapter is None or chapter.monotone):
            if arithmetic(argument):
                if isinstance(argument, Number):
                    yield from self._value(name, argument.value)
                return
            domain = " ltac:(lra)" if name in ("log", "sqrt") else ""
            for end, closed, pair in ((x.low, x.low_closed, "{} {}"), (x.high, x.high_closed, "{1} {0}")):
                if end is None or (name in ("log", "sqrt") and (end < 0 or (name == "log" and not end))):
                    continue
                places = pair.format(number(end), term)
                yield f"pose proof ({word}_monotone {places}{domain} ltac:(lra))"
                if not closed and (chapter is None or chapter.increasing):
                    yield f"pose proof ({word}_increasing {places}{domain} ltac:(lra))"
                yield from self._value(name, end)

    def _value(self, name: str, at: Fraction) -> Iterator[str]:
        """F at a number: exactly at 0, by an enclosure elsewhere."""
        chapter = CHAPTERS.get(name)
        if at == 0 and (name in ("exp", "sqrt") or (chapter is not None and chapter.at_zero)):
            yield f"pose proof {name}_0"
            return
        if at == 1 and name in ("log", "sqrt"):
            yield f"pose proof {'ln' if name == 'log' else name}_1"
            return
        value = self.bounds.enclose(Apply(Name(name), (Number(at),)))
        if fact := inside(f"({'ln' if name == 'log' else name} {number(at)})", value):
            how = f"first [{name}_piece | closed]" if chapter and chapter.pieces else "closed"
            yield f"assert ({fact}) by (split_all; {how})"


def _corners(x: tuple[str, Interval], y: tuple[str, Interval]) -> Iterator[str]:
    for first, first_closed in _sides(*x):
        for second, second_closed in _sides(*y):
            strict = "" if first_closed or second_closed else "_strict"
            yield f"corner{strict} ({first}) ({second})"


def _sides(term: str, interval: Interval) -> Iterator[tuple[str, bool]]:
    """T - low and high - t with whether they may be 0."""
    if interval.low is not None:
        yield f"{term} - {number(interval.low)}", interval.low_closed
    if interval.high is not None:
        yield f"{number(interval.high)} - {term}", interval.high_closed
