"""One sentence for every refusal: what cannot be done, what it is about, and what to do instead.

Only the person who asked reads it. Every class of refusal has its own row here; a guard finds a missing one.
"""

from collections.abc import Mapping, Sequence
from functools import singledispatch

from bot.text import mention, moment, shown
from sla_engine.domain import errors
from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.reasons import PAUSE_REASONS
from sla_engine.domain.time import calendar as calendars
from sla_engine.domain.time import holidays
from sla_engine.domain.time.durations import EXAMPLES
from sla_engine.services.unit_of_work.permissions import Action

NAME_MAX_CHARS = 60
WORD_MAX_CHARS = 80  # what somebody typed, said back to them
USAGE_MAX_CHARS = 200
ALLOWED_MAX_CHARS = 500
SENTENCE_MAX_CHARS = 300
PROBLEMS_SHOWN = 10  # of a file: more than that nobody reads at once

ACTS: Mapping[Action, str] = {
    Action.LOOK: "look at incidents",
    Action.OPEN: "open an incident",
    Action.TAKE: "take an incident",
    Action.HAND_BACK: "hand an incident back",
    Action.RESPOND: "record a first response",
    Action.UPDATE: "record a customer update",
    Action.PLAN: "record a resolution plan",
    Action.PAUSE: "pause an incident",
    Action.RESUME: "resume an incident",
    Action.PRIORITY: "change a priority",
    Action.RESOLVE: "resolve an incident",
    Action.REOPEN: "reopen an incident",
    Action.ESCALATE: "ask the dispatcher for help",
    Action.WRITE_NOTE: "write an SLA note",
    Action.ASSIGN: "assign an incident",
    Action.ACKNOWLEDGE: "acknowledge a nudge",
    Action.SNOOZE: "snooze a nudge",
    Action.TRIAGE: "work on the triage list",
    Action.MERGE: "merge incidents",
    Action.WORDS: "say what a ticket system’s word means",
    Action.REVIEW_NOTE: "review an SLA note",
    Action.DECIDE_SOP: "decide about an SOP",
    Action.LIST_SOPS: "see which SOPs are to be written",
    Action.FINISH_SOP: "say that somebody else’s SOP is done",
    Action.WAIVE: "waive a missed target",
    Action.REPROCESS: "approve a reprocessing",
    Action.DIGEST: "ask for the digest",
    Action.SIMULATE: "ask what would change",
    Action.RETRY: "try again what was set aside",
    Action.APPLY: "apply agreements and people",
}
"""What each action is called in the middle of a sentence."""

_NEEDS = {
    "title": "a title",
    "reason": "a reason",
    "metric": "the metric that was missed, such as resolution",
    "priority": "a priority, or impact and urgency",
    "impact": "an impact as well: high, medium or low",
    "urgency": "an urgency as well: high, medium or low",
    "because": "a word on why it is returned",
    "until": "the time it ends",
    "text": "a text",
    "@user": "somebody, named like @dana",
}
_ONCE = {"respond": "The first response to {key} was recorded", "plan": "The resolution plan for {key} was given"}


@singledispatch
def explain(refusal: SlaError) -> str:
    """One sentence for the person whose request was refused, in Slack's mrkdwn.

    Raises: TypeError for a refusal that has no sentence yet.
    """
    message = f"no sentence for {type(refusal).__name__}"
    raise TypeError(message)


@explain.register
def _(refusal: errors.UnknownEventKind) -> str:
    return f"The history holds a fact called {_word(refusal.kind)}, which this version does not know; update sla-bot."


@explain.register
def _(refusal: errors.AlreadyCarriedOut) -> str:  # noqa: ARG001 - the request's number means nothing to people
    return "That was done already, the first time you asked; nothing was done twice."


@explain.register
def _(refusal: errors.UnknownIncident) -> str:
    return f"There is no incident {_word(refusal.key)}.{_near(refusal.near)}"


@explain.register
def _(refusal: errors.UnknownCustomer) -> str:
    return f"No agreement names a customer {_word(refusal.name)}.{_near(refusal.near)}"


@explain.register
def _(refusal: errors.UnknownPerson) -> str:
    who = mention(refusal.who) if mention(refusal.who).startswith("<@") else _word(refusal.who)
    return f"{who} is not among our people; an admin can add them to the people file."


