"""Admission: every command, button and form, tried by everybody who must not reach a listener."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr
from slack_bolt import Ack, BoltRequest
from slack_sdk import WebClient

from bot.action_ids import ActionId, SearchId, ViewId
from bot.app import BoltListener
from bot.requests.request_limit import PER_MINUTE
from bot.settings import BotSettings
from bot.wiring import Bot
from sla_engine.domain.agreements.access import Membership, Workspace
from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.agreements.msp import NOBODY, Person, Role
from sla_engine.domain.agreements.permissions import NEEDED, NEEDED_OF_OWNER, Action, authorise
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.problems.problems import Problems
from sla_engine.services.sops.changes import SopChanges
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import EventRow
from sla_engine.storage.tables.intake import Inbox
from sla_engine.storage.tables.upkeep import Refusal
from sla_engine.text.refusals.people import ACTS
from tests.fixed_time import FixedTime
from tests.slack.workplace import set_up

pytestmark = pytest.mark.sqlite_only

NOW = datetime(2026, 2, 2, 15, tzinfo=UTC)
TITLE = "Nobody can print"
NOT_NAMED = "I do not know you yet; Ada Lindqvist can add you."
OUTSIDER = "I answer our own colleagues only."
DANA, TOM, TESS, MIRA, ADA = "U0DANA", "U0TOM", "U0TESS", "U0MIRA", "U0ADA"
NINA, GUEST, EVE = "U0NINA", "U0GUEST", "U0EVE"


class Slack:
    """Slack as far as it is asked: who people are, what they are told, and the forms they see."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.shown: list[str] = []
        self.forms: list[str] = []
        self.asked: list[str] = []

    def auth_test(self) -> dict[str, Any]:
        self.asked.append("auth.test")
        return {"ok": True, "team_id": "T0OURS"}

    def users_info(self, *, user: str) -> dict[str, Any]:
        self.asked.append("users.info")
        return {"user": {"id": user, "team_id": "T0OURS", "is_restricted": user == GUEST}}

    def chat_postMessage(self, *, channel: str, text: str, blocks: object) -> None:  # noqa: N802 - Slack's name
        assert channel.startswith("U0")
        self.messages.append(text)
        self.shown.append(str(blocks))

    def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> None:
        assert trigger_id
        self.forms.append(str(view["callback_id"]))


class Place:
    """The bot's listeners, asked as Bolt asks them."""

    def __init__(self, url: str) -> None:
        set_up(url)
        self.slack = Slack()
        self.real = NOW
        self.bot = Bot(
            BotSettings(database_url=SecretStr(url), slack_bot_token=SecretStr("xoxb-1")),
            time=FixedTime(NOW),
            real_clock=lambda: self.real,
        )
        self.bot.__dict__["client"] = cast("WebClient", self.slack)
        request = OpenRequest(customer="Acme Dental", title=TITLE, priority=Priority.P2)
        self.incidents = Incidents(self.bot.unit_of_work)
        self.key = self.incidents.open(request, by=DANA, now=NOW - timedelta(minutes=50)).key
        self.incidents.take(self.key, by=TOM, now=NOW - timedelta(minutes=49))
        self.acks: list[dict[str, Any]] = []
        self._requests = 0

    def command(self, person: str, words: str, **origin: Any) -> None:
        body = {"command": "/sla", "text": words, "user_id": person, "team_id": "T0OURS"}
        self._asked(self.bot.listeners.command, body | origin)

    def click(self, person: str, action_id: str, *, value: str = "", user_team: str = "T0OURS") -> None:
        action = {"action_id": action_id, "block_id": f"nudge:{self.key}", "value": value or self.key}
        body = {"type": "block_actions", "actions": [action], "team": {"id": "T0OURS"}}
        self._asked(self.bot.listeners.actions[action_id], self._by(body, person, user_team))

    def form(self, person: str, callback_id: str, *, user_team: str = "T0OURS") -> None:
        values = {"text": {"answer": {"value": "x"}}}
        view = {
            "id": f"V{self._requests}",
            "callback_id": callback_id,
            "private_metadata": self.key,
            "state": {"values": values},
        }
        body = {"type": "view_submission", "view": view, "team": {"id": "T0OURS"}}
        self._asked(self.bot.listeners.forms[callback_id], self._by(body, person, user_team))

    def counts(self) -> tuple[int, ...]:
        """How much history, mail and refusals there are."""
        with self.bot.database.reading() as session:
            return tuple(session.query(table).count() for table in (EventRow, Outbox, Refusal))

    def kept_requests(self) -> int:
        """How many requests were written down."""
        with self.bot.database.reading() as session:
            return session.query(Inbox).count()

    def _by(self, body: dict[str, Any], person: str, team: str) -> dict[str, Any]:
        return body | {"user": {"id": person, "team_id": team}}

    def _asked(self, listener: BoltListener, body: dict[str, Any]) -> None:
        self._requests += 1
        ack = cast("Ack", lambda **response: self.acks.append(response))
        listener(ack, body | {"trigger_id": f"1.{self._requests}.x"}, BoltRequest(body="", mode="socket_mode"))


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    made = Place(database_url)
    yield made
    made.bot.close()


