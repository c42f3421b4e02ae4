"""Somebody one acts as: what they can do and what they can see."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NoReturn, Self

from bot.sandbox.clicks.suggestions import EXTERNAL
from bot.sandbox.workspace.seed import Json
from tests.driver.page_calls import PageCalls
from tests.driver.screen import WITHIN_SECONDS, Memory, SeenMessage, Wanted, matches, poll
from tests.driver.seen import Element, button, menu_line, named, visible_text

Finder = Callable[[list[Json] | None, str], Element | None]


class Person:
    """Somebody one acts as, perhaps in one channel or thread."""

    def __init__(
        self,
        calls: PageCalls,
        memory: Memory,
        name: str,
        *,
        channel: str | None = None,
        thread_ts: str | None = None,
        looks_past: re.Pattern[str] | None = None,
    ) -> None:
        self._calls = calls
        self._memory = memory
        self._name = name
        self._channel = channel
        self._thread_ts = thread_ts
        self._looks_past = looks_past

    # --- where ------------------------------------------------------------------------------------

    def in_channel(self, name_or_id: str) -> Person:
        """The same person, looking at one channel only."""
        return Person(self._calls, self._memory, self._name, channel=name_or_id)

    def looking_past(self, messages: re.Pattern[str]) -> Person:
        """The same person in the same channel, who takes no notice of messages that begin like this."""
        return Person(self._calls, self._memory, self._name, channel=self._channel, looks_past=messages)

    def in_dm(self, other: str | None = None) -> Person:
        """The same person, in the direct message with the bot, or with somebody else."""
        other_id = self._state()["app"]["user_id"] if other is None else other
        opened = self._calls.post("dm", {"as": self._name, "user": other_id})
        return Person(self._calls, self._memory, self._name, channel=opened["channel"]["id"])

    def in_thread(self, containing: Wanted) -> Person:
        """The same person, in the newest thread whose root holds these words."""
        root = self._message(containing, within=WITHIN_SECONDS)
        return Person(self._calls, self._memory, self._name, channel=root.channel, thread_ts=root.thread_ts or root.ts)

    # --- doing ------------------------------------------------------------------------------------

    def says(self, text: str) -> Self:
        """Write a message or type a command; without a channel, in the direct message with the bot."""
        place = self._channel or self.in_dm()._channel
        body = {"as": self._name, "channel": place, "text": text}
        if self._thread_ts is not None:
            body["thread_ts"] = self._thread_ts
        return self._did(self._calls.post("say", body))

    def clicks(self, label: str, *, containing: Wanted | None = None, within: float = WITHIN_SECONDS) -> Self:
        """Press the newest visible button with this label, the open modal first; else choose it in a menu “⋯”."""
        body = poll(
            lambda: self._touch(label, containing, button) or self._touch(label, containing, menu_line, label),
            within=within,
        )
        if body is None:
            self._fail(f"there is no button {label!r}")
        return self._did(self._calls.post("action", body))

    def chooses(self, label: str, option: str, *, containing: Wanted | None = None) -> Self:
        """Choose from a menu; a field of an open modal is only filled, a menu elsewhere acts at once."""
        view = self.modal()
        found = named(view["blocks"], label) if view is not None else None
        if found is not None and found.block["type"] == "input":
            return self.fills({label: option})
        body = poll(lambda: self._touch(label, containing, named, option), within=WITHIN_SECONDS)
        if body is None:
            self._fail(f"there is no menu {label!r}")
        return self._did(self._calls.post("action", body))

    def fills(self, fields: Mapping[str, str | list[str]]) -> Self:
        """Fill fields of the topmost modal, by label; one that acts at once tells the app."""
        view = poll(self.modal, within=WITHIN_SECONDS)
        if view is None:
            self._fail("no modal is open")
        for label, wanted in fields.items():
            found = named(view["blocks"], label)
            if found is None:
                self._fail(f"the modal has no field {label!r}")
            value = self._offered(found, view["id"], wanted).value(wanted, self._people())
            filled = self._memory.filled.setdefault(view["id"], {})
            filled.setdefault(found.block["block_id"], {})[found.element["action_id"]] = value
            if found.block.get("dispatch_action"):
                place = {"as": self._name, "container": {"type": "view", "view_id": view["id"]}, "values": filled}
                chosen = {name: chosen for name, chosen in value.items() if name != "type"}
                self._did(self._calls.post("action", place | found.place | chosen))
        return self

    def submits(self) -> Self:
        """Hand the topmost modal in."""
        view = poll(self.modal, within=WITHIN_SECONDS)
        if view is None:
            self._fail("no modal is open")
        values = self._memory.filled.get(view["id"], {})
        body = {"as": self._name, "view_id": view["id"], "values": values}
        return self._did(self._calls.post("view/submit", body))

    def closes(self) -> Self:
        """Put the topmost modal away."""
        view = poll(self.modal, within=WITHIN_SECONDS)
        if view is None:
            self._fail("no modal is open")
        return self._did(self._calls.post("view/close", {"as": self._name, "view_id": view["id"]}))

    def chooses_shortcut(self, callback_id: str, *, containing: Wanted | None = None) -> Self:
        """Choose a shortcut, of the newest message with these words or from anywhere."""
        body: Json = {"as": self._name, "callback_id": callback_id}
        if containing is not None:
            message = self._message(containing, within=WITHIN_SECONDS)
            body |= {"channel": message.channel, "message_ts": message.ts}
        return self._did(self._calls.post("shortcut", body))

    def opens_home(self) -> Self:
        """Look at the app's Home tab."""
        return self._did(self._calls.post("home", {"as": self._name}))

    # --- looking ----------------------------------------------------------------------------------

    def expects(self, wanted: Wanted, *, within: float = WITHIN_SECONDS) -> Self:
        """See these words within so many seconds: in a message, a modal, the Home tab or an error."""
        if poll(lambda: matches(wanted, self.sees()) or None, within=within) is None:
            self._fail(f"{wanted!r} did not show up within {within} s")
        return self

    def expects_message(self, wanted: Wanted, *, within: float = WITHIN_SECONDS) -> SeenMessage:
        """The newest visible message with these words."""
        return self._message(wanted, within=within)

    def does_not_see(self, unwanted: Wanted, *, during: float = 0.0) -> Self:
        """Not see these words, neither now nor during so many seconds."""
        if poll(lambda: matches(unwanted, self.sees()) or None, within=during) is not None:
            self._fail(f"{unwanted!r} is visible")
        return self

    def sees_modal(self, title: str, *, within: float = WITHIN_SECONDS) -> Self:
        """Have a modal with this title on top."""

        def on_top() -> Json | None:
            view = self.modal()
            return view if view is not None and view["title"]["text"] == title else None

        if poll(on_top, within=within) is None:
            self._fail(f"no modal {title!r} is open")
        return self

    def sees_no_modal(self, *, within: float = WITHIN_SECONDS) -> Self:
        """Have no modal open."""
        if poll(lambda: True if self.modal() is None else None, within=within) is None:
            self._fail("a modal is open")
        return self

    def sees_field_error(self, label: str, wanted: Wanted) -> Self:
        """See these words below a field of the topmost modal, after handing it in."""
        view = self.modal()
        found = named(view["blocks"], label) if view is not None else None
        if found is None:
            self._fail(f"the modal has no field {label!r}")
        error = self._memory.field_errors.get(found.block["block_id"], "")
        if not matches(wanted, error):
            self._fail(f"the error of {label!r} is {error!r}, not {wanted!r}")
        return self

    def sees(self) -> str:
        """Every word on this person's screen, messages oldest first; with a channel, that channel's only."""
        names = self._names()
        parts = [message.text for message in self.visible_messages()]
        state = self._state()
        parts += [visible_text(view, names) for view in state["views"]]
        if state["home"] is not None and self._channel is None:
            parts.append(visible_text(state["home"], names))
        return "\n".join([*parts, *self._memory.field_errors.values(), *self._memory.errors])

    def modal(self) -> Json | None:
        """The topmost modal."""
        views = self.stack()
        return views[-1] if views else None

    def stack(self) -> list[Json]:
        """All open modals, the topmost last."""
        views: list[Json] = self._state()["views"]
        return views

    def visible_messages(self) -> list[SeenMessage]:
        """Every message this person can see, threads included, oldest first."""
        places = [self._channel] if self._channel is not None else [c["id"] for c in self._state()["channels"]]
        found: dict[tuple[str, str], SeenMessage] = {}
        for place in places:
            for message in self.messages(channel=place, thread_ts=self._thread_ts):
                found[message.channel, message.ts] = message
                if message.body["reply_count"] and self._thread_ts is None:
                    replies = self.messages(channel=place, thread_ts=message.ts)
                    found |= {(reply.channel, reply.ts): reply for reply in replies}
        past = self._looks_past
        seen = [message for message in found.values() if past is None or not past.match(message.text)]
        return sorted(seen, key=lambda message: message.ts)

    def messages(self, *, channel: str | None = None, thread_ts: str | None = None) -> list[SeenMessage]:
        """The messages of one channel, or of one thread, oldest first."""
        place = channel or self._channel or self.in_dm()._channel
        answer = self._calls.get("messages", as_=self._name, channel=place, thread_ts=thread_ts)
        names = self._names()
        return [
            SeenMessage(
                ts=body["ts"],
                channel=body["channel"],
                text=visible_text(body, names),
                ephemeral=body["ephemeral"],
                body=body,
            )
            for body in answer["messages"]
        ]

    def sees_options(self, label: str, query: str) -> list[str]:
        """What a menu of the topmost modal offers to whoever types this into it."""
        view = poll(self.modal, within=WITHIN_SECONDS)
        found = named(view["blocks"], label) if view is not None else None
        if view is None or found is None:
            self._fail(f"no modal has a menu {label!r}")
        return [option["text"]["text"] for option in self._suggested(found, view["id"], query)]

    # --- inside -----------------------------------------------------------------------------------

    def _state(self) -> Json:
        return self._calls.get("state", as_=self._name)

    def _names(self) -> dict[str, str]:
        if not self._memory.names:
            state = self._state()
            self._memory.names = {user["id"]: user["name"] for user in state["users"]}
        return self._memory.names

    def _people(self) -> dict[str, str]:
        return {name: user for user, name in self._names().items()}

    def _offered(self, found: Element, view_id: str, wanted: str | list[str]) -> Element:
        """The menu with the options that are offered to whoever types what is wanted."""
        if found.element["type"] != EXTERNAL or not isinstance(wanted, str):
            return found
        return Element(found.block, found.element | {"options": self._suggested(found, view_id, wanted)})

    def _suggested(self, found: Element, view_id: str, query: str) -> list[Json]:
        body = {"as": self._name, "view_id": view_id, "query": query} | found.place
        options: list[Json] = self._calls.post("view/options", body)["options"]
        return options

    def _message(self, wanted: Wanted, *, within: float) -> SeenMessage:
        def newest() -> SeenMessage | None:
            return next((m for m in reversed(self.visible_messages()) if matches(wanted, m.text)), None)

        found = poll(newest, within=within)
        if found is None:
            self._fail(f"no message holds {wanted!r}")
        return found

    def _touch(self, label: str, containing: Wanted | None, find: Finder, option: str | None = None) -> Json | None:
        """The action to send, found in the modal, then in the messages, newest first, then in the Home tab."""
        state = self._state()
        if state["views"] and self._channel is None and containing is None:
            view = state["views"][-1]
            found = find(view["blocks"], label)
            if found is not None:
                values = self._memory.filled.get(view["id"], {})
                return self._action(found, {"type": "view", "view_id": view["id"]}, option) | {"values": values}
        for message in reversed(self.visible_messages()):
            found = find(message.body["blocks"], label)
            if found is not None and (containing is None or matches(containing, message.text)):
                place = {
                    "type": "message",
                    "channel": message.channel,
                    "message_ts": message.ts,
                    "ephemeral": message.ephemeral,
                }
                return self._action(found, place, option)
        home = state["home"]
        if home is None or (containing is not None and not matches(containing, visible_text(home, self._names()))):
            return None
        found = find(home["blocks"], label)
        return self._action(found, {"type": "view", "view_id": home["id"]}, option) if found is not None else None

    def _action(self, found: Element, container: Json, option: str | None) -> Json:
        chosen = found.value(option, self._people()) if option is not None else {}
        chosen.pop("type", None)
        return {"as": self._name, "container": container} | found.place | chosen

    def _did(self, answer: Json) -> Self:
        """Remember what Slack itself said to this."""
        self._memory.field_errors = dict(answer.get("errors", {}))
        if answer.get("error"):
            self._memory.errors.append(answer["error"])
        return self

    def _fail(self, sentence: str) -> NoReturn:
        shown = f"{sentence}; {self._name} sees:\n{self.sees()}"
        raise AssertionError(shown)
