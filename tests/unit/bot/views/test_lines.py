"""Lines the engine writes by name, and the sentence of each fact."""

import pytest

from bot.text import moment
from bot.views.fact_sentences import fact_sentence
from bot.views.lines import line_message
from sla_engine.domain.incidents.stored_names import STORED_NAMES
from sla_engine.notifications.notices import LineMessage
from tests.unit.bot.views.samples import HOSTILE_TITLES, buttons, minute, refused, seen


def line(text_key: str, **facts: str | None) -> LineMessage:
    return LineMessage(incident_key="INC-1042", text_key=text_key, facts=facts)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            line("assigned", by="U0DANA", title="Printers offline"),
            "Printers offline\n*INC-1042* is yours now: <@U0DANA> assigned it to you.",
        ),
        (
            line("assigned", by="U0DANA", title="Mail down", customer="Acme Dental", priority="P1", ticket="T-7"),
            "*P1 Acme Dental: Mail down*\n*INC-1042*, T-7 is yours now: <@U0DANA> assigned it to you.",
        ),
        (
            line(
                "assigned",
                by="U0DANA",
                title="Mail down",
                at=minute(31).isoformat(),
                first_response=minute(30).isoformat(),
                resolution=minute(480).isoformat(),
            ),
            f"Mail down\nFirst reply was due {moment(minute(30))} · Fix due {moment(minute(480))}\n"
            "*INC-1042* is yours now: <@U0DANA> assigned it to you.",
        ),
        (
            line("opened", by="U0DANA", customer="Acme Dental", priority="P1", title="Mail down"),
            "*INC-1042* · P1 · Acme Dental: opened by <@U0DANA>.\nMail down",
        ),
        (
            line("not_watched", duty="clock", priority="P1", customer="Acme Dental", title="Nobody can log in"),
            ":warning: *INC-1042* (P1 Acme Dental, Nobody can log in) is not being watched: its reminder failed five "
            "times. Please watch it by hand.",
        ),
        (
            line("not_watched", duty="of a newer version", priority="P1", customer="Acme Dental", title="Mail down"),
            ":warning: *INC-1042* (P1 Acme Dental, Mail down) has something due that this version does not know: its "
            "reminder failed five times. Please watch it by hand.",
        ),
        (
            line("not_watched", duty="note", priority="P2", customer="Acme Dental", title="Mail down"),
            ":warning: *INC-1042* (P2 Acme Dental, Mail down) still wants its SLA note and nobody is asked: its "
            "reminder failed five times. Please ask for it by hand.",
        ),
        (
            line("many_not_watched", count="4", incidents="INC-1042 (P1 Acme Dental); INC-1043 (P2 Acme Dental)"),
            ":warning: 4 more items failed five times in ten minutes and are set aside. Please watch these by hand: "
            "INC-1042 (P1 Acme Dental); INC-1043 (P2 Acme Dental).",
        ),
        (
            line("history_head", head="42-2-1-abc"),
            "Head of the history: `42-2-1-abc`\nWhoever runs the bot checks it: `sla-bot audit verify --head …`",
        ),
        (
            line("delivery_set_aside", source="webhook", about="T-1", title="Mail down"),
            ":warning: What webhook told of T-1 could not be worked on: it failed five times, and no clock "
            "knows of it.\nPlease look at it there and do by hand what is needed here.\nMail down",
        ),
        (
            line("not_merged", source="psa", into="INC-1050", customer="Acme Dental", other="Beta", title="Mail down"),
            "*INC-1042*: psa merged its ticket into that of *INC-1050*, but that one is Beta’s and this one Acme "
            "Dental’s. Both go on as they were.\nMail down\nPlease resolve the one that is not needed.",
        ),
        (
            line("not_merged", source="psa", into="INC-1050", customer="Acme Dental", other="Acme Dental"),
            "*INC-1042*: psa merged its ticket into that of *INC-1050*, but that one is over.",
        ),
        (line("opened", customer="Acme Dental", priority="P1"), "*INC-1042* · P1 · Acme Dental: opened."),
        (
            line("happened", what="paused", by="U0TOM", text="parts", at=minute(1).isoformat()),
            "<@U0TOM> paused it: waiting for parts · <!date^1767600060^",
        ),
        (line("happened", what="resolved", by="U0TOM", text=""), "<@U0TOM> resolved it"),
        (
            line("customer_replied", customer="Acme Dental", title="Mail down"),
            "*INC-1042*: Acme Dental replied and waits for an answer.\nMail down",
        ),
        (
            line("promise_due", promised=minute(60).isoformat(), title="Mail down"),
            "*INC-1042*: the update you promised by <!date^1767603600^",
        ),
        (
            line("promise_due", title="Mail down"),
            "*INC-1042*: the update you promised is due. Still on it?\nMail down\nTell the customer, or promise anew: "
            "`/sla ack INC-1042 30m`. Otherwise it lapses.",
        ),
        (
            line(
                "refused_ticket",
                source="webhook",
                external_id="T-1",
                customer="Acme Dental",
                priority="P2",
                title="No print",
                reason="site must be one of Berlin, not 'HQ'",
            ),
            ":warning: A new ticket from webhook was refused, so no clock runs for it: T-1 (P2 Acme Dental).\n"
            "No print\nWhy: site must be one of Berlin, not 'HQ'. "
            "Let it be corrected and sent again, or open it with `/sla open`.",
        ),
        (
            line("refused_ticket", source="webhook", reason="id is missing or empty"),
            ":warning: A new ticket from webhook was refused, so no clock runs for it: without an id.\nWhy: id is",
        ),
        (
            line("refused_alerts", source="alertmanager", reason="version must be 4"),
            ":warning: Alerts from alertmanager were refused, and are not sent again: version must be 4.\nLook there",
        ),
        (
            line("too_large", source="alertmanager", kilobytes="256"),
            ":warning: alertmanager sent more than 256 kB at once. All of it was refused, and no clock runs",
        ),
        (
            line("left_out", source="alertmanager", alerts="37", group="{}:{alertname=x}"),
            ":warning: alertmanager left 37 alerts out of the group {}:{alertname=x}, so no clock runs for them.",
        ),
        (
            line("never_due", customer="Acme Dental", priority="P2", metrics="Fix", title="Mail down"),
            ":warning: *INC-1042* (P2 Acme Dental): Fix will never be due, because the agreement's calendar "
            "ends before. Please watch it by hand.\nMail down",
        ),
        (line("answer", text="*INC-1042* is yours."), "*INC-1042* is yours."),
    ],
)
def test_each_line_is_a_sentence(written: LineMessage, words: str) -> None:
    rendered = line_message(written)
    assert words in rendered.text
    assert words in seen(rendered)
    assert refused(rendered) == []