STRANGERS = [
    pytest.param(NINA, "T0OURS", NOT_NAMED, id="a colleague it does not name"),
    pytest.param(GUEST, "T0OURS", OUTSIDER, id="a guest"),
    pytest.param(EVE, "T0CUSTOMER", OUTSIDER, id="a customer in a shared channel"),
    pytest.param(TOM, "T0CUSTOMER", OUTSIDER, id="a name of ours in another workspace"),
]


@pytest.mark.parametrize(("person", "team", "sentence"), STRANGERS)
def test_no_button_and_no_form_does_or_shows_anything_to_a_stranger(
    place: Place, person: str, team: str, sentence: str
) -> None:
    place.click(TOM, ActionId.SHOW)
    events, mail, refusals = place.counts()
    assert TITLE in place.slack.shown[-1]
    place.slack.messages.clear()
    place.slack.shown.clear()
    for action_id in ActionId:
        place.real += timedelta(seconds=2)
        place.click(person, action_id, user_team=team)
    assert place.slack.messages == [sentence] * len(ActionId)
    assert set(place.slack.shown) == {"None"}, "a sentence, and nothing else"
    assert place.slack.forms == []
    place.acks.clear()
    for callback_id in ViewId:
        place.real += timedelta(seconds=2)
        place.form(person, callback_id, user_team=team)
    assert place.acks == [{"response_action": "errors", "errors": {"text": sentence}}] * len(ViewId)
    assert place.counts() == (events, mail, refusals + len(ActionId) + len(ViewId))


@pytest.mark.parametrize(("person", "sentence"), [(NINA, NOT_NAMED), (GUEST, OUTSIDER)])
def test_no_command_does_or_shows_anything_to_a_stranger(place: Place, person: str, sentence: str) -> None:
    events, mail, refusals = place.counts()
    words = [sub.name for sub in place.bot.subcommands]
    written = ["", "xyzzy", "help", f"take {place.key}", *words, *(f"{word} {place.key}" for word in words)]
    for text in written:
        place.real += timedelta(seconds=2)
        place.command(person, text)
    assert place.slack.messages == [sentence] * len(written)
    assert set(place.slack.shown) == {"None"}
    assert place.slack.forms == []
    assert place.counts() == (events, mail, refusals + len(written))
    assert place.slack.asked.count("users.info") == 1, "a standing is kept"


@pytest.mark.parametrize("origin", [{"team_id": "T0EVIL"}, {"team_id": "T0EVIL", "enterprise_id": "E1"}])
def test_a_command_of_another_team_reaches_nobody_whoever_it_names(place: Place, origin: dict[str, str]) -> None:
    before = place.counts()
    place.command("U0ADA", "open Acme Dental P1 forged", **origin)
    assert place.slack.messages == [OUTSIDER]
    assert place.counts()[:2] == before[:2]


