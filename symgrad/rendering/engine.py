"""Jinja and nothing else: finds a format's template (the user's folder first) and fills it with a view."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError
from symgrad.phrases import data_root
from symgrad.rendering.terminal import pad, pad_left, widest

if TYPE_CHECKING:
    from jinja2 import Environment

_ENDINGS = {"text": "txt", "markdown": "md", "latex": "tex"}


class TemplateMissingError(SymgradError):
    """A template that neither the user's folder nor symgrad has."""


class TemplateBrokenError(SymgradError):
    """A template (the user's own) that Jinja cannot use; says which line."""


@cache
def environment(folder: Path | None = None) -> Environment:
    """The Jinja environment; `symgrad/...` always names our own template, so that a user's can extend it."""
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    ours = FileSystemLoader(data_root("templates"))
    folders = [ours] if folder is None else [FileSystemLoader(folder), ours]
    env = SandboxedEnvironment(
        loader=ChoiceLoader([*folders, PrefixLoader({"symgrad": ours})]),
        block_start_string="<%", block_end_string="%>",
        variable_start_string="<<", variable_end_string=">>",
        comment_start_string="<#", comment_end_string="#>",
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.filters.update(pad=pad, pad_left=pad_left)
    env.globals.update(widest=widest)
    return env


def fill(document: str, format: str, folder: Path | None = None, /, **view: Any) -> str:
    """The template `<format>/<document>` filled in; ends with one newline."""
    import jinja2

    name = f"{format}/{document}.{_ENDINGS[format]}.j2"
    try:
        text = environment(folder).get_template(name).render(view)
    except jinja2.TemplateNotFound as error:
        raise TemplateMissingError("template-missing", name=str(error), folder=str(folder or "")) from error
    except (jinja2.TemplateSyntaxError, jinja2.UndefinedError, jinja2.TemplateRuntimeError) as error:
        if folder is None:
            raise
        line = getattr(error, "lineno", None)
        place = f"{getattr(error, 'name', None) or name}{f':{line}' if line else ''}"
        raise TemplateBrokenError("template-broken", name=place, reason=str(error)) from error
    return text.strip("\n") + "\n" if text.strip() else ""
