"""Title, and every letter with its size."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.lessons.anatomy import LETTER, between
from symgrad.lessons.arrays.subject import Subject, written
from symgrad.lessons.sections.opening import uses
from symgrad.notation.tree import Apply, Elementwise, Name, Tree, walk
from symgrad.rendering.document import Cell, Equations, Family, Paragraph, Section, Table
from symgrad.rendering.folding import index_of, lettered
from symgrad.values.phrase import Phrase

LETTERS = ("u", "v", "a", "c", "e", "g", "m")
"""Names for any two vectors, those that the chain does not use."""
KINDS = ("scalar", "vector", "matrix")


def title(subject: Subject) -> Phrase:
    """What the note derives; a parameter shared by several lines adds its contributions up."""
    objective, wrt = subject.inputs.network.objective, subject.wrt
    if wrt in subject.anatomy.tied:
        count = uses(subject.anatomy, wrt)
        return Phrase.of("notes.title-matrix-shared", parameter=wrt, objective=objective, count=count)
    if len(subject.errors) > 1:
        return Phrase.of("notes.title-matrix-layers", parameter=wrt, objective=objective)
    return Phrase.of("notes.title-matrix", parameter=wrt, objective=objective)


def notation(subject: Subject) -> Section:
    """A table of all letters with role and size, and what a gradient looks like."""
    anatomy = subject.anatomy
    given = [x for x in anatomy.data if x not in subject.sizes]
    targets = [x for x in given if x in anatomy.targets]
    fixed = [x for x in anatomy.fixed if x in given and not subject.shapes.get(x)]
    roles: dict[str, Sequence[Name]] = {
        "input": [x for x in given if x not in targets and x not in fixed],
        "fixed": fixed,
        "parameter": anatomy.network.parameters,
        "target": targets,
        "computed": [e.name for e in anatomy.network.equations if e.name != anatomy.network.objective],
    }
    rows = [row for role, names in roles.items() for row in _told(subject, role, names)]
    head = (Phrase.of("notes.head-letters"), Phrase.of("notes.head-role"), Phrase.of("notes.head-size"))
    conventions = Paragraph(tuple(_conventions(subject)), Phrase.of("notes.notation"))
    return Section((conventions, Table(head, tuple(rows))))


def _told(subject: Subject, role: str, names: Sequence[Name]) -> list[tuple[Cell, ...]]:
    """Names of one role, those of equal size in one row."""
    groups: dict[tuple[tuple[Tree, ...], Tree | None], list[Name]] = {}
    for name, shape, span in _families(subject, names):
        groups.setdefault((shape, span), []).append(name)
    told: list[tuple[Cell, ...]] = []
    for (shape, span), members in groups.items():
        size = Phrase.of(
            f"notes.size-{KINDS[len(shape)]}", **dict(zip(("rows", "columns"), shape, strict=False))
        )
        letters = Phrase.of("notes.letters", names=tuple(members))
        if span is not None:
            letters = Phrase.of("notes.letters-layers", names=tuple(members), range=span)
        told.append((letters, Phrase.of(f"notes.as-{role}"), size))
    return told


def _families(subject: Subject, names: Sequence[Name]) -> list[tuple[Name, tuple[Tree, ...], Tree | None]]:
    """`W_j` of size (n_j, n_{j-1}) with its range for members of one pattern, any other name by itself."""
    stems: dict[str, list[Name]] = {}
    for name in names:
        stems.setdefault(f"{name.stem} {len(name.indices)} {name.indices[:-1]}", []).append(name)
    found: list[tuple[Name, tuple[Tree, ...], Tree | None]] = []
    for members in stems.values():
        places = [index_of(name) for name in members]
        seen = {
            (lettered(name, i), tuple(lettered(size, i) for size in subject.shapes.get(name, ())))
            for name, i in zip(members, places, strict=True)
            if i is not None
        }
        numbers = sorted(i for i in places if i is not None)
        whole = len(numbers) == len(members) > 1 and numbers[-1] - numbers[0] + 1 == len(members)
        if whole and len(seen) == 1:
            ((generic, shape),) = seen
            assert isinstance(generic, Name)
            found.append((generic, shape, between(numbers[0], numbers[-1], LETTER)))
        else:
            found += [(name, subject.shapes.get(name, ()), None) for name in members]
    return found


def _conventions(subject: Subject) -> list[Phrase]:
    """Columns, the layout, what acts entry by entry, the functions."""
    said = [Phrase.of("notes.layout", goal=subject.derivation.goal, parameter=subject.wrt)]
    network = subject.inputs.network
    for stem in network.applied_in_layers:
        called = network.functions.get(stem)
        if called is not None:
            spelled = {"relu": "ReLU"}.get(called, called)
            said.append(Phrase.of("notes.entrywise-named", function=Name(stem), called=spelled))
    trees = [row.formula for row in subject.form.rows] if subject.form else []
    nodes = [node for tree in (*trees, *subject.derivation.factors) for node in walk(tree)]
    taken = {name.stem for name in subject.shapes}
    u, v = [Name(letter) for letter in LETTERS if letter not in taken][:2]
    signs = {node.operator for node in nodes if isinstance(node, Elementwise)}
    if "*" in signs:
        fields: dict[str, Tree] = {"product": Elementwise("*", u, v)}
        if "/" in signs:
            fields["quotient"] = Elementwise("/", u, v)
        said.append(Phrase.of("notes.hadamard-both" if "/" in signs else "notes.hadamard", **fields))
    if any(isinstance(node, Apply) and node.function.stem == "diag" for node in nodes):
        said.append(Phrase.of("notes.diagonal", matrix=Apply(Name("diag"), (v,)), vector=v))
    return said


def forward_pass(subject: Subject) -> Section:
    """The equations, repeated ones once, losses as textbooks write them."""
    items = tuple(
        Family(tuple(written(f) for f in item.formulas), item.letter, item.low, item.high)
        if isinstance(item, Family)
        else written(item)
        for item in subject.anatomy.equations
    )
    return Section((Equations(items),), Phrase.of("notes.forward-heading"))
