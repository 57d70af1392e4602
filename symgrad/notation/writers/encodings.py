"""Glyphs for terminals that cannot show them: any text, any encoding, one glyph at a time."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from symgrad.notation.symbols import COMBINING, GREEK, SUBSCRIPTS, SUPERSCRIPTS

LOW = SUBSCRIPTS | dict(zip("ᵦᵧᵨᵩᵪ", ("beta", "gamma", "rho", "phi", "chi"), strict=True))
HIGH = SUPERSCRIPTS | {"ᵀ": "T", "⊤": "T"}
RUN = re.compile(f"(?P<low>[{re.escape(''.join(LOW))}]+)|(?P<high>[{re.escape(''.join(HIGH))}]+)|.", re.S)
FALLBACK = {glyph: word for glyph, word in GREEK.items()} | {
    "∂": "d", "′": "'", "″": "''", "‴": "'''", "·": "*", "×": "*", "⋅": "*", "−": "-", "–": "-",
    "—": "--", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "⩽": "<=", "⩾": ">=",
    "∏": "prod", "∑": "sum", "√": "sqrt", "∞": "infty", "⊙": ".*", "⊘": "./", "∘": "o", "‖": "||",
    "∈": "in", "ℤ": "Z", "ℝ": "R", "ℕ": "N", "ℓ": "ell", "∇": "grad", "→": "->", "←": "<-",
    "↑": "^", "↓": "v", "⇒": "=>", "⇔": "<=>", "⟹": "=>", "⟺": "<=>", "↦": "|->", "½": "1/2",
    "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5", "⅙": "1/6", "⅛": "1/8", "█": "#",
    "▉": "#", "▊": "#", "▋": "#", "▌": "=", "▍": "-", "▎": "-", "▏": "-", "░": ".", "▒": ":",
    "▓": "#", "│": "|", "─": "-", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+",
    "┬": "+", "┴": "+", "┼": "+", "✓": "ok", "✔": "ok", "✗": "x", "✘": "x", "•": "*", "…": "...",
    "⋯": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "«": '"', "»": '"', "±": "+/-",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "", "⟨": "<", "⟩": ">", "。": ".",
    "，": ",", "：": ":", "；": ";", "（": "(", "）": ")", "、": ",", "！": "!", "？": "?", "「": '"',
    "」": '"', "《": "<", "》": ">", "　": " ",
}  # fmt: skip


@lru_cache(maxsize=4096)
def shows(text: str, encoding: str) -> bool:
    """Whether an encoding holds a text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _script(sign: str, text: str) -> str:
    return f"{sign}{text}" if text.isalnum() else f"{sign}{{{text}}}"


def _letter(char: str) -> str:
    """The nearest ASCII for a glyph: a name (y_hat for ŷ), the bare letter, else a question mark."""
    if char in FALLBACK:
        return FALLBACK[char]
    if char in COMBINING:
        return f"_{COMBINING[char]}"
    parts = unicodedata.normalize("NFD", char)
    if len(parts) == 2 and parts[1] in COMBINING and parts[0].isascii():
        return f"{parts[0]}_{COMBINING[parts[1]]}"
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if c.isascii())
    return plain or ("" if unicodedata.combining(char) else "?")


def encodable(text: str, encoding: str) -> str:
    """The same text in glyphs that the encoding holds; a script that it lacks is written whole with _ or ^.

    >>> encodable("∂C/∂bⱼ₋₁ ≤ ¼", "ascii")
    'dC/db_{j-1} <= 1/4'
    """
    if shows(text, encoding):
        return text

    def change(match: re.Match[str]) -> str:
        run = match[0]
        if shows(run, encoding):
            return run
        if match["low"]:
            return _script("_", "".join(LOW[c] for c in run))
        if match["high"]:
            return _script("^", "".join(HIGH[c] for c in run))
        return "".join(c if shows(c, encoding) else "?" for c in _letter(run))

    return RUN.sub(change, text)
