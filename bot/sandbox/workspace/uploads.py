"""Files that the app uploads: an address to send each to, then the message that shares it."""

from __future__ import annotations

import base64
import mimetypes
import secrets
from dataclasses import dataclass

from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import BOT_USER_ID, Json

UNKNOWN_TYPE = "application/octet-stream"


@dataclass(slots=True)
class Upload:
    """A file by its id: announced with its length, uploaded once its content is there, then shared."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    is_shared: bool = False

    @property
    def mimetype(self) -> str:
        """The type by the name's ending."""
        return mimetypes.guess_type(self.name)[0] or UNKNOWN_TYPE

    def for_api(self, web_url: str) -> Json:
        """The file as Slack names it in a message."""
        address = f"{web_url}/files/{self.id}"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "size": self.length,
            "user": BOT_USER_ID,
            "url_private": address,
            "permalink": address,
        }

    def for_store(self) -> Json:
        """Everything about it, for the file of the workspace."""
        content = base64.b64encode(self.content or b"").decode("ascii")
        return {"id": self.id, "name": self.name, "length": self.length, "title": self.title, "content": content}

    @classmethod
    def from_store(cls, row: Json) -> Upload:
        """Read back what `for_store` wrote of a shared file."""
        return cls(**row | {"content": base64.b64decode(row["content"]), "is_shared": True})


class Uploads:
    """The files of a workspace, by id, and the addresses they are sent to."""

    def __init__(self) -> None:
        self.files: dict[str, Upload] = {}
        self._addresses: dict[str, str] = {}

    def announce(self, name: str, length: int) -> tuple[str, Upload]:
        """Give a file an id, and the path its content is sent to."""
        upload = Upload(id=f"F{secrets.token_hex(5).upper()}", name=name, length=length)
        self.files[upload.id] = upload
        key = secrets.token_urlsafe(18)
        self._addresses[key] = upload.id
        return f"upload/{key}", upload

    def receive(self, key: str, content: bytes) -> Upload:
        """Take the content that was sent to an address, once.

        Raises:
            Refused: `no_such_address`, or `wrong_length` where it is not as long as announced.
        """
        upload = self.files.get(self._addresses.get(key, ""))
        if upload is None:
            error = "no_such_address"
            raise Refused(error)
        if len(content) != upload.length:
            error = "wrong_length"
            raise Refused(error)
        del self._addresses[key]
        upload.content = content
        return upload

    def finished(self, file_id: str) -> Upload:
        """A file that was uploaded and is not shared yet.

        Raises:
            Refused: `file_not_found`, also before its content came and after it was shared.
        """
        upload = self.files.get(file_id)
        if upload is None or upload.content is None or upload.is_shared:
            error = "file_not_found"
            raise Refused(error)
        return upload
