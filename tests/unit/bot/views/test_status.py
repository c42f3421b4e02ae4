"""`/sla status`: two lines an incident by time left, and buttons for what is most urgent."""

import pytest

from bot.views.rendered import Rendered
from bot.views.status import status_message
from sla_engine.domain.incidents.events import Assigned, Paused, Responded
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.queries.board import IncidentSummary, StatusList
from tests.unit.bot.views.samples import HOSTILE_TITLES, buttons, history, minute, refused, seen, summary

TAKEN = (5, Assigned(to="U0TOM"), "U0TOM")
ANSWERED = (10, Responded(text="On it"), "U0TOM")


def status(*incidents: IncidentSummary, scope: str = "mine", more: int = 0, at: int = 20) -> Rendered:
    return status_message(StatusList(incidents=incidents, more=more, scope=scope), now=minute(at))


def lines(rendered: Rendered) -> list[str]:
    """The lines below the headline."""
    return rendered.text.splitlines()[1:]


def test_each_incident_says_who_needs_what_and_what_is_due_when() -> None:
    first, second = lines(status(summary(history(TAKEN), now=minute(20), assignee="U0TOM", ticket="T-7")))
    assert first == ":large_green_circle: *INC-1042*, T-7 · *P2* Acme Dental: Printers offline at reception"
    half_past = int(minute(30).timestamp())
    assert second == f"First reply due <!date^{half_past}^{{date_short_pretty}} {{time}}|2026-01-05 08:30 UTC>"


def test_what_is_late_says_so_in_words_and_by_its_mark() -> None:
    first, second = lines(status(summary(history(), now=minute(160)), at=160))
    assert first.startswith(":red_circle:")
    assert second.startswith("*First reply was due* <!date^")


def test_a_paused_incident_says_what_it_waits_for_and_what_is_left() -> None:
    entries = history(ANSWERED, (15, Paused(reason=PauseReason.VENDOR), "U0TOM"))
    incident = summary(entries, now=minute(20), assignee="U0TOM", paused_for=(PauseReason.VENDOR,))
    resting = tuple(clock for clock in incident.clocks if clock.due_at is None and clock.stopped_at is None)
    paused = summary(entries, now=minute(20), clocks=resting, paused_for=(PauseReason.VENDOR,))
    assert lines(status(paused))[1] == "Paused: waiting for a vendor · Plan rests with 1 h 45 m left"


def test_a_list_of_several_people_says_who_has_what() -> None:
    his = summary(history(), now=minute(20), assignee="U0TOM")
    nobodys = summary(history(), now=minute(20), key="INC-1043")
    strangers = summary(history(), now=minute(20), key="INC-1044", assignee="webhook:anna")
    owners = [line.rpartition(" · ")[2] for line in lines(status(his, nobodys, strangers, scope="all"))[1::2]]
    assert owners == ["<@U0TOM> has it", "nobody has it", "webhook:anna has it"]
    assert "has it" not in status(his).text, "whoever lists their own knows whose they are"


@pytest.mark.parametrize(
    ("incident", "offered"),
    [
        (summary(history(), now=minute(20)), ["Show", "Take"]),
        (summary(history(), now=minute(20), assignee="webhook:anna", owner_is_ours=False), ["Show", "Take"]),
        (summary(history(), now=minute(20), assignee="U0TOM"), ["Show", "Reply sent"]),
        (summary(history(ANSWERED), now=minute(20), assignee="U0TOM"), ["Show", "Customer told…"]),
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
    assert "4 more are not shown; say whose" in seen(rendered)
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


def test_a_link_that_fills_a_section_by_itself_leaves_the_line_readable() -> None:
    rendered = status(summary(history(), now=minute(20), link="https://t.example/?" + "&" * 1900))
    assert refused(rendered) == []
    assert "*INC-1042*" in rendered.text