FORM_OF = {
    ActionId.UPDATE_OPEN: ViewId.UPDATE,
    ActionId.PLAN_OPEN: ViewId.PLAN,
    ActionId.PAUSE_OPEN: ViewId.PAUSE,
    ActionId.PRIORITY_OPEN: ViewId.PRIORITY,
    ActionId.RESOLVE_OPEN: ViewId.RESOLVE,
    ActionId.HAND_BACK_OPEN: ViewId.HAND_BACK,
    ActionId.ESCALATE_OPEN: ViewId.ESCALATE,
    ActionId.NUDGE_PROMISE_OPEN: ViewId.PROMISE,
    ActionId.SNOOZE_OPEN: ViewId.SNOOZE,
    ActionId.ASSIGN_OPEN: ViewId.ASSIGN,
    ActionId.NOTE_OPEN: ViewId.NOTE,
    ActionId.NOTE_RETURN_OPEN: ViewId.NOTE_RETURN,
    ActionId.SOP_DECIDE_OPEN: ViewId.SOP_DECIDE,
    ActionId.NOTE_ASK_OPEN: ViewId.NOTE_ASK,
    ActionId.WAIVE_OPEN: ViewId.WAIVE,
}
MANAGERS_ONLY = {ViewId.NOTE_RETURN, ViewId.SOP_DECIDE, ViewId.WAIVE}
DISPATCHERS_ONLY = {ViewId.ASSIGN, ViewId.NOTE_ASK}
NOT_OF_OTHERS = {ViewId.HAND_BACK, ViewId.PROMISE, ViewId.SNOOZE}


OF_MANY = {
    ActionId.BULK_UPDATE_OPEN: "1",
    ActionId.STORM_GIVE_OUT_OPEN: "1",
    ActionId.BULK_PAUSE_OPEN: "1",
    ActionId.STORM_MERGE_OPEN: "1",
    ActionId.STORM_PROBLEM_OPEN: "1",
    ActionId.BULK_RESOLVE_OPEN: "1",
    ActionId.GIVE_OUT_OPEN: TESS,
}
"""The buttons that open a form about many incidents, with what each sends: a storm, or a person."""


OF_PROBLEM = {
    ActionId.PROBLEM_LINK_OPEN: ({TOM, DANA, MIRA}, ViewId.PROBLEM_LINK),
    ActionId.PROBLEM_WORKAROUND_OPEN: ({TOM, DANA, MIRA}, ViewId.PROBLEM_WORKAROUND),
    ActionId.PROBLEM_PLAN_OPEN: ({TOM, MIRA}, ViewId.PROBLEM_PLAN),
}
"""The buttons that open a form about a problem that Tom looks into, who may press each, and the form."""


OF_SOP = {
    ActionId.SOP_EDIT_OPEN: ({TOM, MIRA}, ViewId.SOP_EDIT),
    ActionId.SOP_ADD_OPEN: ({MIRA}, ViewId.SOP_ADD),
    ActionId.SOP_RETIRE_OPEN: ({MIRA}, ViewId.SOP_RETIRE),
}
"""The buttons that open a form about a procedure that Tom owns, who may press each, and the form."""


def may_send(person: str) -> set[ViewId]:
    """The forms about Tom's incident that somebody may send, as docs/commands.md says."""
    everything = set(FORM_OF.values())
    return {
        TESS: everything - MANAGERS_ONLY - DISPATCHERS_ONLY - NOT_OF_OTHERS,
        TOM: everything - MANAGERS_ONLY - DISPATCHERS_ONLY,
        DANA: everything - MANAGERS_ONLY,
        MIRA: everything,
    }[person]


def test_every_button_that_opens_a_form_is_looked_at() -> None:
    forms = {action for action in ActionId if action.endswith("_open")}
    assert forms == {
        *FORM_OF,
        *OF_MANY,
        *OF_PROBLEM,
        *OF_SOP,
        ActionId.HOME_OPEN,
    }  # the one for a new incident is everybody's


