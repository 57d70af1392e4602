"""Blanking out what stands around an answer, every column kept: tags, entities, lead words, numbering.

Only what is certain is blanked. Whatever might be mathematics stays, and the reader says what it cannot read.
"""

from __future__ import annotations

import re
from html import unescape

TAG = re.compile(
    r"</?(?:p|div|span|b|i|em|strong|u|s|code|pre|font|a|h[1-6]|ul|ol|li|table|tbody|tr|td|math|mrow|small|big)"
    r"(?:\s[^<>]*)?/?>",
    re.I,
)
BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr)\s*>(?=\s*\S)", re.I)
SCRIPT = re.compile(r"<(/?)(sub|sup)(?:\s[^<>]*)?>", re.I)
ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,24}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
LEAD = re.compile(
    r"\s*(?:\*\*|__)?(?:[A-Za-z][A-Za-z' ]{0,40}?\s?\d{0,2}|[\u4e00-\u9fff]{1,12}\s?\d{0,2})\s*"
    r"(?:[:：]\s*(?:\*\*|__)|(?:\*\*|__)\s*[:：]|[:：])(?!=)\s*"
)
DONE = re.compile(r"(?<=\S)\s*(?:\bQED\b|\bq\.e\.d\.?|\\qed\b|\\blacksquare\b|[□■∎]|证毕)\s*[.。]?\s*$", re.I)
NUMBERING = re.compile(r"\s*(?:\d{1,2}[.、)）](?=\s)|[a-h][.)）](?=\s)|[①-⑳]|\(?\s*[ivx]{2,4}\s*\))\s*")
CONNECTIVE = re.compile(
    r"\s*(?:(?:由|根据|按照?|利用|应用|用)[\u4e00-\u9fff]{2,12}(?:可?得[到出]?|有|知)?\s*[，,:：]?|"
    r"(?:因此|所以|故|则|于是|从而|即|可?得[到出]?|有)\s*[，,:：]?|"
    r"(?:by|using|with|from) the chain rule\s*[,:，：]|"
    r"(?:so|hence|thus|therefore|then|we (?:get|have|obtain|find)|it follows(?: that)?)\b\s*[,:，：]?)\s*",
    re.I,
)
SIGNS = re.compile(
    r"\s*(?:∴|⇒|⟹|=>|→|\\(?:therefore|implies|Rightarrow|Longrightarrow|to|rightarrow)(?![A-Za-z]))\s*"
)
LET = re.compile(
    r"(?P<head>^|[;；,，\n。]|\.\s|\\\\|\\q?quad)\s*(?P<word>(?:let|set|define|put|where|with)\b|\\text\s*\{\s*(?:let|where|with)\s*\}"
    r"|其中|令|设|记|这里)",
    re.I,
)
NEGATED = re.compile(r"不|非|\bnot\b|n['’]t\b", re.I)
CARRIED_ON = re.compile(r"(?:\\\\|\n)(?:(?!\n)\s)*(?:&[ \t]*)?(?==|＝)")
ARROW = re.compile(r"⇒|⟹|=>|\\(?:implies|Rightarrow|Longrightarrow)(?![A-Za-z])")


def clean(text: str) -> str:
    """The answer with everything around it blanked out, of the same length."""
    text = unwrapped(text)
    text = led(DONE.sub(blank, text))
    text = LET.sub(lambda m: m["head"] + separated(m), text)
    text = CARRIED_ON.sub(blank, text)
    return ARROW.sub(lambda m: arrow(m, text), text)


def blank(match: re.Match[str]) -> str:
    """Spaces for what was matched; line breaks stay."""
    return re.sub(r"[^\n]", " ", match[0])


def separated(match: re.Match[str]) -> str:
    """Spaces for a word such as `where`, with a separator in front if a formula precedes it."""
    spaces = len(match[0]) - len(match["head"])
    return (
        (";" + " " * (spaces - 1))
        if match["head"].strip() in ("", ",", "，") and match["head"]
        else " " * spaces
    )


def unwrapped(text: str) -> str:
    """Without the markup of a learning platform's text box; x<sub>1</sub> is x_{1}, &sigma; is σ."""
    if "&lt;" in text and re.search(r"&lt;/?(?:p|div|span|br|sub|sup|b|i|strong|em)\b", text, re.I):
        text = re.sub(r"&(lt|gt);", lambda m: "   " + {"lt": "<", "gt": ">"}[m[1]], text)
    if "<" in text:
        text = BREAK.sub(lambda m: "\n" + " " * (len(m[0]) - 1), text)
        text = SCRIPT.sub(script, text)
        text = TAG.sub(blank, text)
    if "&" in text:
        text = ENTITY.sub(entity, text)
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == "`":
        mark = "```" if stripped.startswith("```") and stripped.endswith("```") and len(stripped) > 5 else "`"
        start, end = text.index(stripped), text.index(stripped) + len(stripped)
        text = (
            text[:start]
            + " " * len(mark)
            + text[start + len(mark) : end - len(mark)]
            + " " * len(mark)
            + text[end:]
        )
    return text


def script(match: re.Match[str]) -> str:
    """A subscript or superscript tag as a brace."""
    sign = "}" if match[1] else "_{" if match[2].lower() == "sub" else "^{"
    return sign.ljust(len(match[0]))


def entity(match: re.Match[str]) -> str:
    """The character of an entity behind the spaces that keep its width; what is no entity stays."""
    found = unescape(match[0])
    if len(found) != 1 or found == match[0] or (not found.isprintable() and not found.isspace()):
        return match[0]
    return found.rjust(len(match[0]))


def led(text: str) -> str:
    """Without `Answer:`, `解：由链式法则，`, `1.`, `∴` and a first equals sign."""
    place = 0
    while place < len(text):
        found = (
            lead_at(text, place)
            or NUMBERING.match(text, place)
            or CONNECTIVE.match(text, place)
            or SIGNS.match(text, place)
        )
        if found is None or found.end() == place or not text[found.end() :].strip():
            break
        place = found.end()
    if equals := re.compile(r"\s*[=＝]\s*(?=\S)").match(text, place):
        place = equals.end()
    return re.sub(r"[^\n]", " ", text[:place]) + text[place:]


def lead_at(text: str, place: int) -> re.Match[str] | None:
    """Words that end in a colon; a single letter may be a name, and a negation changes what follows."""
    found = LEAD.match(text, place)
    if found is None or NEGATED.search(found[0]):
        return None
    return None if re.fullmatch(r"\s*[A-Za-z]\s*[:：]\s*", found[0]) else found


def arrow(match: re.Match[str], text: str) -> str:
    """`A => B`: B is the next link of one chain of equations, or an equation of its own."""
    rest = re.split(r"⇒|⟹|=>|\\\\|\n|;", text[match.end() :], maxsplit=1)[0]
    own = re.search(r"(?<![<>!:=])=(?!=)", rest)
    return (";" if own else "=").ljust(len(match[0]))
