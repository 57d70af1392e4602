"""scale elu(x, alpha) with the published constants, as exact decimals: the self-normalising unit."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Kink, Range

SCALE, ALPHA = "1.0507009873554804934193349852946", "1.6732632423543772848170429916717"
BOTTOM = Fraction(SCALE) * Fraction(ALPHA)
ZERO = Fraction(0)

FUNCTION = Function(
    name="selu",
    spellings=(),
    options=(),
    value=f"{{{SCALE}}} (x 1[x > 0] + {{{ALPHA}}} (exp(x) - 1) 1[x <= 0])",
    stable_value=f"{{{SCALE}}} (relu(x) - 2 {{{ALPHA}}} tanh(relu(-x)/2)/(1 + tanh(relu(-x)/2)))",
    derivative=f"{{{SCALE}}} (1[x > 0] + {{{ALPHA}}} exp(x) 1[x <= 0])",
    stable_derivative=f"{{{SCALE}}} (1[x > 0] + {{{ALPHA}}} exp(-relu(-x)) 1[x <= 0])",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(End(-BOTTOM, why="elu-range"), INFINITY),
    derivative_range=Range(End(ZERO, why="elu-slope"), End(BOTTOM, (ZERO,), why="elu-slope")),
    monotone="increasing",
    parity=None,
    lipschitz=BOTTOM,
    kinks=(Kink(ZERO, BOTTOM),),
    exact=((ZERO, ZERO), (Fraction(1), Fraction(SCALE))),
    activation=True,
)
