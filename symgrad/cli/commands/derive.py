"""`symgrad derive`: the gradient with its steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import emit, encoding_of
from symgrad.cli.source import read_chain

if TYPE_CHECKING:
    from symgrad.api import Chain
    from symgrad.values.derivation import Derivation


@click.command("derive", cls=o.Command)
@click.argument("chain")
@o.option("--wrt", multiple=True, metavar="NAME", type=o.Mathematics())
@o.option("--of", metavar="NAME", type=o.Mathematics())
@o.option("--keep", multiple=True, metavar="NAME", type=o.Mathematics())
@o.option(
    "--style",
    type=click.Choice(["factors", "backprop", "perturbation", "jacobian"]),
    default="factors",
)
@o.option("--layout", type=click.Choice(["gradient", "jacobian"]), default="gradient")
@o.option("--path", type=click.Choice(["total", "direct"]), default="total")
@o.option("--detail", type=click.Choice(["short", "full"]), default="short")
@o.option(
    "--format",
    "format_",
    help="opt-format",
    type=click.Choice(["text", "markdown", "latex", "json"]),
    default="text",
)
@o.json_option()
@o.function_option()
@o.change_options
@o.option("--standalone", is_flag=True)
@o.output_option()
@o.common
def command(
    chain: str,
    wrt: tuple[str, ...],
    of: str | None,
    keep: tuple[str, ...],
    style: str,
    layout: str,
    path: str,
    detail: str,
    format_: str,
    as_json: bool,
    functions: dict[str, str],
    swap: dict[str, str],
    depth: int | None,
    standalone: bool,
    output: Path | None,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Derive, check, print; a derivation whose check fails never gets here."""
    if keep and not wrt:
        raise click.UsageError(words("keep-needs-wrt"), click.get_current_context())
    by_name = o.format_of(output, "markdown", "latex", "text", "json")
    if click.get_current_context().get_parameter_source("format_") is ParameterSource.DEFAULT:
        format_ = by_name or format_
    from symgrad.network.build import uncollected
    from symgrad.rendering.render import Target, render_derivation

    network = read_chain(chain, {**swap, **functions}, depth)
    target = Target("json" if as_json else format_, language(), templates, encoding_of(output), standalone)
    told: Any = {"detail": detail, "style": style, "network": network.network}
    with uncollected():
        if not wrt:
            every = network.gradients(of, layout)
            table = every.shown(detail, target.format)
            told |= {"overview": True, "checked": bool(every.check()), "total": len(every)}
            text = render_derivation(table, target, **told)
        else:
            derivations, checked = checked_gradients(network, wrt, of, keep, path, layout)
            shown = derivations[0] if len(derivations) == 1 else derivations
            text = render_derivation(shown, target, checked=checked, **told)
    emit(text, output)
    return 0


def checked_gradients(
    chain: Chain,
    wrt: tuple[str, ...],
    of: str | None,
    keep: tuple[str, ...],
    path: str = "total",
    layout: str = "gradient",
) -> tuple[list[Derivation], bool]:
    """The derivations asked for; a family counts as its members."""
    names = [name for text in wrt for name in asked(chain, text)]
    found = [chain.derive(name, of=of, keep=keep, path=path, layout=layout) for name in names]
    return [gradient.value for gradient in found], all(gradient.check() for gradient in found)


def asked(chain: Chain, text: str) -> tuple[str, ...]:
    """The names one --wrt asks for: a family's members, or several names for a derivative of higher order."""
    from symgrad.api.names import variables

    return (text,) if len(variables(text)) > 1 else chain.names(text)
