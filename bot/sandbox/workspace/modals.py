"""Modals: at most three on top of each other for a person."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.workspace.feed import Feed
from bot.sandbox.workspace.messages import interactive_elements, with_ids
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import APP_ID, BOT_ID, TEAM_ID, Json
from bot.sandbox.workspace.values import initial_value

STACK_MAX = 3  # Slack: views on top of each other
OPTIONAL_KEYS: dict[str, object] = {
    "submit": None,
    "close": None,
    "callback_id": "",
    "private_metadata": "",
    "external_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
    "submit_disabled": False,
}


@dataclass(slots=True)
class View:
    """A modal that is open, or the Home tab of one person."""

    id: str
    user: str
    given: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)

    @classmethod
    def from_api(cls, body: Json, *, user: str) -> View:
        """The view that `for_api` described, such as a published Home tab."""
        values = body["state"]["values"]
        return cls(id=body["id"], user=user, given=body, hash=body["hash"], root_id=body["root_view_id"], values=values)

    def for_api(self) -> Json:
        """The view object as Slack sends it."""
        body = {name: self.given.get(name, default) for name, default in OPTIONAL_KEYS.items()}
        return body | {
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
            "type": self.given["type"],
            "title": self.given.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "blocks": copy.deepcopy(self.given["blocks"]),
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "state": {"values": copy.deepcopy(self.values)},
        }


def new_hash(now: float) -> str:
    """A mark that changes with every change of a view."""
    return f"{int(now)}.{secrets.token_hex(4)}"


def with_block_ids(given: Json) -> Json:
    """The view as Slack keeps it: every block and element has an id."""
    return given | {"blocks": with_ids(given.get("blocks", []))}


def initial_values(blocks: list[Json]) -> Json:
    """The values of a view's inputs before anybody types."""
    values: Json = {}
    for block in blocks:
        for element in interactive_elements(block):
            start = initial_value(element)
            if start is not None:
                values.setdefault(block["block_id"], {})[element["action_id"]] = start
    return values


class Modals:
    """The modals open for each person, the topmost last."""

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed
        self._stacks: dict[str, list[View]] = {}

    def stack(self, user: str) -> list[View]:
        """The modals this person sees, the topmost last."""
        return self._stacks.setdefault(user, [])

    def find(self, view_id: str) -> View | None:
        """An open modal by its id."""
        return next((view for view in self._all_open() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        """An open modal by the id the app gave it."""
        return next((view for view in self._all_open() if view.given.get("external_id") == external_id), None)

    def open(self, given: Json, *, user: str, now: float) -> View:
        """Show a modal; one that was open before is closed."""
        self._refuse_known_external_id(given)
        self.clear(user)
        return self._show(given, user=user, now=now)

    def push(self, given: Json, *, user: str, now: float) -> View:
        """Show a modal on top of the one this person sees."""
        self._refuse_known_external_id(given)
        if len(self.stack(user)) >= STACK_MAX:
            error = "push_limit_reached"
            raise Refused(error)
        return self._show(given, user=user, now=now)

    def update(self, view: View, given: Json, *, now: float, expected_hash: str | None = None) -> View:
        """Change a modal in place; what was typed into inputs that stay is kept."""
        if expected_hash is not None and expected_hash != view.hash:
            error = "hash_conflict"
            raise Refused(error)
        view.given = with_block_ids(given)
        typed = view.values
        view.values = initial_values(view.given["blocks"])
        for block_id, actions in view.values.items():
            kept = {action: value for action, value in typed.get(block_id, {}).items() if action in actions}
            actions.update(kept)
        view.hash = new_hash(now)
        self.announce(view)
        return view

    def close(self, view: View) -> None:
        """Take one modal away; the one below it is seen again."""
        stack = self.stack(view.user)
        if view in stack:
            stack.remove(view)
            self._send(view.user, {"type": "view_closed", "view_id": view.id})

    def clear(self, user: str) -> None:
        """Close everything this person has open."""
        for view in reversed(list(self.stack(user))):
            self.close(view)

    def announce(self, view: View) -> None:
        """Send the modal's present state to the person's pages."""
        self._send(view.user, {"type": "view", "view": view.for_api()})

    def _all_open(self) -> Iterator[View]:
        for stack in self._stacks.values():
            yield from stack

    def _send(self, user: str, notice: Json) -> None:
        self._feed.send(lambda person: notice if person == user else None)

    def _show(self, given: Json, *, user: str, now: float) -> View:
        stack = self.stack(user)
        view_id = f"V{secrets.token_hex(5).upper()}"
        kept = with_block_ids(given)
        view = View(
            id=view_id,
            user=user,
            given=kept,
            hash=new_hash(now),
            root_id=stack[0].id if stack else view_id,
            previous_id=stack[-1].id if stack else None,
            values=initial_values(kept["blocks"]),
        )
        stack.append(view)
        self.announce(view)
        return view

    def _refuse_known_external_id(self, given: Json) -> None:
        external_id = given.get("external_id")
        if external_id and self.find_external(external_id) is not None:
            error = "duplicate_external_id"
            raise Refused(error)