@pytest.mark.parametrize(("action_id", "value"), OF_MANY.items())
def test_a_form_about_many_incidents_opens_only_for_dispatchers(place: Place, action_id: str, value: str) -> None:
    place.click(TOM, action_id, value=value)
    assert place.slack.forms == []
    assert place.slack.messages[0].startswith("Only a dispatcher or somebody above may ")
    place.slack.messages.clear()
    place.click(DANA, action_id, value=value)
    assert not any(message.startswith("Only a ") for message in place.slack.messages)


@pytest.mark.parametrize("action_id", OF_SOP)
@pytest.mark.parametrize("person", [TESS, TOM, DANA, MIRA])
def test_a_form_about_a_procedure_opens_only_for_those_who_may_send_it(
    place: Place, action_id: ActionId, person: str
) -> None:
    fields = {"title": TITLE, "link": "https://wiki.example.com/1", "owner": TOM}
    sop = SopChanges(place.bot.unit_of_work).add(fields, by=MIRA, now=NOW)
    may, form = OF_SOP[action_id]
    place.click(person, action_id, value=sop.number)
    assert place.slack.forms == ([form] if person in may else [])
    assert [message.startswith("Only a ") for message in place.slack.messages] == ([] if person in may else [True])


@pytest.mark.parametrize("action_id", OF_PROBLEM)
@pytest.mark.parametrize("person", [TESS, TOM, DANA, MIRA])
def test_a_form_about_a_problem_opens_only_for_those_who_may_send_it(
    place: Place, action_id: ActionId, person: str
) -> None:
    problem = Problems(place.bot.unit_of_work).open(TITLE, owner=TOM, by=TESS, now=NOW).problem
    may, form = OF_PROBLEM[action_id]
    place.click(person, action_id, value=problem.key)
    assert place.slack.forms == ([form] if person in may else [])
    assert [message.startswith("Only a ") for message in place.slack.messages] == ([] if person in may else [True])


@pytest.mark.parametrize("person", [TESS, TOM, DANA, MIRA])
def test_a_form_opens_only_for_those_who_may_send_it(place: Place, person: str) -> None:
    for action_id, form in FORM_OF.items():
        place.slack.messages.clear()
        place.slack.forms.clear()
        place.click(person, action_id)
        if form in may_send(person):
            assert (place.slack.forms, place.slack.messages) == ([form], []), action_id
        else:
            assert place.slack.forms == [], action_id
            assert place.slack.messages[0].startswith("Only a "), action_id
    assert place.counts()[2] == len(set(FORM_OF.values()) - may_send(person)), "each refusal is kept"


COMMANDS = {
    "update": ViewId.UPDATE,
    "plan": ViewId.PLAN,
    "pause": ViewId.PAUSE,
    "priority": ViewId.PRIORITY,
    "handback": ViewId.HAND_BACK,
    "note": ViewId.NOTE,
}


@pytest.mark.parametrize("person", [TESS, TOM])
def test_a_command_opens_its_form_only_for_those_who_may_send_it(place: Place, person: str) -> None:
    for word, form in COMMANDS.items():
        place.slack.forms.clear()
        place.command(person, f"{word} {place.key}")
        assert place.slack.forms == ([form] if form in may_send(person) else []), word


def test_lists_are_read_by_those_the_documents_name(place: Place) -> None:
    for words, reader, other in (("words", DANA, TOM), ("review", MIRA, DANA)):
        place.slack.messages.clear()
        place.command(other, words)
        assert place.slack.messages[0].startswith("Only a "), words
        place.command(reader, words)
        assert not place.slack.messages[1].startswith("Only a "), words


