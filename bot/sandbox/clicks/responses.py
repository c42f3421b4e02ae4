"""Shows the bot's answers to a response address, or along with the acknowledgement of a command."""

from bot.sandbox.api.chat import bot_message
from bot.sandbox.api.content import Content, read_content
from bot.sandbox.traffic.hub import Hub
from bot.sandbox.traffic.response_urls import ResponseUrl
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.refusals import Refused, Rejection
from bot.sandbox.workspace.seed import Json

RESPONSE_KEYS = {
    "text",
    "blocks",
    "attachments",
    "metadata",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
    "mrkdwn",
    "link_names",
    "parse",
}


class Responses:
    """Shows, replaces and removes messages as the bot's answer asks."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def respond(self, key: str, body: Json) -> None:
        """Take the bot's answer to a response address.

        Raises:
            Refused: as Slack would.
        """
        unknown = set(body) - RESPONSE_KEYS
        if unknown:
            error = "invalid_arguments"
            raise Refused(error, messages=[f"[ERROR] unknown argument: {name}" for name in sorted(unknown)])
        self._answer(body, self._hub.response_urls.use(key))

    def _answer(self, body: Json, to: ResponseUrl) -> None:
        workspace = self._hub.workspace
        original = workspace.find(to.channel, to.message_ts) if to.message_ts is not None else None
        if body.get("delete_original"):
            if original is not None:
                workspace.remove(original)
            return
        content = read_content(body)
        if content.is_empty:
            error = "no_text"
            raise Refused(error)
        if body.get("replace_original") and original is not None:
            self._replace(original, content)
            return
        message = bot_message(workspace.channels[to.channel], content, ts=workspace.next_ts())
        message.thread_ts = body.get("thread_ts") or to.thread_ts
        if body.get("response_type", "ephemeral") != "in_channel":
            message.only_for = to.user
        workspace.post(message)

    def _replace(self, original: Message, content: Content) -> None:
        original.text, original.blocks = content.text or "", content.blocks or None
        original.edited_ts = self._hub.workspace.next_ts()
        self._hub.workspace.announce_message("message_changed", original)

    def acknowledged(self, answer: Json, to: ResponseUrl, *, method: str) -> None:
        """Show the answer in a command's acknowledgement; a banner for one that Slack refuses."""
        try:
            self._answer(answer, to)
        except Refused as refusal:
            self._hub.reject(
                Rejection(
                    method=f"ack of {method}",
                    error=refusal.error,
                    detail=refusal.messages,
                    channel=to.channel,
                    text=answer.get("text"),
                    blocks=answer.get("blocks"),
                )
            )
