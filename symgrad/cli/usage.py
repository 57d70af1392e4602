"""A wrong command line in one sentence of the user's language, with the nearest right word."""

from __future__ import annotations

from difflib import get_close_matches

import click

from symgrad.phrases import say


def usage_message(problem: click.ClickException, lang: str) -> str:
    """`symgrad derive: no option --wr; did you mean --wrt?`."""
    context = getattr(problem, "ctx", None)
    command = context.command_path if context is not None else "symgrad"
    return f"{command}: {_what(problem, lang)}"


def _what(problem: click.ClickException, lang: str) -> str:
    match problem:
        case click.NoSuchOption():
            text = say("cli.no-such-option", lang, None, name=problem.option_name)
            return text + _did_you_mean(problem.possibilities, lang)
        case click.NoSuchCommand():
            text = say("cli.no-such-command", lang, None, name=problem.command_name)
            group = problem.cmd
            names = group.list_commands(problem.ctx) if isinstance(group, click.Group) and problem.ctx else []
            return text + _did_you_mean(get_close_matches(problem.command_name, names, 1), lang)
        case click.MissingParameter(param=param, ctx=context) if param is not None:
            usage = context.command.get_usage(context).partition(" ")[2] if context else ""
            return say("cli.missing-parameter", lang, None, name=_name(param), usage=" ".join(usage.split()))
        case click.BadParameter(param=param) if param is not None:
            if isinstance(param.type, click.Choice):
                return say(
                    "cli.not-a-choice", lang, None, name=_name(param), choices=" | ".join(param.type.choices)
                )
            return say("cli.bad-parameter", lang, None, name=_name(param), reason=problem.message.rstrip("."))
        case _:
            return problem.format_message().rstrip(".")


def _name(param: click.Parameter) -> str:
    """What the user calls it: CHAIN, or --wrt."""
    if isinstance(param, click.Argument):
        return param.make_metavar(click.Context(click.Command(None))).strip("[]")
    return max(param.opts, key=len)


def _did_you_mean(names: list[str] | None, lang: str) -> str:
    return say("cli.did-you-mean", lang, None, name=names[0]) if names else ""
