"""Statistics of initialisation: moments of activations under a normal distribution, certified; Xavier and He.

`moment("tanh", 2)` is E tanh(z)^2 for z standard normal, as a ball that contains it. The weights of a layer
are taken independent with mean 0 and variance q, its inputs independent of them; what follows is about second
moments, and about wide layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import Any

import flint
from flint import acb, arb, fmpq

from symgrad.arithmetic import Arb
from symgrad.arithmetic.derivatives import X
from symgrad.arithmetic.interpreter import Program, compile_tree
from symgrad.arithmetic.kind import Kind, Undefined, Value
from symgrad.errors import InputError, NotSupportedError, Where
from symgrad.functions import registry
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import Apply, Name
from symgrad.numerics.precision import Certified


@dataclass(frozen=True, slots=True)
class Point:
    """A complex ball, and a real point of the smooth piece it is evaluated on, which settles conditions."""

    ball: Any
    real: Any


def cut(ball: Any) -> Any:
    """The ball, or no number where it meets the branch cut of log and sqrt."""
    return acb("nan") if ball.imag.contains(0) and not ball.real > 0 else ball


class Pieces(Kind):
    """Analytic functions on one smooth piece: balls around complex numbers."""

    name = "pieces"
    natives = {  # noqa: RUF012 - one table for the class
        "exp": lambda x: Point(x.ball.exp(), x.real.exp()),
        "log": lambda x: Point(cut(x.ball).log(), x.real.log()),
        "sqrt": lambda x: Point(cut(x.ball).sqrt(), x.real.sqrt()),
        "tanh": lambda x: Point(x.ball.tanh(), x.real.tanh()),
        "sinh": lambda x: Point(x.ball.sinh(), x.real.sinh()),
        "cosh": lambda x: Point(x.ball.cosh(), x.real.cosh()),
        "erf": lambda x: Point(x.ball.erf(), x.real.erf()),
        "erfc": lambda x: Point(x.ball.erfc(), x.real.erfc()),
        "arctan": lambda x: Point(x.ball.atan(), x.real.atan()),
        "sigmoid": lambda x: Point(1 / (1 + (-x.ball).exp()), 1 / (1 + (-x.real).exp())),
        "softplus": lambda x: Point(cut(1 + x.ball.exp()).log(), (1 + x.real.exp()).log()),
        "identity": lambda x: x,
        "abs": lambda x: x if x.real > 0 else Point(-x.ball, -x.real),
        "relu": lambda x: x if x.real > 0 else Point(acb(0), arb(0)),
    }

    def number(self, value: Fraction) -> Point:
        """The rational."""
        return Point(acb(ball(value)), ball(value))

    def constant(self, name: str) -> Point:
        """`e` or `pi`."""
        if name == "infty":
            raise Undefined(name)
        value = arb.const_e() if name == "e" else arb.pi()
        return Point(acb(value), value)

    def add(self, left: Point, right: Point) -> Point:
        """Left + right."""
        return Point(left.ball + right.ball, left.real + right.real)

    def multiply(self, left: Point, right: Point) -> Point:
        """Left * right."""
        return Point(left.ball * right.ball, left.real * right.real)

    def negate(self, operand: Point) -> Point:
        """-operand."""
        return Point(-operand.ball, -operand.real)

    def divide(self, left: Point, right: Point) -> Point:
        """Left / right."""
        return Point(left.ball / right.ball, left.real / right.real)

    def power(self, base: Point, exponent: Point) -> Point:
        """By the logarithm."""
        return Point((cut(base.ball).log() * exponent.ball).exp(), base.real**exponent.real)

    def power_integer(self, base: Point, exponent: int) -> Point:
        """By multiplication."""
        return Point(base.ball**exponent, base.real**exponent)

    def compare(self, operator: str, left: Point, right: Point) -> bool | None:
        """As it is inside the piece, where nothing changes."""
        below = bool(left.real < right.real)
        return {"<": below, "<=": below, ">": not below, ">=": not below, "=": False, "!=": True}[operator]


def moment(
    function: str, power: int = 1, order: int = 0, variance: Fraction | int = 1, digits: int = 15
) -> Certified:
    """E f^(order)(z)^power for z normal with mean 0: a ball of at least so many digits, by integration.

    Raises:
        InputError: an unknown function, or one whose growth is not known. NotSupportedError: no enclosure.
    """
    known = registry.lookup(function)
    where = Where("<function>", source=function)
    if known is None or power < 1 or not 0 <= order <= 1 or variance <= 0:
        raise InputError("no-moment", where, name=function)
    if growth(known) is None:
        raise InputError("no-moment-growth", where, name=function)
    bits = int(3.33 * digits) + 30
    for _ in range(4):
        with flint.ctx.workprec(2 * bits):
            found = Moment(known, power, order, Fraction(variance), bits).value()
        if found.is_finite() and found.rel_accuracy_bits() >= 3.33 * digits:
            return Certified.of(found, digits)
        bits *= 2
    raise NotSupportedError("no-moment-enclosure", where, name=function)


STEEPEST = {"gelu": 2, "gelu_tanh": 2, "silu": 2, "mish": 2}
"""Above the largest slopes where these are irrational: 1.129, 1.130, 1.100, 1.089."""


def growth(known: Function) -> Fraction | None:
    """L with |f'| <= L everywhere, or None."""
    if known.lipschitz is not None:
        return known.lipschitz
    found = STEEPEST.get(known.name)
    return None if found is None else Fraction(found)


