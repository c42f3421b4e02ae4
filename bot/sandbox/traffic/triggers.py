"""Trigger ids: the right to open a modal, for three seconds and once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import RealTime

TRIGGER_LIFE_SECONDS = 3.0


@dataclass(slots=True)
class Trigger:
    """The right to open a modal after an act of `user`; `view_id` is the modal of that act, if any."""

    user: str
    issued_at: float
    view_id: str | None
    is_used: bool = False


class Triggers:
    """Issues trigger ids and takes each of them back once."""

    def __init__(self, *, real_time: RealTime) -> None:
        self._real_time = real_time
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, *, view_id: str | None = None) -> str:
        """A fresh trigger id for what this person has just done."""
        trigger_id = f"{len(self._issued) + 1}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user=user, issued_at=self._real_time(), view_id=view_id)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger id up.

        Raises:
            Refused: `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`, as Slack says it.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            error = "invalid_trigger_id"
            raise Refused(error)
        if trigger.is_used:
            error = "exchanged_trigger_id"
            raise Refused(error)
        if self._real_time() - trigger.issued_at > TRIGGER_LIFE_SECONDS:
            error = "expired_trigger_id"
            raise Refused(error)
        trigger.is_used = True
        return trigger

    def expire_all(self) -> None:
        """Make every trigger too old, as if the bot had taken four seconds."""
        for trigger in self._issued.values():
            trigger.issued_at -= TRIGGER_LIFE_SECONDS + 1
