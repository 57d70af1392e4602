"""What a chain is made of, read from its equations: layers, roles of names, the paths of a parameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from symgrad.functions import registry
from symgrad.functions.questionnaire import Function
from symgrad.network.graph import Network
from symgrad.notation.tree import Add, Apply, Mul, Name, Neg, Relation, Tree, names_in, number, walk
from symgrad.rendering.document import Family
from symgrad.rendering.folding import find_run, index_of, lettered

LETTER = "j"
INPUTS = {"x", "X"}
"""What every reader takes for an input, also where it is only added."""
MAX_PATHS = 8
MAX_LINES = 16
"""Most lines that a layer may have to be written once for all layers."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One neuron: its weighted input, its output, the parameters that enter there, the function between."""

    pre: Name
    out: Name
    function: str | None
    weights: tuple[Name, ...]
    biases: tuple[Name, ...]

    @property
    def index(self) -> int | None:
        """The layer's number, read from its weighted input."""
        return index_of(self.pre)


@dataclass(frozen=True)
class Anatomy:
    """A network taken apart; nothing here is computed twice."""

    network: Network

    @cached_property
    def bodies(self) -> dict[Name, Tree]:
        """Name -> right side, in forward order."""
        return {equation.name: equation.body for equation in self.network.equations}

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Every affine equation that holds a parameter, with the function applied to it (None: none)."""
        outs = {
            body.arguments[0]: (name, body.function.stem)
            for name, body in self.bodies.items()
            if isinstance(body, Apply) and len(body.arguments) == 1
        }
        found = []
        for name, body in self.bodies.items():
            weights, biases = self.weights(body), self.biases(body)
            if name != self.network.objective and (weights or biases):
                out, function = outs.get(name, (name, None))
                found.append(Layer(name, out, function, weights, biases))
        return tuple(found)

    @cached_property
    def depth(self) -> int:
        """How many layers lie one after the other; what a time step holds is one of them, its output too."""
        count, at = 0, None
        seen: set[int | None] = set()
        for layer in self.layers:
            readout = layer.function is None and bool(self.activations) and layer.index in seen
            if layer.index is None or (layer.index != at and not readout):
                count, at = count + 1, layer.index
            seen.add(layer.index)
        return count

    def weights(self, body: Tree) -> tuple[Name, ...]:
        """The parameters that multiply something in a sum of terms."""
        return tuple(f for t in terms(body) if isinstance(t, Mul) for f in t.factors if f in self.parameters)

    def biases(self, body: Tree) -> tuple[Name, ...]:
        """The parameters that are terms of a sum by themselves."""
        return tuple(t for t in terms(body) if isinstance(t, Name) and t in self.parameters)

    @cached_property
    def parameters(self) -> frozenset[Name]:
        """The trained leaves."""
        return frozenset(self.network.parameters)

    @cached_property
    def copies(self) -> dict[Name, Name]:
        """Names that are another name (`h_0 = x`)."""
        return {name: body for name, body in self.bodies.items() if isinstance(body, Name)}

    @cached_property
    def multiplying(self) -> frozenset[Name]:
        """The parameters that multiply something, anywhere in the forward pass."""
        return frozenset(
            f for node in self._nodes if isinstance(node, Mul) for f in node.factors if f in self.parameters
        )

    @cached_property
    def added(self) -> frozenset[Name]:
        """The parameters that are terms of a sum, anywhere in the forward pass, and multiply nothing."""
        found = {t for node in self._nodes if isinstance(node, Add) for t in terms(node)}
        return frozenset(p for p in self.parameters - self.multiplying if p in found)

    @cached_property
    def _nodes(self) -> tuple[Tree, ...]:
        return tuple(
            node
            for name, body in self.bodies.items()
            if name != self.network.objective
            for node in walk(body)
        )

    @cached_property
    def targets(self) -> tuple[Name, ...]:
        """Leaves that only the objective sees; those that merely multiply there are no targets."""
        place = self.network.position[self.network.objective]
        seen = [x for x in self.data if self.network.uses.get(x) == (place,)]
        alone: set[Tree] = set()
        for node in walk(self.bodies[self.network.objective]):
            parts = (
                terms(node) if isinstance(node, Add) else node.arguments if isinstance(node, Apply) else ()
            )
            alone.update(parts)
        return tuple(x for x in seen if x in alone) or tuple(seen)

    @cached_property
    def data(self) -> tuple[Name, ...]:
        """Leaves that are not trained."""
        return tuple(x for x in self.network.leaves if x not in self.parameters)

    @cached_property
    def inputs(self) -> tuple[Name, ...]:
        """Leaves that enter the first layers."""
        place = self.network.position[self.network.objective]
        seen = [x for x in self.data if self.network.uses.get(x) != (place,)]
        rest = tuple(x for x in seen if x not in self.targets)
        return tuple(x for x in rest if x.stem not in self._coefficients) or rest

    @cached_property
    def fixed(self) -> tuple[Name, ...]:
        """Leaves that stand where parameters stand, but are not trained."""
        known = {*self.inputs, *self.targets}
        return tuple(x for x in self.data if x not in known)

    @cached_property
    def _coefficients(self) -> frozenset[str]:
        """Stems of untrained leaves that multiply a value, or are added to one, and are no values themselves.

        Of two leaves in a product the last is the value: `v x` reads like `w x`.
        """
        values = {name.stem for name in self.bodies}
        found: set[str] = set()
        bases: set[str] = set()
        data = set(self.data)
        for node in self._nodes:
            if isinstance(node, Mul):
                names = [f for f in node.factors if isinstance(f, Name)]
                open_ = [f for f in names if f in data]
                if any(f in self.bodies for f in names) or len(names) < len(node.factors):
                    found.update(f.stem for f in open_)
                elif open_:
                    found.update(f.stem for f in open_[:-1])
                    bases.add(open_[-1].stem)
            elif isinstance(node, Add):
                others = [t for t in terms(node) if not (isinstance(t, Name) and t in data)]
                if any(n in data or n in self.bodies for t in others for n in names_in(t)):
                    found.update(t.stem for t in terms(node) if isinstance(t, Name) and t in data)
        return frozenset(found - values - bases - INPUTS)

    @cached_property
    def tied(self) -> tuple[Name, ...]:
        """Parameters that several equations before the objective use."""
        last = self.network.position[self.network.objective]
        uses = self.network.uses
        return tuple(p for p in self.network.parameters if len(set(uses.get(p, ())) - {last}) > 1)

    @cached_property
    def activations(self) -> tuple[str, ...]:
        """All functions that layers apply, by their names in the chain."""
        return tuple(dict.fromkeys(layer.function for layer in self.layers if layer.function))

    @cached_property
    def activation(self) -> str | None:
        """The one function that layers apply (an output layer may apply none), by its name in the chain."""
        return self.activations[0] if len(self.activations) == 1 else None

    @cached_property
    def outputs(self) -> tuple[Layer, ...]:
        """The layers behind the hidden ones: they feed the objective, and have no index or no function."""
        place = self.network.position[self.network.objective]
        return tuple(
            layer
            for layer in self.layers
            if self.network.uses.get(layer.out) == (place,)
            and (index_of(layer.out) is None or (layer.function is None and self.activations))
        )

    @cached_property
    def function(self) -> Function | None:
        """What that function is; None if it is general or there is none."""
        name = self.network.functions.get(self.activation or "", self.activation or "")
        return registry.lookup(name) if name else None

    @cached_property
    def equations(self) -> tuple[Family | Tree, ...]:
        """The forward pass, repeated equations once with the letter j."""
        lines = [Relation(("=",), (name, body)) for name, body in self.bodies.items()]
        run = find_run([(line,) for line in lines], least=1, late=False, widest=MAX_LINES)
        if run is None or (low := index_of(lines[run.start].operands[0])) is None:
            return tuple(lines)
        block = tuple(lettered(line, low, LETTER) for line in lines[run.start : run.first_folded])
        family = Family(block, LETTER, low, low + run.repeats - 1)
        return (*lines[: run.start], family, *lines[run.stop :])

    @cached_property
    def first(self) -> Name:
        """The parameter a note follows: a shared one, else the bias of the first layer, else its weight."""
        if self.tied:
            return self.tied[0]
        layer = next(iter(self.layers), None)
        entering = (*layer.biases, *layer.weights) if layer else self.network.parameters
        return entering[0] if entering else self.network.leaves[0]

    def siblings(self) -> tuple[Name, ...]:
        """The family of the followed parameter, in layer order."""
        first = self.first
        found = [p for p in self.network.parameters if p.stem == first.stem and index_of(p) is not None]
        return tuple(sorted(found, key=lambda p: index_of(p) or 0)) or (first,)

    def paths(self, start: Name) -> tuple[tuple[Name, ...], ...]:
        """All paths from a name to the objective, by first use; none if they are too many to print."""
        found = tuple(islice(self._walks(start), MAX_PATHS + 1))
        return found if len(found) <= MAX_PATHS else ()

    def _walks(self, start: Name) -> Iterator[tuple[Name, ...]]:
        waiting: list[tuple[Name, ...]] = [(start,)]
        while waiting:
            path = waiting.pop()
            if path[-1] == self.network.objective:
                yield path
                continue
            uses = self.network.uses.get(path[-1], ())
            waiting.extend((*path, self.network.equations[place].name) for place in reversed(uses))


def terms(body: Tree) -> tuple[Tree, ...]:
    """The terms of a sum, signs taken off."""
    parts = body.terms if isinstance(body, Add) else (body,)
    return tuple(part.operand if isinstance(part, Neg) else part for part in parts)


def holds(tree: Tree, name: Tree) -> bool:
    """True where a tree contains another."""
    return any(node == name for node in walk(tree))


def between(low: int, high: int, letter: str = LETTER) -> Tree:
    """`1 <= j <= 4`."""
    return Relation(("<=", "<="), (number(low), Name(letter), number(high)))
