"""`sla-bot doctor`: says in sentences what is missing, before it is missed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from slack_sdk.errors import SlackApiError

from bot.connection_health import trouble_of
from bot.courier.slack_messages import SlackMessages
from bot.courier.slack_outcomes import TOO_FAST, Failure
from bot.granted_scopes import FILES, HEADER
from bot.manifest import BOT_SCOPES
from bot.slack_calls import CALL_FAILURES, error_code, reason_of
from bot.views.early_warnings import calendar_ends, unattended_promises
from bot.views.health import delivery_sentences
from bot.views.lost_destinations import lost_sentences
from bot.wiring import Bot
from sla_engine.delivery.records import Refused
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.agreements.msp import Access, Msp, Role
from sla_engine.domain.upkeep.errors import AnchorsUnreadable
from sla_engine.intake.authentication import credential
from sla_engine.intake.registry import SOURCES
from sla_engine.services.audit.anchors import Anchors
from sla_engine.services.upkeep.databases import SchemaMismatch, StorageBusy

ANCHORS_OLD_AFTER = timedelta(hours=2)
ACCESS: Mapping[Access, str] = {
    Access.NAMED: "only those it names may look and open (access: named)",
    Access.WORKSPACE: "every member of the workspace may look and open, guests only by name (access: workspace)",
}
CANNOT_BE_READ = (StorageBusy, SchemaMismatch)
"""The database is away or has another schema; only the first finding says so."""


class Level(StrEnum):
    """The weight of a finding."""

    OK = "ok"
    NOTE = "note"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding, in a sentence that says what to do when it is not well."""

    level: Level
    sentence: str

    @property
    def is_well(self) -> bool:
        """Whether nobody has to do anything now."""
        return self.level is not Level.MISSING


def well(sentence: str) -> Finding:
    """A finding that is as it should be."""
    return Finding(Level.OK, sentence)


def note(sentence: str) -> Finding:
    """A finding to know about, or to see to in time."""
    return Finding(Level.NOTE, sentence)


def missing(sentence: str) -> Finding:
    """A finding that somebody must act on."""
    return Finding(Level.MISSING, sentence)


def examine(bot: Bot) -> Iterator[Finding]:
    """Examine everything the bot needs, in the order of its set-up."""
    yield from _database(bot)
    msp = _people(bot)
    yield msp if isinstance(msp, Finding) else well(f"msp.yaml of {msp.name} is in force; {ACCESS[msp.access]}.")
    yield from _agreements(bot)
    yield from _upkeep(bot)
    yield from _tokens(bot, msp if isinstance(msp, Msp) else None)
    yield from _lost(bot, msp if isinstance(msp, Msp) else None)
    if bot.settings.slack_app_token is not None:
        yield _app_token(bot)
    if bot.settings.slack_bot_token is not None:
        yield from _slack(bot, msp if isinstance(msp, Msp) else None)


def _database(bot: Bot) -> Iterator[Finding]:
    try:
        facts = bot.health.facts(now=bot.real_clock())
    except StorageBusy:
        yield missing("The database does not answer; check DATABASE_URL and that the server runs.")
        return
    if not facts.schema_ok:
        yield missing(f"The schema is {facts.schema or 'none'}, which is not this version's: run sla-bot migrate.")
    else:
        yield well(f"The {facts.database} database answers and has schema {facts.schema}.")
    for file in bot.database.open_to_others():
        yield missing(f"Others on this machine may read {file}: run chmod go-rwx {file}.")
    yield from _anchors(bot)
    if facts.dead_letters:
        yield missing(f"{facts.dead_letters} messages could not be delivered: look at sla-bot outbox list.")
    failing, set_aside = sum(facts.failing.values()), sum(facts.set_aside.values())
    if failing or set_aside:
        yield missing(f"{failing} items failed and are tried again, {set_aside} are set aside: see sla-bot stuck list.")
    yield from map(missing, delivery_sentences(facts))
    for destination in facts.unreadable:
        yield missing(f"History of {destination} cannot be read: an unanswered message there may come twice.")