@explain.register
def _(refusal: errors.AmbiguousPerson) -> str:
    people = [f"{shown(name, NAME_MAX_CHARS)} (@{shown(write, NAME_MAX_CHARS)})" for name, write in refusal.fits]
    first, last = ", ".join(people[:-1]), people[-1]
    return f"Whom do you mean by {_word(refusal.who)}: {first} or {last}?"


@explain.register
def _(refusal: errors.UnknownChoice) -> str:
    found = f"{_word(refusal.found)} is not {_article(refusal.what)} {shown(refusal.what, WORD_MAX_CHARS)}"
    if len(refusal.allowed) == 1:
        return f"{found}; did you mean {shown(refusal.allowed[0], WORD_MAX_CHARS)}?"
    return f"{found}; choose one of {_listed(refusal.allowed)}."


@explain.register
def _(refusal: errors.UnknownWord) -> str:
    return f"No word is listed under the number {refusal.number}; `/sla words` shows those that wait."


@explain.register
def _(refusal: errors.WordAnswered) -> str:
    who = f"{mention(refusal.by)} said so {moment(refusal.at)}"
    means = mention(refusal.meaning) if mention(refusal.meaning).startswith("<@") else _short(refusal.meaning)
    return f"{_word(refusal.word)} means {means}: {who}. To change it, write it into the people file: it goes first."


@explain.register
def _(refusal: errors.NotAllowed) -> str:
    above = "" if refusal.who_may == Role.ADMIN.label else " or somebody above"
    return f"Only {_article(refusal.who_may)} {refusal.who_may}{above} may {_act(refusal)}; please ask one of them."


def _act(refusal: errors.NotAllowed) -> str:
    if refusal.action == Action.HAND_BACK.value and refusal.who_may == Role.DISPATCHER.label:
        return "hand back an incident that is somebody else’s"
    return next((words for action, words in ACTS.items() if action == refusal.action), refusal.action)


@explain.register
def _(refusal: errors.NotNamed) -> str:
    return f"I do not know you yet; {shown(refusal.can_add, WORD_MAX_CHARS) or 'an admin'} can add you."


@explain.register
def _(refusal: errors.Outsider) -> str:  # noqa: ARG001 - what they are is for the record, not for them
    return "I answer our own colleagues only."


@explain.register
def _(refusal: errors.WorkspaceUnknown) -> str:  # noqa: ARG001 - there is nothing more to know
    return "Slack has not told me yet which workspace I work for; nothing was done, please try again in a moment."


@explain.register
def _(refusal: errors.StandingUnknown) -> str:  # noqa: ARG001 - there is nothing more to know
    return "Slack does not tell me right now who you are; nothing was done, please start again with `/sla`."


@explain.register
def _(refusal: errors.TooManyRequests) -> str:
    return (
        f"That was more than {refusal.limit} requests within a minute, so this one was not done; please wait a moment. "
        "Acknowledge, take and resolve work all the same."
    )


@explain.register
def _(refusal: errors.NotSetUp) -> str:
    return f"Nothing is set up yet: an admin has to apply {_word(refusal.missing)} first."


@explain.register
def _(refusal: errors.AlreadyResolved) -> str:
    return f"{refusal.key} was resolved {moment(refusal.at)}; reopen it first if it is not fixed."


@explain.register
def _(refusal: errors.NotResolved) -> str:
    return f"{refusal.key} is open already; only a resolved incident can be reopened."


@explain.register
def _(refusal: errors.AlreadyPaused) -> str:
    label = next((row.label for name, row in PAUSE_REASONS.items() if name == refusal.reason), _short(refusal.reason))
    return f"{refusal.key} has been paused since {moment(refusal.since)} for this very reason ({label})."


@explain.register
def _(refusal: errors.NotPaused) -> str:
    return f"{refusal.key} is not paused, so there is nothing to resume."


@explain.register
def _(refusal: errors.AlreadyDone) -> str:
    done = _ONCE.get(refusal.what, "That was done for {key}").format(key=refusal.key)
    remedy = "; record what you told the customer since as an update" if refusal.what == "respond" else ""
    return f"{done} by {mention(refusal.by)} {moment(refusal.at)}{remedy}."


