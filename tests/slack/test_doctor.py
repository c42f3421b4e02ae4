"""`sla-bot doctor` against workspaces in which something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.doctor import examine
from bot.manifest import BOT_SCOPES
from bot.sandbox.running import Strictness
from bot.sandbox.server import Sandbox
from bot.settings import BotSettings
from bot.wiring import Bot
from sla_engine.delivery import lost_channels
from sla_engine.delivery.records import DeliveryRules
from sla_engine.domain.agreements.access import Membership, Workspace
from sla_engine.services.agreements import people_files
from sla_engine.storage.database import Database
from tests.slack.processes import without_secret
from tests.slack.workplace import BEFORE, EXAMPLES, set_up, settings_for, workspace

pytestmark = pytest.mark.sqlite_only


@contextmanager
def examined(settings: BotSettings) -> Iterator[tuple[list[str], list[str]]]:
    """What is well, and what is missing."""
    bot = Bot(settings)
    try:
        findings = list(examine(bot))
        yield (
            [each.sentence for each in findings if each.is_well],
            [each.sentence for each in findings if not each.is_well],
        )
    finally:
        bot.database.close()


def found_in(sandbox: Sandbox, url: str) -> list[str]:
    """What is missing with every setting made."""
    with examined(settings_for(url, sandbox)) as (_, missing):
        return missing


def test_with_nothing_set_every_missing_step_is_a_sentence_that_says_what_to_do(empty_database_url: str) -> None:
    with examined(BotSettings(database_url=SecretStr(empty_database_url))) as (well, missing):
        assert any("run sla-bot migrate" in sentence for sentence in missing)
        assert any("SLACK_BOT_TOKEN is not set" in sentence for sentence in missing)
        assert any("Neither SLACK_APP_TOKEN" in sentence for sentence in missing)
        assert any("webhooks are refused" in sentence for sentence in well)


def test_a_database_of_an_older_version_is_named_and_nothing_fails_on_what_it_lacks(database_url: str) -> None:
    database = Database(database_url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        session.execute(text("DROP TABLE failure"))
    database.close()
    with examined(BotSettings(database_url=SecretStr(database_url))) as (_, missing):
        assert "The schema is 0001, which is not this version's: run sla-bot migrate." in missing


def test_a_migrated_database_without_people_and_agreements_asks_for_them(database_url: str) -> None:
    with examined(BotSettings(database_url=SecretStr(database_url))) as (well, missing):
        assert any("SQLite database answers" in sentence for sentence in well)
        assert any("run sla-bot people apply" in sentence for sentence in missing)
        assert any("run sla-bot agreements apply" in sentence for sentence in missing)


def test_a_secret_without_a_name_and_one_of_an_intake_that_does_not_exist_are_named(database_url: str) -> None:
    settings = BotSettings(
        database_url=SecretStr(database_url),
        SLA_BOT_INTAKE_SECRETS=SecretStr("webhook:one,two,three"),
        SLA_BOT_INTAKE_TOKENS=SecretStr("alertmanger:four"),
    )
    with examined(settings) as (well, missing):
        unnamed = [sentence for sentence in well if "every intake" in sentence]
        unknown = [sentence for sentence in missing if "alertmanger" in sentence]
    assert unnamed == [
        "SLA_BOT_INTAKE_SECRETS has 2 entries good for every intake: name the one it is for, as in webhook:…."
    ]
    assert unknown == [
        "SLA_BOT_INTAKE_TOKENS has an entry for alertmanger, which is no intake: it opens nothing; "
        "there are webhook, alertmanager."
    ]


@pytest.mark.parametrize("way", ["empty", "line break in a file"])
def test_a_secret_that_is_given_but_empty_is_told_from_one_that_is_set(
    way: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in without_secret(way, tmp_path).items():
        monkeypatch.setenv(name, value)
    with examined(BotSettings(database_url=SecretStr(database_url))) as (_, missing):
        assert any("Neither SLACK_APP_TOKEN" in sentence for sentence in missing)
        (variable,) = without_secret(way, tmp_path)
        assert f"{variable} is given but empty, which counts as not set: fill it in, or take it away." in missing


def test_who_may_look_is_said_and_a_workspace_that_is_not_the_tokens_is_named(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox, examined(settings_for(database_url, sandbox)) as (well, missing):
        assert any("only those it names may look and open" in sentence for sentence in well)
        assert missing == []
        bot = Bot(settings_for(database_url, sandbox))
        bot.admission_check.admission.learn(Elsewhere())
        bot.close()
        assert [sentence[:31] for sentence in found_in(sandbox, database_url)] == ["The token belongs to T0SANDBOX;"]


class Elsewhere:
    """A directory of another workspace."""

    def workspace(self) -> Workspace:
        return Workspace(team="T0BEFORE", name="The one before")

    def membership(self, person: str, workspace: Workspace) -> Membership:
        raise AssertionError(f"nobody asks about {person} of {workspace.team}")


def test_a_workspace_that_is_set_up_lacks_nothing(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox, examined(settings_for(database_url, sandbox)) as (well, missing):
        assert missing == []
        assert "Every scope is granted." in well
        assert "Channel #dispatch can be used." in well
        assert sandbox.rejections == []


def test_the_scopes_of_the_manifest_are_enough_and_a_missing_one_is_named(database_url: str) -> None:
    set_up(database_url)
    with workspace(strictness=Strictness(scopes=frozenset(BOT_SCOPES))) as sandbox:
        assert found_in(sandbox, database_url) == []
    lacking = frozenset(BOT_SCOPES) - {"chat:write"}
    with workspace(strictness=Strictness(scopes=lacking)) as sandbox:
        missing = found_in(sandbox, database_url)
        assert len(missing) == 1
        assert "lacks the scopes chat:write: update its manifest and reinstall it" in missing[0]


def test_a_channel_without_the_bot_says_whom_to_invite(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox:
        sandbox.remove_bot("dispatch")
        missing = found_in(sandbox, database_url)
        assert missing == ["The bot is not in #dispatch: type /invite @sla-bot there."]


def test_an_archived_channel_is_named(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox:
        sandbox.archive("dispatch")
        assert found_in(sandbox, database_url) == [
            "#dispatch is archived: take it out of the archive, or name another channel."
        ]


def test_channels_that_go_by_their_names_are_looked_up(database_url: str, tmp_path: Path) -> None:
    set_up(database_url)
    file = tmp_path / "msp.yaml"
    written = (EXAMPLES / "msp.yaml").read_text()
    file.write_text(written.replace("C0DISPATCH", "dispatch").replace("C0MANAGERS", "no-such-channel"))
    database = Database(database_url)
    people_files.apply(database, file, by="test", now=BEFORE)
    database.close()
    with workspace() as sandbox, examined(settings_for(database_url, sandbox)) as (well, missing):
        assert "Channel #dispatch can be used." in well
        assert missing == ["Channel no-such-channel of msp.yaml cannot be used: channel_not_found."]


def test_a_direct_message_is_opened_to_an_admin(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox:
        with examined(settings_for(database_url, sandbox)) as (well, _):
            assert "A direct message to Ada Lindqvist can be opened." in well
        del sandbox.hub.workspace.users["U0ADA"]
        assert found_in(sandbox, database_url) == [
            "No direct message to Ada Lindqvist (U0ADA) can be opened: user_not_found."
        ]


def test_what_slack_refused_is_named_though_a_look_shows_nothing(database_url: str) -> None:
    set_up(database_url)
    database = Database(database_url)
    with database.transaction() as session:
        lost_channels.mark_lost(session, "U0TOM", "messages_tab_disabled", rules=DeliveryRules(), now=BEFORE)
    database.close()
    with workspace() as sandbox:
        assert found_in(sandbox, database_url) == [
            "Slack refuses direct messages to Tom Becker (messages_tab_disabled): turn on App Home > Messages Tab in "
            "the app's settings, as 'sla-bot manifest' has it."
        ]


def test_promises_nobody_is_rung_for_are_noted_and_nothing_is_missing_for_them(database_url: str) -> None:
    set_up(database_url)
    with examined(BotSettings(database_url=SecretStr(database_url))) as (well, _):
        assert any(
            sentence.startswith(
                "Cedar Clinic is promised answers at any hour (P1, P2, P3, P4); mon-fri between 18:00 and 08:00, "
                "sat-sun all day (America/New_York) nothing rings"
            )
            for sentence in well
        )


def test_a_token_that_slack_refuses_and_a_slack_that_is_away_are_told_apart(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox:
        sandbox.revoke_tokens()
        app, bot = found_in(sandbox, database_url)
        assert app.startswith("SLACK_APP_TOKEN was revoked: make a new one")
        assert bot == "Slack refuses the bot token: token_revoked."
        sandbox.restore_tokens()
        settings = settings_for(database_url, sandbox)
    with examined(settings) as (_, missing):
        assert len(missing) == 2
        assert missing[0] == "Slack does not answer (Connection refused)."
        assert missing[1].startswith("Slack does not answer at http://127.0.0.1:")