def ball(value: Fraction | int) -> Any:
    """The ball around a rational."""
    return arb(fmpq(Fraction(value).numerator, Fraction(value).denominator))


@dataclass(frozen=True, slots=True)
class Moment:
    """One integral: over the middle, piece by piece between the kinks, and a bound on the tails."""

    function: Function
    power: int
    order: int
    variance: Fraction
    bits: int

    def value(self) -> Any:
        """A ball around E f^(order)(z)^power."""
        scale = ball(self.variance).sqrt()
        end = int((scale * (int(sqrt(2 * self.bits)) + 4 + self.power)).upper().ceil().unique_fmpz())
        inner = {Fraction(0), *(kink.at for kink in self.function.kinks if -end < kink.at < end)}
        edges = [Fraction(-end), *sorted(inner), Fraction(end)]  # elu and softsign change formula at 0
        program = compile_tree(Apply(Name(self.function.name), (X,), self.order), Pieces())
        total = arb(0)
        for low, high in pairwise(edges):
            total += self.piece(program, low, high)
        return total + arb(0, self.tail(scale, ball(end) / scale).upper())

    def piece(self, program: Program, low: Fraction, high: Fraction) -> Any:
        """The integral of f(x)^power times the normal density over one smooth piece."""
        middle, spread = ball((low + high) / 2), ball(self.variance)
        root = (2 * arb.pi() * spread).sqrt()

        def integrand(x: Value, analytic: bool) -> Value:
            value = program({X: Point(x, middle)}).ball
            return value**self.power * (-x * x / (2 * spread)).exp() / root

        small = arb(2) ** -self.bits
        found = acb.integral(integrand, acb(ball(low)), acb(ball(high)), rel_tol=small, abs_tol=small)
        return found.real

    def tail(self, scale: Any, end: Any) -> Any:
        """A bound on what lies more than `end` standard deviations out.

        There |f'| <= L and |f(x)| <= |f(0)| + L |x| <= (|f(0)| + L s) |t| with x = s t; the integral of
        t^p e^(-t^2/2) from T is below 2 T^(p-1) e^(-T^2/2) where T^2 >= 2 (p - 1).
        """
        limit = ball(growth(self.function) or 0)
        density = (2 / arb.pi()).sqrt() * (-end * end / 2).exp()
        if self.order:
            return limit**self.power * density / end
        start = compile_tree(Apply(Name(self.function.name), (X,)), Arb(self.bits))({X: arb(0)})
        return (abs(start) + limit * scale) ** self.power * 2 * end ** (self.power - 1) * density


def log_size(variance: Fraction | int = 1) -> Certified:
    """E ln|w| for w normal with mean 0: the logarithm by which products of such weights typically shrink."""
    with flint.ctx.workprec(128):
        return Certified.of((ball(variance).log() - arb.const_euler() - arb(2).log()) / 2, 20)


@dataclass(frozen=True, slots=True)
class Initialisation:
    """Weights of variance q, what they do to second moments, and the limit of the uniform law with q."""

    variance: Fraction
    forward: Fraction
    backward: Fraction

    @property
    def limit(self) -> float:
        """A of the uniform distribution on [-a, a] with this variance: a^2/3 = q."""
        return sqrt(3 * self.variance)


def xavier(inputs: int, outputs: int) -> Initialisation:
    """Q = 2/(n_in + n_out), the compromise between keeping variances forward and backward.

    >>> xavier(784, 256).variance, round(xavier(784, 256).limit, 7)
    (Fraction(1, 520), 0.0759555)
    """
    q = Fraction(2, inputs + outputs)
    return Initialisation(q, inputs * q, outputs * q)


def he(inputs: int, outputs: int | None = None) -> Initialisation:
    """Q = 2/n_in, which keeps the second moment through a ReLU layer; the mask halves it both ways."""
    q = Fraction(2, inputs)
    return Initialisation(q, inputs * q / 2, (outputs or inputs) * q / 2)
