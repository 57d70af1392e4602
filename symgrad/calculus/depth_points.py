"""One unrolled chain of symbolic depth at one random point: every step and the gradient, letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as set_up
from itertools import product

from symgrad.arithmetic.written_out import rational, written_out
from symgrad.calculus.depth_plan import COMBINING, Plan, fail
from symgrad.calculus.modular import DivisionByZero, Dual, Field
from symgrad.errors import InputError
from symgrad.network.graph import Network, instantiate
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.indices import evaluate_index
from symgrad.notation.places import letters_of
from symgrad.notation.tree import ONE, Derivative, Name, Number, Pow, Relation, Tree, rebuild, walk
from symgrad.values.derivation import Derivation, Step

LAYERS = (1, 2, 3, 4, 5)
"""The depths at which everything is compared with the unrolled chain."""


@dataclass(slots=True)
class Instance:
    """One unrolled chain at one random point."""

    symbolic: SymbolicNetwork
    chain: Network
    depth: int
    field: Field
    letters: tuple[str, ...] = ()
    """The letters of generic layers."""
    primal: dict[Tree, Dual] = set_up(default_factory=dict)
    known: dict[tuple[Name, Name, int], int] = set_up(default_factory=dict)

    @staticmethod
    def of(network: SymbolicNetwork, layers: int, seed: int) -> Instance | None:
        """The chain with that many layers; None where its lines outside the loop need more of them."""
        shift = evaluate_index(network.high, {network.depth: 0})
        assert shift is not None
        depth = int(network.low.value) + layers - 1 - shift
        try:
            chain = network.at_depth(depth)
        except InputError:
            return None
        found = Instance(network, chain, depth, Field(seed, network.functions))
        for leaf in found.chain.leaves:
            found.primal[leaf] = Dual(found.field.leaf(leaf))
        for equation, body in zip(found.chain.equations, found.chain.bodies, strict=True):
            found.primal[equation.name] = Dual(found.field.evaluate(body, found.primal).value)
        return found

    def verify(self, plan: Plan, derivation: Derivation) -> set[int]:
        """The places of the steps that could be verified here, each for all its letters."""
        seen: set[int] = set()
        self.letters = plan.letters
        for place, step in enumerate(derivation.steps):
            conditions = (*step.conditions, *plan.ranges)
            for values in self.assignments((step.before, step.after, *plan.ranges), conditions):
                if self.verify_step(derivation, step, values):
                    seen.add(place)
        for values in self.assignments((derivation.goal, *derivation.factors, *plan.ranges), plan.ranges):
            self.verify_result(derivation, values)
        return seen

    def assignments(self, trees: tuple[Tree, ...], conditions: tuple[Tree, ...]) -> Iterator[dict[str, int]]:
        """Every value of the letters that the conditions allow."""
        letters: set[str] = set()
        for tree in map(self.symbolic.shielded, trees):
            letters |= letters_of(tree)
            if isinstance(tree, Relation):
                letters |= {n.stem for n in walk(tree) if isinstance(n, Name) and not n.indices}
        letters.discard(self.symbolic.depth)
        first = int(self.symbolic.low.value) - 1
        last = evaluate_index(self.symbolic.high, {self.symbolic.depth: self.depth})
        assert last is not None
        for numbers in product(range(first, last + 1), repeat=len(letters)):
            values = {self.symbolic.depth: self.depth, **dict(zip(sorted(letters), numbers, strict=True))}
            if all(true_of_indices(condition, values) for condition in conditions):
                yield values

    def concrete(self, tree: Tree, values: Mapping[str, int]) -> Tree:
        """The tree with numbers for its letters, big operators written out."""
        bare = instantiate(self.symbolic.shielded(tree), values)
        return self.symbolic.bared(numbers_folded(written_out(numbers_folded(bare))))

    def verify_step(self, derivation: Derivation, step: Step, values: Mapping[str, int]) -> bool:
        """One step with numbers for its letters; False where its names do not exist there."""
        token = self.concrete(step.before, values)
        assert isinstance(token, Derivative) and isinstance(token.of, Name)
        if not {token.of, token.by} <= self.chain.names or self.beyond(step, values):
            return False
        if step.equation is not None:
            expected = self.local(derivation, step, token, values)
        else:
            expected = self.tangent(token.by, token.of, self.first_of(step, token))
        if self.value(step.after, values, step) != expected:
            fail(self.symbolic, derivation, "check-sum" if step.rule == "sum-over-paths" else "check-steps")
        return True

    def beyond(self, step: Step, values: Mapping[str, int]) -> bool:
        """Whether a step reaches out of the loop for these letters."""
        assert isinstance(step.before, Derivative)
        of = self.concrete(step.before.of, values)
        told = step.equation is not None or step.rule == "sum-over-paths"
        if told and letters_of(step.before.of) and isinstance(of, Name):
            outside = self.chain.position.get(of, -1) < self.layer_start(int(self.symbolic.low.value))
            if outside:
                return True
        bare = self.concrete(step.after, values) if step.rule not in COMBINING else ONE
        names = [node for node in walk(bare) if isinstance(node, Name) and node.indices]
        return any(name.stem in self.symbolic.families and name not in self.chain.names for name in names)

    def local(self, derivation: Derivation, step: Step, token: Derivative, values: Mapping[str, int]) -> int:
        """The slope of the step's own line, the other inputs held fixed; the line must be the chain's."""
        assert step.equation is not None and isinstance(token.of, Name)
        name, body = (self.concrete(side, values) for side in step.equation.operands)
        equation = self.chain.equation(token.of)
        if name != token.of or equation is None:
            fail(self.symbolic, derivation, "check-steps")
        own = self.chain.bodies[self.chain.position[token.of]]
        inputs: dict[Tree, Dual] = {parent: self.primal[parent] for parent in equation.parents}
        inputs[token.by] = Dual(self.primal[token.by].value, 1)
        mine, written = self.field.evaluate(own, inputs), self.field.evaluate(body, inputs)
        if (mine.value, mine.tangent) != (written.value, written.tangent):
            fail(self.symbolic, derivation, "check-steps")
        return mine.tangent

    def first_of(self, step: Step, token: Derivative) -> int:
        """From which equation on a name acts: a tied one in its own layer, in the loop, or everywhere."""
        general = step.before
        assert isinstance(general, Derivative) and isinstance(general.of, Name)
        tied = token.by in self.symbolic.tied
        if tied and step.rule == "sum-over-layers":
            return self.layer_start(int(self.symbolic.low.value))
        if tied and step.rule == "sum-over-paths" and general.of.stem in self.symbolic.made:
            place = token.of.indices[0] if isinstance(token.of, Name) else ONE
            assert isinstance(place, Number)
            return self.layer_start(int(place.value)) if letters_of(general.of) & set(self.letters) else 0
        return 0

    def layer_start(self, layer: int) -> int:
        """The place of a layer's first equation."""
        name = instantiate(self.symbolic.block[0].target, {self.symbolic.letter: layer})
        assert isinstance(name, Name)
        return self.chain.position[name]

    def tangent(self, by: Name, of: Name, first: int = 0) -> int:
        """d(of)/d(by) by a forward pass over the equations from `first` on."""
        key = (by, of, first)
        if key not in self.known:
            values: dict[Tree, Dual] = {by: Dual(self.primal[by].value, 1)}
            start = max(first, self.chain.position.get(by, -1) + 1)
            for place in range(start, len(self.chain.equations)):
                equation = self.chain.equations[place]
                if any(parent in values for parent in equation.parents):
                    inputs: dict[Tree, Dual] = {
                        parent: values.get(parent, self.primal[parent]) for parent in equation.parents
                    }
                    values[equation.name] = self.field.evaluate(self.chain.bodies[place], inputs)
            for name in self.chain.names:
                self.known[by, name, first] = values[name].tangent if name in values else 0
            self.known[by, by, first] = 1
        return self.known[key]

    def value(self, tree: Tree, values: Mapping[str, int], step: Step | None = None) -> int:
        """The value of a formula; derivative tokens by a forward pass."""
        concrete = self.concrete(tree, values)
        known = dict(self.primal)
        for node in walk(concrete):
            if isinstance(node, Derivative) and isinstance(node.of, Name):
                first = self.first_of(step, node) if step is not None else 0
                known[node] = Dual(self.tangent(node.by, node.of, first))
        return self.field.evaluate(concrete, known).value

    def verify_result(self, derivation: Derivation, values: Mapping[str, int]) -> None:
        """The printed gradient: its factors, its last step, and what was kept."""
        token = self.concrete(derivation.goal, values)
        assert isinstance(token, Derivative) and isinstance(token.of, Name)
        if not {token.of, token.by} <= self.chain.names:
            fail(self.symbolic, derivation, "check-result")
        expected = self.tangent(token.by, token.of)
        product_ = 1
        for factor in derivation.factors:
            product_ = Dual(product_ * self.value(factor, values)).value
        if product_ != expected:
            fail(self.symbolic, derivation, "check-factors")
        if self.value(derivation.steps[-1].after, values) != expected:
            fail(self.symbolic, derivation, "check-result")
        for kept, value in derivation.kept:
            if self.value(kept, values) != self.value(value, values):
                fail(self.symbolic, derivation, "check-kept")


