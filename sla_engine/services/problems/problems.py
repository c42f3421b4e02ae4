"""Problems as people work on them: opened, looked into, lived with, fixed; one transaction each, and undone as one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.problem_events import LinkedToProblem
from sla_engine.domain.problems.errors import LinkedBefore, ProblemChangedSince, ProblemOver, ProblemTaken
from sla_engine.domain.problems.problem import (
    UNFIXED,
    WATCHED_FOR,
    NewProblemFact,
    Problem,
    ProblemFactKind,
    ProblemState,
)
from sla_engine.domain.text.lengths import needed
from sla_engine.domain.time.errors import InThePast
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.services.incidents.bulk_facts import record_on_all
from sla_engine.services.incidents.incident_acts import refuse_merged, refuse_moved, refuse_taken_back, settled
from sla_engine.services.problems.recurrence import reopen
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import acts, incidents, problems
from sla_engine.storage.database import Session

PROBLEM_ROW = "problem"
TITLE_MAX_CHARS = 150
"""A problem's title is read in lists and on cards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDetail:
    """A problem and the incidents that are linked to it, the newest first."""

    problem: Problem
    incidents: tuple[Incident, ...] = ()

    @property
    def open_keys(self) -> tuple[str, ...]:
        """The keys of its incidents that are open."""
        return tuple(incident.key for incident in self.incidents if incident.is_open)

    @property
    def customers(self) -> tuple[str, ...]:
        """The customers of its incidents."""
        return tuple(sorted({incident.customer for incident in self.incidents}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A problem after incidents were linked to it: which are new, and whether it is open again because of them."""

    detail: ProblemDetail
    new: tuple[str, ...]
    is_open_again: bool = False


class Problems:
    """The acts of people on problems. `by` is who acts (a Slack id), `now` is SLA time.

    Each act raises: UnknownProblem, NotAllowed (recorded), AlreadyCarriedOut, StorageBusy.
    """

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def open(
        self, title: str, *, incident_keys: Sequence[str] = (), owner: str | None = None, by: str, now: datetime
    ) -> ProblemDetail:
        """Open a problem, with the incidents that it is behind; its owner, if it has one, looks into it.

        Raises: MissingArgument, TooLong, UnknownIncident, UnknownPerson.
        """
        words = needed("title", title, limit=TITLE_MAX_CHARS)
        with self._changing(Action.OPEN_PROBLEM, by=by, now=now) as session, ExitStack() as settling:
            if owner is not None and self.unit_of_work.msp(session).person(owner) is None:
                raise UnknownPerson(owner)
            works = self._works(session, incident_keys, settling, now=now)
            problem = _opened(session, words, owner=owner, by=by, now=now)
            _let_undo(session, problem, count=1 if owner is None else 2)
            record_on_all(works, LinkedToProblem(problem=problem.key), by=by)
            settling.close()
            return _detail(session, problem)

    def take(self, key: str, *, by: str, now: datetime) -> ProblemDetail:
        """Look into a problem: it is theirs now, whoever had it before.

        Raises: ProblemTaken, ProblemOver.
        """
        with self._unfixed(key, Action.TAKE_PROBLEM, by=by, now=now) as (session, problem):
            if problem.owner == by:
                raise ProblemTaken(problem.key, by)
            return _added(session, problem, NewProblemFact(kind=ProblemFactKind.TAKEN, at=now, by=by, text=by))

    def link(self, key: str, incident_keys: Sequence[str], *, by: str, now: datetime) -> Linked:
        """Say that incidents, open or not, belong to a problem; one that came after its fix opens it again.

        Raises: LinkedBefore, UnknownIncident, AlreadyMerged, AlreadyMoved, OpeningTakenBack.
        """
        with (
            self._changing(Action.LINK_PROBLEM, by=by, now=now, key=key) as session,
            ExitStack() as settling,
        ):
            works = self._works(session, incident_keys, settling, now=now)
            problem = problems.lock(session, key)
            new = [work for work in works if work.incident.problem != problem.key]
            if not new:
                raise LinkedBefore(problem.key, tuple(work.key for work in works))
            record_on_all(new, LinkedToProblem(problem=problem.key), by=by)
            settling.close()
            came = [work.incident for work in new if _came_after_fix(work.incident, problem)]
            if came:
                real_now, msp = self.unit_of_work.real_clock(), self.unit_of_work.msp(session)
                problem = reopen(session, problem, came[0], msp=msp, now=now, real_now=real_now, by=by)
                _let_undo(session, problem)
            keys = tuple(work.key for work in new)
            return Linked(detail=_detail(session, problem), new=keys, is_open_again=bool(came))

    def workaround(self, key: str, text: str, *, by: str, now: datetime) -> ProblemDetail:
        """Write how to live with a problem: it is a known error from then on.

        Raises: MissingArgument, TooLong, ProblemOver.
        """
        words = needed("workaround", text)
        with self._unfixed(key, Action.WORKAROUND, by=by, now=now) as (session, problem):
            return _added(session, problem, NewProblemFact(kind=ProblemFactKind.WORKAROUND, at=now, by=by, text=words))

    def plan_fix(self, key: str, text: str, *, due_on: date, by: str, now: datetime) -> ProblemDetail:
        """Plan the fix of a problem for a day in the MSP's zone.

        Raises: MissingArgument, TooLong, InThePast, ProblemOver.
        """
        words = needed("fix", text)
        with self._unfixed(key, Action.PLAN_FIX, by=by, now=now) as (session, problem):
            zone = self.unit_of_work.msp(session).zone
            day = local_hour(due_on, zone=zone)
            if due_on < local_day(now, zone=zone):
                raise InThePast("due_on", day)
            fact = NewProblemFact(kind=ProblemFactKind.FIX_PLANNED, at=now, by=by, text=words, until=day)
            return _added(session, problem, fact)

    def fixed(self, key: str, *, by: str, now: datetime) -> ProblemDetail:
        """Say that a problem is fixed: it is watched to the end of the thirtieth day, and closes if it stays away.

        Raises: ProblemOver.
        """
        with self._unfixed(key, Action.FIX_PROBLEM, by=by, now=now) as (session, problem):
            zone = self.unit_of_work.msp(session).zone
            last_day = local_day(now, zone=zone) + WATCHED_FOR
            until = local_hour(last_day + timedelta(days=1), zone=zone)
            fact = NewProblemFact(kind=ProblemFactKind.FIXED, at=now, by=by, until=until)
            return _added(session, problem, fact)

    def show(self, key: str, *, by: str, now: datetime) -> ProblemDetail:
        """A problem with its incidents."""
        with self.unit_of_work.permitted(Action.LIST_PROBLEMS, by=by, now=now) as session:
            return _detail(session, problems.find(session, key))

    def permit_opening(self, *, by: str, now: datetime) -> None:
        """Check that somebody may open a problem, before they are shown its form."""
        self.unit_of_work.permit(Action.OPEN_PROBLEM, by=by, now=now)

    def for_form(self, key: str, *, action: Action, by: str, now: datetime) -> ProblemDetail:
        """A problem for the form of an act, where this person may do it."""
        database = self.unit_of_work.database
        with self.unit_of_work.recording(by=by, key=None, now=now), database.reading() as session:
            problem = problems.find(session, key)
            authorise(self.unit_of_work.msp(session), by, action, owner=problem.owner, now=now)
            return _detail(session, problem)

    def listed(self, *, by: str, now: datetime) -> tuple[ProblemDetail, ...]:
        """The problems that are not fixed yet or are watched, the newest first."""
        with self.unit_of_work.permitted(Action.LIST_PROBLEMS, by=by, now=now) as session:
            lasting = problems.in_states(session, [*UNFIXED, ProblemState.WATCHING])
            linked = problems.linked(session, [problem.key for problem in lasting])
            return tuple(ProblemDetail(problem=one, incidents=tuple(linked[one.key])) for one in lasting)

    @contextmanager
    def _changing(self, action: Action, *, by: str, now: datetime, key: str | None = None) -> Iterator[Session]:
        """An authorised transaction; whose problem it is counts where an owner may do more."""
        owner = None
        if key is not None:
            with self.unit_of_work.database.reading() as session:
                owner = problems.find(session, key).owner
        with self.unit_of_work.transaction(action=action, by=by, now=now, owner=owner) as session:
            request = current_request()
            if request is not None and problems.known(session, request):
                raise AlreadyCarriedOut(request)
            yield session

    @contextmanager
    def _unfixed(self, key: str, action: Action, *, by: str, now: datetime) -> Iterator[tuple[Session, Problem]]:
        """A transaction with a problem that is not fixed yet, locked."""
        with self._changing(action, by=by, now=now, key=key) as session:
            problem = problems.lock(session, key)
            if not problem.is_unfixed:
                until = problem.watched_until if problem.state is ProblemState.WATCHING else None
                raise ProblemOver(problem.key, problem.fixed_at or now, until)
            yield session, problem

    def _works(
        self, session: Session, keys: Collection[str], settling: ExitStack, *, now: datetime
    ) -> list[IncidentWork]:
        """These incidents, locked in the order of their ids, and settled when the block ends."""
        records = incidents.lock_all(session, tuple(dict.fromkeys(keys))).values()
        works = [self.unit_of_work.work_on(session, record, now=now) for record in records]
        for work in works:
            refuse_merged(work)
            refuse_moved(work)
            refuse_taken_back(work)
            settling.enter_context(settled(self.unit_of_work, work))
        return works


def open_behind(work: IncidentWork, title: str, *, owner: str | None, by: str) -> Problem:
    """Open a problem behind an incident that is worked on, or go on with the one that it belongs to.

    A title that is too long is cut; an owner who is none of our people looks into nothing.
    """
    if work.incident.problem is not None:
        return problems.find(work.session, work.incident.problem)
    known_owner = work.msp.reachable(owner)
    words = title[:TITLE_MAX_CHARS].strip()
    problem = _opened(work.session, words, owner=known_owner, by=by, now=work.now)
    work.record(LinkedToProblem(problem=problem.key), by=by)
    return problem


def _opened(session: Session, title: str, *, owner: str | None, by: str, now: datetime) -> Problem:
    """Store a new problem, with somebody who looks into it where there is an owner."""
    opening = NewProblemFact(kind=ProblemFactKind.OPENED, at=now, by=by, text=title)
    problem = problems.create(session, opening, request=current_request())
    if owner is None:
        return problem
    taken = NewProblemFact(kind=ProblemFactKind.TAKEN, at=now, by=by, text=owner)
    return problems.add_fact(session, problem.number, taken)


def undo_problem_act(session: Session, row: Mapping[str, Any], /, *, by: str, now: datetime) -> None:
    """Take back what somebody did to a problem, unless something else happened to it since.

    Raises: ProblemChangedSince.
    """
    number = row["problem"]
    problem = problems.lock(session, str(number))
    later = [fact for fact in problems.facts(session, number) if fact.number > row["last"]]
    if later:
        raise ProblemChangedSince(problem.key, later[-1].by, later[-1].at)
    undoing = NewProblemFact(kind=ProblemFactKind.UNDONE, at=now, by=by, undoes=row["first"])
    problems.add_fact(session, number, undoing)


def _added(session: Session, problem: Problem, fact: NewProblemFact) -> ProblemDetail:
    """The problem after one more fact, which its author can undo."""
    after = problems.add_fact(session, problem.number, fact, request=current_request())
    _let_undo(session, after)
    return _detail(session, after)


def _let_undo(session: Session, problem: Problem, *, count: int = 1) -> None:
    """Let the act under way also undo the last `count` facts of the problem; of several, the first takes all along."""
    numbers = [fact.number for fact in problems.facts(session, problem.number)][-count:]
    acts.also_undo(session, PROBLEM_ROW, {"problem": problem.number, "first": numbers[0], "last": numbers[-1]})


def _detail(session: Session, problem: Problem) -> ProblemDetail:
    return ProblemDetail(problem=problem, incidents=tuple(problems.linked(session, [problem.key])[problem.key]))


def _came_after_fix(incident: Incident, problem: Problem) -> bool:
    return problem.fixed_at is not None and incident.opened_at > problem.fixed_at
