"""The card of a call: sentences to read aloud to a customer, and beneath them what only we need to know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.action_ids import ActionId, ViewId
from bot.pending_acts import CallSubject
from bot.text import mention, moment, shown, unformatted
from bot.views.call_script import to_read_aloud
from bot.views.fact_sentences import pause_label
from bot.views.form_parts import Form, modal, text_input
from bot.views.parts import Block, actions, button, context, named_incident, section, title_line
from bot.views.rendered import Rendered
from bot.views.spoken_time import SpokenTimes
from bot.views.undo import undo_button
from sla_engine.services.incidents.phone_calls import SAME_COMPLAINT
from sla_engine.services.queries.calls import CallCard
from sla_engine.services.queries.spoken_incident import SpokenIncident

NAME_MAX_CHARS = 60
CUSTOMER_MAX_CHARS = 200
LISTED_TITLE_MAX_CHARS = 80
MANAGER_MAX_CHARS = 50
COMPLAINTS_SHOWN = 2
OTHERS_MOST = 8
KEYS_MOST = 12
PROMISE_HINT = "Like 30m, 15:00 or tomorrow 9am, in your own time"


@dataclass(frozen=True, slots=True)
class RecordedAct:
    """What a click on the card did, in a sentence, and the request that can be undone."""

    sentence: str
    request: str


def call_card(card: CallCard, *, now: datetime, recorded: RecordedAct | None = None) -> Rendered:
    """The card to read aloud; `recorded` says first what a click on the card before it did."""
    times = SpokenTimes(card.zone, now)
    aloud = [f"*Say:* “{sentences}”" for sentences in to_read_aloud(card, times)]
    lines = [_who(card, times), *_complaints(card), *aloud, _beside(card, times)]
    blocks = [section([line]) for line in lines]
    if card.spoken:
        lines.append(f"Only for you: {' · '.join(_for_us(incident) for incident in card.spoken)}")
        blocks.append(context(lines[-1]))
    blocks.append(actions(_buttons(card, now=now), block_id="answer:call"))
    if recorded is not None:
        lines.insert(0, recorded.sentence)
        undo = actions([undo_button(recorded.request)], block_id="answer:call-undo")
        blocks = [section([recorded.sentence]), undo, *blocks]
    return Rendered("\n".join(lines), blocks)


def call_back_form(subject: CallSubject, key: str, *, customer: str, title: str) -> Form:
    """The form for the promise to call back: when."""
    about = f"*{shown(customer, CUSTOMER_MAX_CHARS)}* · {key} · {title_line(title)}"
    when = text_input("when", "When do we call back?", hint=PROMISE_HINT, multiline=False)
    return modal(
        "Promise a call back",
        ViewId.CALL_BACK,
        submit="Promise",
        metadata=replace(subject, customer=customer, keys=(key,)).value,
        blocks=[section([about]), when],
    )


def told_by_phone(keys: Sequence[str], *, closed: int) -> str:
    """Confirm that the customer was told on the phone about these incidents."""
    meanwhile = f" {closed} of them {'was' if closed == 1 else 'were'} resolved meanwhile." if closed else ""
    named = " and ".join([*(f"*{key}*" for key in keys[:KEYS_MOST]), *_further(len(keys))])
    return f"On record: told on the phone about {named}.{meanwhile}"


def _further(count: int) -> list[str]:
    return [f"{count - KEYS_MOST} more"] if count > KEYS_MOST else []


def complaint_recorded(key: str, *, manager: str | None, by: str) -> str:
    """Confirm that a complaint is on record, and say who is told."""
    if manager == by:
        told = "You answer for them yourself."
    else:
        told = f"{mention(manager)} is told now." if manager else "The managers are told now."
    return f"On record: they complained about *{key}*. {told}"


def call_back_promised(key: str, *, at: datetime) -> str:
    """Confirm the promise to call back."""
    return f"On record: you call back by {moment(at)}, about *{key}*. You are asked if nothing is recorded by then."


def _who(card: CallCard, times: SpokenTimes) -> str:
    manager = f" Our manager is {shown(card.manager_name, NAME_MAX_CHARS)}." if card.manager_name else ""
    return f"☎️ *{shown(card.customer, CUSTOMER_MAX_CHARS)}*, {times.clock} there.{manager}"


def _complaints(card: CallCard) -> list[str]:
    """Mark the incidents about which they complained, the most urgent first."""
    known = [*card.spoken, *card.others, *([card.last_fixed] if card.last_fixed else [])]
    return [
        f"😠 They complained {moment(incident.complained_at)}: {shown(incident.title, LISTED_TITLE_MAX_CHARS)}"
        for incident in known
        if incident.complained_at is not None
    ][:COMPLAINTS_SHOWN]


def _beside(card: CallCard, times: SpokenTimes) -> str:
    others = [_other(incident, times) for incident in card.others[:OTHERS_MOST]]
    more = card.more + len(card.others) - len(others)
    if more > 0:
        others.append(f"and {more} more: /sla status {shown(card.customer, NAME_MAX_CHARS)}")
    month = card.month
    counted = f"{month.of - month.met} of {month.of} late" if month.of else "nothing decided yet"
    also = [f"*Also open:* {' · '.join(others)}"] if others else []
    return " · ".join([*also, f"*This month:* {counted}"])


def _other(incident: SpokenIncident, times: SpokenTimes) -> str:
    owner = shown(incident.owner_name, NAME_MAX_CHARS) if incident.owner_name else _without_name(incident)
    since = incident.waits_for_customer_since
    waits = [] if since is None else [f"waiting for your answer since {times.day(since)}"]
    title = shown(incident.title, LISTED_TITLE_MAX_CHARS) or "(no title)"
    return f"{title} ({', '.join([incident.priority, owner, *waits])})"


def _without_name(incident: SpokenIncident) -> str:
    return "nobody has it" if incident.owner is None else mention(incident.owner)


def _for_us(incident: SpokenIncident) -> str:
    """What is not read aloud: the numbers, that nobody has it, and why it rests."""
    ticket = f", {shown(incident.ticket, NAME_MAX_CHARS)}" if incident.ticket else ""
    until = f" until {moment(incident.pause_until)}" if incident.pause_until else ""
    paused = f", {' and '.join(pause_label(reason.value) for reason in incident.paused_for)}{until}"
    free = ", nobody has it" if incident.is_open and incident.owner is None else ""
    return f"{named_incident(incident.key, incident.link)}{ticket}{free}{paused if incident.paused_for else ''}"


def _buttons(card: CallCard, *, now: datetime) -> list[Block]:
    subject = CallSubject(customer=card.customer, keys=card.open_keys, about=card.about or "").value
    is_open = bool(card.open_keys)
    told = button("They were told just now", ActionId.CALL_TOLD, value=subject, style="primary")
    new_ticket = button("New ticket", ActionId.CALL_NEW_TICKET, value=subject)
    call_back = button("Promise a call back…", ActionId.CALL_BACK_ASK, value=subject)
    if not is_open:
        return [*_angry(card, now=now), new_ticket]
    return [told, *_free(card), *_angry(card, now=now), new_ticket, call_back]


def _free(card: CallCard) -> list[Block]:
    """The buttons that give an incident an owner, where the card says that somebody will see to it."""
    free = next((incident for incident in card.spoken if incident.is_open and incident.owner is None), None)
    if free is None:
        return []
    return [
        button("Take it", ActionId.TAKE, value=free.key),
        button("Assign…", ActionId.ASSIGN_OPEN, value=free.key),
    ]


def _angry(card: CallCard, *, now: datetime) -> list[Block]:
    """The button for a complaint; none where there was one just now, or nothing to complain about."""
    incident = card.complained_about
    if incident is None or (incident.complained_at is not None and now - incident.complained_at < SAME_COMPLAINT):
        return []
    subject = CallSubject(customer=card.customer, keys=(incident.key,), about=card.about or "").value
    told = unformatted(card.hears_complaints_name or "the manager", MANAGER_MAX_CHARS)
    return [button(f"They are angry: tell {told}", ActionId.CALL_ANGRY, value=subject)]
