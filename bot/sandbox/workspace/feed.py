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

    def send(self, notice: ForPerson) -> None:
        """Send a notice to every page whose person may see it."""
        for person, queue in self._watching:
            own_notice = notice(person)
            if own_notice is not None:
                queue.put_nowait(own_notice)

    def send_to_all(self, notice: Json) -> None:
        """Send the same notice to every page."""
        self.send(lambda _person: notice)

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
        """End every watching page's feed."""
        for _person, queue in self._watching:
            queue.put_nowait(None)
