"""`symgrad doctor`: what optional parts are here, and how to get the others."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import click

from symgrad.cli import options as o
from symgrad.cli.language import words
from symgrad.cli.output import emit, show, stream_encoding
from symgrad.phrases import data_root
from symgrad.version import __version__

Found: TypeAlias = dict[str, str | None]

CORE = ("click", "jinja2", "numpy", "python-flint", "pyyaml", "sympy")
OPTIONAL = {
    "ipython": ("IPython", "pip install 'symgrad[repl]'"),
    "z3-solver": ("z3", "pip install 'symgrad[oracles]'"),
    "cvc5": ("cvc5", "pip install 'symgrad[oracles]'"),
}
"""Distribution -> module to look for, and the line that installs it."""
PROGRAMS = {"xelatex": "apt-get install texlive-xetex texlive-lang-chinese texlive-latex-recommended"}


@click.command("doctor", cls=o.Command)
@o.json_option()
@o.common
def command(as_json: bool, lang: str | None, templates: Path | None, quiet: bool) -> int:
    """Exit 0 if everything that symgrad needs is here, 1 if a core package is missing."""
    core: Found = {name: _version(name) for name in CORE}
    extras: Found = {
        name: _version(name) if find_spec(module) else None for name, (module, _) in OPTIONAL.items()
    }
    programs: Found = {name: shutil.which(name) for name in PROGRAMS}
    if as_json:
        about = {"symgrad": __version__, "python": platform.python_version()}
        emit(json.dumps({**about, "core": core, "optional": extras, "programs": programs}, indent=2))
    elif not quiet:
        show("\n".join(_lines(core, extras, programs)) + "\n")
    return 0 if all(core.values()) else 1


def _lines(core: Found, extras: Found, programs: Found) -> list[str]:
    lines = [f"symgrad {__version__}   Python {platform.python_version()}   {stream_encoding(sys.stdout)}"]
    lines.append(words("doctor-templates", path=data_root("templates")))
    lines += [_line(name, found, "pip install symgrad") for name, found in core.items()]
    lines.append(words("doctor-optional"))
    lines += [_line(name, found, OPTIONAL[name][1]) for name, found in extras.items()]
    lines += [_line(name, found, PROGRAMS[name]) for name, found in programs.items()]
    return lines


def _line(name: str, found: str | None, remedy: str) -> str:
    return f"  {name:14} {found}" if found else f"  {name:14} {words('doctor-missing', remedy=remedy)}"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
