"""The commands as a group that answers whatever it cannot do in one sentence, instead of a traceback."""

from typing import Any

import typer
from typer.core import TyperGroup

from sla_engine.domain.errors import SlaError, StorageBusy

OUT_OF_REACH = "The database is locked or cannot be reached; nothing was changed. Try again."


class CommandGroup(TyperGroup):
    """Refusals that a command has no words of its own for end it with their sentence and status 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except SlaError as refusal:
            typer.echo(_sentence(refusal), err=True)
            raise typer.Exit(code=1) from None


def _sentence(refusal: SlaError) -> str:
    if isinstance(refusal, StorageBusy):
        return OUT_OF_REACH
    from bot.errors import explain
    from bot.views.rich_text import plainly

    return plainly(explain(refusal))
