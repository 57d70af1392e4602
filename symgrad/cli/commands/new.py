"""`symgrad new`: write an example chain to edit."""

from __future__ import annotations

import json
from difflib import get_close_matches
from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.examples import description, example_names, example_text
from symgrad.cli.language import language, words
from symgrad.cli.output import emit, show, write_file


@click.command("new", cls=o.Command)
@click.argument("name", required=False)
@o.option("--list", "list_", is_flag=True, help="opt-list")
@o.option("--force", is_flag=True)
@o.json_option()
@o.common
def command(
    name: str | None,
    list_: bool,
    force: bool,
    as_json: bool,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Write NAME.chain here, or list what there is."""
    context = click.get_current_context()
    about = {known: description(known, language(), templates) for known in example_names()}
    if list_ or name is None:
        if as_json:
            emit(json.dumps(about, ensure_ascii=False, indent=2))
        else:
            width = max(map(len, about))
            show("".join(f"{known:{width}}  {text}\n" for known, text in about.items()))
        return 0
    name = name.removesuffix(".chain")
    if name not in about:
        nearest = get_close_matches(name, about, 1, 0.5)
        hint = words("did-you-mean", name=nearest[0]) if nearest else ""
        raise click.UsageError(words("no-such-example", name=name, names=", ".join(about)) + hint, context)
    path = Path(f"{name}.chain")
    if path.exists() and not force:
        raise click.UsageError(words("exists", path=path), context)
    text = example_text(name)
    write_file(path, text)
    if not quiet:
        show(words("wrote-example", path=path, lines=len(text.splitlines()), about=about[name]) + "\n")
    return 0
