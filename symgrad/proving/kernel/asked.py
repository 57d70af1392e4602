"""A claim as the rules see it: losses and tokens written out, assumptions read as single relations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.places import at
from symgrad.notation.tree import BigOp, Derivative, Is, Name, Number, Tree, names_in, walk
from symgrad.proving.kernel.families import instances
from symgrad.proving.kernel.gradient import written_out
from symgrad.proving.kernel.setting import Setting, setting
from symgrad.proving.kernel.written import spelled_out

if TYPE_CHECKING:
    from symgrad.proving.kernel.depth.loop import Loop
    from symgrad.proving.kernel.depth.readings import Families
    from symgrad.proving.kernel.depth.tokens import Tokens

KINDS = ("real", "positive", "integer", "positive integer", "nonnegative integer", "natural")
Lines: TypeAlias = tuple[tuple[Name, Tree], ...]
Shapes: TypeAlias = Mapping[Name, tuple[Tree, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """statement, given: without tokens. families: how assumptions are read where indices are letters."""

    functions: Mapping[str, str]
    statement: Tree
    given: tuple[Tree, ...]
    definitions: Lines
    families: Families | None
    tokens: Tokens | None = None
    shapes: Shapes = field(default_factory=dict)
    known: Mapping[str, Tree] = field(default_factory=dict)

    def written(self, tree: Tree) -> Tree:
        """A tree with its derivative tokens written out."""
        tree = at(tree, self.known) if self.known else tree
        return written_out(tree, self.definitions) if self.tokens is None else self.tokens.written_out(tree)

    @property
    def universe(self) -> list[Name]:
        """Every name of the statement and the chain, and members that assumptions name: w_1, not w_j."""
        inside = [n for name, body in self.definitions for n in (name, *names_in(body))]
        assumed = [n for given in self.given for n in names_in(given)]
        members = [n for n in assumed if n.indices and all(isinstance(i, Number) for i in n.indices)]
        return list(dict.fromkeys([*names_in(self.statement), *inside, *members]))

    def pieces(self) -> list[Tree]:
        """The assumptions as single relations, for every member that occurs."""
        if self.families is not None:
            from symgrad.proving.kernel.depth.readings import pieces_of

            return pieces_of(self.statement, self.given, self.families, self.universe)
        return list(dict.fromkeys(piece for g in self.given for piece in instances(g, self.universe)))

    def setting(self, used: Sequence[Tree]) -> Setting:
        """What a proof may use, with these among the assumptions."""
        return setting(self.functions, self.definitions, used, self.families, self.shapes)


def asked(
    statement: Tree,
    given: Sequence[Tree],
    definitions: Lines,
    functions: Mapping[str, str],
    loop: Loop | None = None,
    numbers: Mapping[str, Tree] | None = None,
    shapes: Shapes | None = None,
) -> Asked:
    """The claim of a chain of definite depth, of one whose loop runs to a letter, or of one with arrays.

    numbers: letters that a counterexample chooses.
    """
    if any(isinstance(n, Is) and n.kind not in KINDS for tree in (statement, *given) for n in walk(tree)):
        raise CertificateError("certificate-unsupported", kind="Is")
    if shapes:
        from symgrad.proving.kernel.arrays.claims import with_arrays

        return with_arrays(statement, given, definitions, functions, shapes)
    counted = any(isinstance(n, BigOp | Is) for tree in (statement, *given) for n in walk(tree))
    if loop is not None or numbers or counted:
        from symgrad.proving.kernel.depth.claims import asked_with_letters

        return asked_with_letters(statement, given, definitions, functions, loop, numbers)
    chain = tuple((name, spelled_out(body, functions)) for name, body in definitions)
    claim, *rest = (written_out(spelled_out(tree, functions), chain) for tree in (statement, *given))
    return Asked(functions, claim, tuple(rest), chain, None)


def unwritten(question: Asked) -> bool:
    """Whether a derivative token is left that no rule for arrays will see."""
    if question.shapes:
        return False
    trees = (question.statement, *question.given)
    return any(isinstance(node, Derivative) for tree in trees for node in walk(tree))
