"""`sla-bot blocks check`: what Slack would refuse in blocks and views, before anybody posts them."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.sandbox.blocks.blocks import Surface, problems, view_problems
from bot.sandbox.blocks.rules import Problem

blocks = typer.Typer(no_args_is_help=True, help="Block Kit, judged as Slack judges it.")

UNREADABLE = "unreadable_file"
NO_BLOCKS = "no_blocks"
NOT_JSON = "invalid_json"
WRONG_SURFACE = "wrong_surface"


@blocks.callback()
def _group() -> None:
    """Keeps `check` a word of its own while it is the only one."""


@blocks.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="JSON files: an array of blocks, a message, or a view.")],
    surface: Annotated[
        Surface | None, typer.Option(help="Where the blocks are to be shown; a view says it itself, else a message.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Say what Slack would refuse, a line each: file, JSON pointer, kind, words. Status 1 when there is anything."""
    judged = [(file, _problems_of(file, surface)) for file in files]
    if as_json:
        typer.echo(json.dumps([_as_json(file, of_file) for file, of_file in judged], indent=2, ensure_ascii=False))
    else:
        for file, of_file in judged:
            for problem in of_file:
                typer.echo(f"{file}: {problem.pointer or '/'}: {problem.code}: {problem.message}")
    if any(of_file for _, of_file in judged):
        raise typer.Exit(code=1)
    if not as_json:
        typer.echo("Slack would take it." if len(files) == 1 else f"Slack would take all {len(files)} files.")


def _problems_of(file: Path, surface: Surface | None) -> list[Problem]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        return [Problem("", UNREADABLE, error.strerror or "it cannot be read")]
    except UnicodeDecodeError:
        return [Problem("", NOT_JSON, "it is not UTF-8 text")]
    except json.JSONDecodeError as error:
        return [Problem("", NOT_JSON, f"line {error.lineno}, column {error.colno}: {error.msg}")]
    except ValueError as error:  # a number that Python cannot, or that JSON does not, write
        return [Problem("", NOT_JSON, str(error))]
    except RecursionError:
        return [Problem("", NOT_JSON, "it is nested too deeply")]
    return _judged(content, surface)


def _refuse_constant(name: str) -> None:
    message = f"{name} is no number of JSON"
    raise ValueError(message)


def _judged(content: Any, surface: Surface | None) -> list[Problem]:
    if isinstance(content, list):
        return problems(content, surface=surface or "message", pointer="")
    if not isinstance(content, dict) or "blocks" not in content:
        return [Problem("", NO_BLOCKS, "it is neither an array of blocks nor an object with `blocks`")]
    if "type" not in content:
        return problems(content["blocks"], surface=surface or "message")
    if surface is not None and content["type"] != surface:
        return [Problem("/type", WRONG_SURFACE, f"the view is of type {content['type']}, not {surface}")]
    return view_problems(content, pointer="")


def _as_json(file: Path, of_file: list[Problem]) -> dict[str, object]:
    errors = [
        {"pointer": problem.pointer, "code": problem.code, "message": problem.message}
        | ({} if problem.constraint is None else {"constraint": problem.constraint})
        for problem in of_file
    ]
    return {"file": str(file), "ok": not errors, "errors": errors}
