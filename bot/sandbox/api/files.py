"""files.*: an address to upload to, and the message that shares what was uploaded."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from bot.sandbox.api.arguments import structure, whole_number
from bot.sandbox.api.chat import bot_message, writable
from bot.sandbox.api.content import Content
from bot.sandbox.api.method import Call, Method
from bot.sandbox.traffic.hub import Hub
from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import Json
from bot.sandbox.workspace.uploads import Upload

LONGEST = 1_000_000_000
FILES_MAX = 10


def upload_url(call: Call) -> Json:
    """Announce a file: an address for its content, and its id."""
    length = whole_number(call.arguments, "length", default=0, most=LONGEST)
    path, upload = call.hub.workspace.uploads.announce(call.text("filename"), length)
    return {"upload_url": f"{call.hub.web_url}/{path}", "file_id": upload.id}


def complete_upload(call: Call) -> Json:
    """Share uploaded files in a channel, as one message of the app; without a channel they stay private."""
    uploads = [_finished(call, named) for named in _named(call)]
    workspace = call.hub.workspace
    if call.text("channel_id"):
        channel = _shared_in(call)
        content = Content(text=call.text("initial_comment"), blocks=None, attachments=None, metadata=None)
        message = bot_message(channel, content, ts=workspace.next_ts())
        message.thread_ts = call.text("thread_ts") or None
        message.files = [upload.for_api(call.hub.web_url) for upload in uploads]
        workspace.post(message)
    for upload in uploads:
        upload.is_shared = True
    return {"files": [{"id": upload.id, "title": upload.title or upload.name} for upload in uploads]}


def _shared_in(call: Call) -> Channel:
    """The channel, by its own id: a person's id is no place for a file."""
    named = replace(call, arguments=call.arguments | {"channel": call.text("channel_id")})
    named.channel()
    return writable(named)


def _named(call: Call) -> list[Json]:
    named = structure(call.arguments, "files", error="invalid_arguments")
    if not isinstance(named, list) or not 1 <= len(named) <= FILES_MAX or not all(map(_names_one, named)):
        error = "invalid_arguments"
        raise Refused(error, messages=[f"[ERROR] files must name 1 to {FILES_MAX} files by id"])
    return named


def _names_one(named: object) -> bool:
    return isinstance(named, dict) and isinstance(named.get("id"), str)


def _finished(call: Call, named: Json) -> Upload:
    upload = call.hub.workspace.uploads.finished(named["id"])
    upload.title = str(named.get("title") or upload.title)
    return upload


# Nothing in an uploaded page may run or fetch here; its own styles may show.
FILE_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
}


class Files:
    """The addresses that take a file's content, and give it back."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def receive(self, request: web.Request) -> web.Response:
        """Take what is sent to an upload address, raw or as a form with one file."""
        content = await self._content(request)
        try:
            upload = self._hub.workspace.uploads.receive(request.match_info["key"], content)
        except Refused as refusal:
            return web.Response(status=400, text=refusal.error)
        return web.Response(text=f"OK - {upload.length}")

    async def give(self, request: web.Request) -> web.Response:
        """A shared file as it was uploaded."""
        upload = self._hub.workspace.uploads.files.get(request.match_info["id"])
        if upload is None or not upload.is_shared:
            return web.Response(status=404, text="There is no such file.")
        name = "".join(
            letter if (letter.isascii() and letter.isalnum()) or letter in "-." else "_" for letter in upload.name
        )
        headers = FILE_HEADERS | {"Content-Disposition": f'inline; filename="{name}"'}
        return web.Response(body=upload.content, content_type=upload.mimetype, headers=headers)

    async def _content(self, request: web.Request) -> bytes:
        if request.content_type != "multipart/form-data":
            return await request.read()
        for part in (await request.post()).values():
            if isinstance(part, web.FileField):
                return part.file.read()
        return b""


METHODS = (
    Method(
        "files.getUploadURLExternal",
        upload_url,
        required=("filename", "length"),
        optional=("alt_txt", "snippet_type"),
        scope="files:write",
        tier=4,
    ),
    Method(
        "files.completeUploadExternal",
        complete_upload,
        required=("files",),
        optional=("channel_id", "initial_comment", "thread_ts"),
        scope="files:write",
        tier=4,
    ),
)
