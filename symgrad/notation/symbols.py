"""Tables of spellings: Greek letters, LaTeX commands, Unicode signs, and what each stands for.

Only data; the lexer reads it. A spelling is added here and nowhere else.
"""

from __future__ import annotations

from typing import Final

GREEK: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ϑ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu",
    "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "ϱ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
GREEK_WORDS: Final = frozenset(GREEK.values()) | {
    "ell",
    "varepsilon",
    "vartheta",
    "varphi",
    "varrho",
    "varsigma",
}
GREEK_COMMANDS: Final = {word: word for word in set(GREEK.values())} | {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma",
    "ell": "ell",
}  # fmt: skip

SUBSCRIPTS: Final = dict(
    zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True)
)
SUPERSCRIPTS: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˡʲᵏᵐ", "0123456789+-=()niljkm", strict=True))
VULGAR: Final = {
    "½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅕": (1, 5), "⅙": (1, 6), "⅛": (1, 8),
}  # fmt: skip

RELATIONS: Final = {
    "<": "<", ">": ">", "=": "=", "<=": "<=", ">=": ">=", "==": "=", "!=": "!=", ":=": "=", "=<": "<=",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "⩽": "<=", "⩾": ">=", "≦": "<=", "≧": ">=", "←": "=", "≔": "=",
    "<-": "=", "≡": "=", "≜": "=", "≝": "=", "≐": "=",
}  # fmt: skip

SIGNS: Final = {
    "+": "+", "-": "-", "−": "-", "–": "-", "—": "-", "﹣": "-", "⁃": "-", "‐": "-", "‑": "-",
    "*": "*", "·": "*", "×": "*", "⋅": "*", "⨯": "*", "✕": "*", "✖": "*", "⋆": "*",
    "∗": "*", "∙": "*",
    "•": "*", "/": "/", "÷": "/", "∕": "/", "@": "*", "^": "^", "_": "_", "(": "(", ")": ")", "[": "[",
    "]": "]",
    "【": "(", "】": ")", "〔": "(", "〕": ")", "〖": "(", "〗": ")",
    "{": "{", "}": "}", "|": "|", "∣": "|", "‖": "||", "∥": "||", "⊙": ".*", "⊘": "./", "∘": "circ",
    "√": "sqrt", "∂": "partial", "∇": "nabla", "∏": "prod", "∑": "sum", "∞": "infty", "ᵀ": "transpose",
    "⊤": "top", ",": ",", ";": ";", ":": ":", "、": ",", "，": ",", "；": ";", "。": ".", "：": ":",
    "…": "dots", "⋯": "dots", "→": "to", "∈": "in", "⇒": "implies", "⟹": "implies", "⇔": "iff", "⟺": "iff",
    "∧": "and", "∨": "or", "¬": "not", "!": "!", "%": "%",
}  # fmt: skip
"""One-character signs -> token kind."""

PRIMES: Final = {"'": 1, "′": 1, "’": 1, "″": 2, "‴": 3, "ʹ": 1, "＇": 1, "`": 1, "´": 1}

COMMAND_SIGNS: Final = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "bullet": "*", "star": "*", "le": "<=", "leq": "<=",
    "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<",
    "gt": ">", "approx": "~", "leftarrow": "=", "gets": "=", "coloneqq": "=",
    "equiv": "=", "triangleq": "=", "doteq": "=", "odot": ".*", "oslash": "./",
    "circ": "circ", "partial": "partial", "nabla": "nabla", "prod": "prod", "sum": "sum", "infty": "infty",
    "top": "top", "intercal": "top", "prime": "prime", "lbrace": "(", "rbrace": ")", "{": "(", "}": ")",
    "lbrack": "[", "rbrack": "]", "ldots": "dots", "dots": "dots", "cdots": "dots", "dotsc": "dots",
    "dotsb": "dots", "to": "to", "rightarrow": "to", "in": "in", "implies": "implies",
    "Rightarrow": "implies", "Longrightarrow": "implies", "iff": "iff", "Leftrightarrow": "iff",
    "land": "and", "wedge": "and", "lor": "or", "vee": "or", "neg": "not", "lnot": "not", "mid": "|",
    "vert": "|", "lvert": "|<", "rvert": ">|", "Vert": "||", "|": "||", "lVert": "||<", "rVert": ">||",
    "sqrt": "sqrt", "frac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "colon": ":",
    "over": "over",
}  # fmt: skip
"""LaTeX commands -> token kind."""