ROLE_OF = {TESS: Role.TECHNICIAN, DANA: Role.DISPATCHER, MIRA: Role.SERVICE_MANAGER, ADA: Role.ADMIN}
MORE_WORDS = {
    "assign": "{key} @dev",
    "merge": "{key} into {key}",
    "simulate": "resolve {key}",
    "snooze": "{key} 30m",
    "take": "{other}",
    "waive": "{key} resolution because of nothing",
    **dict.fromkeys(
        (
            "board",
            "digest",
            "handover",
            "health",
            "me",
            "misses",
            "notes",
            "action",
            "open",
            "problem",
            "review",
            "sop",
            "status",
            "words",
        ),
        "",
    ),
    "triage": "99 aside",
}
"""What a word needs to be understood; most need an incident."""


OWNERS_TOO = {"handback": Action.HAND_BACK, "ack": Action.ACKNOWLEDGE, "snooze": Action.SNOOZE}
"""Words that an owner may use on what is theirs, whatever their help says of others' incidents."""


def may_use(word: str, who: str, role: Role, *, is_own: bool) -> bool:
    """Whether the registry lets somebody of this role use a word on an incident that is theirs or another's."""
    action = OWNERS_TOO.get(word)
    if action is None:
        return role.may_act_as({role.label: role for role in Role}[who])
    return role.may_act_as(NEEDED_OF_OWNER[action] if is_own else NEEDED[action])


@pytest.mark.parametrize("is_own", [True, False], ids=["own", "another's"])
@pytest.mark.parametrize("person", ROLE_OF)
def test_a_command_is_for_those_its_help_names_on_their_own_and_on_others_incidents(
    place: Place, person: str, is_own: bool
) -> None:
    owner = person if is_own else TOM
    request = OpenRequest(customer="Acme Dental", title=TITLE, priority=Priority.P3)
    for sub in place.bot.subcommands:
        place.real += timedelta(seconds=2)
        mine, other = (place.incidents.open(request, by=DANA, now=NOW - timedelta(minutes=5)).key for _ in range(2))
        place.incidents.assign(mine, to=owner, by=DANA, now=NOW - timedelta(minutes=4))
        place.slack.messages.clear()
        words = MORE_WORDS.get(sub.name, "{key}").format(key=mine, other=other)
        place.command(person, f"{sub.name} {words}")
        answer = " ".join(place.slack.messages)
        is_refused = answer.startswith("Only a") and "may" in answer
        may = may_use(sub.name, sub.help.who, ROLE_OF[person], is_own=is_own)
        assert is_refused is not may, f"/sla {sub.name} {words}: {answer}"


@pytest.mark.parametrize("is_own", [True, False], ids=["own", "another's"])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_every_act_of_every_role_is_allowed_or_refused_as_the_page_says(
    action: Action, role: Role, is_own: bool
) -> None:
    team = replace(NOBODY, people=(Person(slack_id="U0ANN", name="Ann Lee", role=role, zone="UTC"),))
    least = NEEDED_OF_OWNER.get(action, NEEDED[action]) if is_own else NEEDED[action]
    owner = "U0ANN" if is_own else TOM
    if role.may_act_as(least):
        authorise(team, "U0ANN", action, owner=owner, now=NOW)
        return
    with pytest.raises(NotAllowed) as refusal:
        authorise(team, "U0ANN", action, owner=owner, now=NOW)
    assert refusal.value.who_may == NEEDED[action].label


def page_row(action: Action) -> str:
    """The line of docs/commands.md about who may do it."""
    roles = [role for role in Role if role is not Role.EVERYONE]
    marks = ["yes" if role.may_act_as(NEEDED[action]) else _own(action, role) for role in roles]
    everyone = "yes" if NEEDED[action] is Role.EVERYONE else _own(action, Role.EVERYONE)
    return f"| {ACTS[action]} | {' | '.join([everyone, *marks])} |"


def _own(action: Action, role: Role) -> str:
    least = NEEDED_OF_OWNER.get(action)
    return "own" if least is not None and role.may_act_as(least) else ""


def test_the_page_of_commands_has_the_whole_matrix() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = [page_row(action) for action in Action]
    missing = [row for row in rows if row not in page]
    assert missing == []
    assert page.count("| yes |") <= len(rows) * len(Role), "no row is there twice"


