"""`/sla status`: a narrow table by time left, and buttons for what is most urgent."""

from datetime import timedelta

import pytest

from bot.views.rendered import Rendered
from bot.views.status import status_message
from sla_engine.domain.incidents.events import Assigned, Paused, Responded
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.queries.board import IncidentSummary, StatusList
from tests.unit.bot.views.samples import HOSTILE_TITLES, MONDAY, buttons, history, minute, refused, seen, summary

TAKEN = (5, Assigned(to="U0TOM"), "U0TOM")
ANSWERED = (10, Responded(text="On it"), "U0TOM")
NAMES = {"U0TOM": "Tom Becker"}


def status(*incidents: IncidentSummary, scope: str = "mine", more: int = 0, zone: str = "Europe/Berlin") -> Rendered:
    listed = StatusList(incidents=incidents, more=more, scope=scope)
    return status_message(listed, zone=zone, now=minute(20), names=NAMES)


def table(rendered: Rendered) -> list[str]:
    block = next(block for block in rendered.blocks if block["type"] == "rich_text")
    text: str = block["elements"][0]["elements"][0]["text"]
    return text.splitlines()


def test_each_row_says_what_is_next_how_much_is_left_and_when_it_is_due() -> None:
    head, row = table(status(summary(history(TAKEN), now=minute(20), assignee="U0TOM")))
    assert head.split() == ["key", "pri", "next", "left", "due"]
    assert row.split() == ["INC-1042", "P2", "respond", "10", "m", "09:30"]


def test_times_are_the_readers_and_the_zone_is_named() -> None:
    rendered = status(summary(history(), now=minute(20)), zone="America/New_York")
    assert "03:30" in table(rendered)[1]
    assert "Times are America/New_York." in seen(rendered)
    assert "Times are America/New_York." in rendered.text


def test_what_is_overdue_says_so() -> None:
    assert "2 h 10 m over" in table(status(summary(history(), now=minute(160))))[1]


def test_a_paused_incident_has_no_due_time() -> None:
    entries = history(ANSWERED, (15, Paused(reason=PauseReason.VENDOR), "U0TOM"))
    incident = summary(entries, now=minute(20), assignee="U0TOM", paused_for=(PauseReason.VENDOR,))
    resting = [clock for clock in incident.clocks if clock.due_at is None]
    paused = summary(entries, now=minute(20), clocks=tuple(resting), paused_for=(PauseReason.VENDOR,))
    assert table(status(paused))[1].split()[-1] == "paused"


def test_a_list_of_several_people_says_who_has_what() -> None:
    mine = summary(history(), now=minute(20), assignee="U0TOM")
    nobodys = summary(history(), now=minute(20), key="INC-1043")
    stranger = summary(history(), now=minute(20), key="INC-1044", assignee="U0UNKNOWNPERSON")
    head, *rows = table(status(mine, nobodys, stranger, scope="all"))
    assert head.split()[-1] == "who"
    assert [row.split()[-1] for row in rows] == ["Tom", "nobody", "U0UNKNO…"]


def test_the_table_is_at_most_sixty_characters_wide() -> None:
    late = MONDAY + timedelta(days=400)
    widest = summary(history(), now=late, key="INC-123456", assignee="U0TOM", title="x" * 4000)
    listed = StatusList(incidents=(widest,) * 20, more=0, scope="Acme Dental")
    lines = table(status_message(listed, zone="America/Argentina/Buenos_Aires", now=late, names={"U0TOM": "W" * 90}))
    assert len(lines) == 21
    assert max(len(line) for line in lines) <= 60


@pytest.mark.parametrize(
    ("incident", "offered"),
    [
        (summary(history(), now=minute(20)), ["Show", "Take"]),
        (summary(history(), now=minute(20), assignee="webhook:anna", owner_is_ours=False), ["Show", "Take"]),
        (summary(history(), now=minute(20), assignee="U0TOM"), ["Show", "Respond"]),
        (summary(history(ANSWERED), now=minute(20), assignee="U0TOM"), ["Show", "Update customer"]),
        (
            summary(history(ANSWERED), now=minute(20), assignee="U0TOM", paused_for=(PauseReason.VENDOR,)),
            ["Show", "Resume"],
        ),
        (
            summary(history(), now=minute(20), link="https://tickets.example/7"),
            ["Show", "Take", "Open ticket"],
        ),
    ],
    ids=["nobody has it", "nobody of ours has it", "not answered", "answered", "paused", "with a ticket"],
)
def test_the_button_that_probably_comes_next_is_offered(incident: IncidentSummary, offered: list[str]) -> None:
    assert buttons(status(incident)) == offered


def test_only_the_three_most_urgent_have_buttons() -> None:
    incidents = [summary(history(), now=minute(20), key=f"INC-{number}") for number in range(1001, 1021)]
    rendered = status(*incidents, more=4)
    assert buttons(rendered).count("Show") == 3
    assert "4 more are not shown." in seen(rendered)
    assert refused(rendered) == []


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("mine", "Nothing is assigned to you right now."),
        ("all", "Nothing is open right now."),
        ("Acme & <Sons>", "Nothing is open for Acme &amp; &lt;Sons&gt; right now."),
    ],
)
def test_an_empty_list_says_what_is_not_there(scope: str, words: str) -> None:
    rendered = status(scope=scope)
    assert words in rendered.text
    assert refused(rendered) == []


@pytest.mark.parametrize("title", HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
def test_slack_takes_any_title_and_customer(title: str) -> None:
    incident = summary(history(), now=minute(20), title=title, customer=title, link="https://t.example/?q=<a|b>")
    rendered = status(incident, scope=title)
    assert refused(rendered) == []
    assert "<!channel>" not in seen(rendered).replace(rendered.blocks[0]["text"]["text"], "")
    assert "<!channel>" not in rendered.text