def _anchors(bot: Bot) -> Iterator[Finding]:
    file = bot.settings.audit_anchors
    if file is None:
        return
    try:
        newest = Anchors(file).newest()
    except AnchorsUnreadable as unreadable:
        yield missing(f"SLA_BOT_AUDIT_ANCHORS: {unreadable.file} cannot be read: {unreadable.why}.")
        return
    if newest is None or bot.real_clock() - newest.at > ANCHORS_OLD_AFTER:
        yield missing(f"SLA_BOT_AUDIT_ANCHORS: nothing was added to {file} for two hours; a worker does it hourly.")
    else:
        yield well(f"The history was anchored in {file} at {newest.at:%Y-%m-%d %H:%M} UTC.")


def _people(bot: Bot) -> Msp | Finding:
    try:
        return bot.board.msp()
    except (NotSetUp, *CANNOT_BE_READ):
        return missing("No people are in force: write msp.yaml and run sla-bot people apply msp.yaml.")


def _agreements(bot: Bot) -> Iterator[Finding]:
    try:
        customers = bot.board.customers()
    except CANNOT_BE_READ:
        return
    if customers:
        yield well(f"Agreements are in force for {len(customers)} customers: {', '.join(customers)}.")
    else:
        yield missing("No agreement is in force: run sla-bot agreements apply agreements/*.yaml.")


def _upkeep(bot: Bot) -> Iterator[Finding]:
    """Warn of calendars that end, and of promised hours in which nobody is on call."""
    try:
        ends, alone = bot.early_warnings.ends(now=bot.time.now()), bot.early_warnings.unattended(now=bot.time.now())
    except CANNOT_BE_READ:
        return
    yield from map(missing, calendar_ends(end for end in ends if end.is_over))
    yield from map(note, calendar_ends(end for end in ends if not end.is_over))
    yield from map(note, unattended_promises(alone))


def _lost(bot: Bot, msp: Msp | None) -> Iterator[Finding]:
    """Channels and people that refused messages and have taken none since."""

    def name(destination: str) -> str:
        person = None if msp is None else msp.person(destination)
        return destination if person is None else person.name

    try:
        lost = bot.health.facts(now=bot.real_clock()).lost
    except CANNOT_BE_READ:
        return
    yield from map(missing, lost_sentences(lost, name=name))


def _tokens(bot: Bot, msp: Msp | None) -> Iterator[Finding]:
    settings = bot.settings
    for variable in settings.blank_variables():
        yield missing(f"{variable} is given but empty, which counts as not set: fill it in, or take it away.")
    if settings.slack_bot_token is None:
        yield missing("SLACK_BOT_TOKEN is not set: install the app (sla-bot manifest) and copy its bot token.")
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        yield missing("Neither SLACK_APP_TOKEN (sla-bot run) nor SLACK_SIGNING_SECRET (sla-bot web) is set: set one.")
    if settings.intake_secrets is None and settings.intake_tokens is None:
        yield well("No intake secret is set, so webhooks are refused (SLA_BOT_INTAKE_SECRETS, …_TOKENS).")
    own = () if msp is None else tuple(msp.intakes)
    intakes = tuple(dict.fromkeys([*SOURCES, *own]))
    yield from _senders("SLA_BOT_INTAKE_SECRETS", settings.listed(settings.intake_secrets), intakes)
    yield from _senders("SLA_BOT_INTAKE_TOKENS", settings.listed(settings.intake_tokens), intakes)


def _senders(name: str, entries: Sequence[str], known: Sequence[str]) -> Iterator[Finding]:
    """Say which intakes a setting's entries are for, without quoting an entry."""
    named = [credential(entry).intake for entry in entries]
    if unnamed := named.count(None):
        which = "an entry" if unnamed == 1 else f"{unnamed} entries"
        yield note(f"{name} has {which} good for every intake: name the one it is for, as in webhook:….")
    for unknown in sorted({intake for intake in named if intake is not None} - set(known)):
        there = ", ".join(known)
        yield missing(f"{name} has an entry for {unknown}, which is no intake: it opens nothing; there are {there}.")


