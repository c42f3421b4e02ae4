from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.sandbox.server import Sandbox
from tests.driver.driver import SlackDriver
from tests.polling import until
from tests.slack.sandbox.conftest import CHANNELS, COMMANDS, IMPATIENT, PEOPLE, connected, served
from tests.slack.sandbox.sample_bot import SampleBot, card

Joined = tuple[Sandbox, SampleBot, SlackDriver]


@pytest.fixture(params=["socket mode", "signed http"])
def joined(request: pytest.FixtureRequest) -> Iterator[Joined]:
    """The same bot, once over its own connection and once called at its address."""
    if request.param == "signed http":
        with served() as (sandbox, bot):
            yield sandbox, bot, SlackDriver(sandbox)
        return
    with (
        Sandbox(PEOPLE, CHANNELS, commands=COMMANDS, strictness=IMPATIENT) as sandbox,
        connected(sandbox) as bot,
    ):
        yield sandbox, bot, SlackDriver(sandbox)


def test_a_command_is_answered_to_that_person_only(joined: Joined) -> None:
    _, _, slack = joined
    slack.as_user("technician").in_channel("dispatch").says("/sla status").expects("you typed: status")
    slack.as_user("dispatcher").does_not_see("you typed", during=0.2)
    assert slack.messages("dispatch") == []


def test_a_command_carries_people_and_channels_by_id_and_name(joined: Joined) -> None:
    _, bot, slack = joined
    slack.as_user("technician").says("/sla assign @dispatcher in #dispatch & <b> @nobody https://a.test/@dispatcher")
    assert bot.bodies[-1]["text"] == (
        "assign <@U1DANA|dispatcher> in <#C1DISPATCH|dispatch> &amp; &lt;b&gt; @nobody <https://a.test/@dispatcher>"
    )
    assert bot.bodies[-1]["channel_name"] == "directmessage"


def test_a_command_may_answer_everybody(joined: Joined) -> None:
    _, _, slack = joined
    slack.as_user("technician").in_channel("dispatch").says("/sla public")
    slack.as_user("dispatcher").in_channel("dispatch").expects("for everybody")


def test_a_command_may_be_answered_later_at_its_address(joined: Joined) -> None:
    _, _, slack = joined
    slack.as_user("technician").says("/sla later").expects("an answer by address")
    slack.as_user("dispatcher").does_not_see("an answer by address")


def test_a_bot_that_does_not_answer_in_time_is_told_on_to_that_person(joined: Joined) -> None:
    _, _, slack = joined
    slack.as_user("technician").says("/sla slow").expects('/sla failed with the error "operation_timeout"')
    slack.as_user("dispatcher").does_not_see("operation_timeout")


def test_a_click_edits_the_message_it_was_made_on(joined: Joined) -> None:
    _, bot, slack = joined
    slack.as_user("technician").in_channel("dispatch").says("/sla card")
    slack.as_user("dispatcher").in_channel("dispatch").clicks("Acknowledge").expects("acknowledged by @dispatcher")
    (message,) = slack.messages("dispatch")
    assert message.buttons == []
    body = bot.bodies[-1]
    assert body["actions"][0]["value"] == "INC-1"
    assert body["actions"][0]["text"]["text"] == "Acknowledge"
    assert body["message"]["text"] == "INC-1 is at risk"
    assert body["channel"] == {"id": "C1DISPATCH", "name": "dispatch"}
    assert body["user"]["username"] == "dispatcher"


def test_a_click_may_be_answered_in_private(joined: Joined) -> None:
    _, _, slack = joined
    slack.as_user("technician").in_channel("dispatch").says("/sla card")
    slack.as_user("dispatcher").in_channel("dispatch").clicks("Whisper").expects("only you can see this")
    slack.as_user("technician").does_not_see("only you can see this", during=0.2)


def test_a_modal_is_filled_and_handed_in(joined: Joined) -> None:
    _, bot, slack = joined
    technician = slack.as_user("technician").says("/sla modal").sees_modal("SLA note")
    technician.fills({"What happened": "The tape was full", "Reason": "Late triage"}).submits().sees_no_modal()
    technician.expects("note kept: The tape was full")
    view = bot.bodies[-1]["view"]
    assert view["private_metadata"] == "INC-1"
    assert view["state"]["values"]["reason"]["pick"]["selected_option"]["value"] == "late triage"


def test_a_missing_field_is_told_before_the_bot_hears_of_it(joined: Joined) -> None:
    _, bot, slack = joined
    technician = slack.as_user("technician").says("/sla modal").sees_modal("SLA note")
    heard = len(bot.bodies)
    technician.submits().sees_field_error("What happened", "required field")
    technician.fills({"What happened": "x" * 51}).submits().sees_field_error("What happened", "at most 50")
    assert len(bot.bodies) == heard


