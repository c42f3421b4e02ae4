"""Channels and people that Slack refuses messages for, in sentences that `/sla health` and `doctor` share."""

from collections.abc import Callable, Iterable, Mapping

from bot.text import NAME_MAX_CHARS, is_person, shown
from sla_engine.delivery.records import LostDestination

NAMED_MAX = 5
_OTHER_CHANNEL = "or name another one in msp.yaml"
_REMEDIES: Mapping[str, str] = {
    "not_in_channel": "type /invite @sla-bot there",
    "channel_not_found": "check its name or id in msp.yaml, and whether the bot was invited",
    "is_archived": f"take it out of the archive, {_OTHER_CHANNEL}",
    "messages_tab_disabled": "turn on App Home > Messages Tab in the app's settings, as 'sla-bot manifest' has it",
    "user_disabled": "take whoever has left out of msp.yaml",
    "user_not_found": "correct the id in msp.yaml",
}
_BY_WORKSPACE = "ask who runs the workspace to let the app post there"


def lost_sentences(lost: Iterable[LostDestination], *, name: Callable[[str], str]) -> list[str]:
    """Say for each reason which channels and people refuse messages, what becomes of the messages, and what to do.

    `name` says a destination as its reader knows it.
    """
    grouped: dict[tuple[bool, str], list[str]] = {}
    for refusal in lost:
        grouped.setdefault((is_person(refusal.destination), refusal.error), []).append(name(refusal.destination))
    return [_sentence(names, error, to_people=to_people) for (to_people, error), names in grouped.items()]


def _sentence(names: list[str], error: str, *, to_people: bool) -> str:
    known = ", ".join(names[:NAMED_MAX]) + (f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else "")
    why, remedy = shown(error, NAME_MAX_CHARS), _REMEDIES.get(error, _BY_WORKSPACE)
    if to_people:
        return f"Slack refuses direct messages to {known} ({why}): {remedy}."
    return f"Slack refuses messages for {known} ({why}), so they are said elsewhere: {remedy}."
