"""Decides whom the bot answers at all, before any role is checked: our own colleagues, in our own workspace.

Somebody the people file names is one of us. The file's `access` decides about everybody else in the workspace: with
`named` nobody else is answered, with `workspace` its members are. Guests, bots, deactivated people and other workspaces
are never answered, except a guest whom the file names.
"""

from dataclasses import dataclass
from enum import StrEnum

from sla_engine.domain.agreements.errors import NotNamed, Outsider, StandingUnknown
from sla_engine.domain.agreements.msp import Access, Msp


class Membership(StrEnum):
    """The standing of somebody in our workspace."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    STRANGER = "of another workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The workspace this deployment serves; None is a value that Slack did not send, and is not compared."""

    team: str | None
    enterprise: str | None = None
    app: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The origin that a request states: the team it was made in, the team of the person, and the app it is for.

    None is a value that it does not state. A request's signature is checked before, so a missing value is no forgery.
    """

    team: str | None = None
    person_team: str | None = None
    enterprise: str | None = None
    app: str | None = None


def comes_from(origin: Origin, workspace: Workspace) -> bool:
    """Whether a request was made in this workspace, by one of its people, for this app.

    In an enterprise a person may belong to several workspaces: there the workspace of the request decides.
    """
    if _differ(origin.app, workspace.app) or _differ(origin.team, workspace.team):
        return False
    same_enterprise = workspace.enterprise is not None and workspace.enterprise == origin.enterprise
    return same_enterprise or not _differ(origin.person_team, workspace.team)


def refuse_outsider(msp: Msp, person: str, standing: Membership | None, *, action: str) -> None:
    """Refuse everybody but people whom the file names and, where it says so, members; None is an unknown standing.

    Raises: NotNamed for a colleague who would have to be added, Outsider for everybody else, StandingUnknown where it
    depends on the unknown standing.
    """
    if msp.person(person) is not None:
        return
    if standing not in (None, Membership.MEMBER):
        raise Outsider(action, str(standing))
    if msp.access is Access.NAMED:
        raise NotNamed(action, msp.can_add)
    if standing is None:
        raise StandingUnknown


def _differ(stated: str | None, known: str | None) -> bool:
    return stated is not None and known is not None and stated != known
