"""The face of a chain: read it, derive, prove, evaluate, write notes, ask questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.api.derivation import LAYOUTS, Derivation, Gradients, in_layout
from symgrad.api.files import read_utf8
from symgrad.api.names import (
    assumptions_in,
    check_applied,
    function_names,
    members,
    one,
    require_text,
    variables,
)
from symgrad.calculus.depth_states import direct_network
from symgrad.calculus.derive import derive
from symgrad.errors import InputError, NotSupportedError, UnknownNameError, Where
from symgrad.network.build import build, rename_functions
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import Name, Tree
from symgrad.notation.writers.latex import latex
from symgrad.notation.writers.plain import plain
from symgrad.notation.writers.unicode import pretty
from symgrad.values.phrase import Phrase

if TYPE_CHECKING:
    from symgrad.api.bounds import Bounds
    from symgrad.api.comparison import Comparison
    from symgrad.api.evaluation import Evaluation
    from symgrad.api.proof import Proof


class Chain:
    """A forward pass, and everything one can ask about it.

    >>> chain = Chain.parse("z = w x + b" + chr(10) + "C = (z - y)^2/2")
    >>> str(chain.derive("b"))
    'dC/db = dC/dz'
    """

    def __init__(self, network: Network) -> None:
        self.network = network

    @classmethod
    def read(cls, path: str | Path) -> Chain:
        """The chain in a UTF-8 file.

        Raises:
            FileError: it cannot be read.
            ParseError: or its kin, it is not a chain; with line, column and caret.
        """
        return cls(build(read_chain(read_utf8(path), str(path))))

    @classmethod
    def parse(cls, text: str, name: str = "<chain>") -> Chain:
        """The chain in a text."""
        require_text(text, "z = w x + b")
        return cls(build(read_chain(text, name)))

    @classmethod
    def of(cls, equations: Iterable[str], **declarations: str) -> Chain:
        """The chain of a list of equations; declarations such as parameters="w, b" or objective="C"."""
        lines = [*equations, *(f"{key} {value}" for key, value in declarations.items())]
        return cls.parse("\n".join(lines))

    # -- names -------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> tuple[str, ...]:
        """The trained leaves in plain notation, in order of first use."""
        return tuple(map(plain, self.network.parameters))

    @property
    def leaves(self) -> tuple[str, ...]:
        """All names that no equation defines."""
        return tuple(map(plain, self.network.leaves))

    @property
    def objective(self) -> str:
        """What is differentiated."""
        return plain(self.network.objective)

    def names(self, text: str) -> tuple[str, ...]:
        """The name a text stands for, or all members of the family `b_j`."""
        return tuple(map(plain, members(self.network, text)))

    # -- gradients ---------------------------------------------------------------------------------------

    def derive(
        self,
        wrt: str,
        of: str | None = None,
        path: str = "total",
        layout: str = "gradient",
        keep: Sequence[str] = (),
    ) -> Derivation:
        """d(of)/d(wrt), total over all paths.

        Args:
            wrt: any leaf or defined name, in any spelling; two of them, "b_1, w_2", for a second derivative.
            of: default the objective.
            path: "total", or "direct" for the one equation that defines `of`, its other inputs held fixed.
            layout: "gradient": dL/dW has the shape of W; "jacobian": numerator layout throughout, dL/dx a row
                and dL/dW transposed. Numbers have one layout.
            keep: names whose derivative stays a factor, such as ("a_2",).

        Raises:
            UnknownNameError: with the nearest name.
        """
        require_text(wrt, "w_1")
        first, *more = variables(wrt)
        if more:
            found = self.derive(first, of, path, layout)
            for name_ in more:
                found = found.derive(name_)
            return found
        if path not in ("total", "direct"):
            raise NotSupportedError("unknown-path", Where("<path>", source=path), path=path)
        if layout not in LAYOUTS:
            raise NotSupportedError("unknown-layout", Where("<layout>", source=layout), layout=layout)
        network = self.network
        target = network.objective if of is None else one(network, of)
        name = one(network, wrt)
        if path == "direct":
            network = self.single(target, name)
        kept = tuple(one(network, k) for k in keep)
        value = derive(network, name, target, kept)
        if path == "direct" and value.steps[-1].rule == "no-dependence" and name in self.network.names:
            value = replace(value, notes=(Phrase.of("forms.no-direct", node=target, parent=name),))
        return Derivation(network, in_layout(network, value, layout))

    def single(self, target: Name, by: Name) -> Network:
        """The network of one equation alone, everything it uses being a leaf; at symbolic depth its loop."""
        if isinstance(self.network, SymbolicNetwork):
            return direct_network(self.network, target, by)
        equation = self.network.equation(target)
        if equation is None:
            raise UnknownNameError("no-equation", Where(self.network.name), name=plain(target))
        # A name of the chain that the equation does not use is a leaf it does not depend on.
        other = () if by in (target, *equation.parents) or by not in self.network.names else (by,)
        leaves = (*equation.parents, *other)
        return replace(self.network, equations=(equation,), leaves=leaves, objective=target)

    def gradients(self, of: str | None = None, layout: str = "gradient") -> Gradients:
        """The gradients of all parameters, by name."""
        if layout not in LAYOUTS:
            raise NotSupportedError("unknown-layout", Where("<layout>", source=layout), layout=layout)
        if not self.network.parameters:
            leaves = ", ".join(dict.fromkeys(leaf.stem for leaf in self.network.leaves))
            hint = "no-parameters-hint" if leaves else ""
            raise InputError("no-parameters", Where(self.network.name), hint, names=leaves)
        return Gradients(self.network, None if of is None else one(self.network, of), layout)

    # -- the rest of the house ---------------------------------------------------------------------------

    def prove(
        self,
        claim: str,
        given: Sequence[str] = (),
        *,
        functions: Mapping[str, str] | None = None,
        timeout: float = 10.0,
        oracle: bool = True,
    ) -> Proof:
        """Decide a claim about this chain, such as "|dC/db_1| <= |dC/db_3|/16" given ["|w_j| <= 1"]."""
        from symgrad.api.proof import prove_about

        require_text(claim, "|dC/db_1| <= |dC/db_3|/16")
        given = assumptions_in(given)
        return prove_about(self.network, claim, given, self.functions(functions), timeout, oracle)

    def bounds(
        self,
        wrt: str,
        given: Sequence[str] = (),
        *,
        of: str | None = None,
        relative_to: str | None = None,
        functions: Mapping[str, str] | None = None,
        timeout: float = 10.0,
    ) -> Bounds:
        """The best bound of |dC/d(wrt)| under assumptions, proved: where it is met, which layers can grow.

        Args:
            wrt: any name.
            given: such as ["|w_j| <= 1"].
            of: default the objective.
            relative_to: another name, "b_3" for the best bound of |dC/db_1| / |dC/db_3|; by default the
                derivative of the loss by its last activation, which all gradients share.
            functions: what general functions stand for.
            timeout: seconds.

        Raises:
            NotSupportedError: a function is general, or the two gradients share no path.
        """
        from symgrad.api.bounds_search import bounds_of

        require_text(wrt, "b_1")
        given = assumptions_in(given)
        return bounds_of(self.network, wrt, given, self.functions(functions), timeout, of, relative_to)

    def evaluate(
        self,
        wrt: str | Sequence[str] | None,
        values: Mapping[str, Any] | None = None,
        precision: str | int = "float64",
        functions: Mapping[str, str] | None = None,
        of: str | None = None,
        seed: int | None = None,
    ) -> Evaluation:
        """Numbers for a gradient, several, every member of a family `b_j`, or (None) all parameters.

        Args:
            wrt: one name, several, or a family.
            values: names or families -> numbers, expressions, nested lists, NumPy arrays; sizes by name.
            precision: "float16", "bfloat16", "float32", "float64", "log", "exact", or certified digits.
            functions: what general functions stand for.
            of: default the objective.
            seed: draws what has no value, the same for the same seed.
        """
        from symgrad.api.evaluation import evaluate

        return evaluate(self.network, wrt, values or {}, precision, self.functions(functions), of, seed)

    def notes(
        self,
        format: str = "markdown",
        lang: str = "en",
        *,
        length: str = "page",
        standalone: bool = True,
        templates: Path | None = None,
        answers: bool = False,
    ) -> str:
        """A lecture note on this chain; `answers=True` gives the answers to its exercises instead."""
        from symgrad.api.notes import notes

        return notes(self.network, format, lang, length, standalone, templates, answers)

    def functions(self, functions: Mapping[str, str] | None) -> dict[str, str]:
        """Canonical names of functions, for names that this chain applies."""
        found = function_names(functions)
        check_applied(self.network, found)
        return found

    def vary(self, functions: Mapping[str, str] | None = None, depth: int | None = None) -> Chain:
        """The same chain with other functions, or its one loop run to another depth."""
        from symgrad.api.vary import deepen

        if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int)):
            raise InputError("depth-not-whole", Where("<depth>"), found=repr(depth))
        swapped = self.functions(functions)
        if depth is None:
            return Chain(rename_functions(self.network, swapped))
        # The deeper chain is read from the text, which knows nothing of functions swapped earlier.
        return Chain(rename_functions(deepen(self.network, depth), {**self.network.functions, **swapped}))

    def compare(
        self, other: Chain, wrt: str | None = None, values: Mapping[str, Any] | None = None
    ) -> Comparison:
        """This chain and another side by side: activation, gradient, bound, numbers.

        Args:
            other: a second chain, such as `chain.vary(functions={"sigma": "tanh"})`.
            wrt: what both are differentiated by; by default the first parameter of each.
            values: what is left open is 1 for weights, 0 for biases and targets, 1/2 for inputs.
        """
        from symgrad.api.comparison import compare

        return compare(self.network, other.network, wrt, values or {})

    # -- showing -----------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[Tree, Tree]]:
        """The equations, both sides; of a chain of symbolic depth one layer, with its letter."""
        if isinstance(self.network, SymbolicNetwork):
            return ((line.target, line.body) for line, _ in self.network.lines)
        return ((equation.name, equation.body) for equation in self.network.equations)

    def __str__(self) -> str:
        return "\n".join(f"{plain(name)} = {plain(body)}" for name, body in self.rows())

    def __repr__(self) -> str:
        if isinstance(self.network, SymbolicNetwork):
            return f"<Chain {self.network.name}: depth {self.network.depth}, objective {self.objective}>"
        count = len(self.network.equations)
        return f"<Chain {self.network.name}: {count} equations, objective {self.objective}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("\n".join(f"{pretty(name)} = {pretty(body)}" for name, body in self.rows()))

    def _repr_latex_(self) -> str:
        rows = [f"{latex(name)} &= {latex(body)}" for name, body in self.rows()]
        return "$\\displaystyle \\begin{aligned}" + r" \\ ".join(rows) + "\\end{aligned}$"
