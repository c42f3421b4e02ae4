"""Acting in the sandbox from a test, in words that read like the requirement.

    slack = SlackDriver(sandbox)
    slack.as_user("technician").says("/sla status").expects("nothing is due")

Looking polls until a deadline; a failure prints what that person sees.
"""

from __future__ import annotations

from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import Json
from tests.driver.page_calls import PageCalls
from tests.driver.person import Person
from tests.driver.screen import Memory, SeenMessage, Wanted, matches


class SlackDriver:
    """The workspace, seen by whoever one acts as."""

    def __init__(self, sandbox: Sandbox | str) -> None:
        self.calls = PageCalls(sandbox if isinstance(sandbox, str) else sandbox.web_url)
        self._memories: dict[str, Memory] = {}

    def as_user(self, name_or_id: str) -> Person:
        """Act as somebody, by name or id."""
        return Person(self.calls, self._memories.setdefault(name_or_id, Memory()), name_or_id)

    def messages(self, channel: str) -> list[SeenMessage]:
        """What everybody sees in a channel, oldest first, without replies."""
        seen = self._member_of(channel).messages(channel=channel)
        return [message for message in seen if not message.ephemeral]

    def thread(self, channel: str, containing: Wanted) -> list[SeenMessage]:
        """The newest thread whose root holds these words: root first, then the replies."""
        member = self._member_of(channel)
        roots = [message for message in self.messages(channel) if matches(containing, message.text)]
        if not roots:
            sentence = f"no message in {channel} holds {containing!r}"
            raise AssertionError(sentence)
        return member.messages(channel=channel, thread_ts=roots[-1].ts)

    def turn_clock(
        self, *, speed: float | None = None, paused: bool | None = None, jump_seconds: float | None = None
    ) -> Json:
        """Turn the workspace clock."""
        wanted = {"speed": speed, "paused": paused, "jump_seconds": jump_seconds}
        return self.calls.post("clock", {name: value for name, value in wanted.items() if value is not None})

    def _member_of(self, channel: str) -> Person:
        """Anybody who can read this channel."""
        people = [user["id"] for user in self.calls.get("state")["users"] if not user["is_bot"]]
        for person in people:
            channels = self.calls.get("state", as_=person)["channels"]
            if any(channel in {found["id"], found["name"]} for found in channels):
                return self.as_user(person)
        sentence = f"nobody is in {channel!r}"
        raise AssertionError(sentence)
