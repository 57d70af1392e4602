"""What a claim and its assumptions must be before anything is proved from them: about letters that exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from symgrad.errors import InputError, UnknownNameError, Where
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.context import Context
from symgrad.notation.lexer import Lexer
from symgrad.notation.reader import bare_letters, closing, read
from symgrad.notation.source import Source
from symgrad.notation.symbols import GENERAL_FUNCTIONS
from symgrad.notation.tree import (
    Apply,
    BigOp,
    Constant,
    Derivative,
    Is,
    Logic,
    Name,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    strip_spans,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain
from symgrad.proving.kernel.functions import resolve

WORDS = ("for", "forall", "all", "every", "any", "each", "where", "with", "such", "that", "if")
WORD = re.compile(rf"(?<![\w\\{{^])(?:{'|'.join(WORDS)})(?![\w(}}])")
EULER = Constant("e")
MANY = 6
"""Members that an error lists one by one."""

Texts = Sequence[tuple[str, str]]


def bare_in_all(texts: Texts) -> frozenset[str]:
    """Letters such as f that stand bare in the claim or an assumption, and so are variables in all.

    `g^2` is bare too, unless g is applied somewhere: then it may be meant as g^2(z).
    """
    found, applied, powers = set[str](), set[str](), set[str]()
    for text, place in texts:
        tokens = Lexer(Source(text, place)).run()
        found |= bare_letters(tokens, Context("claim"))
        for at, token in enumerate(tokens[:-1]):
            following = at + 1
            if tokens[following].kind in ("^", "super"):
                following += 1 if tokens[following].kind == "super" else 2
                if tokens[following - 1].kind == "{":
                    following = closing(tokens, following - 1) + 1
                powers.add(token.text)
            if tokens[min(following, len(tokens) - 1)].kind in ("(", "[", "prime", "circ"):
                applied.add(token.text)
    return frozenset(found | (powers - applied)) & GENERAL_FUNCTIONS


def refuse_words(texts: Texts, stems: Collection[str] = ()) -> None:
    """`|w_j| <= 1 for all j`: a family speaks of all its members without any words.

    Raises:
        InputError: at the word.
    """
    for text, place in texts:
        for word in WORD.finditer(text):
            if word.group() not in stems:
                where = Where(place, 1, word.start() + 1, text, len(word.group()))
                raise InputError("quantifier", where, word=word.group())


def refuse_empty(trees: Sequence[Tree], given: Sequence[str], functions: Mapping[str, str]) -> None:
    """An assumption says something about a letter: neither `y` alone nor `e > 0` does.

    Raises:
        InputError: at the assumption.
    """
    for tree, text in zip(trees, given, strict=True):
        where = Where("<given>", 1, 1, text, len(text))
        if not isinstance(tree, Relation | Logic | Is):
            raise InputError("given-not-relation", where)
        for piece in _joined(tree):
            if not _about_something(piece, functions):
                euler = any(isinstance(node, Constant) and node.name == "e" for node in walk(piece))
                raise InputError("given-constant", where, "given-constant-e" if euler else "")


def with_e(trees: Sequence[Tree], functions: Mapping[str, str]) -> list[Tree]:
    """The claim and its assumptions with a letter e where one of these speaks of it: `e > 0`.

    Euler's number is nothing to assume anything of. A power of e is an exponential, and stays one.
    """
    nodes = [node for tree in trees for node in walk(tree)]
    powers = any(isinstance(node, Pow) and node.base == EULER for node in nodes)
    spoken = any(
        EULER in walk(piece) and not _about_something(piece, functions)
        for tree in trees[1:]
        for piece in _joined(tree)
    )
    if powers or not spoken or any(isinstance(n, Name) and n.stem == "e" for n in nodes):
        return list(trees)
    return [substitute(tree, {EULER: Name("e")}) for tree in trees]


def _joined(tree: Tree) -> Iterator[Tree]:
    match tree:
        case Logic("and", arguments):
            for argument in arguments:
                yield from _joined(argument)
        case _:
            yield tree


def _about_something(tree: Tree, functions: Mapping[str, str]) -> bool:
    """Whether a letter, a derivative or a general function occurs."""
    for node in walk(tree):
        match node:
            case Name() | Derivative():
                return True
            case Apply(function) if resolve(function, functions) is None:
                return True
    return False


def refuse_strangers(network: Network, text: str, context: Context, place: str) -> None:
    """`|w| <= 1` where the chain has w_1, ..., w_4: a letter of a family that is none of its members.

    Raises:
        UnknownNameError: says which members there are.
    """
    source, tree = Source(text, place), read(text, context, name=place)
    bound = {node.index for node in walk(tree) if isinstance(node, BigOp)}
    for node in walk(tree):
        if isinstance(node, Name) and (node.indices or node.stem not in bound):
            members = _instead(network, context, strip_spans(node))
            if members and node.span is not None:
                raise source.error(
                    "no-such-member", *node.span, kind=UnknownNameError, name=plain(node), members=members
                )


def _instead(network: Network, context: Context, name: Tree) -> str:
    """The members of the family that the name looks like; empty where it may stand."""
    assert isinstance(name, Name)
    if name in network.names or network.shapes.get(name):
        return ""
    lettered = any(names_in(index) for index in name.indices)
    if isinstance(network, SymbolicNetwork):
        if name.stem not in network.families or lettered or name in network.outer:
            return ""
        try:
            network.find(name)
        except UnknownNameError as error:
            ends = (plain(Name(name.stem, (place,))) for place in (network.low, network.high))
            return str(error.fields.get("members", "")) or ", ..., ".join(ends)
        return ""
    members = [member for member in context.members(name.stem) if member.indices]
    if not members or lettered or not all(isinstance(index, Number) for index in name.indices):
        return ""
    known = [plain(member) for member in members]
    return ", ".join(known if len(known) <= MANY else [*known[:3], "...", known[-1]])