@explain.register
def _(refusal: errors.SamePriority) -> str:
    return f"{refusal.key} has priority {refusal.priority} already."


@explain.register
def _(refusal: errors.AlreadyAssigned) -> str:
    return f"{mention(refusal.to)} has {refusal.key} already."


@explain.register
def _(refusal: errors.AlreadyAcknowledged) -> str:
    return f"{mention(refusal.by)} has had {refusal.key} since {moment(refusal.at)}."


@explain.register
def _(refusal: errors.NothingToAcknowledge) -> str:
    return f"No nudge is waiting on {refusal.key}, so there is nothing to acknowledge or snooze."


@explain.register
def _(refusal: errors.InThePast) -> str:
    return f"{_named_time(refusal.what)} has to lie ahead, and {moment(refusal.at)} has passed."


@explain.register
def _(refusal: errors.InTheFuture) -> str:
    return f"{moment(refusal.at)} is still to come, so nothing can have happened then; check the time that was sent."


@explain.register
def _(refusal: errors.BeforeOpening) -> str:
    opened = moment(refusal.opened_at)
    return f"Nothing can have happened to {refusal.key} at {moment(refusal.at)}: it opened {opened}."


@explain.register
def _(refusal: errors.UnreadableDuration) -> str:
    return f"{_word(refusal.text)} is not a length of time I can read; write it like {EXAMPLES}."


@explain.register
def _(refusal: errors.DayIsAmbiguous) -> str:
    return f"{_word(refusal.text)} could mean 24 hours or a working day; write 24h, or say when, like tomorrow 9am."


@explain.register
def _(refusal: errors.UnreadableMoment) -> str:
    return f"{_word(refusal.text)} is not a time I can read; write it like 30m, 15:00, tomorrow 9am or monday."


@explain.register
def _(refusal: errors.UnreadableAddress) -> str:
    return f"{_word(refusal.text)} is not a web address I can read; write it like https://desk.example.com/tickets/7."


@explain.register
def _(refusal: errors.NothingChosen) -> str:
    return f"No {shown(refusal.what, WORD_MAX_CHARS)} was chosen, so nothing was changed."


@explain.register
def _(refusal: errors.MissingArgument) -> str:
    needed = _NEEDS.get(refusal.what, refusal.what)  # our words, in our marks
    if not refusal.usage:
        return f"This needs {needed}."
    usage = shown(refusal.usage.removeprefix("/sla "), USAGE_MAX_CHARS).replace("`", "")
    return f"This needs {needed}: write `/sla {usage}`."


@explain.register
def _(refusal: errors.TooLong) -> str:
    return f"The {_short(refusal.what)} may have {refusal.limit:,} characters at most; this one has {refusal.length:,}."


@explain.register
def _(refusal: errors.NoNoteWanted) -> str:
    return f"{refusal.key} missed no target, so it needs no SLA note."


@explain.register
def _(refusal: errors.NoNoteYet) -> str:
    return f"{refusal.key} has no SLA note yet; it has to be written first."


@explain.register
def _(refusal: errors.NoteIncomplete) -> str:
    return f"The SLA note is not complete: {_joined(refusal.problems)}"


@explain.register
def _(refusal: errors.NoteAlreadyAccepted) -> str:
    return f"The SLA note of {refusal.key} was accepted by {mention(refusal.by)} and stays as it is."


@explain.register
def _(refusal: errors.AlreadyDecided) -> str:
    decision = shown(refusal.decision, WORD_MAX_CHARS)
    return f"{mention(refusal.by)} decided about an SOP for {refusal.key} already ({decision})."


@explain.register
def _(refusal: errors.UnknownSop) -> str:
    return f"There is no SOP decision {_word(refusal.number)}."


@explain.register
def _(refusal: errors.FileInvalid) -> str:
    shown_first = [shown(str(problem), 300) for problem in refusal.problems[:PROBLEMS_SHOWN]]
    more = len(refusal.problems) - len(shown_first)
    rest = [f"… and {more} more"] if more > 0 else []
    return "\n".join(["The file was not taken and nothing was changed:", *shown_first, *rest])


@explain.register
def _(refusal: errors.PayloadInvalid) -> str:
    return f"{shown(refusal.field, WORD_MAX_CHARS)}: {shown(refusal.sentence, SENTENCE_MAX_CHARS)}"


