"""Every refusal as Slack shows it to the person who asked, with the sentences of those that only Slack knows."""

from bot.errors import FromAnotherVersion, NothingChosen, TooManyRequests
from bot.text import is_person, mention, moment, shown, with_labels
from sla_engine.domain.agreements.errors import StandingUnknown, WorkspaceUnknown
from sla_engine.domain.errors import SlaError
from sla_engine.text.refusals import Medium, sentence
from sla_engine.text.refusals.medium import WORD_MAX_CHARS

SLACK = Medium(
    at=moment,
    person=mention,
    named=lambda person: mention(person) if is_person(person) else f"“{shown(person, WORD_MAX_CHARS)}”",
    text=lambda text, limit: shown(with_labels(text), limit),
    command=lambda words: f"`/sla {words}`",
    form=lambda words: f"`{shown(words, WORD_MAX_CHARS)}`",
)


def explain(refusal: SlaError) -> str:
    """Put a refusal in a sentence for the person who asked, in Slack's mrkdwn.

    Raises: TypeError for a refusal that has no sentence yet.
    """
    return sentence(refusal, SLACK)


@sentence.register
def _(_: WorkspaceUnknown, _medium: Medium) -> str:
    return "Slack has not told me yet which workspace I work for; nothing was done, please try again in a moment."


@sentence.register
def _(_: StandingUnknown, medium: Medium) -> str:
    return (
        "Slack does not tell me right now who you are; "
        f"nothing was done, please start again with {medium.form('/sla')}."
    )


@sentence.register
def _(refusal: TooManyRequests, _medium: Medium) -> str:
    return (
        f"That was more than {refusal.limit} requests within a minute, so this one was not done; please wait a moment. "
        "Acknowledge, take and resolve work all the same."
    )


@sentence.register
def _(refusal: NothingChosen, medium: Medium) -> str:
    return f"No {medium.short(refusal.what)} was chosen, so nothing was changed."


@sentence.register
def _(_: FromAnotherVersion, medium: Medium) -> str:
    return (
        "This button or form is from another version of sla-bot; nothing was changed. "
        f"Please use the newest message, or type {medium.form('/sla help')}."
    )
