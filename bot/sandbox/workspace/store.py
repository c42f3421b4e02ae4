"""Keeps the workspace in a file from one run to the next."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.seed import Json
from bot.sandbox.workspace.uploads import Upload
from bot.sandbox.workspace.workspace import Workspace

FILE_NAME = "workspace.json"
SAVE_AFTER_SECONDS = 0.2
VERSION = 1


class Store:
    """Loads at the start; saves a moment after each change, and at the end."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self._workspace = workspace
        self._file = folder / FILE_NAME
        self._saving: asyncio.TimerHandle | None = None

    def load(self) -> None:
        """Load the stored messages and channels; channels that are new in the set-up stay."""
        if not self._file.exists():
            return
        kept = json.loads(self._file.read_text(encoding="utf-8"))
        workspace = self._workspace
        for row in kept["channels"]:
            workspace.channels[row["id"]] = self._merged(Channel.from_store(row))
        for row in kept["messages"]:
            workspace.keep(Message.from_store(row))
        for row in kept.get("files", ()):
            workspace.uploads.files[row["id"]] = Upload.from_store(row)
        workspace.homes.update(kept["homes"])
        workspace.read_marks.update({(user, channel): ts for user, channel, ts in kept["read_marks"]})
        workspace.go_on_after(kept["last_instant"])

    def save_soon(self) -> None:
        """Save in a moment; changes that come close together are saved together."""
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(SAVE_AFTER_SECONDS, self.save)

    def save(self) -> None:
        """Write the file whole, then put it in place of the old one."""
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_suffix(".new")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(self._content(), file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._file)

    def _merged(self, kept: Channel) -> Channel:
        """Take the channel's name, topic and kind from the present set-up, and add its members."""
        seeded = self._workspace.channels.get(kept.id)
        if seeded is not None:
            kept.name, kept.topic, kept.kind = seeded.name, seeded.topic, seeded.kind
            kept.members += [member for member in seeded.members if member not in kept.members]
        return kept

    def _content(self) -> Json:
        workspace = self._workspace
        messages = [message for by_ts in workspace.messages.values() for message in by_ts.values()]
        return {
            "version": VERSION,
            "channels": [channel.for_store() for channel in workspace.channels.values()],
            "messages": [message.for_store() for message in messages],
            "files": [upload.for_store() for upload in workspace.uploads.files.values() if upload.is_shared],
            "homes": workspace.homes,
            "read_marks": [[user, channel, ts] for (user, channel), ts in workspace.read_marks.items()],
            "last_instant": workspace.last_instant,
        }