def test_a_modal_shows_the_bots_own_field_errors(joined: Joined) -> None:
    _, _, slack = joined
    technician = slack.as_user("technician").says("/sla modal")
    technician.fills({"What happened": "bad"}).submits()
    technician.sees_field_error("What happened", "That explains nothing.").sees_modal("SLA note")


def test_an_error_on_a_field_that_is_not_there_is_refused(joined: Joined) -> None:
    sandbox, _, slack = joined
    slack.as_user("technician").says("/sla modal").fills({"What happened": "unknown field"}).submits()
    assert sandbox.rejections[-1].method == "ack of view_submission"
    slack.as_user("technician").sees_modal("SLA note").expects("We had some trouble connecting")


@pytest.mark.parametrize(("text", "title"), [("again", "Once more"), ("push", "On top")])
def test_a_submission_may_be_answered_with_another_modal(joined: Joined, text: str, title: str) -> None:
    _, _, slack = joined
    slack.as_user("technician").says("/sla modal").fills({"What happened": text}).submits().sees_modal(title)


def test_a_submission_may_close_everything(joined: Joined) -> None:
    _, _, slack = joined
    technician = slack.as_user("technician").says("/sla modal").sees_modal("SLA note").clicks("Deeper")
    technician.sees_modal("One deeper").fills({"What happened": "clear"}).submits().sees_no_modal()


def test_at_most_three_modals_are_on_top_of_each_other(joined: Joined) -> None:
    sandbox, _, slack = joined
    technician = slack.as_user("technician").says("/sla modal").sees_modal("SLA note").clicks("Deeper")
    technician.sees_modal("One deeper").clicks("Deeper")
    until(lambda: len(technician.stack()) == 3, what="three modals are open")
    technician.clicks("Deeper")
    until(lambda: sandbox.rejections, what="the fourth modal is refused")
    assert sandbox.rejections[-1].error == "push_limit_reached"


def test_the_bot_hears_of_a_modal_put_away_when_it_asked_to(joined: Joined) -> None:
    _, bot, slack = joined
    slack.as_user("technician").says("/sla modal").sees_modal("SLA note").closes().sees_no_modal()
    assert bot.bodies[-1]["type"] == "view_closed"
    assert bot.bodies[-1]["is_cleared"] is False


def test_a_mention_is_answered_in_its_thread(joined: Joined) -> None:
    _, _, slack = joined
    slack.as_user("technician").in_channel("dispatch").says("@sla-bot are you there?")
    slack.as_user("dispatcher").in_channel("dispatch").in_thread("are you there").expects("you called?")
    assert [message.text for message in slack.messages("dispatch")] == [
        "<@U0SANDBOX> are you there?\n@sla-bot are you there?"
    ]
    assert len(slack.thread("dispatch", "are you there")) == 2


def test_a_direct_message_reaches_the_bot_and_nobody_else(joined: Joined) -> None:
    _, _, slack = joined
    slack.as_user("technician").says("psst").expects("I heard: psst")
    slack.as_user("dispatcher").does_not_see("psst", during=0.2)


def test_the_home_tab_is_published_when_somebody_looks(joined: Joined) -> None:
    _, bot, slack = joined
    slack.as_user("technician").opens_home().expects("My shift")
    slack.as_user("dispatcher").does_not_see("My shift")
    assert bot.bodies[-1]["event"]["tab"] == "home"


def test_a_shortcut_on_a_message_carries_that_message(joined: Joined) -> None:
    _, bot, slack = joined
    technician = slack.as_user("technician").in_channel("dispatch").says("the printer burns")
    technician.chooses_shortcut("open_incident", containing="printer")
    assert bot.bodies[-1]["type"] == "message_action"
    assert bot.bodies[-1]["message"]["text"] == "the printer burns"


def test_an_ephemeral_message_with_buttons_gives_only_its_container(joined: Joined) -> None:
    _, bot, slack = joined
    blocks = card("just for you")
    bot.client.chat_postEphemeral(channel="C1DISPATCH", user="U2TOM", text="just for you", blocks=blocks)
    slack.as_user("technician").in_channel("dispatch").clicks("Whisper").expects("only you can see this")
    body = bot.bodies[-1]
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body


def test_an_event_is_told_again_on_request_with_its_number(joined: Joined) -> None:
    sandbox, bot, slack = joined
    slack.as_user("technician").says("once").expects("I heard: once")
    sandbox.redeliver_last_event()
    until(lambda: bot.retries[-1:] == ["1"], what="the bot hears it again")
    first, second = bot.bodies[-2:]
    assert first["event_id"] == second["event_id"]


def test_a_failing_look_prints_what_that_person_sees(joined: Joined) -> None:
    _, _, slack = joined
    technician = slack.as_user("technician").in_channel("dispatch").says("the printer burns")
    with pytest.raises(AssertionError, match=re.compile(r"'a flood' did not show up.*the printer burns", re.DOTALL)):
        technician.expects("a flood", within=0.1)
