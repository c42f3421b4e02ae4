"""Every refusal is one clear sentence for the person who asked."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.refusal_sentences import explain
from sla_engine.domain.agreements.errors import (
    AmbiguousPerson,
    NotAllowed,
    NotNamed,
    NotYetInForce,
    UnknownCustomer,
    UnknownPerson,
)
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.errors import (
    AlreadyAcknowledged,
    AlreadyDone,
    AlreadyPaused,
    UnknownIncident,
    WhichIncident,
)
from sla_engine.domain.text.errors import MissingArgument, TooLong, UnknownChoice
from sla_engine.domain.time.errors import InThePast
from sla_engine.domain.upkeep.errors import UnknownMessage
from sla_engine.files.errors import FileInvalid, FileProblem
from sla_engine.services.intake.errors import PayloadInvalid
from sla_engine.text.refusals import PLAIN, sentence
from sla_engine.text.refusals.people import ACTS

MONDAY = datetime(2026, 1, 5, 14, 20, tzinfo=UTC)
FACTS: Mapping[Any, Any] = {
    str: "INC-1042",
    str | None: None,
    int: 7,
    bool: True,
    datetime: MONDAY,
    datetime | None: None,
    timedelta: timedelta(minutes=5),
    date: MONDAY.date(),
    tuple[str, ...]: ("one", "two"),
    tuple[tuple[str, str], ...]: (("Tom Becker", "tbecker"), ("Tom Ash", "tash")),
    Mapping[str, str]: {"impact": "Say whom it touched."},
}


def example(kind: type[SlaError]) -> SlaError:
    """A refusal of this kind with some facts in it."""
    if kind is FileInvalid:
        return FileInvalid([FileProblem("acme.yaml", 3, "“P9” is not a priority")])
    made: SlaError = kind(**{field.name: FACTS[field.type] for field in dataclasses.fields(kind)})  # type: ignore[arg-type]
    return made


KINDS = sorted(SlaError.__subclasses__(), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_refusal_reads_as_a_sentence(kind: type[SlaError]) -> None:
    for words in (explain(example(kind)), sentence(example(kind), PLAIN)):
        assert words[0] in "“<2" or words[0].isupper() or kind is PayloadInvalid
        assert len(words) < 400
        assert "None" not in words
        assert kind.__name__ not in words
    assert not set("`<>") & set(sentence(example(kind), PLAIN)), "the terminal knows no marks of Slack's"


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (
            UnknownIncident("INC-1024", ("INC-1042",)),
            "There is no incident “INC-1024”. Did you mean INC-1042?",
        ),
        (UnknownIncident("INC-1"), "There is no incident “INC-1”."),
        (
            UnknownCustomer("Acne", ("Acme Dental", "Acme Bank")),
            "No agreement names a customer “Acne”. Did you mean Acme Dental or Acme Bank?",
        ),
        (
            NotAllowed("ack", "dispatcher"),
            "Only a dispatcher or somebody above may acknowledge a nudge; please ask one of them.",
        ),
        (
            NotAllowed("assign", "dispatcher", names=("Dana <Reyes>",), is_on_duty=True),
            "Only a dispatcher or somebody above may assign an incident. On duty: Dana &lt;Reyes&gt;.",
        ),
        (
            NotAllowed("assign", "dispatcher", names=("Dana",), is_on_duty=True, has_taken_over=False),
            "Only a dispatcher or somebody above may assign an incident. On duty: Dana (handover not taken yet).",
        ),
        (
            NotAllowed("review", "service manager", names=("Mira Kaplan", "Ada Lind")),
            "Only a service manager or somebody above may review an SLA note. Please ask Mira Kaplan or Ada Lind.",
        ),
        (
            NotAllowed("apply", "admin"),
            "Only an admin may apply agreements and people; please ask one of them.",
        ),
        (
            NotAllowed("handback", "dispatcher"),
            "Only a dispatcher or somebody above may hand back an incident that is somebody else’s; "
            "please ask one of them.",
        ),
        (UnknownChoice("/sla subcommand", "stauts", ("status",)), "did you mean status?"),
        (UnknownChoice("priority", "P9", ("P1", "P2")), "“P9” is not a priority; choose one of P1, P2."),
        (NotNamed("look", "Ada Lindqvist"), "I do not know you yet; Ada Lindqvist can add you."),
        (NotNamed("look", ""), "I do not know you yet; an admin can add you."),
        (NotNamed("look", "<!here>"), "I do not know you yet; &lt;!here&gt; can add you."),
        (MissingArgument("reason"), "This needs a reason."),
        (
            MissingArgument("an incident key such as INC-1042", "/sla take INC-1042"),
            "This needs an incident key such as INC-1042: write `/sla take INC-1042`.",
        ),
        (
            MissingArgument("until", "snooze INC-… 30m"),
            "This needs the time it ends: write `/sla snooze INC-… 30m`.",
        ),
        (AlreadyPaused("INC-1", "vendor", MONDAY), "(waiting for a vendor)"),
        (AlreadyDone("INC-1", "plan", "U0TOM", MONDAY), "The plan for INC-1 was given by <@U0TOM>"),
        (
            AlreadyDone("INC-1", "respond", "U0TOM", MONDAY),
            "record what you told the customer since as an update",
        ),
        (UnknownPerson("U0EVE"), "<@U0EVE> is not among our people; an admin can add them to the people file."),
        (
            AmbiguousPerson("@tom", (("Tom Becker", "tbecker"), ("Tom Ash", "tash"), ("Tom Roe", "U0ROE"))),
            "Whom do you mean by “@tom”: Tom Becker (@tbecker), Tom Ash (@tash) or Tom Roe (@U0ROE)?",
        ),
        (UnknownMessage(9), "There is no outgoing message 9."),
        (UnknownMessage(9, "sent"), "Message 9 is sent; only one that failed can be sent again."),
        (TooLong("title", 4000, 12345), "The title may have 4,000 characters at most; this one has 12,345."),
        (InThePast("promise", MONDAY), "The promised update has to lie ahead"),
        (PayloadInvalid("incident.priority", "must be P1 to P5"), "incident.priority: must be P1 to P5"),
    ],
)
def test_a_refusal_says_what_where_and_what_to_do(refusal: SlaError, words: str) -> None:
    assert words in explain(refusal)


def test_what_somebody_typed_is_said_back_harmless_and_short() -> None:
    words = explain(UnknownCustomer("<!channel> " + "x" * 4000))
    assert "<!channel>" not in words
    assert "&lt;!channel&gt;" in words
    assert len(words) < 200


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (
            NotYetInForce("Acme Dental", MONDAY, MONDAY),
            "The agreement of Acme Dental begins 2026-01-05 14:20 UTC, "
            "so nothing was promised at 2026-01-05 14:20 UTC.",
        ),
        (UnknownPerson("U0EVE"), "“U0EVE” is not among our people; an admin can add them to the people file."),
        (
            WhichIncident("simulate raise INC-1042 to P1", 0),
            "Which incident? No incidents could be meant: write 'sla-bot simulate raise INC-1042 to P1'.",
        ),
        (UnknownChoice("site", "Yard", ()), "“Yard” is not a site; there is none."),
        (
            AlreadyAcknowledged("INC-1", "U0TOM", MONDAY),
            "U0TOM has had INC-1 since 2026-01-05 14:20 UTC.",
        ),
    ],
)
def test_a_terminal_shows_the_same_sentence_in_plain_text(refusal: SlaError, words: str) -> None:
    assert sentence(refusal, PLAIN) == words


def test_a_file_with_many_problems_names_the_first_ones_and_counts_the_rest() -> None:
    problems = [FileProblem("msp.yaml", line, "unknown key") for line in range(1, 15)]
    lines = explain(FileInvalid(problems)).splitlines()
    assert lines[1] == "msp.yaml:1: unknown key"
    assert lines[-1] == "… and 4 more"


def test_every_action_has_words() -> None:
    assert set(ACTS) == set(Action)


def test_a_refusal_without_a_sentence_is_a_mistake_that_shows() -> None:
    with pytest.raises(TypeError, match="SlaError"):
        explain(SlaError())
