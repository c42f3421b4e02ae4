"""Looks up people and the workspace in Slack: `auth.test` for the workspace, `users.info` for a person."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.granted_scopes import GrantedScopes
from bot.slack_calls import CALL_FAILURES, error_code, reason_of
from sla_engine.domain.agreements.access import Membership, Workspace

log = structlog.get_logger(__name__)

SLACKBOT = "USLACKBOT"  # Slack's own bot is no bot in its profile
NOT_VISIBLE = frozenset({"user_not_found", "user_not_visible"})
"""Errors for people of other workspaces."""

_APP_OF_TOKEN = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")


class SlackDirectory:
    """Asks Slack each time and keeps nothing. `app_token` names the app, where there is one."""

    def __init__(self, client: WebClient, *, app_token: str | None, scopes: GrantedScopes) -> None:
        self.client = client
        self.scopes = scopes
        named = _APP_OF_TOKEN.match(app_token or "")
        self.app = named[1] if named else None

    def workspace(self) -> Workspace | None:
        """The workspace of our token; None when Slack does not answer."""
        try:
            answer = self.client.auth_test()
        except CALL_FAILURES as failed:
            log.warning("Slack does not say which workspace is ours", reason=reason_of(failed))
            return None
        self.scopes.learn(getattr(answer, "headers", None) or {})
        return Workspace(
            team=_text(answer.get("team_id")),
            enterprise=_text(answer.get("enterprise_id")),
            app=self.app,
            name=_text(answer.get("team")) or "",
        )

    def membership(self, person: str, workspace: Workspace) -> Membership | None:
        """A person's membership in our workspace; None when Slack does not answer."""
        try:
            profile = self.client.users_info(user=person).get("user")
        except CALL_FAILURES as failed:
            log.warning("Slack does not say who somebody is", person=person, reason=reason_of(failed))
            is_elsewhere = isinstance(failed, SlackApiError) and error_code(failed) in NOT_VISIBLE
            return Membership.STRANGER if is_elsewhere else None
        return membership_of(profile, workspace) if isinstance(profile, Mapping) else None


def membership_of(profile: Mapping[str, Any], workspace: Workspace) -> Membership:
    """The membership that a `users.info` profile shows."""
    if profile.get("deleted"):
        return Membership.DEACTIVATED
    if profile.get("is_bot") or profile.get("id") == SLACKBOT:
        return Membership.BOT
    if profile.get("is_stranger") or not _belongs(profile, workspace):
        return Membership.STRANGER
    if profile.get("is_restricted") or profile.get("is_ultra_restricted"):
        return Membership.GUEST
    return Membership.MEMBER


def _belongs(profile: Mapping[str, Any], workspace: Workspace) -> bool:
    """Whether the person is in our workspace; in an enterprise they may be at home in another."""
    home = profile.get("team_id")
    if not home or workspace.team is None or home == workspace.team:
        return True
    of_enterprise = profile.get("enterprise_user")
    return isinstance(of_enterprise, Mapping) and workspace.team in (of_enterprise.get("teams") or ())


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
