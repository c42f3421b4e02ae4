"""Waiving a miss, merging duplicates and coming back too late, as people type them in Slack."""

from __future__ import annotations

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def missed(desk: Workplace) -> str:
    """An incident whose first response was missed."""
    key = desk.opens()
    desk.tells("tom", f"take {key}")
    desk.passes(minutes=40)
    desk.dispatch().expects("First reply was due")
    return key


def test_a_service_manager_waives_a_miss_and_everybody_still_sees_it(desk: Workplace) -> None:
    key = missed(desk)
    told = desk.tells("mira", f"waive {key} first response because the phones were down").text
    assert f"*{key}*: the missed first reply is waived. It stays in the history and counts in no figure." in told
    shown = desk.tells("tom", f"show {key}").text
    assert "breached" in shown
    thread = "waived the missed first reply: “the phones were down”"
    desk.dispatch().expects(thread)


@pytest.mark.parametrize(
    ("who", "words", "sentence"),
    [
        ("tom", "waive {key} response because late", "Only a service manager or somebody above may waive a missed"),
        ("mira", "waive {key} resolution because late", "has no missed fix"),
        ("mira", "waive {key} response", "This needs a reason"),
        ("mira", "waive {key} respons because late", "“respons” is not a metric; did you mean response?"),
        ("mira", "waive {key}", "the metric that was missed, such as fix or first reply"),
        ("mira", "waive", "Which incident? These missed something"),
        ("tom", "merge {key} into INC-1001", "Only a dispatcher or somebody above may merge incidents"),
        ("dana", "merge {key} into {key}", "cannot be merged into itself"),
        ("dana", "merge {key} into INC-9999", "There is no incident “INC-9999”"),
    ],
)
def test_what_cannot_be_settled_is_said_in_one_sentence(desk: Workplace, who: str, words: str, sentence: str) -> None:
    key = missed(desk)
    assert sentence in desk.tells(who, words.format(key=key)).text


def test_a_miss_is_waived_once(desk: Workplace) -> None:
    key = missed(desk)
    desk.tells("mira", f"waive {key} response because the phones were down")
    again = desk.tells("mira", f"waive {key} response because the phones were down").text
    assert f"The missed first reply of {key} was waived by <@U0MIRA>" in again


def test_a_dispatcher_merges_a_duplicate_and_whoever_acts_on_it_is_sent_to_the_other(desk: Workplace) -> None:
    first = missed(desk)
    second = desk.opens("Acme Dental P2 Mail does not work")
    told = desk.tells("dana", f"merge {second} {first}").text
    assert f"*{second}* is merged into *{first}*" in told
    assert f"{second} is merged into {first}" in desk.tells("tom", f"resolve {second}").text
    assert f"Merged into *{first}*" in desk.tells("tom", f"show {second}").text
    assert f"merged {second} into it" in desk.tells("tom", f"show {first}").text
    assert second not in desk.tells("tom", "status all").text


def test_only_incidents_of_one_customer_can_be_the_same(desk: Workplace) -> None:
    one, other = desk.opens(), desk.opens("Cedar Clinic P3 Phone is mute")
    told = desk.tells("dana", f"merge {one} into {other}").text
    assert f"{one} is Acme Dental’s and {other} is Cedar Clinic’s" in told


def test_what_comes_back_after_the_window_is_a_new_incident_and_says_so(desk: Workplace) -> None:
    key = desk.opens("Beta Logistics P3 Printer smears")
    desk.tells("tom", f"resolve {key}")
    desk.passes(days=20)
    told = desk.tells("tom", f"reopen {key}").text
    assert f"*{key}* was resolved 20 d ago, past the 14 d of its agreement; *INC-1002* was opened instead." in told
    assert "Follows *INC-1001*" in desk.tells("tom", "show INC-1002").text
    assert "Came back as *INC-1002*" in desk.tells("tom", f"show {key}").text
    assert f"{key} came back before, as INC-1002" in desk.tells("tom", f"reopen {key}").text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Beta Logistics impact low urgency high Gate is slow", "(P2) for Beta Logistics:"),
        ("Acme Dental urgency high impact low Slow", "(P3) for Acme Dental:"),
        (
            "Beta Logistics P2 site hamburg depot service yard scanners Scanner 4 is dead",
            "(P2) for Beta Logistics, site Hamburg depot, service yard scanners:",
        ),
        ("Beta Logistics P2 service yard scanners Dead", "(P2) for Beta Logistics, service yard scanners:"),
        ("Beta Logistics P2 Service desk phone is mute", "(P2) for Beta Logistics:"),
    ],
)
def test_an_incident_opens_by_impact_and_urgency_at_a_site_for_a_service(
    desk: Workplace, words: str, told: str
) -> None:
    assert told in desk.tells("tess", f"open {words}").text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Beta Logistics P2 site Bremen Gate", "“Bremen” is not a site; choose one of Berlin office, Hamburg depot."),
        ("Beta Logistics impact huge Gate", "“huge” is not an impact; choose one of high, medium, low."),
        ("Beta Logistics impact", "an impact as well"),
    ],
)
def test_what_is_unknown_in_an_opening_is_named_on_its_form(desk: Workplace, words: str, sentence: str) -> None:
    tess = desk.as_user("tess").says(f"/sla open {words}").sees_modal("Open an incident")
    tess.expects(sentence)


def test_the_form_takes_impact_and_urgency_and_names_what_is_missing(desk: Workplace) -> None:
    tess = desk.as_user("tess").says("/sla open").sees_modal("Open an incident")
    tess.fills({"Customer": "Beta Logistics", "What is wrong?": "Gate is slow", "Site": "Bremen", "Impact": "high"})
    tess.submits().sees_field_error("Urgency", "an urgency as well")
    tess.fills({"Urgency": "high"}).submits().sees_field_error("Site", "is not a site")
    tess.fills({"Site": "hamburg depot"}).submits().sees_no_modal()
    seen = desk.slack.as_user("tess").expects_message("Opened *INC-")
    assert "(P1) for Beta Logistics, site Hamburg depot" in seen.text
