"""Slack's answers about a workspace and its people, read as a membership."""

from __future__ import annotations

import http.client
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.granted_scopes import GrantedScopes
from bot.requests.directory import SlackDirectory, membership_of
from sla_engine.domain.agreements.access import Membership, Workspace

OURS = Workspace(team="T1")
MEMBER = {"id": "U1", "team_id": "T1", "is_bot": False, "is_restricted": False, "deleted": False}


class Answers:
    """Slack, with one answer to everything."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer

    def auth_test(self) -> dict[str, Any]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def users_info(self, *, user: str) -> dict[str, Any]:
        assert user == "U1"
        return self.auth_test()


def directory(answer: dict[str, Any] | Exception, app_token: str | None = None) -> SlackDirectory:
    return SlackDirectory(cast("WebClient", Answers(answer)), app_token=app_token, scopes=GrantedScopes())


def refused(error: str) -> SlackApiError:
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": error},
        headers={},
        status_code=200,
    )
    return SlackApiError("no", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("changed", "standing"),
    [
        ({}, Membership.MEMBER),
        ({"is_restricted": True}, Membership.GUEST),
        ({"is_ultra_restricted": True}, Membership.GUEST),
        ({"deleted": True, "is_restricted": True}, Membership.DEACTIVATED),
        ({"is_bot": True}, Membership.BOT),
        ({"id": "USLACKBOT"}, Membership.BOT),
        ({"is_stranger": True}, Membership.STRANGER),
        ({"team_id": "T2"}, Membership.STRANGER),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T3"]}}, Membership.STRANGER),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2", "T1"]}}, Membership.MEMBER),
        ({"team_id": None}, Membership.MEMBER),
    ],
)
def test_a_profile_says_what_somebody_is(changed: dict[str, Any], standing: Membership) -> None:
    assert membership_of(MEMBER | changed, OURS) is standing
    assert directory({"user": MEMBER | changed}).membership("U1", OURS) is standing


TROUBLE = (refused("internal_error"), OSError("gone"), http.client.BadStatusLine("NOT HTTP"))


@pytest.mark.parametrize("answer", [*TROUBLE, {"ok": True}, {"user": None}, {"user": []}], ids=repr)
def test_an_answer_that_says_nothing_is_none(answer: dict[str, Any] | Exception) -> None:
    assert directory(answer).membership("U1", OURS) is None


@pytest.mark.parametrize("error", ["user_not_found", "user_not_visible"])
def test_whom_slack_does_not_show_us_is_of_another_workspace(error: str) -> None:
    assert directory(refused(error)).membership("U1", OURS) is Membership.STRANGER


@pytest.mark.parametrize("trouble", TROUBLE, ids=repr)
def test_a_workspace_is_not_known_while_slack_does_not_answer(trouble: Exception) -> None:
    assert directory(trouble).workspace() is None


@pytest.mark.parametrize(
    ("token", "app"),
    [("xapp-1-A012ABC-123-9f", "A012ABC"), ("xapp-sandbox-1", None), ("", None), (None, None)],
)
def test_the_workspace_is_what_the_token_belongs_to_and_the_app_token_names_the_app(
    token: str | None, app: str | None
) -> None:
    answer = {"ok": True, "team_id": "T1", "enterprise_id": "E1", "team": "Northwind", "user_id": "U9"}
    known = directory(answer, token).workspace()
    assert known == Workspace(team="T1", enterprise="E1", app=app, name="Northwind")


def test_a_server_that_does_not_name_its_team_is_known_all_the_same() -> None:
    assert directory({"ok": True}).workspace() == Workspace(team=None)