COMMAND_WORDS: Final = {
    "exp": "exp", "log": "log", "ln": "log", "tanh": "tanh", "sinh": "sinh", "cosh": "cosh", "sech": "sech",
    "max": "max", "min": "min", "arctan": "arctan", "erf": "erf", "det": "det", "sin": "sin", "cos": "cos",
    "diag": "diag", "tr": "trace",
}  # fmt: skip
"""LaTeX commands that are function names."""

IGNORED_COMMANDS: Final = frozenset([
    ",", ";", ":", "!", "quad", "qquad", "enspace", "thinspace", "medspace", "thickspace", "left", "right",
    "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "bigm",
    "Bigm", "middle", "displaystyle", "textstyle", "limits", "nolimits", "nonumber", "notag", "hfill", "null",
    "scriptstyle", "scriptscriptstyle", "allowbreak", "newline", "strut", "mathstrut", "relax", "centering",
    "negthinspace", "noindent", "par", "nobreak", "protect",
]) | {" ", "/", "\n"}  # fmt: skip
STYLE_COMMANDS: Final = frozenset([
    "mathbf", "boldsymbol", "bm", "vec", "mathit", "mathsf", "mathcal", "mathbb", "mathscr", "mathfrak", "bf",
    "rm", "it", "cal", "pmb",
])  # fmt: skip
TEXT_COMMANDS: Final = frozenset([
    "text", "mathrm", "operatorname", "mathop", "textrm", "textit", "textbf", "textsf", "mathtt", "mbox",
    "hbox", "textnormal",
])  # fmt: skip
DECORATIONS: Final = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
}  # fmt: skip
COMBINING: Final = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde"}
DROPPED_WITH_ARGUMENT: Final = frozenset([
    "tag", "label", "phantom", "hphantom", "vphantom", "hspace", "vspace", "color", "textcolor", "eqref",
])  # fmt: skip
ENVIRONMENTS: Final = frozenset([
    "align", "align*", "aligned", "equation", "equation*", "gather", "gather*", "gathered", "split", "cases",
    "pmatrix", "bmatrix", "matrix", "eqnarray", "eqnarray*", "multline", "multline*", "array",
])  # fmt: skip

MATRIX_FUNCTIONS: Final = frozenset(["diag", "norm", "opnorm", "trace", "mean", "sum"])
BUILT_IN: Final = frozenset([
    "identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "softplus", "softsign", "gelu",
    "gelu_tanh", "silu", "mish", "arctan", "hard_sigmoid", "hard_tanh", "hardswish", "softmax", "exp", "log",
    "sqrt", "abs", "max", "min", "erf", "sinh", "cosh", "sech", "floor", "clip", "mse", "half_square",
    "cross_entropy", "binary_cross_entropy", "hinge", "huber", "norm", "opnorm", "diag", "trace", "mean",
    "piecewise", "sign",
])  # fmt: skip
"""Names that mean a function everywhere, in any case (`ReLU`)."""
SYNONYMS: Final = {
    "ln": "log", "logistic": "sigmoid", "expit": "sigmoid", "leakyrelu": "leaky_relu", "swish": "silu",
    "atan": "arctan", "tr": "trace", "heaviside": "step", "th": "tanh", "sgn": "sign",
}  # fmt: skip
GENERAL_FUNCTIONS: Final = frozenset(["sigma", "phi", "psi", "f", "g", "ell", "cost"])
"""Names that may be applied as general differentiable functions without being declared."""
