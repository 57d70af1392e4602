"""One new file is one new function; a file that answers badly fails loudly."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from fractions import Fraction
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

import symgrad.functions.registry as registry
from symgrad.functions.questionnaire import INFINITY, End, Function, Range
from symgrad.functions.registry import discover, formulas, lookup, names, table
from symgrad.notation.tree import Name, walk

ALL = (
    "abs", "arctan", "cosh", "elu", "erf", "erfc", "exp", "floor", "gelu", "gelu_tanh", "hard_sigmoid",
    "hard_tanh", "hardswish", "identity", "leaky_relu", "log", "mish", "relu", "sech", "selu", "sigmoid",
    "silu", "sinh", "softplus", "softsign", "sqrt", "tanh",
)  # fmt: skip
SEVERAL = ("binary_cross_entropy", "cross_entropy", "half_square", "hinge", "huber", "max", "min", "mse")
SOURCE = Path(registry.__file__).with_name("sigmoid.py").read_text(encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """A package of function files, made of (file name, source) pairs."""

    def make(**files: str) -> ModuleType:
        folder = tmp_path / "toy_functions"
        folder.mkdir()
        for name, source in {"__init__": "", **files}.items():
            (folder / f"{name}.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        for name in [name for name in sys.modules if name.partition(".")[0] == "toy_functions"]:
            monkeypatch.delitem(sys.modules, name)
        importlib.invalidate_caches()
        return importlib.import_module("toy_functions")

    return make


def sigmoid() -> Function:
    found = lookup("sigmoid")
    assert found is not None
    return found


def test_all_files_are_found_without_a_table() -> None:
    assert names() == ALL
    assert formulas() == SEVERAL
    assert [lookup(text) for text in ("ReLU", "TANH", "ln", "Logistic")] == [
        lookup(n) for n in ("relu", "tanh", "log", "sigmoid")
    ]
    assert lookup("sigmod") is None


def test_a_new_file_is_a_new_function(package: Callable[..., ModuleType]) -> None:
    toy = package(squash=SOURCE.replace('"sigmoid"', '"squash"').replace('("logistic", "expit")', "()"))
    assert [function.name for function in discover(toy)] == ["squash"]


@pytest.mark.parametrize("question", [f.name for f in fields(Function) if f.default is MISSING])
def test_a_missing_answer_fails_at_import(question: str, package: Callable[..., ModuleType]) -> None:
    toy = package(squash=incomplete(question))
    with pytest.raises(TypeError, match=question):
        list(discover(toy))


def incomplete(question: str) -> str:
    start = SOURCE.index(f"    {question}=")
    depth, end = 0, start
    while not (SOURCE[end] == "\n" and depth == 0):
        depth += (SOURCE[end] in "([") - (SOURCE[end] in ")]")
        end += 1
    return SOURCE[:start] + SOURCE[end + 1 :]


def test_a_file_without_an_answer_fails(package: Callable[..., ModuleType]) -> None:
    with pytest.raises(TypeError, match=r"toy_functions\.empty"):
        list(discover(package(empty="")))


@pytest.mark.parametrize(
    "taken",
    [
        {"name": "tanh"},
        {"name": "squash", "spellings": ("relu",)},
        {"name": "squash", "spellings": ("squash",)},
    ],
)
def test_a_taken_name_fails(taken: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="names two functions"):
        table([*registry.known().values(), replace(sigmoid(), **{"spellings": (), **taken})])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "Sig moid"}, "is no name"),
        ({"derivative": ""}, "derivative is missing"),
        ({"monotone": "up"}, "monotone"),
        ({"parity": "none"}, "parity"),
        ({"lipschitz": Fraction(1, 2)}, "lipschitz is 1/4"),
    ],
)
def test_contradicting_answers_fail(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(sigmoid(), **change)  # type: ignore[arg-type]


def test_ends_of_ranges_say_why() -> None:
    with pytest.raises(ValueError, match="no reason"):
        End(Fraction(1))
    with pytest.raises(ValueError, match="infinity"):
        End(None, (Fraction(0),))
    with pytest.raises(ValueError, match="empty"):
        Range(End(Fraction(1), why="w"), End(Fraction(0), why="w"))
    assert Range(INFINITY, INFINITY).low.closed is False


def test_other_packages_add_theirs_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("tanh", "symgrad.functions.tanh:FUNCTION", registry.GROUP)
    module = EntryPoint("relu", "symgrad.functions.relu", registry.GROUP)
    wrong = EntryPoint("wrong", "symgrad.functions.registry", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [module, entry])
    assert [function.name for function in registry.installed()] == ["relu", "tanh"]
    monkeypatch.setattr(registry, "entry_points", lambda group: [wrong])
    with pytest.raises(TypeError, match=r"symgrad\.functions\.registry gives no FUNCTION"):
        list(registry.installed())


def test_formulas_use_their_letters_only() -> None:
    for name in ALL:
        function = lookup(name)
        assert function is not None
        texts = [function.value, function.stable_value, function.derivative, function.stable_derivative]
        texts += [function.domain, function.derivative_domain]
        for text in filter(None, texts):
            trees = list(walk(registry.formula(text)))
            assert {node.stem for node in trees if isinstance(node, Name)} <= {"x"}
            assert all(node.span is None for node in trees)


def test_loading_is_cheap() -> None:
    code = "import sys; from symgrad.functions.registry import names; names(); print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"sympy", "numpy", "flint", "mpmath", "jinja2", "pydantic"} & set(loaded)