@explain.register
def _(refusal: errors.NotAuthenticated) -> str:
    return f"The request to the {_short(refusal.source)} intake did not prove who sent it; check its secret or token."


@explain.register
def _(refusal: errors.PayloadTooLarge) -> str:
    return f"The request is larger than the {refusal.limit:,} bytes that are taken."


@explain.register
def _(refusal: errors.UnknownWeek) -> str:
    return f"{_word(refusal.text)} is not a week; write it like 2016-W12."


@explain.register
def _(refusal: errors.StorageBusy) -> str:  # noqa: ARG001 - there is nothing more to know
    return "The database is busy or away right now; nothing was changed, please try again in a moment."


@explain.register
def _(refusal: errors.SchemaMismatch) -> str:  # noqa: ARG001 - there is nothing more to know
    return "The database does not fit this version; nothing was changed. Whoever runs sla-bot: run `sla-bot migrate`."


@explain.register
def _(refusal: errors.AddressUnusable) -> str:
    return (
        f"The database's address cannot be used: {shown(refusal.what, SENTENCE_MAX_CHARS)}. "
        "Write DATABASE_URL like sqlite:///sla-bot.db or postgresql://user:password@host/name."
    )


@explain.register
def _(refusal: errors.DatabaseUnusable) -> str:
    return f"The database cannot be used: {shown(refusal.what, SENTENCE_MAX_CHARS)}. Nothing was changed."


@explain.register
def _(refusal: errors.AnchorsUnreadable) -> str:
    file, why = shown(refusal.file, SENTENCE_MAX_CHARS), shown(refusal.why, SENTENCE_MAX_CHARS)
    return f"The anchors in {file} cannot be read: {why}."


@explain.register
def _(refusal: errors.UnreadableHead) -> str:
    found = shown(refusal.text, WORD_MAX_CHARS)
    return f"“{found}” is no head of a history; copy it whole from the digest's thread."


@explain.register
def _(refusal: errors.FromAnotherVersion) -> str:  # noqa: ARG001 - the missing field's name says nothing to people
    return (
        "This button or form is from another version of sla-bot; nothing was changed. "
        "Please use the newest message, or type `/sla help`."
    )


@explain.register
def _(refusal: errors.UnknownFailure) -> str:
    return f"Nothing that failed has the number {refusal.number}: it was done meanwhile, or dropped."


@explain.register
def _(refusal: errors.UnknownMessage) -> str:
    if refusal.state is None:
        return f"There is no outgoing message {refusal.number}."
    return f"Message {refusal.number} is {_short(refusal.state)}; only one that failed can be sent again."


@explain.register
def _(refusal: errors.NotYetInForce) -> str:
    customer, begins = shown(refusal.customer, WORD_MAX_CHARS), moment(refusal.effective)
    return f"The agreement of {customer} begins {begins}, so nothing was promised at {moment(refusal.at)}."


@explain.register
def _(refusal: errors.SopIncomplete) -> str:
    return f"The decision is not complete: {_joined(refusal.problems)}"


@explain.register
def _(refusal: errors.UnknownTriage) -> str:
    return f"Nothing waits for triage under number {refusal.number}."


@explain.register
def _(refusal: errors.UnknownIntake) -> str:
    return f"There is no intake {_word(refusal.name)}; there are {_listed(refusal.known)}."


@explain.register
def _(refusal: errors.UnknownDelivery) -> str:
    if refusal.several:
        several = shown(" or ".join(refusal.several), ALLOWED_MAX_CHARS)
        return f"{_word(refusal.name)} may mean {several}; write more of it."
    return f"No delivery that needs somebody is called {_word(refusal.name)}."


@explain.register
def _(refusal: errors.DeliveryUnreadable) -> str:
    return f"What was kept of {_word(refusal.name)} cannot be read; it can only be dropped."


@explain.register
def _(refusal: errors.NothingToReplay) -> str:
    return f"{_word(refusal.name)} is held until its ticket is opened; there is nothing to take in again."


@explain.register
def _(refusal: calendars.UnknownZone) -> str:
    return f"There is no time zone {_word(refusal.zone)}.{_near(refusal.near)}"


