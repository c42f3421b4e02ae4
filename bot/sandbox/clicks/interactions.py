"""Carries out a person's commands, clicks, forms and messages: sends them to the bot, and shows its answer."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.api.content import read_view
from bot.sandbox.clicks import payloads
from bot.sandbox.clicks.responses import Responses
from bot.sandbox.clicks.suggestions import Suggestions
from bot.sandbox.clicks.typed_text import as_sent
from bot.sandbox.traffic.delivery import Delivery, Envelope, EventSender, Undelivered
from bot.sandbox.traffic.hub import Hub
from bot.sandbox.traffic.response_urls import ResponseUrl
from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.messages import Message, find_element, interactive_elements
from bot.sandbox.workspace.modals import View
from bot.sandbox.workspace.refusals import Refused, Rejection
from bot.sandbox.workspace.seed import BOT_ID, BOT_USER_ID, Json, SandboxUser
from bot.sandbox.workspace.values import initial_value, input_problems, taken_value

TROUBLE = "We had some trouble connecting. Try again? ({error})"


class Impossible(Exception):
    """The page asked for something nobody can do here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Touched:
    """An element that somebody touched, and their choice in it."""

    block_id: str
    action_id: str
    chosen: Json


class Interactions:
    """Carries out commands, clicks, modals, shortcuts and messages."""

    def __init__(self, hub: Hub, delivery: Delivery, events: EventSender) -> None:
        self._hub = hub
        self._delivery = delivery
        self._events = events
        self._message_values: dict[tuple[str, str, str], Json] = {}
        self.suggestions = Suggestions(hub, delivery)
        self.responses = Responses(hub)

    # --- messages and commands --------------------------------------------------------------------

    def say(self, user: SandboxUser, channel: Channel, text: str, *, thread_ts: str | None) -> Message:
        """Write a message as a person."""
        workspace = self._hub.workspace
        if thread_ts is not None and workspace.find(channel.id, thread_ts) is None:
            sentence = "That thread does not exist."
            raise Impossible(sentence)
        written = as_sent(text, workspace, with_names=False)
        message = Message(channel=channel.id, ts=workspace.next_ts(), text=written, user=user.id, thread_ts=thread_ts)
        workspace.post(message)
        self._send_message_event(message, channel)
        return message

    async def command(self, user: SandboxUser, channel: Channel, text: str) -> None:
        """Type a slash command.

        Raises:
            Impossible: Slack itself says why nothing came of it.
        """
        name, _, rest = text.strip().partition(" ")
        if name not in {command.command for command in self._hub.workspace.population.commands}:
            sentence = f"{name} is not a valid command."
            raise Impossible(sentence)
        answer_at = self._response_url(user=user.id, channel=channel.id)
        payload = payloads.slash_command(
            user=user,
            channel=channel,
            command=name,
            text=as_sent(rest.strip(), self._hub.workspace, with_names=True),
            token=self._hub.credentials.verification_token,
            trigger_id=self._hub.triggers.issue(user.id),
            response_url=answer_at,
        )
        try:
            answer = await self._delivery.deliver(Envelope.COMMAND, payload)
        except Undelivered as problem:
            sentence = f'{name} failed with the error "{problem.error}"'
            raise Impossible(sentence) from problem
        if answer:
            self.responses.acknowledged(
                answer, ResponseUrl(user=user.id, channel=channel.id, issued_at=0.0), method=name
            )

    # --- clicks -----------------------------------------------------------------------------------

    async def touch_message(self, user: SandboxUser, message: Message, touched: Touched) -> None:
        """Touch a button or menu of a message."""
        action = self._action(message.blocks, touched)
        channel = self._hub.workspace.channels[message.channel]
        answer_at = self._response_url(
            user=user.id, channel=channel.id, message_ts=message.ts, thread_ts=message.thread_ts
        )
        payload = payloads.message_actions(
            message,
            shown=self._shown(message),
            channel=channel,
            user=user,
            token=self._hub.credentials.verification_token,
            trigger_id=self._hub.triggers.issue(user.id),
            response_url=answer_at,
            actions=[action],
            values=self._values_after(user, message, touched),
        )
        await self._deliver(payload)

    async def touch_view(self, user: SandboxUser, view: View, touched: Touched) -> None:
        """Touch a button or menu of a modal or of the Home tab."""
        blocks = view.given["blocks"]
        action = self._action(blocks, touched)
        element = find_element(blocks, block_id=touched.block_id, action_id=touched.action_id)
        value = self._taken(view, element, touched.chosen, block_id=touched.block_id) if element is not None else None
        if value is not None:
            view.values.setdefault(touched.block_id, {})[touched.action_id] = value
        payload = payloads.view_actions(
            view,
            user=user,
            token=self._hub.credentials.verification_token,
            trigger_id=self._hub.triggers.issue(user.id, view_id=view.id),
            actions=[action],
        )
        await self._deliver(payload)

    def _action(self, blocks: list[Json] | None, touched: Touched) -> Json:
        element = find_element(blocks, block_id=touched.block_id, action_id=touched.action_id)
        if element is None:
            sentence = "That button is gone: the message has changed meanwhile."
            raise Impossible(sentence)
        ts = self._hub.workspace.next_ts()
        return payloads.action(element, block_id=touched.block_id, chosen=touched.chosen, action_ts=ts)

    def _values_after(self, user: SandboxUser, message: Message, touched: Touched) -> Json:
        """The inputs' values in a message for this person, after this touch."""
        values = self._message_values.setdefault((user.id, message.channel, message.ts), {})
        for block in message.blocks or []:
            for element in interactive_elements(block):
                start = initial_value(element)
                if start is None:
                    continue
                held = values.setdefault(block["block_id"], {})
                held.setdefault(element["action_id"], start)
                if (block["block_id"], element["action_id"]) == (touched.block_id, touched.action_id):
                    held[element["action_id"]] = taken_value(element, touched.chosen) or start
        return values

    # --- modals -----------------------------------------------------------------------------------

    def type_into(self, view: View, values: Json) -> None:
        """Keep what was typed and chosen in a modal."""
        for block in view.given["blocks"]:
            for element in interactive_elements(block):
                sent = values.get(block["block_id"], {}).get(element["action_id"])
                taken = self._taken(view, element, sent, block_id=block["block_id"]) if isinstance(sent, dict) else None
                if taken is not None:
                    view.values.setdefault(block["block_id"], {})[element["action_id"]] = taken

    def _taken(self, view: View, element: Json, sent: Json, *, block_id: str) -> Json | None:
        return taken_value(self.suggestions.filled(view, element, block_id=block_id), sent)

    async def submit(self, user: SandboxUser, view: View, values: Json) -> dict[str, str]:
        """Submit a modal; returns its problems by block id.

        Raises:
            Impossible: the bot did not answer.
        """
        self.type_into(view, values)
        problems = input_problems(view.given["blocks"], view.values)
        if problems:
            return problems
        payload = payloads.view_submission(
            view,
            user=user,
            token=self._hub.credentials.verification_token,
            trigger_id=self._hub.triggers.issue(user.id, view_id=view.id),
        )
        return self._after_submit(view, await self._deliver(payload))

    def _after_submit(self, view: View, answer: Json) -> dict[str, str]:
        try:
            return self._follow(view, answer)
        except Refused as refusal:
            given = answer.get("view")
            blocks = given.get("blocks") if isinstance(given, dict) else None
            rejection = Rejection("ack of view_submission", refusal.error, refusal.messages, blocks=blocks)
            self._hub.reject(rejection)
            raise Impossible(TROUBLE.format(error=refusal.error)) from refusal

    def _follow(self, view: View, answer: Json) -> dict[str, str]:
        """Do what the acknowledgement of a submission asks for."""
        modals, now = self._hub.modals, self._hub.workspace.real_time()
        match answer.get("response_action"):
            case None:
                modals.close(view)
            case "clear":
                modals.clear(view.user)
            case "update":
                modals.update(view, read_view(answer, kinds=("modal",)), now=now)
            case "push":
                modals.push(read_view(answer, kinds=("modal",)), user=view.user, now=now)
            case "errors":
                return self._field_errors(view, answer)
            case _:
                error = "invalid_arguments"
                raise Refused(error, messages=["[ERROR] unknown response_action"])
        return {}

    def _field_errors(self, view: View, answer: Json) -> dict[str, str]:
        errors = answer.get("errors")
        inputs = {block["block_id"] for block in view.given["blocks"] if block.get("type") == "input"}
        if not isinstance(errors, dict) or not errors or set(errors) - inputs:
            error = "invalid_arguments"
            raise Refused(error, messages=["[ERROR] errors must name input blocks of the view"])
        return {str(block_id): str(text) for block_id, text in errors.items()}

    async def close(self, user: SandboxUser, view: View, *, is_cleared: bool) -> None:
        """Close a modal; the bot is notified if the modal asks for it."""
        if is_cleared:
            self._hub.modals.clear(user.id)
        else:
            self._hub.modals.close(view)
        if view.given.get("notify_on_close"):
            token = self._hub.credentials.verification_token
            await self._deliver(payloads.view_closed(view, user=user, token=token, is_cleared=is_cleared))

    # --- shortcuts and the Home tab ---------------------------------------------------------------

    async def shortcut(self, user: SandboxUser, callback_id: str, message: Message | None) -> None:
        """Choose a shortcut, from anywhere or from a message."""
        token = self._hub.credentials.verification_token
        trigger_id, ts = self._hub.triggers.issue(user.id), self._hub.workspace.next_ts()
        if message is None:
            payload = payloads.global_shortcut(
                user=user, token=token, trigger_id=trigger_id, callback_id=callback_id, action_ts=ts
            )
        else:
            channel = self._hub.workspace.channels[message.channel]
            payload = payloads.message_shortcut(
                message,
                shown=self._shown(message),
                channel=channel,
                user=user,
                token=token,
                trigger_id=trigger_id,
                response_url=self._response_url(user=user.id, channel=channel.id, message_ts=message.ts),
                callback_id=callback_id,
                action_ts=ts,
            )
        await self._deliver(payload)

    def open_home(self, user: SandboxUser) -> None:
        """Look at the app's Home tab."""
        body: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._hub.workspace.direct_message(user.id, BOT_USER_ID).id,
            "tab": "home",
            "event_ts": self._hub.workspace.next_ts(),
        }
        home = self._hub.workspace.homes.get(user.id)
        self._send_event(body if home is None else body | {"view": home})

    # --- telling the bot --------------------------------------------------------------------------

    def _send_message_event(self, message: Message, channel: Channel) -> None:
        body = payloads.message_event(message, channel)
        if body is not None:
            self._send_event(body)

    def _send_event(self, body: Json) -> None:
        if not self._hub.hears_of(body):
            return
        token = self._hub.credentials.verification_token
        self._events.send(payloads.event(body, token=token, now=self._hub.workspace.real_time()))

    async def _deliver(self, payload: Json) -> Json:
        try:
            return await self._delivery.deliver(Envelope.INTERACTIVE, payload)
        except Undelivered as problem:
            raise Impossible(TROUBLE.format(error=problem.error)) from problem

    def _shown(self, message: Message) -> Json:
        replies = self._hub.workspace.replies(message)
        return message.for_api(replies, with_metadata=message.bot_id == BOT_ID)

    def _response_url(
        self, *, user: str, channel: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        path = self._hub.response_urls.issue(user=user, channel=channel, message_ts=message_ts, thread_ts=thread_ts)
        return f"{self._hub.web_url}/{path}"