def test_a_line_nobody_wrote_is_a_mistake_that_shows() -> None:
    with pytest.raises(KeyError, match="greeting"):
        line_message(line("greeting"))


@pytest.mark.parametrize("name", STORED_NAMES)
def test_every_fact_has_its_sentence(name: str) -> None:
    sentence = fact_sentence(name, by="U0TOM", text="words")
    assert sentence
    assert not sentence.endswith(".")
    assert "None" not in sentence


@pytest.mark.parametrize(
    ("what", "by", "text", "sentence"),
    [
        ("assigned", "U0TOM", "U0TOM", "<@U0TOM> took it"),
        ("assigned", "U0DANA", "U0TOM", "<@U0DANA> gave it to <@U0TOM>"),
        ("priority_set", "U0DANA", "P1", "<@U0DANA> set the priority to P1"),
        ("responded", "zammad:anna", "", "zammad:anna answered the customer"),
        ("resumed", "U0TOM", "", "<@U0TOM> resumed it"),
        ("breached", "", "first_response", "First reply was breached"),
        ("breached", "", "a_metric_of_old", "a_metric_of_old was breached"),
        ("paused", "U0TOM", "a reason of old", "<@U0TOM> paused it: a reason of old"),
        ("opened", "", "", "sla-bot opened it"),
    ],
)
def test_a_sentence_says_who_did_what(what: str, by: str, text: str, sentence: str) -> None:
    assert fact_sentence(what, by=by, text=text) == sentence


@pytest.mark.parametrize("title", HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
@pytest.mark.parametrize(
    "text_key",
    ["assigned", "opened", "customer_replied", "promise_due", "never_due", "refused_ticket", "left_out"],
)
def test_slack_takes_any_title_and_customer(text_key: str, title: str) -> None:
    rendered = line_message(line(text_key, title=title, customer=title, source=title, external_id=title, by=title))
    assert refused(rendered) == []
    assert "<!channel>" not in rendered.text


def test_whoever_is_given_an_incident_has_its_first_acts_at_hand_and_the_reply_while_it_is_owed() -> None:
    facts = {"by": "U0DANA", "title": "Mail down", "link": "https://desk.example/t/7"}
    owed, replied = line_message(line("assigned", **facts)), line_message(line("assigned", **facts, replied="yes"))
    assert buttons(owed) == ["Reply sent", "Customer told…", "Resolved…"]
    assert buttons(replied) == ["Customer told…", "Resolved…", "Pause…"]
    assert seen(owed).endswith("Pause…\nHand back…\nOpen ticket\nShow all of it")
    assert refused(owed) == refused(replied) == []


def test_incidents_that_were_given_by_mistake_are_named_and_so_are_those_that_stay() -> None:
    given = line(
        "taken_back_many",
        incidents="INC-1 Acme Dental: Down 0\nINC-3 Acme Dental: Down 2",
        kept="INC-2 Acme Dental: Down 1",
        by="U0DANA",
    )
    text = line_message(given).text
    assert "2 incidents are not yours after all: <@U0DANA> took that back." in text
    assert text.index("INC-3") < text.index("Still yours: 1.") < text.index("INC-2")
