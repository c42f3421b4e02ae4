"""Decides whom the bot answers at all, before any role is asked: our own colleagues, in our own workspace.

Somebody the people file names is one of us. Of everybody else in the workspace the file's `access` decides: `named`
answers nobody else, `workspace` answers its members. Guests, bots, deactivated people and other workspaces are never
answered, unless (a guest) by name.
"""

from dataclasses import dataclass
from enum import StrEnum

from sla_engine.domain.agreements.errors import NotNamed, Outsider, StandingUnknown
from sla_engine.domain.agreements.msp import Access, Msp


class Membership(StrEnum):
    """What somebody is in our workspace."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    STRANGER = "of another workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The workspace this deployment serves; what its server did not say is None, and cannot be compared."""

    team: str | None
    enterprise: str | None = None
    app: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request says that it comes from: the team it was made in, whoever made it, and for which app.

    None is what it does not say. A request proves that it is genuine before anybody asks this, so that whoever could
    leave something out could just as well lie.
    """

    team: str | None = None
    person_team: str | None = None
    enterprise: str | None = None
    app: str | None = None


def comes_from(origin: Origin, workspace: Workspace) -> bool:
    """Whether a request was made in this workspace, by one of its people, for this app.

    In an enterprise somebody may belong to several of its workspaces: there the workspace of the request decides.
    """
    if _differ(origin.app, workspace.app) or _differ(origin.team, workspace.team):
        return False
    same_enterprise = workspace.enterprise is not None and workspace.enterprise == origin.enterprise
    return same_enterprise or not _differ(origin.person_team, workspace.team)


def refuse_outsider(msp: Msp, person: str, standing: Membership | None, *, action: str) -> None:
    """Let pass whom the people file names, and where it says so every member; None is a standing nobody could tell.

    Raises: NotNamed for a colleague who would have to be added, Outsider for everybody else, StandingUnknown where it
    depends on what could not be told.
    """
    if msp.person(person) is not None:
        return
    if standing not in (None, Membership.MEMBER):
        raise Outsider(action, str(standing))
    if msp.access is Access.NAMED:
        raise NotNamed(action, msp.can_add)
    if standing is None:
        raise StandingUnknown


def _differ(said: str | None, known: str | None) -> bool:
    return said is not None and known is not None and said != known
