"""What is made of a message by a shortcut, and what a mention of the bot is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.shortcut_ids import ShortcutId
from sla_engine.services.agreements import agreement_files
from tests.note_desk import EXAMPLES
from tests.slack.workplace import BEFORE, Workplace

pytestmark = pytest.mark.sqlite_only


def give_channel(desk: Workplace, folder: Path, channel: str) -> None:
    """Let Acme's agreement name a channel."""
    text = (EXAMPLES / "agreements" / "acme-dental.yaml").read_text(encoding="utf-8")
    file = folder / "acme.yaml"
    file.write_text(f"{text}\nslack_channels: [{channel}]\n", encoding="utf-8")
    agreement_files.apply(desk.bot.database, [file], by="test", now=BEFORE)


def test_an_incident_is_opened_from_a_message_for_the_customer_of_its_channel(desk: Workplace, tmp_path: Path) -> None:
    give_channel(desk, tmp_path, "C0GENERAL")
    tess = desk.as_user("tess").says("Nobody can print\nsince this morning")
    tess.chooses_shortcut(ShortcutId.INCIDENT_FROM_MESSAGE, containing="Nobody can print")
    tess.sees_modal("Open an incident").fills({"Priority": "P2"}).submits().sees_no_modal()
    desk.slack.as_user("tess").expects("INC-1001")
    shown = desk.tells("tess", "show INC-1001")
    assert "Nobody can print" in shown.text
    assert "Acme Dental" in shown.text
    assert "/archives/C0GENERAL/p" in shown.text, "the link leads to the message"


def test_a_message_is_added_to_an_incident_with_its_link(desk: Workplace) -> None:
    key = desk.opens()
    tess = desk.as_user("tess").says("The router is behind the door")
    tess.chooses_shortcut(ShortcutId.REMARK_FROM_MESSAGE, containing="behind the door")
    tess.sees_modal("Add to an incident").fills({"Or another one": key}).submits().sees_no_modal()
    desk.slack.as_user("tess").expects(f"*{key}* has your remark in its history")
    shown = desk.tells("tom", f"show {key}").text
    assert "remarked: “The router is behind the door”" in shown
    assert "/archives/C0GENERAL/p" in shown
    assert "has your remark" in desk.tells("tom", f"remark {key} Second door on the left").text


def test_people_in_a_message_keep_their_names(desk: Workplace) -> None:
    key = desk.opens()
    tess = desk.as_user("tess").says("@tom: the <router> of @channel is behind the door")
    tess.chooses_shortcut(ShortcutId.INCIDENT_FROM_MESSAGE, containing="behind the door").sees_modal("Open an incident")
    filled = {"Customer": "Acme Dental", "Priority": "P4"}
    tess.fills(filled).submits().sees_no_modal()
    tess.expects("@Tom: the &lt;router&gt; of @channel is behind the door")
    tess.chooses_shortcut(ShortcutId.REMARK_FROM_MESSAGE, containing="@tom").sees_modal("Add to an incident")
    tess.fills({"Or another one": key}).submits().sees_no_modal()
    assert "remarked: “@Tom: the" in desk.tells("tom", f"show {key}").text
    desk.tells("tom", f"remark {key} ask @tess")
    assert "remarked: “ask @Tess”" in desk.tells("tom", f"show {key}").text


def test_an_incident_is_opened_from_anywhere(desk: Workplace) -> None:
    tess = desk.as_user("tess").chooses_shortcut(ShortcutId.INCIDENT_OPEN).sees_modal("Open an incident")
    tess.fills({"Customer": "Cedar Clinic", "Priority": "P3", "What is wrong?": "Phone is mute"}).submits()
    desk.slack.as_user("tess").expects("INC-1001")


def test_a_mention_is_answered_as_the_command_it_stands_for_and_by_nobody_else_seen(desk: Workplace) -> None:
    key = desk.opens()
    bot = "@sla-bot"
    tom = desk.as_user("tom").says(f"{bot} take {key}").expects(f"*{key}* is yours")
    desk.as_user("dana").does_not_see("is yours")
    assert "is yours" not in str([message.text for message in desk.slack.messages("general")])
    tom.says(f"Hello {bot} show {key}").expects("E-mail is down")
    tom.says(f"{bot} open").expects("A form belongs to this").clicks("Open the form").sees_modal("Open an incident")
