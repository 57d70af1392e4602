"""read(text, context) -> tree: the one door through which every formula enters symgrad."""

from __future__ import annotations

from dataclasses import dataclass, replace

from symgrad.notation import symbols as s
from symgrad.notation.context import Context
from symgrad.notation.lexer import Lexer, Token, is_latex
from symgrad.notation.parsing.parser import Parser
from symgrad.notation.source import Source
from symgrad.notation.tree import Tree, walk

MAX_LINE, MAX_ANSWER, MAX_NODES = 20_000, 4_000, 2_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the formulas in order, and which free letters were taken for what."""

    formulas: tuple[Tree, ...]
    taken: tuple[tuple[str, str], ...] = ()


def read(
    text: str,
    context: Context | None = None,
    *,
    name: str = "<claim>",
    line: int = 1,
    column: int = 1,
    line_text: str | None = None,
) -> Tree:
    r"""Read one formula: an expression, a relation or a statement.

    Args:
        text: LaTeX, Unicode, plain text or Python style, mixed.
        context: the names around it; default: a claim with free symbols.
        name: what the place of an error is called.
        line: where the text starts in it,
        column: counted from 1.
        line_text: the whole line, for the caret picture.

    Raises:
        ParseError, UnknownNameError: with place and hint.

    >>> from symgrad.notation.writers.plain import plain
    >>> plain(read(r"|w \sigma'(z)| \le \frac14"))
    "abs(w sigma'(z)) <= 1/4"
    """
    source = Source(text, name, line, column, line_text)
    formulas = read_source(source, context or Context()).formulas
    if len(formulas) != 1:
        raise source.error("one-formula", 0, len(text))
    return formulas[0]


def read_source(source: Source, context: Context) -> Reading:
    """Read every formula of a text, separated by line breaks, `;` or commas; at least one."""
    limit = MAX_ANSWER if context.kind == "answer" else MAX_LINE
    if len(source.text) > limit:
        raise source.error("too-long", limit, limit=limit)
    latex = is_latex(source.text)
    tokens = Lexer(source, scientific=context.scientific, lines=context.kind == "answer").run()
    tokens = [
        token
        for token in tokens
        if not (token.kind.startswith(("begin:", "end:")) and token.text not in ("cases",))
    ]
    bare = bare_letters(tokens, context)
    context = replace(context, bare=context.bare | (bare & s.GENERAL_FUNCTIONS))
    formulas: list[Tree] = []
    taken: dict[str, str] = {}
    at = 0
    while True:
        while tokens[at].kind in ("newline", ",", ";", "."):
            at += 1
        if tokens[at].kind == "end":
            break
        parser = Parser(tokens, source, context, latex=latex)
        parser.at, parser.bare = at, bare
        formulas.append(check_size(parser.statement(), source))
        taken.update(parser.taken)
        tokens, at = parser.tokens, parser.at
        if tokens[at].kind not in ("newline", ",", ";", ".", "end"):
            raise unexpected(parser, tokens[at])
    if not formulas:
        raise source.error("nothing-to-read", 0, len(source.text))
    return Reading(tuple(formulas), tuple(taken.items()))


def check_size(tree: Tree, source: Source) -> Tree:
    """The tree, if it has no more nodes than a formula may have; the count stops at the cap."""
    if any(count >= MAX_NODES for count, _ in enumerate(walk(tree))):
        raise source.error("too-many-nodes", 0, len(source.text), limit=MAX_NODES)
    return tree


def unexpected(parser: Parser, token: Token) -> Exception:
    """The error for a token at which a formula cannot go on."""
    if token.kind in (")", "]", "}", ">|", ">||"):
        return parser.fail("unbalanced-bracket", token, bracket=parser.text_of(token))
    return parser.fail("unexpected", token, found=parser.text_of(token))


def bare_letters(tokens: list[Token], context: Context) -> frozenset[str]:
    """Names that stand somewhere without an argument, and so are variables even before a bracket."""
    bare: set[str] = set()
    for place, token in enumerate(tokens):
        if token.kind not in ("letters", "word") or token.text in context.functions:
            continue
        before = tokens[place - 1] if place else None
        if before is not None and (
            before.kind in ("partial", "_") or (before.text == "d" and not token.spaced)
        ):
            continue
        after = place + 1
        if tokens[after].kind == "_":
            after += 2 if tokens[after + 1].kind != "{" else closing(tokens, after + 1) - after + 1
        elif tokens[after].kind == "sub" or (tokens[after].kind == "number" and not tokens[after].spaced):
            after += 1
        following = tokens[min(after, len(tokens) - 1)].kind
        if following in ("(", "[", "prime", "circ", "{") or (following == ")" and composed(tokens, place)):
            continue
        if following in ("^", "super") and token.text in s.GENERAL_FUNCTIONS:
            continue
        bare.add(token.text)
        if token.kind == "letters":
            bare.add(token.text[-1])
    return frozenset(bare)


def closing(tokens: list[Token], opened: int) -> int:
    """The place of the brace that closes the one at `opened`, or the last token."""
    depth = 0
    for place in range(opened, len(tokens)):
        depth += tokens[place].kind == "{"
        depth -= tokens[place].kind == "}"
        if depth == 0:
            return place
    return len(tokens) - 1


def composed(tokens: list[Token], place: int) -> bool:
    """Whether the name ends a composition (f ∘ g)."""
    return place > 0 and tokens[place - 1].kind == "circ"
