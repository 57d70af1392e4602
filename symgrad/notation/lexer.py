"""Text -> flat tokens with offsets: one lexer for LaTeX, Unicode, plain and Python style.

It knows spellings, not meanings: which letters form a name is the parser's business, because it depends on
the names around. Everything it does not know is refused by name and code point, never skipped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from symgrad.notation import symbols as s
from symgrad.notation.source import Source

MAX_DIGITS = 30
DECIMAL = re.compile(r"\d+(?:\.(?!\.)\d+)?|\.\d+")
SCIENTIFIC = re.compile(r"(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
MULTI_SIGNS = (
    "<=>", "...", "**", "<=", ">=", "==", "!=", ":=", "=>", "=<", "<-", "->", ".*", "./", ".^", "||", "&&",
)  # fmt: skip
MULTI_KINDS = {"<=>": "iff", "...": "dots", "**": "^", "=>": "implies", "->": "to", "&&": "and", "||": "||"}
ENTITY = re.compile(r"&(lt|gt|amp|nbsp|minus|middot|times|prime|le|ge|ne|#\d+|#x[0-9a-fA-F]+);")
ENTITIES = {
    "lt": "<", "gt": ">", "amp": "&", "nbsp": " ", "minus": "-", "middot": "*", "times": "*", "prime": "'",
    "le": "≤", "ge": "≥", "ne": "≠",
}  # fmt: skip
UNDERSCORED = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)+(?![A-Za-z0-9_])")
HAS_RELATION = re.compile(r"[=≤≥<>＝≔←]|\\(?:leq?|geq?|leftarrow|gets)(?![A-Za-z])")
CARRIES_ON = frozenset(["+", "-", "*", "/", "=", "<", ">", "<=", ">=", "^", "_", "newline", ",", ";"])
GOES_ON = frozenset("+-*/=<>^_)]}&·×−＝")
STYLED = re.compile(r"\s*\{\s*(\\[A-Za-z]+|[A-Za-z]|\d+)\s*\}")


@dataclass(slots=True)
class Token:
    r"""One token: `kind` is a sign, or one of number, letters, word, sub, super, prime, text, hat, end.

    letters: a run of Latin letters that the parser may split; word: letters that are one thing (a Greek
    letter, a LaTeX command, the content of \text). `spaced`: white space stands before it.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False
    value: Fraction | None = None


def is_latex(text: str) -> bool:
    """Whether a text is read by LaTeX's rules: it holds a backslash command or math delimiters."""
    return bool(re.search(r"\\[A-Za-z,;!\[\](){}|\\]|\$", text))


