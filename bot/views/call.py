"""The card of a call: sentences to read aloud to a customer, and beneath them what only we need to know."""

from collections.abc import Sequence
from datetime import datetime

from bot.action_ids import ActionId, ViewId
from bot.pending_acts import CallSubject
from bot.text import mention, moment, shown
from bot.views.call_script import to_read_aloud
from bot.views.fact_sentences import pause_label
from bot.views.form_parts import Form, modal, text_input
from bot.views.parts import Block, actions, button, context, named_incident, section, title_line
from bot.views.rendered import Rendered
from bot.views.spoken_time import SpokenTimes
from sla_engine.services.queries.calls import CallCard
from sla_engine.services.queries.spoken_incident import SpokenIncident

NAME_MAX_CHARS = 60
CUSTOMER_MAX_CHARS = 200
LISTED_TITLE_MAX_CHARS = 80
PROMISE_HINT = "Like 30m, 15:00 or tomorrow 9am, in your own time"


def call_card(card: CallCard, *, now: datetime, recorded: str = "") -> Rendered:
    """The card to read aloud; `recorded` says first what a click on the card before it did."""
    times = SpokenTimes(card.zone, now)
    aloud = [f"*Say:* “{sentences}”" for sentences in to_read_aloud(card, times)]
    lines = [_who(card, times), *aloud, _beside(card, times)]
    if recorded:
        lines.insert(0, recorded)
    blocks = [section([line]) for line in lines]
    if card.spoken:
        lines.append(f"Only for you: {' · '.join(_for_us(incident) for incident in card.spoken)}")
        blocks.append(context(lines[-1]))
    return Rendered("\n".join(lines), [*blocks, actions(_buttons(card), block_id="call")])


def call_back_form(key: str, *, customer: str, title: str) -> Form:
    """The form for the promise to call back: when."""
    about = f"*{shown(customer, CUSTOMER_MAX_CHARS)}* · {key} · {title_line(title)}"
    when = text_input("when", "When do we call back?", hint=PROMISE_HINT, multiline=False)
    return modal(
        "Promise a call back",
        ViewId.CALL_BACK,
        submit="Promise",
        metadata=CallSubject(customer=customer, keys=(key,)).value,
        blocks=[section([about]), when],
    )


def told_by_phone(keys: Sequence[str], *, closed: int) -> str:
    """Confirm that the customer was told on the phone about these incidents."""
    meanwhile = f" {closed} of them {'was' if closed == 1 else 'were'} resolved meanwhile." if closed else ""
    return f"On record: told on the phone about {' and '.join(f'*{key}*' for key in keys)}.{meanwhile}"


def call_back_promised(key: str, *, at: datetime) -> str:
    """Confirm the promise to call back."""
    return f"On record: you call back by {moment(at)}, about *{key}*. You are asked if nothing is recorded by then."


def _who(card: CallCard, times: SpokenTimes) -> str:
    manager = f" Our manager is {shown(card.manager_name, NAME_MAX_CHARS)}." if card.manager_name else ""
    return f"☎️ *{shown(card.customer, CUSTOMER_MAX_CHARS)}*, {times.clock} there.{manager}"


def _beside(card: CallCard, times: SpokenTimes) -> str:
    others = [_other(incident, times) for incident in card.others]
    if card.more > 0:
        others.append(f"and {card.more} more")
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


def _buttons(card: CallCard) -> list[Block]:
    subject = CallSubject(customer=card.customer, keys=card.open_keys).value
    new_ticket = button("New ticket", ActionId.CALL_NEW_TICKET, value=subject)
    if not card.open_keys:
        return [new_ticket]
    return [
        button("They were told just now", ActionId.CALL_TOLD, value=subject, style="primary"),
        new_ticket,
        button("Promise a call back…", ActionId.CALL_BACK_OPEN, value=subject),
    ]
