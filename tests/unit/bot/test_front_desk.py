"""The course of a click: kept, acknowledged, carried out once, answered."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.error import URLError

import pytest
from slack_bolt import Ack, BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from sqlalchemy.exc import IntegrityError

from bot.requests.front_desk import (
    DONE,
    FORM_FAILED,
    KEPT,
    NOT_YET,
    TRIES_WHILE_BUSY,
    UNFINISHED_AFTER,
    FrontDesk,
)
from bot.requests.listener import Listener
from bot.requests.payloads import ASKED_AT
from bot.requests.private_answers import PrivateAnswers
from bot.requests.request import AfterClosing, Answer, Ask, OpenForm
from bot.requests.responder import FORM_MAY_BE_OPEN, FORM_NOT_OPENED, FORM_TOO_LATE, Responder
from bot.views.rendered import Rendered
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.errors import NotPaused
from sla_engine.domain.notes.errors import NoteIncomplete
from sla_engine.domain.time.errors import UnreadableMoment
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.services.upkeep.kept_requests import Requests
from sla_engine.storage import failures
from sla_engine.storage.database import Database
from sla_engine.storage.errors import StorageBusy
from tests.fixed_time import FixedTime

NOW = datetime(2026, 2, 2, 15, tzinfo=UTC)
pytestmark = pytest.mark.sqlite_only


class Recorder:
    """Stands where Slack is: acknowledgements, answers and forms in the order they came."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.takes_answers = True
        self.no_form: Exception | None = None

    def __call__(self, **response: Any) -> None:
        """Acknowledge."""
        self.calls.append(("ack", response))

    def send(self, _body: object, answer: Rendered, *, replaces: bool = False) -> bool:  # noqa: ARG002 - as it is called
        """Answer privately."""
        self.calls.append(("answer", answer.text))
        return self.takes_answers

    def views_open(self, *, trigger_id: str, view: object) -> None:
        """Open a form."""
        if self.no_form is not None:
            raise self.no_form
        self.calls.append(("form", trigger_id, view))

    @property
    def ack(self) -> Ack:
        """As Bolt would hand it over."""
        return cast("Ack", self)