class Lexer:
    """Splits one Source into tokens; `scientific` reads 1e-3 as a number (values only).

    With `lines` a line break before a line that holds a relation begins a new formula.
    """

    def __init__(self, source: Source, *, scientific: bool = False, lines: bool = False) -> None:
        self.source, self.text, self.lines = source, source.text, lines
        self.position, self.spaced = 0, False
        self.tokens: list[Token] = []
        self.number = SCIENTIFIC if scientific else DECIMAL

    def run(self) -> list[Token]:
        """All tokens, closed by one of kind `end`."""
        while self.position < len(self.text):
            self.step()
        self.add("end", "", len(self.text), len(self.text))
        return self.tokens

    def add(self, kind: str, text: str, start: int, end: int, value: Fraction | None = None) -> None:
        """Append a token; reading goes on behind it."""
        self.tokens.append(Token(kind, text, start, end, self.spaced, value))
        self.position, self.spaced = end, False

    def step(self) -> None:
        """Read what stands at the position."""
        start = self.position
        char = self.text[start]
        if char == "\\":
            self.command(start)
        elif char == "\n" and self.lines and self.begins_formula(start):
            self.add("newline", "\n", start, start + 1)
        elif char.isspace() or char in "\u200b\u2060\ufeff~":
            self.position, self.spaced = start + 1, True
        elif char in "$":
            self.position = start + (2 if self.text.startswith("$$", start) else 1)
            self.spaced = True
        elif char == "&":
            self.ampersand(start)
        elif (match := self.number.match(self.text, start)) and char.isascii():
            self.digits(match, start)
        elif char in s.PRIMES:
            self.add("prime", "'" * s.PRIMES[char], start, start + 1)
        elif char in s.SUBSCRIPTS or (char in s.SUPERSCRIPTS):
            self.script(start, s.SUBSCRIPTS if char in s.SUBSCRIPTS else s.SUPERSCRIPTS)
        else:
            self.sign_or_letter(start, char)

    def begins_formula(self, start: int) -> bool:
        """Whether the line behind a break is a formula of its own: it has a relation, and nothing is open."""
        line = self.text[start + 1 :].partition("\n")[0].strip()
        if not line:
            return not self.text[start:].strip() or self.begins_formula(start + 1 + len(line))
        kinds = [token.kind for token in self.tokens]
        if not kinds or kinds[-1] in CARRIES_ON or line[0] in GOES_ON or not HAS_RELATION.search(line):
            return False
        opened = sum(kind in ("(", "[", "{") for kind in kinds) + sum(k.startswith("begin:") for k in kinds)
        closed = sum(kind in (")", "]", "}") for kind in kinds) + sum(k.startswith("end:") for k in kinds)
        return opened <= closed

    def ampersand(self, start: int) -> None:
        """An HTML entity, `&&`, or an alignment mark, which is space."""
        if match := ENTITY.match(self.text, start):
            name = match[1]
            char = ENTITIES.get(name) or self.codepoint(name, start, match.end())
            if char.isspace():
                self.position, self.spaced = match.end(), True
            else:
                inner = Lexer(Source(char, self.source.name))
                for token in inner.run()[:-1]:
                    self.add(token.kind, token.text, start, match.end(), token.value)
        elif self.text.startswith("&&", start):
            self.add("and", "&&", start, start + 2)
        elif self.in_cases():
            self.add("&", "&", start, start + 1)
        else:  # an alignment mark
            self.position, self.spaced = start + 1, True

    def in_cases(self) -> bool:
        """Whether & stands between the value and the condition of a case."""
        kinds = [token.kind for token in self.tokens]
        return kinds.count("begin:cases") > kinds.count("end:cases")

    def codepoint(self, name: str, start: int, end: int) -> str:
        """The character of &#955; or &#x3bb;."""
        code = int(name[2:], 16) if name.startswith("#x") else int(name[1:])
        if not 32 <= code < 0x110000 or 0xD800 <= code < 0xE000:
            raise self.source.error("strange-character", start, end, code=f"U+{code:04X}", called="?")
        return chr(code)

    def digits(self, match: re.Match[str], start: int) -> None:
        """A number, kept exact; one longer than anybody writes is refused."""
        text = match[0]
        if sum(c.isdigit() for c in text) > MAX_DIGITS:
            raise self.source.error("too-many-digits", start, match.end(), limit=MAX_DIGITS)
        if "e" in text.lower() and abs(int(re.split("[eE]", text)[1])) > 400:
            raise self.source.error("too-many-digits", start, match.end(), limit=MAX_DIGITS)
        self.add("number", text, start, match.end(), Fraction(text if text[0] != "." else "0" + text))

    def script(self, start: int, table: dict[str, str]) -> None:
        """A run of small Unicode signs as one token."""
        end = start
        while end < len(self.text) and self.text[end] in table:
            end += 1
        plain = "".join(table[c] for c in self.text[start:end])
        self.add("sub" if table is s.SUBSCRIPTS else "super", plain, start, end)

    def sign_or_letter(self, start: int, char: str) -> None:
        """A sign from the tables, or a run of letters."""
        for sign in MULTI_SIGNS:
            if self.text.startswith(sign, start):
                self.add(s.RELATIONS.get(sign) or MULTI_KINDS.get(sign, sign), sign, start, start + len(sign))
                return
        if char in s.VULGAR:
            self.add("number", char, start, start + 1, Fraction(*s.VULGAR[char]))
        elif char in s.RELATIONS or char in s.SIGNS:
            self.add(s.RELATIONS.get(char) or s.SIGNS[char], char, start, start + 1)
        elif char in s.GREEK:
            self.add("word", s.GREEK[char], start, start + 1)
            self.decoration()
        elif char == ".":
            self.add(".", ".", start, start + 1)
        elif char in '#"?~':
            raise self.source.error(
                "strange-character", start, start + 1, code=f"U+{ord(char):04X}", called=char
            )
        elif char.isascii() and char.isalpha():
            self.letters(start)
        else:
            self.folded(start, char)

    def letters(self, start: int) -> None:
        """A run of Latin letters; a combining mark keeps its letter apart."""
        end = self.function_with_underscores(start)
        while end < len(self.text) and self.text[end].isascii() and self.text[end].isalpha():
            if end > start and unicodedata.combining(self.text[end + 1 : end + 2] or " "):
                break
            end += 1
        self.add("letters", self.text[start:end], start, end)
        self.decoration()

    def function_with_underscores(self, start: int) -> int:
        """The end of a built-in name such as leaky_relu that begins here, else `start`."""
        match = UNDERSCORED.match(self.text, start)
        if match is not None and match[0].lower() in s.BUILT_IN:
            return match.end()
        return start

    def decoration(self) -> None:
        """A combining hat, bar or tilde belongs to the letter before it."""
        end = self.position
        if end < len(self.text) and (mark := s.COMBINING.get(self.text[end])):
            last = self.tokens[-1]
            last.kind, last.text, last.end = "word", f"{last.text}_{mark}", end + 1
            self.position = end + 1

    def folded(self, start: int, char: str) -> None:
        """Letters of other alphabets that the table folds; all others are refused by name."""
        if char in "ℓ":
            self.add("word", "ell", start, start + 1)
            return
        decomposed = unicodedata.normalize("NFD", char)
        if len(decomposed) == 2 and decomposed[0].isascii() and (mark := s.COMBINING.get(decomposed[1])):
            self.add("word", f"{decomposed[0]}_{mark}", start, start + 1)
            return
        plain = unicodedata.normalize("NFKC", char)
        mathematical = (
            0x1D400 <= ord(char) <= 0x1D7FF or 0xFF01 <= ord(char) <= 0xFF5E or 0x2100 <= ord(char) <= 0x214F
        )
        if (
            mathematical
            and len(plain) == 1
            and plain != char
            and (plain.isascii() or plain in s.GREEK or plain in s.SIGNS)
        ):
            end = start + 1
            if plain.isdigit() or (plain.isalpha() and plain.isascii()):
                same = str.isdigit if plain.isdigit() else str.isalpha
                fold = plain
                while end < len(self.text) and ord(self.text[end]) > 127:
                    following = unicodedata.normalize("NFKC", self.text[end])
                    if not (len(following) == 1 and following.isascii() and same(following)):
                        break
                    fold, end = fold + following, end + 1
                if plain.isdigit() and (match := DECIMAL.match(fold)):
                    self.digits(match, start)
                    self.tokens[-1].end = self.position = end
                else:
                    self.add("letters", fold, start, end)
                return
            inner = Lexer(Source(plain, self.source.name)).run()[0]
            self.add(inner.kind, inner.text, start, end, inner.value)
            return
        if 0x4E00 <= ord(char) <= 0x9FFF or 0x3400 <= ord(char) <= 0x4DBF:
            end = start
            while end < len(self.text) and 0x3400 <= ord(self.text[end]) <= 0x9FFF:
                end += 1
            raise self.source.error("words-not-mathematics", start, end, words=self.text[start:end])
        called = unicodedata.name(char, "").capitalize() or "a control character"
        raise self.source.error(
            "strange-character", start, start + 1, code=f"U+{ord(char):04X}", called=called
        )

    # -- LaTeX commands ---------------------------------------------------------------------------------

    def command(self, start: int) -> None:
        """A LaTeX command."""
        match = re.compile(r"\\([A-Za-z]+\*?|.)", re.S).match(self.text, start)
        if match is None:
            raise self.source.error("lone-backslash", start)
        name, end = match[1], match.end()
        if name.endswith("*"):
            name, end = name[:-1], end - 1
        if name in s.STYLE_COMMANDS and (styled := STYLED.match(self.text, end)):
            self.styled(styled, start)
        elif name in s.IGNORED_COMMANDS or name in s.STYLE_COMMANDS:
            self.ignored(name, start, end)
        elif name in s.DROPPED_WITH_ARGUMENT:
            self.position = self.group(end)[1]
        elif name in "[]()":
            self.position, self.spaced = end, True
        elif name == "\\":
            self.line_break(start, end)
        elif name in s.TEXT_COMMANDS:
            self.text_command(start, end)
        elif name in s.DECORATIONS:
            self.decorated(name, start, end)
        elif name in ("begin", "end"):
            content, after = self.group(end)
            if content not in s.ENVIRONMENTS:
                raise self.source.error("unknown-environment", start, after, name=content)
            self.add(f"{name}:{content}", content, start, after)
        elif name in ("underbrace", "overbrace", "boxed", "fbox"):
            self.add("wrap", name, start, end)
        elif name == "stackrel" or name == "overset":
            after = self.group(self.group(end)[1])[1]
            self.add("=", "=", start, after)
        elif name in s.COMMAND_SIGNS:
            kind = s.COMMAND_SIGNS[name]
            self.add(kind, "'" if kind == "prime" else name, start, end)
        elif name in s.GREEK_COMMANDS or name in s.COMMAND_WORDS:
            self.add("word", s.GREEK_COMMANDS.get(name) or s.COMMAND_WORDS[name], start, end)
        elif name == "mathrm" or name == "d":
            self.add("letters", "d", start, end)
        else:
            raise self.source.error("unknown-command", start, end, name=name)

    def styled(self, match: re.Match[str], start: int) -> None:
        r"""\mathbf{W}: the letter, digit or Greek command in the braces is the whole token."""
        for token in Lexer(Source(match[1], self.source.name)).run()[:-1]:
            self.add(token.kind, token.text, start, match.end(), token.value)

    def ignored(self, name: str, start: int, end: int) -> None:
        r"""A command without meaning; \left and \right say which way a bar stands."""
        self.position, self.spaced = end, True
        if name in ("left", "right") or name.startswith(("big", "Big")):
            match = re.compile(r"\s*(\.|\||\\\||\\[lr]?[vV]ert)").match(self.text, end)
            if match is None:
                return
            if match[1] == ".":
                self.add("left." if name == "left" else "right.", ".", start, match.end())
            else:
                double = (match[1].lower().endswith("ert") and "V" in match[1]) or match[1] == "\\|"
                bar = "||" if double else "|"
                opening = name == "left" or name.endswith("l")
                closing = name == "right" or name.endswith("r")
                self.add(
                    f"{bar}<" if opening else f">{bar}" if closing else bar, match[1], start, match.end()
                )

    def line_break(self, start: int, end: int) -> None:
        r"""\\ with its optional distance."""
        match = re.compile(r"\s*\[[^\]]*\]").match(self.text, end)
        self.add("newline", "\\\\", start, match.end() if match else end)

    def group(self, start: int) -> tuple[str, int]:
        """The content of the braces at `start` and the offset behind them."""
        opened = re.compile(r"\s*\*?\s*\{").match(self.text, start)
        depth, place = 1, opened.end() if opened is not None else len(self.text)
        begin = place
        while place < len(self.text) and depth:
            depth += (self.text[place] == "{") - (self.text[place] == "}")
            place += 1
        if depth:
            raise self.source.error("brace-expected", start)
        return self.text[begin : place - 1].strip(), place

    def text_command(self, start: int, end: int) -> None:
        r"""\text{...}: a name, `and`, `if` or the like; sentences are refused."""
        match = re.compile(r"\s*\{([^{}]*)\}|\s*([A-Za-z])").match(self.text, end)
        if match is None:
            raise self.source.error("brace-expected", start, end)
        content, after = (match[1] if match[1] is not None else match[2]).strip(), match.end()
        if not content:
            self.position, self.spaced = after, True
        elif content in ("and", "or", "not", "if", "where", "for", "且", "或"):
            kind = {"且": "and", "或": "or"}.get(content, content)
            self.add(kind if kind in ("and", "or", "not") else ",", content, start, after)
        elif re.fullmatch(r"[A-Za-z][A-Za-z0-9 ]*", content):
            self.add("word", content.replace(" ", "_"), start, after)
        elif re.fullmatch(r"[A-Za-z]+(?:(?:\\?_|-)[A-Za-z]+)+", content):
            self.add("word", content.replace("\\", "").replace("-", "_"), start, after)
        else:
            raise self.source.error("words-not-mathematics", start, after, words=content)

    def decorated(self, name: str, start: int, end: int) -> None:
        r"""\hat y as one name, y_hat."""
        match = re.compile(r"\s*(?:\{\s*(?:\\([a-zA-Z]+)|([A-Za-z]))\s*\}|\\([a-zA-Z]+)|([A-Za-z]))").match(
            self.text, end
        )
        if match is None:
            raise self.source.error("letter-expected", start, end, name=name)
        letter = match[1] or match[2] or match[3] or match[4]
        base = s.GREEK_COMMANDS.get(letter, letter)
        self.add("word", f"{base}_{s.DECORATIONS[name]}", start, match.end())
