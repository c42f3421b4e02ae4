"""Admits people: the workspace is remembered, a colleague's standing looked up, and a refusal recorded.

Until the workspace is known nobody is answered. It is asked for when a worker starts and kept in the database, so that
only the very first start of a deployment has to wait for it; what the server says later replaces it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from sla_engine.domain.agreements.access import Membership, Origin, Workspace, comes_from, refuse_outsider
from sla_engine.domain.agreements.errors import Outsider, WorkspaceUnknown
from sla_engine.domain.agreements.permissions import Action
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import settings
from sla_engine.storage.database import Session

log = structlog.get_logger(__name__)

FRESH_FOR = timedelta(hours=1)
"""How long a stored standing counts before it is looked up again."""
KEPT_FOR = timedelta(days=1)
"""How long it counts where it cannot be looked up."""

_WORKSPACE = "workspace"


class Directory(Protocol):
    """The people of the workspace, as its server knows them. Both methods return None when it does not answer."""

    def workspace(self) -> Workspace | None:
        """The workspace that our token belongs to."""

    def membership(self, person: str, workspace: Workspace) -> Membership | None:
        """The membership of a person in it."""


class Admission:
    """Lets colleagues in; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def admit(self, person: str, origin: Origin, *, now: datetime, directory: Directory | None) -> None:
        """Let somebody in, or refuse them; without a directory by what is stored already.

        Raises: NotNamed and Outsider (both recorded), WorkspaceUnknown, StandingUnknown, NotSetUp, StorageBusy.
        """
        look = Action.LOOK
        with self.unit_of_work.recording(by=person, key=None, now=now):
            with self.unit_of_work.database.reading() as session:
                msp = self.unit_of_work.msp(session)
                workspace = _workspace(settings.get(session, _WORKSPACE))
            if workspace is None and directory is not None:
                workspace = self.learn(directory)
            if workspace is None:
                raise WorkspaceUnknown
            if not comes_from(origin, workspace):
                raise Outsider(look.value, Membership.STRANGER.value)
            standing = None if msp.person(person) else self._standing(person, workspace, directory)
            refuse_outsider(msp, person, standing, action=look.value)

    def workspace(self) -> Workspace | None:
        """The stored workspace; None before it was looked up.

        Raises: StorageBusy.
        """
        with self.unit_of_work.database.reading() as session:
            return _workspace(settings.get(session, _WORKSPACE))

    def learn(self, directory: Directory) -> Workspace | None:
        """Look up which workspace is ours, and store it; None, and the stored one stays, without an answer.

        Raises: StorageBusy.
        """
        workspace = directory.workspace()
        if workspace is None:
            return None
        with self.unit_of_work.database.transaction() as session:
            before = _workspace(settings.get(session, _WORKSPACE))
            if before != workspace:
                settings.put(session, _WORKSPACE, asdict(workspace))
        if before is not None and before.team != workspace.team:
            log.warning("the token belongs to another workspace now", before=before.team, now=workspace.team)
        return workspace

    def _standing(self, person: str, workspace: Workspace, directory: Directory | None) -> Membership | None:
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.database.reading() as session:
            kept = _kept_standing(session, person)
        if kept is not None and at - kept.looked_up_at < FRESH_FOR:
            return kept.standing
        standing = None if directory is None else directory.membership(person, workspace)
        if standing is not None:
            with self.unit_of_work.database.transaction() as session:
                settings.put(session, _member(person), {"standing": standing.value, "at": at.isoformat()})
            return standing
        if kept is not None and at - kept.looked_up_at < KEPT_FOR:
            return kept.standing
        return None


def _workspace(document: dict[str, str | None] | None) -> Workspace | None:
    if document is None:
        return None
    return Workspace(
        team=document.get("team"),
        enterprise=document.get("enterprise"),
        app=document.get("app"),
        name=document.get("name") or "",
    )


@dataclass(frozen=True, slots=True)
class _KeptStanding:
    """A person's stored membership, and when it was looked up (real time)."""

    standing: Membership
    looked_up_at: datetime


def _kept_standing(session: Session, person: str) -> _KeptStanding | None:
    document = settings.get(session, _member(person))
    if document is None:
        return None
    return _KeptStanding(Membership(document["standing"]), datetime.fromisoformat(document["at"]))


def _member(person: str) -> str:
    return f"member:{person}"
