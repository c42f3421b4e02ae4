"""Notices to open pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.sandbox.workspace.seed import Json

ForPerson = Callable[[str], Json | None]
"""Turns a person's id into the notice for that person, or None when it is not for them."""


class Feed:
    """Hands each notice to every watching page whose person may see it."""

    def __init__(self) -> None:
        self._watching: list[tuple[str, asyncio.Queue[Json | None]]] = []

    def tell(self, notice: ForPerson) -> None:
        """Pass a notice on to all who may see it."""
        for person, queue in self._watching:
            own_notice = notice(person)
            if own_notice is not None:
                queue.put_nowait(own_notice)

    def tell_everybody(self, notice: Json) -> None:
        """Pass a notice on that is the same for all."""
        self.tell(lambda _person: notice)

    @contextmanager
    def watch(self, person: str) -> Iterator[asyncio.Queue[Json | None]]:
        """A queue of notices for this person; None in it means that the sandbox ends."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        entry = (person, queue)
        self._watching.append(entry)
        try:
            yield queue
        finally:
            self._watching.remove(entry)

    def close(self) -> None:
        """Send every watching page home."""
        for _person, queue in self._watching:
            queue.put_nowait(None)
