"""x for x > 0, slope x otherwise; at the kink its derivative is the one from the left, slope."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Kink, Range

ZERO, ONE = Fraction(0), Fraction(1)


def leaky_relu(slope: Fraction) -> Function:
    """The answers for one slope; 1 is the identity, 0 the rectifier, below 0 the graph has a valley."""
    low = INFINITY if slope > 0 else End(ZERO, (ZERO,), why="leaky-range")
    gentle, steep = ((-ONE, slope), (ONE, ONE)) if slope < 1 else ((ONE, ONE), (-ONE, slope))
    return Function(
        name="leaky_relu",
        spellings=("leakyrelu",),
        options=(("slope", slope),),
        value="x 1[x > 0] + slope x 1[x <= 0]",
        stable_value=None,
        derivative="1[x > 0] + slope 1[x <= 0]",
        stable_derivative="1[x > 0] + slope 1[x <= 0]",
        exponential=None,
        domain=None,
        derivative_domain=None,
        range=Range(low, INFINITY),
        derivative_range=Range(
            End(gentle[1], (gentle[0],), why="indicator-slope"),
            End(steep[1], (steep[0],), why="indicator-slope"),
        ),
        monotone="increasing" if slope > 0 else "nondecreasing" if slope == 0 else None,
        parity="odd" if slope == 1 else "even" if slope == -1 else None,
        lipschitz=max(abs(slope), ONE),
        kinks=() if slope == 1 else (Kink(ZERO, slope),),
        exact=((-ONE, -slope), (ZERO, ZERO), (ONE, ONE)),
        activation=True,
        family=leaky_relu,
    )


FUNCTION = leaky_relu(Fraction(1, 100))
