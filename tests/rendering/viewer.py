"""Finds and converts every formula of a Markdown text, as a viewer would."""

from __future__ import annotations

from collections.abc import Iterator

import math_core
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin


def formulas(markdown: str) -> Iterator[tuple[str, bool]]:
    """(LaTeX, is a display) of every formula a Markdown viewer finds."""
    parser = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_digits=False)
    for token in parser.parse(markdown):
        if token.type.startswith("math_block"):
            yield token.content, True
        for child in token.children or ():
            if child.type.startswith("math_inline"):
                yield child.content, False


def check(markdown: str) -> int:
    """Convert every formula, errors fatal; the number of dollars must match, so none was missed."""
    found = list(formulas(markdown))
    converter = math_core.LatexToMathML()
    for latex, display in found:
        converter.convert_with_local_state(latex, displaystyle=display)
    dollars = markdown.replace("\\$", "").count("$")
    assert dollars == sum(4 if display else 2 for _, display in found)
    for latex, display in found:
        if display:
            lines = latex.strip("\n").split("\n")
            assert all(line and line[0] not in "-+#>=" for line in lines)
    return len(found)
