"""A chain file -> statements: equations, loops, declarations, each with its place, none judged here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

from symgrad.errors import ParseError, UnknownNameError, Where
from symgrad.notation import symbols as s
from symgrad.notation.chainlines import LETTERS, Line, function_value, lines_of, names_ahead
from symgrad.notation.context import Context
from symgrad.notation.indices import canonical
from symgrad.notation.reader import Reading, read, read_source
from symgrad.notation.source import Source
from symgrad.notation.symbols import GREEK_WORDS
from symgrad.notation.tree import Constant, Name, Relation, Tree, strip_spans, substitute

MAX_FILE = 1_000_000
SIZE_LETTERS: dict[Tree, Tree] = {Constant("e"): Name("e")}
"""A size that is called e is no Euler's number."""
FOR = re.compile(r"for\s+([A-Za-z]\w*)\s+in\s+(.+?)\s*\.\.\s*(.+?)\s*:\s*$")


COMMON = ("sigmoid", "tanh", "relu", "softplus", "gelu", "exp", "log")
"""What is offered where a function is unknown and none is near."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: for index in low..high."""

    index: str
    low: Tree
    high: Tree
    where: Where


@dataclass(frozen=True, slots=True)
class Equation:
    """target = body, inside its loops from the outside in."""

    target: Name
    body: Tree
    loops: tuple[Loop, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Binding:
    """name = function, with its options."""

    name: str
    function: str
    options: tuple[tuple[str, Tree], ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Shape:
    """name : vector(d), matrix(m, n) or scalar."""

    target: Name
    kind: str
    sizes: tuple[Tree, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class ChainFile:
    """Everything a chain file says, in its order."""

    name: str
    text: str
    title: str
    equations: tuple[Equation, ...]
    bindings: tuple[Binding, ...] = ()
    functions: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    parameters: tuple[tuple[Name, Where], ...] | None = None
    objective: tuple[Name, Where] | None = None
    assumptions: tuple[Tree, ...] = ()


class ChainReader:
    """Collects the statements of one file."""

    def __init__(self, text: str, name: str) -> None:
        self.name, self.text = name, text
        self.equations: list[Equation] = []
        self.bindings: list[Binding] = []
        self.functions: list[str] = []
        self.shapes: list[Shape] = []
        self.parameters: list[tuple[Name, Where]] | None = None
        self.objective: tuple[Name, Where] | None = None
        self.assumptions: list[Tree] = []
        self.loops: list[tuple[int, Loop]] = []
        self.open_loop: Line | None = None
        self.lines = lines_of(text, name)
        self.context = names_ahead(self.lines, text)

    def where(self, line: Line, start: int = 0, length: int | None = None) -> Where:
        """The place of a part of a line."""
        return Where(
            self.name, line.number, line.indent + start + 1, line.whole, length or len(line.text) - start
        )

    def source(self, line: Line, start: int = 0, end: int | None = None) -> Source:
        """A part of a line, to be read."""
        return Source(line.text[start:end], self.name, line.number, line.indent + start + 1, line.whole)

    # -- statements ---------------------------------------------------------------------------------------

    def run(self) -> ChainFile:
        """Everything the file says."""
        for line in self.lines:
            self.dedent(line)
            self.statement(line)
        if self.open_loop is not None:
            raise ParseError("empty-loop", self.where(self.open_loop))
        if not self.equations:
            raise ParseError(
                "empty-chain", Where(self.name, 1, 1, self.text.split("\n")[0][:80]), "empty-chain-hint"
            )
        title = next((line[1:].strip() for line in self.text.split("\n") if line.startswith("#")), "")
        return ChainFile(
            self.name, self.text, title, tuple(self.equations), tuple(self.bindings), tuple(self.functions),
            tuple(self.shapes), None if self.parameters is None else tuple(self.parameters), self.objective,
            tuple(self.assumptions),
        )  # fmt: skip

    def dedent(self, line: Line) -> None:
        """Close the loops that a line no longer belongs to."""
        if self.open_loop is not None:
            if line.indent <= self.open_loop.indent:
                raise ParseError("empty-loop", self.where(self.open_loop))
            self.open_loop = None
            return
        inside = bool(self.loops)
        while self.loops and line.indent <= self.loops[-1][0]:
            self.loops.pop()
        if line.indent and not inside:
            raise ParseError("unexpected-indent", self.where(line))

    def statement(self, line: Line) -> None:
        """One line: a loop, a declaration or an equation."""
        word = line.text.split(None, 1)[0]
        rest = line.text[len(word) :].strip()
        if word == "for" and re.match(r"for\s+\w+\s+in\b", line.text):
            self.loop(line)
        elif word == "parameters" and not rest.startswith("="):
            self.parameter_line(line, rest)
        elif word == "objective" and not rest.startswith("="):
            name = self.bare_name(line, line.text.index(rest) if rest else len(line.text), rest)
            self.objective = (name, self.where(line, line.text.index(rest) if rest else 0))
        elif word == "assume" and not rest.startswith("="):
            start = line.text.index(rest)
            context = replace(self.context, kind="claim")
            self.assumptions.append(strip_spans(self.read(self.source(line, start), context)))
        elif word == "function" and not rest.startswith("="):
            self.functions.extend(
                re.split(r"_|\s", part.strip())[0] for part in rest.split(",") if part.strip()
            )
        elif (
            match := re.match(r"(.+?)\s*:\s*(vector|matrix|scalar)\b\s*(?:\((.*)\))?\s*$", line.text)
        ) and "=" not in line.text:
            self.shape(line, match)
        else:
            self.equation(line)

    def loop(self, line: Line) -> None:
        """A loop head: for index in low..high:."""
        match = FOR.match(line.text)
        if match is None:
            raise ParseError("loop-form", self.where(line))
        if any(loop.index == match[1] for _, loop in self.loops):
            raise ParseError(
                "loop-letter-twice", self.where(line, match.start(1), len(match[1])), letter=match[1]
            )
        low = self.index(line, match.start(2), match.end(2))
        high = self.index(line, match.start(3), match.end(3))
        self.loops.append(
            (
                line.indent,
                Loop(match[1], low, high, self.where(line, match.start(2), match.end(3) - match.start(2))),
            )
        )
        self.open_loop = line

    def index(self, line: Line, start: int, end: int) -> Tree:
        """An end of a loop, in canonical form."""
        return canonical(strip_spans(self.read(self.source(line, start, end), Context("chain"))))

    def parameter_line(self, line: Line, rest: str) -> None:
        """A list of what is trained: parameters a, b_1."""
        self.parameters = self.parameters or []
        place = len("parameters")
        for part in rest.split(","):
            if part.strip():
                start = line.text.index(part.strip(), place)
                place = start + len(part.strip())
                self.parameters.append(
                    (self.bare_name(line, start, part.strip()), self.where(line, start, len(part.strip())))
                )

    def bare_name(self, line: Line, start: int, text: str) -> Name:
        """A name where nothing else may stand."""
        tree = self.read(self.source(line, start, start + len(text)), self.context) if text else None
        if not isinstance(tree, Name):
            raise ParseError(
                "name-expected", self.where(line, start, max(1, len(text))), found=text or "nothing"
            )
        return tree

    def shape(self, line: Line, match: re.Match[str]) -> None:
        """NAME : vector(d), matrix(m, n) or scalar."""
        target = self.bare_name(line, match.start(1), match[1])
        sizes: tuple[Tree, ...] = ()
        if match[3]:
            reading = self.read_many(self.source(line, match.start(3), match.end(3)))
            sizes = tuple(substitute(canonical(strip_spans(s)), SIZE_LETTERS) for s in reading.formulas)
        needed = {"scalar": 0, "vector": 1, "matrix": 2}[match[2]]
        if len(sizes) != needed:
            form = {"scalar": "scalar", "vector": "vector(d)", "matrix": "matrix(m, n)"}[match[2]]
            raise ParseError("shape-sizes", self.where(line, match.start(2)), name=match[1], form=form)
        self.shapes.append(Shape(target, match[2], sizes, self.where(line)))

    def equation(self, line: Line) -> None:
        """NAME = FUNCTION, or target = body."""
        equals = self.equals_sign(line)
        left = line.text[:equals].rstrip().rstrip("&").rstrip()
        if not left:
            raise ParseError("name-expected", self.where(line, 0, 1), found="=")
        right = line.text[equals + 1 :]
        lead = len(right) - len(right.lstrip())
        start = equals + 1 + lead
        if not right.strip():
            raise ParseError("nothing-after-equals", self.where(line, equals, 1))
        if LETTERS.fullmatch(left) and self.bind(line, left.lstrip("\\"), right, start):
            return
        target = self.read(self.source(line, 0, len(left)), self.context)
        if not isinstance(target, Name):
            if isinstance(target, Constant):
                raise ParseError("left-side-constant", self.where(line, 0, len(left)), name=left)
            raise ParseError("left-side", self.where(line, 0, len(left)))
        source = self.source(line, start)
        context = replace(self.context, bound=frozenset(loop.index for _, loop in self.loops))
        body = self.read(source, context)
        if isinstance(body, Relation):
            raise source.error("one-equals", *(body.span or (0, 1)))
        loops = tuple(loop for _, loop in self.loops)
        self.equations.append(Equation(target, body, loops, source))

    def equals_sign(self, line: Line) -> int:
        """Where the line is split; an `=` in brackets or in a comparison does not count."""
        depth = 0
        for place, char in enumerate(line.text):
            depth += char in "([{"
            depth -= char in ")]}"
            if char == "=" and depth == 0 and line.text[place - 1 : place] not in ("<", ">", "!", ":"):
                return place
        raise ParseError("equation-expected", self.where(line), "equation-expected-hint")

    def bind(self, line: Line, name: str, right: str, start: int) -> bool:
        """NAME = FUNCTION; a misspelt function is an error with a suggestion."""
        match = function_value(right)
        if match is None or name not in self.context.functions:
            self.refuse_misspelt(line, name, right.strip(), start)
            return False
        function = s.SYNONYMS.get(match[1].lower(), match[1].lower())
        options: list[tuple[str, Tree]] = []
        for part in (match[2] or "").split(","):
            key, _, value = part.partition("=")
            if value:
                tree = self.read(Source(value, self.name, line.number), Context("chain"))
                options.append((key.strip(), strip_spans(tree)))
        if any(binding.name == name for binding in self.bindings):
            raise ParseError("defined-twice", self.where(line, 0, len(name)), name=name)
        self.bindings.append(Binding(name, function, tuple(options), self.where(line)))
        return True

    def refuse_misspelt(self, line: Line, name: str, word: str, start: int) -> None:
        """Raise if a word that the chain applies but never defines looks like a function we know."""
        if not re.fullmatch(r"[A-Za-z_]{2,}", word) or word in GREEK_WORDS:
            return
        near = get_close_matches(word.lower(), sorted(s.BUILT_IN), 1, 0.7)
        applied = re.search(rf"(?<![A-Za-z]){re.escape(name)}'?\(", self.text)
        elsewhere = [other for other in self.lines if other is not line]
        known = any(re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", other.text) for other in elsewhere)
        if (applied or (near and name in s.GENERAL_FUNCTIONS)) and not known:
            where = self.where(line, start, len(word))
            hint, suggestion = (
                ("did-you-mean", near[0]) if near else ("known-functions", ", ".join(sorted(COMMON)))
            )
            raise UnknownNameError("unknown-function", where, hint, name=word, suggestion=suggestion)

    def read(self, source: Source, context: Context) -> Tree:
        """One formula; the punctuation a display ends with is not part of it."""
        text = source.text.rstrip()
        while text.endswith(("\\\\", ",", ".", "&")):
            text = text[:-2] if text.endswith("\\\\") else text[:-1]
            text = text.rstrip()
        return read(
            text,
            context,
            name=source.name,
            line=source.line,
            column=source.column,
            line_text=source.line_text,
        )

    def read_many(self, source: Source) -> Reading:
        """Several formulas with commas between them."""
        return read_source(source, Context("chain"))


def read_chain(text: str, name: str = "<chain>") -> ChainFile:
    """Read a chain file.

    Args:
        text: the file's text (UTF-8, at most 1 MB).
        name: what error messages call it.

    Raises:
        ParseError, UnknownNameError: with line, column and caret.
    """
    if len(text) > MAX_FILE:
        raise ParseError("file-too-long", Where(name), limit=MAX_FILE)
    return ChainReader(text.removeprefix("\ufeff"), name).run()