class Desk:
    """A front desk on a real database, and everything around it within reach."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, wait_seconds=0.1)
        self.requests = Requests(self.database)
        self.slack = Recorder()
        self.real = NOW
        self.sla_time = FixedTime(NOW)
        self.changes = 0
        self.opening: list[str] = []
        self.desk = FrontDesk(
            self.requests,
            time=self.sla_time,
            real_clock=lambda: self.real,
            responder=Responder(
                cast("PrivateAnswers", self.slack),
                client=cast("WebClient", self.slack),
                requests=self.requests,
                real_clock=lambda: self.real,
                form_opens=self.opening.append,
            ),
            changed=self._changed,
        )

    def _changed(self) -> None:
        self.changes += 1

    def unfinished(self) -> int:
        return len(self.requests.unfinished(at=self.real + timedelta(hours=1), older_than=timedelta(0)))


@pytest.fixture
def place(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.database.close()


TYPE_AGAIN = "Please click or type it again."
UNSIGNED = BoltRequest(body="", mode="socket_mode")


def command(text: str = "status", trigger: str = "1.1.a") -> dict[str, Any]:
    return {"command": "/sla", "text": text, "user_id": "U0TOM", "trigger_id": trigger}


def click(action: dict[str, Any], trigger: str = "1.1.b") -> dict[str, Any]:
    return {"type": "block_actions", "user": {"id": "U0TOM"}, "trigger_id": trigger, "actions": [action]}


def form(**fields: dict[str, Any]) -> dict[str, Any]:
    values = {block: {"answer": element} for block, element in fields.items()}
    view = {"id": "V1", "hash": "1.x", "callback_id": "plan", "private_metadata": "INC-1", "state": {"values": values}}
    return {"type": "view_submission", "user": {"id": "U0TOM"}, "view": view, "trigger_id": "1.1.c"}


def asked(into: list[Ask], answer: Answer = None) -> Listener:
    """A listener that remembers what it was asked."""

    def listen(ask: Ask) -> Answer:
        into.append(ask)
        return answer

    return listen


def refusing(refusal: Exception) -> Listener:
    """A listener that cannot."""

    def listen(_: Ask) -> Answer:
        raise refusal

    return listen


def test_a_command_is_kept_before_it_is_acknowledged_and_answered_after(place: Desk) -> None:
    kept_at_ack: list[int] = []
    asks: list[Ask] = []

    def ack(**_: Any) -> None:
        kept_at_ack.append(place.unfinished())
        assert asks == [], "Slack does not wait for the work"

    place.desk.on_command(asked(asks, Rendered("Here")))(cast("Ack", ack), command(), UNSIGNED)
    assert kept_at_ack == [1]
    assert [ask.text for ask in asks] == ["status"]
    assert place.slack.calls == [("answer", "Here")]
    assert place.unfinished() == 0
    assert place.changes == 1


def test_a_command_is_read_without_what_cannot_be_seen_and_with_groups_in_words(place: Desk) -> None:
    asks: list[Ask] = []
    text = "assign 7 <!subteam^S0123456789|@helpdesk> \ud83d \u202enow\x00"
    place.desk.on_command(asked(asks))(place.slack.ack, command(text), UNSIGNED)
    assert [ask.text for ask in asks] == ["assign 7 @helpdesk  now"]
    assert place.unfinished() == 0


def test_half_an_emoji_in_a_form_loses_nothing(place: Desk) -> None:
    asks: list[Ask] = []
    place.desk.on_form("plan", asked(asks))(
        place.slack.ack, form(text={"value": "We \ud83d fix ∗\u2060it∗\u2060"}), UNSIGNED
    )
    assert [ask.answers for ask in asks] == [{"text": "We  fix *it*"}]
    assert place.slack.calls == [("ack", {})]


def test_a_search_is_answered_with_options_and_a_refused_one_with_none(place: Desk) -> None:
    asks: list[Ask] = []
    body = {"type": "block_suggestion", "user": {"id": "U0TOM"}, "value": "acme\u202e"}
    options = [{"text": {"type": "plain_text", "text": "Acme"}, "value": "Acme"}]

    def search(ask: Ask) -> list[dict[str, Any]]:
        asks.append(ask)
        return options

    def refused(_: Ask) -> list[dict[str, Any]]:
        raise StorageBusy

    place.desk.on_search(search)(place.slack.ack, body)
    place.desk.on_search(refused)(place.slack.ack, body)
    assert [(ask.user, ask.value) for ask in asks] == [("U0TOM", "acme")]
    assert place.slack.calls == [("ack", {"options": options}), ("ack", {"options": []})]


def test_the_same_trigger_twice_is_acknowledged_twice_and_carried_out_once(place: Desk) -> None:
    asks: list[Ask] = []
    listen = place.desk.on_command(asked(asks))
    for _ in range(2):
        listen(place.slack.ack, command(), UNSIGNED)
    assert len(asks) == 1
    assert place.slack.calls == [("ack", {}), ("ack", {})]


def test_commands_without_a_trigger_are_not_taken_for_one(place: Desk) -> None:
    asks: list[Ask] = []
    listen = place.desk.on_command(asked(asks))
    for _ in range(2):
        listen(place.slack.ack, {"command": "/sla", "text": "status", "user_id": "U0TOM"}, UNSIGNED)
    assert len(asks) == 2
    assert asks[0].request != asks[1].request
    assert place.unfinished() == 0


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ({"action_id": "x", "type": "button", "value": "INC-7"}, "INC-7"),
        ({"action_id": "x", "type": "users_select", "selected_user": "U0TESS"}, "U0TESS"),
        ({"action_id": "x", "type": "static_select", "selected_option": {"value": "30m"}}, "30m"),
        ({"action_id": "x", "type": "datepicker", "selected_date": "2026-02-20"}, "2026-02-20"),
        ({"action_id": "x", "type": "static_select", "selected_option": None}, ""),
        ({"action_id": "x", "type": "button"}, ""),
    ],
)
def test_what_was_clicked_or_chosen_is_the_asks_value(place: Desk, action: dict[str, Any], value: str) -> None:
    asks: list[Ask] = []
    place.desk.on_action("x", asked(asks))(place.slack.ack, click(action | {"block_id": "nudge:INC-7"}), UNSIGNED)
    assert asks == [Ask(request="slack:1.1.b", user="U0TOM", now=NOW, value=value, block_id="nudge:INC-7")]


def test_a_forms_fields_come_by_name_and_an_empty_one_is_an_empty_text(place: Desk) -> None:
    asks: list[Ask] = []
    body = form(text={"type": "plain_text_input", "value": None}, how={"selected_option": {"value": "phone"}})
    place.desk.on_form("plan", asked(asks, Rendered("Done")))(place.slack.ack, body, UNSIGNED)
    assert asks[0].answers == {"text": "", "how": "phone"}
    assert asks[0].value == "INC-1"
    assert place.slack.calls == [("ack", {}), ("answer", "Done")]


def test_a_forms_refusal_stands_beside_its_field(place: Desk) -> None:
    fields = {"text": {"value": "x"}, "until": {"value": "1d"}}
    place.desk.on_form("plan", refusing(UnreadableMoment("1d")))(place.slack.ack, form(**fields), UNSIGNED)
    kind, response = place.slack.calls[0]
    assert kind == "ack"
    assert response["response_action"] == "errors"
    assert "“1d” is not a time I can read" in " ".join(response["errors"].values())
    assert set(response["errors"]) <= {"text", "until"}
    assert place.unfinished() == 0


def test_a_notes_problems_stand_beside_the_fields_there_are(place: Desk) -> None:
    refusal = NoteIncomplete({"impact": "Name the users.", "elsewhere": "No field."})
    place.desk.on_form("plan", refusing(refusal))(place.slack.ack, form(impact={"value": ""}), UNSIGNED)
    assert place.slack.calls == [("ack", {"response_action": "errors", "errors": {"impact": "Name the users."}})]


def test_a_form_that_was_carried_out_before_is_closed_without_a_word(place: Desk) -> None:
    place.desk.on_form("plan", refusing(AlreadyCarriedOut("slack:form:1.1.c")))(
        place.slack.ack, form(text={}), UNSIGNED
    )
    assert place.slack.calls == [("ack", {})]


def test_a_refusal_is_one_sentence_to_the_one_who_asked(place: Desk) -> None:
    place.desk.on_command(refusing(NotPaused("INC-7")))(place.slack.ack, command(), UNSIGNED)
    assert place.slack.calls == [("ack", {}), ("answer", "INC-7 is not paused, so there is nothing to resume.")]
    assert place.unfinished() == 0


def busy_for(tries: int, into: list[Ask]) -> Listener:
    """A listener whose database is busy the first `tries` times."""
    waits = iter(range(tries))

    def listen(ask: Ask) -> Answer:
        if next(waits, None) is not None:
            raise StorageBusy
        into.append(ask)
        return Rendered("INC-7 is yours.")

    return listen


def test_a_database_that_is_busy_for_a_moment_delays_the_answer_and_nothing_else(place: Desk) -> None:
    asks: list[Ask] = []
    place.desk.on_command(busy_for(TRIES_WHILE_BUSY - 1, asks))(place.slack.ack, command("take 7"), UNSIGNED)
    assert place.slack.calls == [("ack", {}), ("answer", "INC-7 is yours.")]
    assert len(asks) == 1
    assert place.unfinished() == 0


def test_what_a_busy_database_keeps_waiting_is_carried_out_once_without_being_asked_again(place: Desk) -> None:
    asks: list[Ask] = []
    place.desk.on_command(busy_for(TRIES_WHILE_BUSY, asks))(place.slack.ack, command("take 7"), UNSIGNED)
    assert place.slack.calls[1:] == [("answer", KEPT.format(asked="take 7"))]
    place.real += UNFINISHED_AFTER + timedelta(seconds=1)
    assert place.desk.carry_out_unfinished() == 1
    assert place.slack.calls[2:] == [("answer", "INC-7 is yours.")]
    assert place.desk.carry_out_unfinished() == 0
    assert len(asks) == 1


def test_a_form_whose_work_is_long_is_closed_before_it_begins(place: Desk) -> None:
    def work(_: Ask) -> Answer:
        place.slack.calls.append("works")
        return Rendered("12 done")

    listener = asked([], AfterClosing(work))
    place.desk.on_form("plan", listener)(place.slack.ack, form(text={"value": "x"}), UNSIGNED)
    assert place.slack.calls == [("ack", {}), "works", ("answer", "12 done")]
    assert place.unfinished() == 0


def test_the_long_work_of_a_closed_form_is_carried_out_later_where_the_database_is_busy(place: Desk) -> None:
    asks: list[Ask] = []
    listener = asked([], AfterClosing(busy_for(TRIES_WHILE_BUSY, asks)))
    place.desk.on_form("plan", listener)(place.slack.ack, form(text={"value": "x"}), UNSIGNED)
    assert asks == []
    place.real += UNFINISHED_AFTER + timedelta(seconds=1)
    assert place.desk.carry_out_unfinished() == 1
    assert place.slack.calls[2:] == [("answer", "INC-7 is yours.")]
    assert len(asks) == 1
    assert place.unfinished() == 0


def test_a_kept_request_waits_for_a_busy_database_without_being_counted_as_failed(place: Desk) -> None:
    asks: list[Ask] = []
    passes = 12
    busy = busy_for(TRIES_WHILE_BUSY + passes, asks)
    place.desk.on_command(busy)(place.slack.ack, command("take 7"), UNSIGNED)
    for _ in range(passes):
        place.real += timedelta(minutes=1)
        assert place.desk.carry_out_unfinished() == 1
    assert place.slack.calls[1:] == [("answer", KEPT.format(asked="take 7"))], "which stays true"
    assert failures_counted(place.database) == 0
    assert place.desk.carry_out_unfinished() == 1
    assert place.slack.calls[2:] == [("answer", "INC-7 is yours.")]
    assert len(asks) == 1
    assert place.unfinished() == 0


def failures_counted(database: Database) -> int:
    with database.reading() as session:
        return len(failures.unresolved(session))


def test_a_kept_request_that_meets_a_busy_database_holds_up_no_other(place: Desk) -> None:
    asks: list[Ask] = []
    place.desk.on_command(busy_for(1, asks))
    for number in range(2):
        place.requests.take(f"slack:1.1.{number}", command(f"take {number}", f"1.1.{number}"), at=NOW)
    place.real += UNFINISHED_AFTER + timedelta(seconds=1)
    assert place.desk.carry_out_unfinished() == 2
    assert [ask.text for ask in asks] == ["take 1"]
    assert place.desk.carry_out_unfinished() == 1
    assert [ask.text for ask in asks] == ["take 1", "take 0"]


def test_a_form_is_not_opened_later_but_asked_for_again(place: Desk) -> None:
    waits = iter(range(TRIES_WHILE_BUSY))

    def listen(_: Ask) -> Answer:
        if next(waits, None) is not None:
            raise StorageBusy
        return OpenForm({"type": "modal"})

    place.desk.on_command(listen)(place.slack.ack, command("plan 7"), UNSIGNED)
    place.real += UNFINISHED_AFTER + timedelta(seconds=1)
    assert place.desk.carry_out_unfinished() == 1
    assert place.slack.calls[2:] == [("answer", f"{FORM_TOO_LATE} {TYPE_AGAIN}")]
    assert place.opening == []
    assert place.unfinished() == 0


@pytest.mark.parametrize(
    "body", [command("respond 7"), click({"action_id": "x", "value": "INC-7"})], ids=["command", "click"]
)
def test_what_was_kept_counts_from_when_it_was_asked(place: Desk, body: dict[str, Any]) -> None:
    asks: list[Ask] = []
    listener = busy_for(TRIES_WHILE_BUSY, asks)
    commands, clicks = place.desk.on_command(listener), place.desk.on_action("x", listener)
    (commands if "command" in body else clicks)(place.slack.ack, body, UNSIGNED)
    place.real += UNFINISHED_AFTER + timedelta(seconds=1)
    place.sla_time.at = NOW + timedelta(minutes=5)
    assert place.desk.carry_out_unfinished() == 1
    assert [ask.now for ask in asks] == [NOW]


@pytest.mark.parametrize("asked_at", [{}, {ASKED_AT: "soon"}, {ASKED_AT: None}, {ASKED_AT: "2026-02-02T15:00:00"}])
def test_what_was_kept_without_a_readable_time_counts_from_when_it_is_carried_out(
    place: Desk, asked_at: dict[str, Any]
) -> None:
    asks: list[Ask] = []
    place.desk.on_command(asked(asks))
    place.requests.take("slack:1.1.a", command() | asked_at, at=NOW)
    place.real += UNFINISHED_AFTER + timedelta(seconds=1)
    place.sla_time.at = NOW + timedelta(minutes=5)
    assert place.desk.carry_out_unfinished() == 1
    assert [ask.now for ask in asks] == [NOW + timedelta(minutes=5)]


def test_a_payload_does_not_choose_the_time_it_counts_from(place: Desk) -> None:
    asks: list[Ask] = []
    body = command() | {ASKED_AT: (NOW - timedelta(days=1)).isoformat()}
    place.desk.on_command(busy_for(TRIES_WHILE_BUSY, asks))(place.slack.ack, body, UNSIGNED)
    place.real += UNFINISHED_AFTER + timedelta(seconds=1)
    place.desk.carry_out_unfinished()
    assert [ask.now for ask in asks] == [NOW]


def committed_while_busy(tries: int) -> Listener:
    """A listener whose first try is committed, while the database seems busy the first `tries` times."""
    waits = iter(range(tries))

    def listen(ask: Ask) -> Answer:
        if next(waits, None) is not None:
            raise StorageBusy
        raise AlreadyCarriedOut(ask.request)

    return listen


def test_a_retry_that_learns_that_it_was_done_says_so(place: Desk) -> None:
    place.desk.on_command(committed_while_busy(1))(place.slack.ack, command("take 7"), UNSIGNED)
    assert place.slack.calls == [("ack", {}), ("answer", DONE.format(asked="take 7"))]
    assert place.unfinished() == 0


def test_a_kept_request_that_was_done_says_so_when_the_database_is_back(place: Desk) -> None:
    place.desk.on_command(committed_while_busy(TRIES_WHILE_BUSY))(place.slack.ack, command("take 7"), UNSIGNED)
    place.real += UNFINISHED_AFTER + timedelta(seconds=1)
    assert place.desk.carry_out_unfinished() == 1
    assert place.slack.calls[2:] == [("answer", DONE.format(asked="take 7"))]
    assert place.unfinished() == 0


def test_a_first_try_of_what_was_done_before_is_not_answered_again(place: Desk) -> None:
    place.desk.on_command(committed_while_busy(0))(place.slack.ack, command("take 7"), UNSIGNED)
    assert place.slack.calls == [("ack", {})]


def test_what_could_not_be_kept_is_to_be_asked_again(place: Desk) -> None:
    writer = place.database.engine.connect()
    try:
        writer.exec_driver_sql("SELECT 1")  # holds the one write lock
        place.desk.on_command(asked([]))(place.slack.ack, command("take 7"), UNSIGNED)
    finally:
        writer.close()
    assert place.slack.calls[0] == ("ack", {})
    assert "nothing was changed, please try again" in place.slack.calls[1][1]
    assert place.unfinished() == 0


def test_a_fault_of_ours_is_tried_again_and_after_five_tries_the_person_reads_that_it_was_not_done(
    place: Desk,
) -> None:
    place.desk.on_command(refusing(KeyError("until")))(place.slack.ack, command("pause 1042"), UNSIGNED)
    assert place.slack.calls[1] == ("answer", NOT_YET.format(asked="pause 1042"))
    waits = (5, 15, 30, 45)
    for seconds in waits:
        place.real += timedelta(seconds=seconds - 1)
        assert place.desk.carry_out_unfinished() == 0, "not its turn yet"
        place.real += timedelta(seconds=1)
        assert place.desk.carry_out_unfinished() == 1
    assert place.slack.calls[2:] == [("answer", "Your “pause 1042” was not done; nothing was changed. "
                                     "Whoever runs sla-bot has been told.")]  # fmt: skip
    place.real += timedelta(days=1)
    assert place.desk.carry_out_unfinished() == 0
    assert place.real - NOW - timedelta(days=1) <= timedelta(minutes=2)


@pytest.mark.parametrize("error", [KeyError("until"), IntegrityError("", {}, Exception()), NotPaused("INC-1")])
def test_one_failing_request_holds_up_no_other(place: Desk, error: Exception) -> None:
    asks: list[Ask] = []

    def listen(ask: Ask) -> Answer:
        if ask.text == "poison":
            raise error
        asks.append(ask)
        return None

    place.desk.on_command(listen)
    for number, text in enumerate(("poison", "take INC-1", "take INC-2")):
        place.requests.take(f"slack:1.1.{number}", command(text, f"1.1.{number}"), at=NOW)
    place.real = NOW + UNFINISHED_AFTER + timedelta(seconds=1)
    place.desk.carry_out_unfinished()
    assert [ask.text for ask in asks] == ["take INC-1", "take INC-2"]
    assert place.unfinished() == (0 if isinstance(error, SlaError) else 1)


def test_a_kept_request_that_cannot_be_read_holds_up_no_other(place: Desk) -> None:
    asks: list[Ask] = []
    place.desk.on_command(asked(asks))
    for number in range(2):
        place.requests.take(f"slack:1.1.{number}", command("take INC-1", f"1.1.{number}"), at=NOW)
    with place.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE inbox SET payload = '{' WHERE id = 'slack:1.1.0'")
    place.real = NOW + UNFINISHED_AFTER + timedelta(seconds=1)
    place.desk.carry_out_unfinished()
    assert len(asks) == 1


def test_a_kept_request_of_another_version_is_given_up(place: Desk) -> None:
    place.requests.take("slack:1.1.b", click({"action_id": "gone", "value": "1"}), at=NOW)
    place.real = NOW + UNFINISHED_AFTER + timedelta(seconds=1)
    assert place.desk.carry_out_unfinished() == 1
    assert place.unfinished() == 0


def test_a_form_whose_work_failed_stays_open_and_says_so(place: Desk) -> None:
    place.desk.on_form("plan", refusing(KeyError("until")))(
        place.slack.ack, form(text={"value": "long words"}), UNSIGNED
    )
    assert place.slack.calls == [("ack", {"response_action": "errors", "errors": {"text": FORM_FAILED}})]
    assert place.unfinished() == 0


def test_a_form_without_fields_is_answered_by_a_view_that_says_so(place: Desk) -> None:
    place.desk.on_form("plan", refusing(KeyError("until")))(place.slack.ack, form(), UNSIGNED)
    ((_, response),) = place.slack.calls
    assert response["response_action"] == "update"
    assert FORM_FAILED in str(response["view"])


def test_a_form_submitted_again_with_another_trigger_counts_once(place: Desk) -> None:
    asks: list[Ask] = []
    listen = place.desk.on_form("plan", asked(asks, Rendered("Done")))
    for trigger in ("1.1.c", "1.1.d"):
        listen(place.slack.ack, form(text={"value": "x"}) | {"trigger_id": trigger}, UNSIGNED)
    assert len(asks) == 1
    assert place.slack.calls == [("ack", {}), ("answer", "Done"), ("ack", {})]


@pytest.mark.parametrize("failure", [UnreadableMoment("1d"), KeyError("until")])
def test_a_form_that_was_refused_or_failed_may_be_submitted_again(place: Desk, failure: Exception) -> None:
    asks: list[Ask] = []
    place.desk.on_form("plan", refusing(failure))(place.slack.ack, form(text={"value": "x"}), UNSIGNED)
    place.desk.on_form("plan", asked(asks))(place.slack.ack, form(text={"value": "y"}), UNSIGNED)
    assert [ask.answers for ask in asks] == [{"text": "y"}]
    assert place.unfinished() == 0


def test_a_form_that_lacks_a_field_says_that_it_is_of_another_version(place: Desk) -> None:
    def wants(ask: Ask) -> Answer:
        return Rendered(ask.answers["until"])

    place.desk.on_form("plan", wants)(place.slack.ack, form(text={"value": "x"}), UNSIGNED)
    ((_, response),) = place.slack.calls
    assert "another version" in response["errors"]["text"]


ODD = {
    "no actions": {"actions": []},
    "actions of another kind": {"actions": ["x"]},
    "no user": {"user": None},
    "a user of another kind": {"user": {"id": ["U0TOM"]}},
    "a user that is a text": {"user": "U0TOM"},
}


@pytest.mark.parametrize("changed", ODD.values(), ids=ODD)
def test_an_odd_click_is_acknowledged_and_leaves_nothing_behind(place: Desk, changed: dict[str, Any]) -> None:
    place.desk.on_action("x", asked([]))(place.slack.ack, click({"action_id": "x"}) | changed, UNSIGNED)
    assert place.slack.calls[0] == ("ack", {})
    assert len(place.slack.calls) <= 2
    assert place.unfinished() == 0


ODD_STATES: tuple[Any, ...] = (None, {}, {"values": None}, {"values": {"text": None}}, {"values": {"text": {"a": "b"}}})


@pytest.mark.parametrize("state", ODD_STATES)
def test_an_odd_form_never_closes_as_if_saved(place: Desk, state: object) -> None:
    body = form()
    body["view"]["state"] = state

    def wants(ask: Ask) -> Answer:
        if not ask.answers.get("text"):
            raise UnreadableMoment("")
        return None

    place.desk.on_form("plan", wants)(place.slack.ack, body, UNSIGNED)
    ((kind, response),) = place.slack.calls
    assert kind == "ack"
    assert response["response_action"] in {"errors", "update"}


def test_a_form_that_no_listener_answers_stays_open_with_one_sentence(place: Desk) -> None:
    place.desk.answer_unknown_form(place.slack.ack, form(text={"value": "x"}))
    ((_, response),) = place.slack.calls
    assert response["response_action"] == "errors"


def test_a_replayed_request_without_a_trigger_counts_once(place: Desk) -> None:
    asks: list[Ask] = []
    listen = place.desk.on_command(asked(asks))
    replayed = BoltRequest(body="", headers={"x-slack-signature": ["v0=abc"]})
    for request in (replayed, replayed, BoltRequest(body="", headers={"x-slack-signature": ["v0=def"]})):
        listen(place.slack.ack, {"command": "/sla", "text": "status", "user_id": "U0TOM"}, request)
    assert len(asks) == 2


def test_a_form_is_opened_with_the_clicks_trigger_and_a_refused_one_is_said(place: Desk) -> None:
    listener = asked([], OpenForm({"type": "modal"}))
    place.desk.on_command(listener)(place.slack.ack, command(trigger="1.1.d"), UNSIGNED)
    kind, trigger, view = place.slack.calls[-1]
    assert (kind, trigger, view["type"]) == ("form", "1.1.d", "modal")
    assert place.opening == ["U0TOM"], "whose zone is asked for meanwhile"


def answer_of_slack(status: int, error: str) -> SlackApiError:
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": error},
        headers={},
        status_code=status,
    )
    return SlackApiError("no", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (answer_of_slack(200, "expired_trigger_id"), FORM_NOT_OPENED),
        (answer_of_slack(429, "ratelimited"), FORM_NOT_OPENED),
        (URLError(ConnectionRefusedError()), FORM_NOT_OPENED),
        (answer_of_slack(503, "no_error_given"), FORM_MAY_BE_OPEN),
        (TimeoutError(), FORM_MAY_BE_OPEN),
        (http.client.BadStatusLine("NOT HTTP"), FORM_MAY_BE_OPEN),
        (http.client.IncompleteRead(b""), FORM_MAY_BE_OPEN),
    ],
    ids=str,
)
def test_a_form_that_did_not_open_or_may_be_open_is_said(place: Desk, failure: Exception, sentence: str) -> None:
    place.slack.no_form = failure
    place.desk.on_command(asked([], OpenForm({"type": "modal"})))(place.slack.ack, command(trigger="1.1.e"), UNSIGNED)
    assert place.slack.calls[-1] == ("answer", f"{sentence} {TYPE_AGAIN}")


def test_a_request_is_carried_out_again_only_when_it_is_old_and_unfinished(place: Desk) -> None:
    asks: list[Ask] = []
    place.desk.on_command(asked(asks, Rendered("Late")))
    place.requests.take("slack:1.1.z", command("take INC-1", "1.1.z"), at=NOW)
    assert place.desk.carry_out_unfinished() == 0, "somebody may still be at it"
    place.real = NOW + UNFINISHED_AFTER + timedelta(seconds=1)
    assert place.desk.carry_out_unfinished() == 1
    assert [(ask.request, ask.text) for ask in asks] == [("slack:1.1.z", "take INC-1")]
    assert place.slack.calls == [("answer", "Late")]
    assert place.desk.carry_out_unfinished() == 0


def test_an_answer_slack_does_not_take_waits_as_a_direct_message(place: Desk) -> None:
    place.slack.takes_answers = False
    place.desk.on_command(asked([], Rendered("Here")))(place.slack.ack, command(), UNSIGNED)
    with place.database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT key, destination FROM outbox").all()
    assert [tuple(row) for row in rows] == [("answer:slack:1.1.a", "U0TOM")]


def test_slacks_verification_token_is_not_written_down(place: Desk) -> None:
    def dies(_: Ask) -> Answer:
        raise ZeroDivisionError

    place.desk.on_command(dies)(place.slack.ack, command() | {"token": "secret"}, UNSIGNED)
    (kept,) = place.requests.unfinished(at=NOW + 2 * UNFINISHED_AFTER, older_than=UNFINISHED_AFTER)
    assert place.requests.kept(kept) == command() | {ASKED_AT: NOW.isoformat()}
