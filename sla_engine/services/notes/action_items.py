"""Action items: what the author of an SLA note will do so that it does not happen again, until it is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.msp import Msp, Role
from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.incidents.errors import AlreadyDone
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.note_events import ActionItemDone
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.errors import UnknownActionItem
from sla_engine.domain.notes.note import NoteDraft
from sla_engine.domain.notes.prevention import Prevention, due_day_is_over
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.notifications.daily import DailyAct, DailyLine, DailySection
from sla_engine.parsing.choices import nearest
from sla_engine.services.messages import daily_message
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import action_items, incident_lists, incidents
from sla_engine.storage.action_items import ActionItemRecord
from sla_engine.storage.database import Session

REMIND_BEFORE = timedelta(days=1)
"""An owner is asked daily from so long before the due day begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedActionItem:
    """Something that somebody said they will do, as lists and answers show it."""

    number: str
    what: str
    owner: str
    due_on: datetime
    is_overdue: bool
    incident_key: str
    customer: str


class ActionItems:
    """The acts of people on action items. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def done(self, number: str, *, by: str, now: datetime) -> ListedActionItem:
        """Mark an item as done; allowed to its owner and to service managers.

        Raises: UnknownActionItem, AlreadyDone, NotAllowed.
        """
        with self.unit_of_work.transaction(action=Action.LOOK, by=by, now=now) as session:
            # The incident is locked first, as in every other act; the item is read anew under that lock.
            incident = incidents.lock_by_id(session, _item(session, number).incident_id)
            item = _item(session, number)
            authorise(self.unit_of_work.msp(session), by, Action.FINISH_ACTION_ITEM, owner=item.owner, now=now)
            if item.done_at is not None:
                raise AlreadyDone(item.number, "action item", item.done_by or "", item.done_at)
            action_items.mark_done(session, item, by=by, at=now)
            work = self.unit_of_work.work_on(session, incident, now=now)
            work.record(ActionItemDone(number=item.number, text=item.what), by=by)
            work.settle()
            listed = _listed(item, incident, zone=work.msp.zone, now=now)
            line = _daily_line(listed, zone=work.msp.zone, done="done, thank you")
            daily_message.show_line(session, item.owner, line, at=self.unit_of_work.real_clock())
            return listed

    def open_list(self, *, by: str, now: datetime) -> tuple[ListedActionItem, ...]:
        """What is still to be done: by everybody for service managers, for others what is theirs.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.LIST_ACTION_ITEMS, by=by, now=now) as session:
            msp = self.unit_of_work.msp(session)
            sees_all = msp.role_of(by).may_act_as(Role.SERVICE_MANAGER)
            return open_action_items(session, owner=None if sees_all else by, zone=msp.zone, now=now)

    def of_note(self, key: str, *, now: datetime) -> ListedActionItem | None:
        """What the note of an incident says somebody will do, or did.

        Raises: UnknownIncident.
        """
        with self.unit_of_work.database.reading() as session:
            incident = incidents.find(session, key)
            item = action_items.of_incident(session, incident.id)
            zone = self.unit_of_work.msp(session).zone
            return None if item is None else _listed(item, incident, zone=zone, now=now)


def open_action_items(
    session: Session, *, owner: str | None = None, zone: str, now: datetime
) -> tuple[ListedActionItem, ...]:
    """What is still to be done, the earliest due first; with `owner` only theirs. `zone` is the MSP's."""
    items = action_items.still_open(session, owner=owner)
    if not items:
        return ()
    records = incidents.by_ids(session, [item.incident_id for item in items])
    return tuple(_listed(item, records[item.incident_id], zone=zone, now=now) for item in items)


def _listed(item: ActionItemRecord, incident: Incident, *, zone: str, now: datetime) -> ListedActionItem:
    return ListedActionItem(
        number=item.number,
        what=item.what,
        owner=item.owner,
        due_on=item.due_on,
        is_overdue=due_day_is_over(item.due_on, now=now, zone=zone),
        incident_key=incident.key,
        customer=incident.customer,
    )


def _item(session: Session, number: str) -> ActionItemRecord:
    """Raises: UnknownActionItem with the open one whose number looks most like it."""
    item = action_items.find(session, number)
    if item is not None:
        return item
    numbers = [known.number.lower() for known in action_items.still_open(session)]
    candidate = nearest(number, numbers)
    raise UnknownActionItem(number, () if candidate is None else (candidate.upper(),))


def action_items_section(session: Session, *, msp: Msp, person: str, now: datetime) -> DailySection | None:
    """What a person said they will do and is due by tomorrow; None for nothing, and while a P1 of theirs is open."""
    items = open_action_items(session, owner=person, zone=msp.zone, now=now)
    due = [item for item in items if item.due_on <= now + REMIND_BEFORE]
    if not due or incident_lists.has_open(session, person, Priority.P1):
        return None
    lines = (_daily_line(item, zone=msp.zone) for item in due)
    return DailySection(title="What you said you will do", lines=tuple(lines))


def _daily_line(item: ListedActionItem, *, zone: str, done: str = "") -> DailyLine:
    due = f"{local_day(item.due_on, zone=zone):%a %d %b}"
    return DailyLine(
        key=f"action:{item.number}",
        subject=item.number,
        title=f"{item.number} · {item.what}",
        detail=done or (f"was due {due}" if item.is_overdue else f"due {due}"),
        acts=() if done else (DailyAct.ACTION_DONE,),
        is_done=bool(done),
    )


def follow_note(work: IncidentWork, draft: NoteDraft, *, by: str) -> None:
    """Record what the note says its author will do; what an earlier version of the note said is changed or withdrawn.

    What was done already stays.
    """
    before = action_items.of_incident(work.session, work.incident.id)
    still_open = before if before is not None and before.done_at is None else None
    planned = draft.action if draft.prevention is Prevention.ACTION else None
    if planned is None or planned.due is None:
        if still_open is not None:
            action_items.withdraw(work.session, still_open, at=work.now)
        return
    due_on, what = local_hour(planned.due, zone=work.msp.zone), planned.what
    if still_open is not None:
        action_items.change(work.session, still_open, what=what, owner=by, due_on=due_on)
    elif before is None or (before.what, before.owner) != (what, by):
        action_items.add(work.session, work.incident.id, what=what, owner=by, due_on=due_on, at=work.now)
