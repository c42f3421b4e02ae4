"""What people type and choose at the edges of a form, a menu and a command, in the whole bot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sla_engine.services.agreements import agreement_files
from tests.slack.workplace import BEFORE, Workplace

pytestmark = pytest.mark.sqlite_only

PRACTICES = 120
AGREEMENT = "customer: {name}\neffective: 2026-01-01\ntargets: {{P2: {{resolution: 8h}}}}\n"


def test_of_more_customers_than_a_menu_holds_one_is_found_by_typing(desk: Workplace, tmp_path: Path) -> None:
    for number in range(PRACTICES):
        (tmp_path / f"{number}.yaml").write_text(AGREEMENT.format(name=f"Practice {number}"))
    agreement_files.apply(desk.bot.database, [tmp_path], by="test", now=BEFORE)
    tess = desk.as_user("tess").says("/sla open").sees_modal("Open an incident")
    assert len(tess.sees_options("Customer", "")) == 100
    assert tess.sees_options("Customer", "cedar") == ["Cedar Clinic"]
    assert tess.sees_options("Customer", "ACTICE 117") == ["Practice 117"]
    tess.fills({"Customer": "Practice 117", "Priority": "P2", "What is wrong?": "*All* phones are ~mute~"})
    tess.submits().sees_no_modal()
    desk.slack.as_user("tess").expects("for Practice 117")


def test_an_address_that_no_browser_opens_is_refused_beside_its_field(desk: Workplace) -> None:
    tess = desk.as_user("tess").says("/sla open").sees_modal("Open an incident")
    tess.fills({"Customer": "Cedar Clinic", "Priority": "P1", "What is wrong?": "Phone & <fax> are mute"})
    tess.fills({"Link to the ticket": "https://"}).submits()
    tess.sees_field_error("Link to the ticket", "“https://” is not a web address I can read")
    tess.fills({"Link to the ticket": "https://desk.example/t/7?a=1&b=2"}).submits().sees_no_modal()
    desk.dispatch().expects_message(re.compile("Phone & <fax> are mute.*\\|INC-1001>.*Open ticket", re.DOTALL))


def test_the_menu_behind_a_nudge_opens_the_form_that_its_line_names(desk: Workplace) -> None:
    desk.opens("Acme Dental P1 *URGENT* :fire: <!here>")
    dana = desk.dispatch()
    dana.expects("*URGENT* :fire: <!here>")
    dana.clicks("Snooze…", containing="URGENT").sees_modal("Snooze").closes()
    dana.clicks("Assign…", containing="URGENT").sees_modal("Assign").expects("*URGENT* :fire: <!here>")
