"""The chains that ship with symgrad: their names, what they are, and a copy for the user."""

from __future__ import annotations

from pathlib import Path

from symgrad.phrases import catalogue, data_root


def example_names() -> tuple[str, ...]:
    """All names, the one everybody starts with first."""
    names = sorted(path.stem for path in data_root("examples").glob("*.chain"))
    return ("nielsen", *(name for name in names if name != "nielsen"))


def example_text(name: str) -> str:
    """The chain file, as it ships."""
    return (data_root("examples") / f"{name}.chain").read_text(encoding="utf-8")


def description(name: str, lang: str, folder: Path | None = None) -> str:
    """One line: the translated description where there is one, else the file's first comment."""
    told = catalogue(lang, "cli", folder).get(f"example-{name}") if lang != "en" else None
    return told or example_text(name).partition("\n")[0].lstrip("# ").strip()
