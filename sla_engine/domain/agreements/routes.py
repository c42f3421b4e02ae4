"""Fallback destinations of messages whose own channel or person cannot be reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The channels of `msp.yaml`, the dispatcher on duty, and the default manager; empty before there is a file."""

    dispatcher_channel: str = ""
    managers_channel: str = ""
    on_duty: str | None = None
    manager: str | None = None

    def instead_of(self, channel: str) -> tuple[str, ...]:
        """The destinations for the messages of a lost channel, best first.

        Those of the managers' channel go to a manager alone: a digest is not for the dispatchers.
        """
        if channel == self.managers_channel != self.dispatcher_channel:
            return _known(channel, self.manager)
        return _known(channel, self.dispatcher_channel, self.managers_channel, self.on_duty, self.manager)

    def for_notices(self) -> tuple[str, ...]:
        """The destinations for the notice that a message could not be delivered, best first."""
        return _known("", self.dispatcher_channel, self.managers_channel, self.on_duty, self.manager)


NO_ROUTES = Routes()


def _known(lost: str, *candidates: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(candidate for candidate in candidates if candidate and candidate != lost))