def test_a_search_offers_a_stranger_nothing(place: Place) -> None:
    offered: list[Any] = []
    ack = cast("Ack", lambda **response: offered.append(response["options"]))
    for name, words in ((SearchId.CUSTOMER, "acme"), (SearchId.COLLEAGUE, "tess")):
        for person, team in ((NINA, "T0OURS"), (DANA, "T0CUSTOMER"), (DANA, "T0OURS")):
            place.bot.admission_check.learn_workspace()
            form = {"private_metadata": place.key}
            user = {"id": person, "team_id": team}
            typed = {"type": "block_suggestion", "value": words, "user": user, "view": form}
            place.bot.listeners.searches[name](ack, typed)
    assert [len(options) for options in offered] == [0, 0, 1] * 2


def test_the_sixty_first_request_within_a_minute_is_neither_kept_nor_done(place: Place) -> None:
    for _ in range(PER_MINUTE - 1):
        place.bot.desk.limit.count(TOM, name=ActionId.SHOW)
    place.command(TOM, f"show {place.key}")
    kept, sent = place.kept_requests(), len(place.slack.messages)
    for _ in range(3):
        place.command(TOM, f"show {place.key}")
        place.form(TOM, ViewId.UPDATE)
    sentence = (
        "That was more than 60 requests within a minute, so this one was not done; please wait a moment. "
        "Acknowledge, take and resolve work all the same."
    )
    assert place.slack.messages[sent:] == [sentence]
    forms = [ack for ack in place.acks if ack]
    assert forms == [{"response_action": "errors", "errors": {"text": sentence}}] * 3
    assert place.kept_requests() == kept
    place.command(TOM, f"resolve {place.key}")
    assert "is resolved" in place.slack.messages[-1]
    place.command(TESS, f"show {place.key}")
    assert place.key in place.slack.messages[-1]


def test_until_slack_has_said_which_workspace_is_ours_nobody_is_answered(place: Place) -> None:
    known = place.slack.auth_test
    place.slack.auth_test = lambda: (_ for _ in ()).throw(OSError("away"))  # type: ignore[method-assign]
    place.command(TOM, f"resolve {place.key}")
    place.form(TOM, ViewId.UPDATE)
    assert "which workspace I work for" in place.slack.messages[0]
    assert "which workspace I work for" in place.acks[-1]["errors"]["text"]
    place.slack.auth_test = known  # type: ignore[method-assign]
    place.command(TOM, f"resolve {place.key}")
    assert "is resolved" in place.slack.messages[1]
    place.slack.auth_test = lambda: (_ for _ in ()).throw(OSError("away"))  # type: ignore[method-assign]
    place.command(TOM, f"reopen {place.key}")
    assert "is open again" in place.slack.messages[2]


def test_slack_is_asked_nothing_before_a_form_is_acknowledged(place: Place) -> None:
    place.bot.admission_check.admission.learn(place.bot.admission_check.directory)
    place.slack.asked.clear()
    place.form(NINA, ViewId.UPDATE)
    assert place.slack.asked == []
    assert place.acks == [{"response_action": "errors", "errors": {"text": NOT_NAMED}}]


def test_a_request_left_over_by_a_process_that_died_meets_the_same_door(place: Place) -> None:
    body = {"command": "/sla", "text": "status all", "user_id": NINA, "team_id": "T0OURS", "trigger_id": "1.left"}
    place.bot.desk.requests.take("slack:1.left", body, at=NOW)
    place.real += timedelta(minutes=1)
    place.bot._carry_out_unfinished()
    assert place.slack.messages == [NOT_NAMED]


def test_which_workspace_is_ours_is_asked_until_it_was_said_once(place: Place) -> None:
    for _ in range(3):
        place.bot.admission_check.learn_workspace()
    assert place.slack.asked == ["auth.test"]
    assert place.bot.admission_check.admission.workspace() == Workspace(team="T0OURS")
    assert place.bot.admission_check.directory.membership(GUEST, Workspace(team="T0OURS")) is Membership.GUEST
