"""A product over 1, ..., n against c^n, for every n: by induction, each factor by its own argument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.notation.tree import ONE, ZERO, BigOp, Is, Name, Number, Pow, Relation, Tree, names_in
from symgrad.proving.coq.script import Script
from symgrad.proving.coq.terms import Terms, unsupported
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.rules.ranges import letters_of, opened, read_piece
from symgrad.proving.kernel.setting import Setting


@dataclass(frozen=True, slots=True)
class Product:
    """The claim `product operator c^n`, or its mirror."""

    operator: str
    body: Tree
    letter: str
    depth: Name
    constant: Tree
    below: bool

    @staticmethod
    def of(statement: Tree) -> Product:
        """The parts of a claim of this shape.

        Raises:
            NotSupportedError: it has another.
        """
        match statement:
            case Relation((operator,), (BigOp("prod", body, i, low, Name() as n), Pow(c, exponent))):
                below = operator in ("<", "<=")
            case Relation((operator,), (Pow(c, exponent), BigOp("prod", body, i, low, Name() as n))):
                operator, below = MIRROR[operator], operator in (">", ">=")
            case _:
                raise unsupported("factorwise")
        if operator not in ("<", "<=", ">", ">=") or exponent != n or low != ONE or n in set(names_in(c)):
            raise unsupported("factorwise")
        return Product(operator, body, i, n, c, below)


def theorem(
    statement: Tree, entry: Mapping[str, Any], used: Sequence[Tree], here: Setting, terms: Terms
) -> list[str]:
    """Statement and proof."""
    claim = Product.of(statement)
    if entry["rule"] != "factorwise" or len(entry["pieces"]) != 1:
        raise unsupported(str(entry["rule"]))
    (data,) = entry["pieces"]
    piece = read_piece(data)
    if piece.range is None or piece.range[0] != claim.letter or data["positive"] is not None:
        raise unsupported("factorwise")
    terms.letter = claim.letter
    strict = claim.operator in ("<", ">")
    families = [u for u in used if _mentions(u, claim.letter)]
    others = [
        u for u in used if u not in families and claim.depth not in set(names_in(u)) and not isinstance(u, Is)
    ]
    scalars, sequences = _variables((claim.body, claim.constant, *used), claim, terms)
    script = Script(terms, {})
    premises = ["(1 <= n)%nat"] * strict
    premises += [f"({terms.proposition(u)})" for u in others]
    premises += [f"(forall {claim.letter} : nat, {terms.proposition(u)})" for u in families]
    product = f"product (fun {claim.letter} => {terms(claim.body)}) n"
    power = f"{terms(claim.constant)} ^ n"
    lines = [
        "Theorem claim : forall "
        + " ".join(
            [*(f"({x} : R)" for x in scalars), *(f"({x} : nat -> R)" for x in sequences), "(n : nat),"]
        ),
        "  " + " -> ".join([*premises, f"{product} {claim.operator} {power}."]),
        "Proof.",
    ]
    terms.quotients = False
    names = [
        *(["N"] * strict),
        *(f"P{k}" for k in range(len(others))),
        *(f"F{k}" for k in range(len(families))),
    ]
    lines.append(f"  intros {' '.join([*scalars, *sequences, 'n', *names])}.")
    inner = opened(piece, here, letters_of(here, *statement.operands))  # type: ignore[union-attr]
    low, high = terms(piece.smaller), terms(piece.larger)
    relation = "<" if strict else "<="
    lines += [
        f"  assert (each : forall {claim.letter} : nat, 0 <= {low} /\\ {low} {relation} {high}).",
        f"  {{ intros {claim.letter}.",
        *(f"    pose proof (F{k} {claim.letter}) as H{k}." for k in range(len(families))),
        "    unfold Rdiv in *. split.",
    ]
    script.assumptions = (*(f"P{k}" for k in range(len(others))), *(f"H{k}" for k in range(len(families))))
    for goal, part in (
        (Relation((">=",), (piece.smaller, ZERO)), data["sign"]),
        (Relation((relation,), (piece.smaller, piece.larger)), data["proof"]),
    ):
        ge = ["apply Rge_le."] if goal.operators == (">=",) else []
        lines += [
            "    { " + " ".join(ge),
            *(f"      {line}" for line in script.prove(goal, part, inner)),
            "    }",
        ]
    lines.append("  }")
    varying, fixed = (low, high) if claim.below else (high, low)
    bodies = (claim.body, piece.smaller if claim.below else piece.larger)
    written = f"(fun {claim.letter} => {terms(claim.body)})"
    if terms(bodies[0]) != terms(bodies[1]):
        lines += [
            f"  rewrite (product_same {written} (fun {claim.letter} => {varying})).",
            f"  2: {{ intros {claim.letter}; unfold Rdiv in *.",
            *(f"    pose proof (F{k} {claim.letter}) as H{k}." for k in range(len(families))),
            *(f"    {line}" for line in script.same(bodies, inner)),
            "  }",
        ]
    how = "lra" if isinstance(piece.larger, Number) else "field"
    lines += [
        f"  replace ({power}) with (product (fun _ => {fixed}) n).",
        f"  2: {{ rewrite product_constant; f_equal; {how}. }}",
    ]
    lemma = "product_lt" if strict else "product_le"
    f, g = (varying, fixed) if claim.below else (fixed, varying)
    first, second = (f"(fun {claim.letter} => {x})" for x in (f, g))
    apply = f"pose proof ({lemma} {first} {second} n {'N ' * strict}each); lra."
    return [*lines, f"  {apply}", "Qed.", ""]


def _mentions(tree: Tree, letter: str) -> bool:
    return any(Name(letter) in name.indices for name in names_in(tree))


def _variables(trees: Sequence[Tree], claim: Product, terms: Terms) -> tuple[list[str], list[str]]:
    """Real variables, and sequences of them."""
    scalars: dict[str, None] = {}
    sequences: dict[str, None] = {}
    for name in (n for tree in trees for n in names_in(tree)):
        if name in (claim.depth, Name(claim.letter)):
            continue
        if name.indices == (Name(claim.letter),):
            sequences[terms.name(Name(name.stem))] = None
        elif Name(claim.letter) in set(names_in(name)):
            raise unsupported(str(name))
        else:
            scalars[terms(name)] = None
    return list(scalars), list(sequences)