def layers_for(network: SymbolicNetwork, derivation: Derivation) -> tuple[int, ...]:
    """One to five layers, and as many as the members of the goal need."""
    numbers = [
        int(node.value) - int(network.low.value) + 1
        for name in (derivation.goal.of, derivation.goal.by)
        for index in getattr(name, "indices", ())
        for node in walk(index)
        if isinstance(node, Number)
    ]
    most = max((5, *numbers))
    return LAYERS if most == 5 else (*LAYERS, most, most + 1)


def verify_depths(
    network: SymbolicNetwork, plan: Plan, derivation: Derivation, depths: Sequence[int], seed: int,
    kind: type[Instance] = Instance,
) -> None:  # fmt: skip
    """Every step and the gradient in all chains of these numbers of layers.

    Raises:
        DerivationError: something does not hold, or a step holds nowhere and so says nothing.
    """
    seen: set[int] = set()
    for layers in depths:
        for attempt in range(20):
            instance = kind.of(network, layers, seed + 1000 * layers + attempt)
            if instance is None:
                break
            try:
                seen |= instance.verify(plan, derivation)
                break
            except DivisionByZero:
                continue
    if seen != set(range(len(derivation.steps))):
        fail(network, derivation, "check-steps")


def true_of_indices(condition: Tree, values: Mapping[str, int]) -> bool:
    """Whether a relation between indices holds; a condition on anything else does not restrict them."""
    if not isinstance(condition, Relation):
        return True
    numbers = [evaluate_index(operand, values) for operand in condition.operands]
    known = [value for value in numbers if value is not None]
    if len(known) < len(numbers) or set(condition.operators) != {"<="}:
        return True
    return known == sorted(known)


def numbers_folded(tree: Tree) -> Tree:
    """Exponents and bounds of numbers as one number: w^(4 - 2) is w^2."""
    tree = rebuild(tree, numbers_folded)
    match tree:
        case Pow(base, exponent) if (value := rational(exponent)) is not None:
            return Pow(base, Number(value))
    return tree
