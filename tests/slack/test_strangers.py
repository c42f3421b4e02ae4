"""People whom msp.yaml does not name, in a workspace that has guests and a customer's employee in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sla_engine.services.agreements import people_files
from tests.slack.workplace import EXAMPLES, MONDAY_TEN, Workplace

pytestmark = pytest.mark.sqlite_only

NOT_NAMED = "I do not know you yet; Ada Lindqvist can add you."
OUTSIDER = "I answer our own colleagues only."


def test_by_name_only_whom_the_file_names_sees_anything(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P1 Server is down")
    for who, sentence in (("nina", NOT_NAMED), ("guest", OUTSIDER)):
        for words in ("", "status all", f"show {key}", "open Acme Dental P1 Forged", "open", "help"):
            assert desk.tells(who, words).text == sentence, f"/sla {words}"
        desk.as_user(who).sees_no_modal()
    for who, sentence in (("nina", NOT_NAMED), ("guest", OUTSIDER), ("eve", OUTSIDER)):
        on_duty = desk.dispatch(who)
        on_duty.expects("Server is down").clicks("Show all of it").expects(sentence)
        on_duty.does_not_see("First reply · ")
    assert "Forged" not in desk.tells("dana", "status all").text


def test_by_workspace_every_member_looks_and_opens_and_no_guest_does(desk: Workplace, tmp_path: Path) -> None:
    file = tmp_path / "msp.yaml"
    text = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("access: named", "access: workspace"), encoding="utf-8")
    people_files.apply(desk.bot.database, file, by="test", now=MONDAY_TEN)
    key = desk.opens("Acme Dental P2 E-mail is down", by="nina")
    assert key in desk.tells("nina", "status all").text
    assert "Only a technician or somebody above may take an incident" in desk.tells("nina", f"take {key}").text
    form = desk.as_user("nina").says("/sla open").sees_modal("Open an incident")
    form.fills(
        {"Customer": "Acme Dental", "What is wrong?": "Printer smears", "Priority": "P3"}
    ).submits().sees_no_modal()
    desk.as_user("nina").expects("Opened")
    assert desk.tells("guest", "status all").text == OUTSIDER
    assert "Printer smears" in desk.tells("dana", "status all").text
