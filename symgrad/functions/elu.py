"""x for x > 0, alpha (e^x - 1) otherwise: the exponential linear unit; at 0 with its left derivative."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Kink, Range

ZERO, ONE = Fraction(0), Fraction(1)


def elu(alpha: Fraction) -> Function:
    """The answers for one alpha; only alpha = 1 has no kink."""
    attained = alpha <= 0  # 0 at x = 0; a positive alpha comes close to -alpha only
    flat = End(ZERO, why="elu-slope") if alpha > 0 else End(alpha, (ZERO,), why="elu-slope")
    top = max(alpha, ONE)
    return Function(
        name="elu",
        spellings=(),
        options=(("alpha", alpha),),
        value="x 1[x > 0] + alpha (exp(x) - 1) 1[x <= 0]",
        stable_value="relu(x) - 2 alpha tanh(relu(-x)/2)/(1 + tanh(relu(-x)/2))",
        derivative="1[x > 0] + alpha exp(x) 1[x <= 0]",
        stable_derivative="1[x > 0] + alpha exp(-relu(-x)) 1[x <= 0]",
        exponential=None,
        domain=None,
        derivative_domain=None,
        range=Range(End(min(-alpha, ZERO), (ZERO,) if attained else (), why="elu-range"), INFINITY),
        derivative_range=Range(flat, End(top, (ZERO if alpha > 1 else ONE,), why="elu-slope")),
        monotone="increasing" if alpha > 0 else "nondecreasing" if alpha == 0 else None,
        parity=None,
        lipschitz=max(abs(alpha), ONE),
        kinks=() if alpha == 1 else (Kink(ZERO, alpha),),
        exact=((ZERO, ZERO), (ONE, ONE)),
        activation=True,
        family=elu,
    )


FUNCTION = elu(ONE)