@explain.register
def _(refusal: calendars.CalendarNeverOpens) -> str:
    calendar = " ".join(("The calendar", shown(refusal.calendar, WORD_MAX_CHARS))).strip()
    return f"{calendar} has too little open time after {moment(refusal.beyond)}; check hours and closures."


@explain.register
def _(refusal: holidays.UnknownCountry) -> str:
    return f"No holidays are known for a country {_word(refusal.country)}.{_near(refusal.near)}"


@explain.register
def _(refusal: holidays.UnknownSubdivision) -> str:
    where, allowed = shown(refusal.country, WORD_MAX_CHARS), _listed(refusal.allowed)
    return f"{_word(refusal.subdivision)} is not a part of {where} with holidays of its own; there are {allowed}."


@explain.register
def _(refusal: holidays.UnknownHolidayCategory) -> str:
    where, allowed = shown(refusal.country, WORD_MAX_CHARS), _listed(refusal.allowed)
    return f"{where} keeps no holidays of the kind {_word(refusal.category)}; there are {allowed}."


@explain.register
def _(refusal: errors.AlreadyMerged) -> str:
    return f"{refusal.key} is merged into {refusal.into}; what is done is done there."


@explain.register
def _(refusal: errors.AlreadyMoved) -> str:
    return (
        f"{refusal.key} turned out to be {shown(refusal.customer, WORD_MAX_CHARS)}’s; "
        f"what is done is done on {_short(refusal.goes_on_as)}."
    )


@explain.register
def _(refusal: errors.TicketDeleted) -> str:
    return f"{refusal.key} is over: its ticket was deleted {moment(refusal.at)}. Open a new incident if there is one."


@explain.register
def _(refusal: errors.MergedIntoItself) -> str:
    return f"{refusal.key} cannot be merged into itself; name the incident it is the same as."


@explain.register
def _(refusal: errors.OtherCustomer) -> str:
    one, other = shown(refusal.customer, WORD_MAX_CHARS), shown(refusal.other, WORD_MAX_CHARS)
    return f"{refusal.key} is {one}’s and {refusal.into} is {other}’s; only incidents of one customer can be merged."


@explain.register
def _(refusal: errors.AlreadyFollowed) -> str:
    return f"{refusal.key} came back before, as {_short(refusal.by)}; go on with that one."


@explain.register
def _(refusal: errors.NothingMissed) -> str:
    metric = shown(refusal.metric, WORD_MAX_CHARS).lower()
    return f"{refusal.key} has missed no target for {metric}, so there is nothing to waive."


@explain.register
def _(refusal: errors.AlreadyWaived) -> str:
    metric = shown(refusal.metric, WORD_MAX_CHARS).lower()
    return f"The missed {metric} of {refusal.key} was waived by {mention(refusal.by)} {moment(refusal.at)}."


@explain.register
def _(refusal: errors.UnreadableSupposition) -> str:
    forms = " · ".join(f"`{shown(form, WORD_MAX_CHARS)}`" for form in refusal.forms)
    if not refusal.word:
        return f"Say what to suppose, like {forms}."
    return f"I cannot suppose {_word(refusal.word)}.{_near(refusal.near)} Write it like {forms}."


@explain.register
def _(refusal: errors.WhichIncident) -> str:
    usage = shown(refusal.usage, USAGE_MAX_CHARS)
    return f"Which incident? {refusal.count or 'No'} incidents could be meant: write `/sla {usage}`."


def _joined(problems: Mapping[str, str]) -> str:
    return " ".join(shown(problem, 300) for problem in problems.values())


def _listed(allowed: Sequence[str]) -> str:
    return shown(", ".join(allowed), ALLOWED_MAX_CHARS)


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def _word(text: str) -> str:
    """What somebody typed, in quotation marks."""
    return f"“{shown(text, WORD_MAX_CHARS)}”"


def _short(word: str) -> str:
    return shown(word, WORD_MAX_CHARS)


def _near(near: Sequence[str]) -> str:
    if not near:
        return ""
    return f" Did you mean {' or '.join(shown(each, WORD_MAX_CHARS) for each in near)}?"


def _named_time(what: str) -> str:
    names = {"until": "The time it ends", "next": "The next update", "promise": "The promised update"}
    return names.get(what, shown(what, WORD_MAX_CHARS))