def _app_token(bot: Bot) -> Finding:
    """Ask for the address of a connection, and open none."""
    try:
        bot.clients.ask_socket_address()
    except SlackApiError as refused:
        if error_code(refused) not in TOO_FAST:
            return missing(f"{trouble_of(refused)}.")
    except CALL_FAILURES as gone:
        return missing(f"{trouble_of(gone)}.")
    return well("Slack takes the app token: Socket Mode can connect.")


def _slack(bot: Bot, msp: Msp | None) -> Iterator[Finding]:
    try:
        answer = bot.client.auth_test()
    except SlackApiError as refused:
        yield missing(f"Slack refuses the bot token: {reason_of(refused)}.")
        return
    except CALL_FAILURES as gone:
        yield missing(f"Slack does not answer at {bot.settings.api_url}: {reason_of(gone)}.")
        return
    yield well(f"Slack knows the bot as {answer.get('user', 'unnamed')} in {answer.get('team', 'its team')}.")
    yield from _workspace(bot, answer.get("team_id"))
    headers = {name.lower(): value for name, value in (answer.headers or {}).items()}
    yield from _scopes(headers.get(HEADER))
    for channel in _channels(msp):
        yield _channel(bot, channel)
    if msp is not None:
        yield from _direct_message(bot, msp)


def _workspace(bot: Bot, team: object) -> Iterator[Finding]:
    """Check that the token's workspace is the one whose requests are answered."""
    if not team:
        yield well("The server does not name its team, so requests of other workspaces cannot be told from ours.")
        return
    try:
        remembered = bot.admission_check.admission.workspace()
    except CANNOT_BE_READ:
        return
    if remembered is not None and remembered.team not in (None, team):
        yield missing(
            f"The token belongs to {team}; remembered is {remembered.name or remembered.team}, whose requests alone "
            "are answered: start sla-bot, and it takes the new one over."
        )


def _scopes(granted: str | None) -> Iterator[Finding]:
    if granted is None:
        yield well("The server does not say which scopes are granted.")
        return
    lacking = sorted(set(BOT_SCOPES) - {scope.strip() for scope in granted.split(",")})
    if lacking:
        yield missing(f"The app lacks the scopes {', '.join(lacking)}: update its manifest and reinstall it.")
        if FILES in lacking:
            yield note(f"Without {FILES} the digest has no buttons Page and CSV; sla-bot digest writes both files.")
    else:
        yield well("Every scope is granted.")


def _channels(msp: Msp | None) -> tuple[str, ...]:
    if msp is None:
        return ()
    named = (msp.dispatcher_channel, msp.managers_channel, msp.incidents_channel)
    return tuple(dict.fromkeys(channel for channel in named if channel))


def _channel(bot: Bot, channel: str) -> Finding:
    try:
        known = SlackMessages(bot.client).channel_of(channel)
        asked = known if isinstance(known, str) else channel
        conversation = bot.client.conversations_info(channel=asked).get("channel") or {}
    except SlackApiError as refused:
        return missing(f"Channel {channel} of msp.yaml cannot be used: {reason_of(refused)}.")
    except CALL_FAILURES as gone:
        return missing(f"Channel {channel} could not be looked at: {reason_of(gone)}.")
    name = conversation.get("name", channel)
    if conversation.get("is_archived") is True:
        return missing(f"#{name} is archived: take it out of the archive, or name another channel.")
    if conversation.get("is_member") is False:
        return missing(f"The bot is not in #{name}: type /invite @sla-bot there.")
    return well(f"Channel #{name} can be used.")


def _direct_message(bot: Bot, msp: Msp) -> Iterator[Finding]:
    """Open the direct message with an admin, else a service manager; whether its tab is on shows only in a message."""
    admins = [person for person in msp.people if person.role is Role.ADMIN]
    managers = [person for person in msp.people if person.role is Role.SERVICE_MANAGER]
    person = next(iter([*admins, *managers]), None)
    if person is None:
        return
    opened: str | Failure = SlackMessages(bot.client).channel_of(person.slack_id)
    if isinstance(opened, str):
        yield well(f"A direct message to {person.name} can be opened.")
    elif isinstance(opened, Refused):
        yield missing(f"No direct message to {person.name} ({person.slack_id}) can be opened: {opened.error}.")
    else:
        yield missing(f"Whether a direct message to {person.name} can be opened is not known: Slack did not answer.")
