"""Procedures in Slack: added and edited by forms, offered by a card, reviewed in the daily message, retired."""

from __future__ import annotations

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only

FIELDS = {
    "Title": "E-mail is down: restart the queue",
    "Link": "https://wiki.example.com/mail",
    "Owner": "tess",
    "Days between reviews": "30",
}


def test_a_procedure_from_its_form_to_its_end(desk: Workplace) -> None:
    mira = desk.as_user("mira")
    mira.says("/sla sop").expects("There is no SOP").clicks("Add an SOP…").sees_modal("Add an SOP")
    mira.fills(FIELDS | {"Link": "https:///mail"}).submits().sees_field_error("Link", "is no web address")
    mira.fills({"Link": FIELDS["Link"]}).submits().sees_no_modal()
    mira.expects("is in the registry")
    key = desk.opens("Acme Dental P2 E-mail is down")
    tom = desk.as_user("tom").says(f"/sla show {key}").expects("restart the queue")
    tom.clicks("Used it").expects("helped").expects("used it, and it helped")
    desk.passes(days=28, hours=10)  # to the Monday of its week, five in the afternoon in Los Angeles
    desk.passes(minutes=20)
    tess = desk.slack.as_user("tess").in_dm().expects("1 procedure wants a look")
    tess.clicks("Still right", containing="1 procedure wants a look").expects("still right")
    mira.says("/sla sop show SOP-1").expects("said that it is still right")
    mira.clicks("Edit…").sees_modal("Edit the SOP").fills({"Title": "E-mail: restart the queue"}).submits()
    mira.sees_no_modal().expects("SOP-1* E-mail: restart the queue is changed")
    mira.says("/sla sop show SOP-1").clicks("Retire…").sees_modal("Retire the SOP").submits().sees_no_modal()
    mira.expects("is retired")
    mira.says("/sla sop show SOP-1").clicks("Use it again").expects("is in use again")


def test_a_part_of_a_title_that_fits_two_and_a_wrong_number(desk: Workplace) -> None:
    mira = desk.as_user("mira")
    for number, title in enumerate(("VPN reset", "VPN for colleagues"), start=1):
        mira.says("/sla sop").clicks("Add an SOP…").sees_modal("Add an SOP")
        mira.fills(FIELDS | {"Title": title, "Link": f"https://wiki.example.com/{number}"}).submits().sees_no_modal()
        mira.expects(f"SOP-{number}* {title} is in the registry")
    tom = desk.as_user("tom")
    tom.says("/sla sop show vpn").expects("SOP-2 VPN for colleagues")
    assert "Did you mean SOP-2 VPN for colleagues?" in desk.tells("tom", "sop show SOP-22").text
    key = desk.opens("Acme Dental P3 Cable is broken")
    assert "SOP-1* VPN reset helped" in desk.tells("tom", f"sop used VPN reset {key}").text
    assert "Only a dispatcher" in desk.tells("tom", f"sop link SOP-2 {key}").text
    assert "SOP-2* VPN for colleagues is on its card first" in desk.tells("dana", f"sop link SOP-2 {key}").text
