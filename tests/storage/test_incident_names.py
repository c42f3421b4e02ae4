"""Finding an incident by its key, its ticket's number, or its link; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.services.intake.receive import Intake
from sla_engine.services.queries.incident_names import OFFERED, IncidentNames, names_itself
from sla_engine.storage import incidents
from sla_engine.storage.database import Database
from sla_engine.storage.incidents import NewIncident
from tests.furnished import furnish
from tests.intake_desk import intake_for, tell, ticket
from tests.statements import counted

pytestmark = pytest.mark.both_databases

LINK = "https://desk.example/tickets/20931"


def two_tickets(empty: Database) -> None:
    intake = intake_for(empty, "acme-dental")
    other = ticket("opened", external_id="1002", title="Other")
    tell(intake, ticket("opened", external_id="T-20931", link=LINK), other)


@pytest.fixture
def intake(database_url: str) -> Iterator[Intake]:
    database = Database(database_url, wait_seconds=20)
    furnish(database, "two tickets", two_tickets)
    yield intake_for(database, "acme-dental")
    database.close()


def keys(intake: Intake, word: str) -> list[str]:
    """The keys of what a word may name."""
    return [incident.key for incident in IncidentNames(intake.unit_of_work).meant(word)]


@pytest.mark.parametrize("word", ["T-20931", "t-20931", "#T-20931", LINK, "INC-1001", "inc1001", "1001", "INC–1001"])
def test_an_incident_is_found_by_each_of_its_names(intake: Intake, word: str) -> None:
    assert keys(intake, word) == ["INC-1001"]


def test_a_number_of_ours_and_of_another_system_is_offered_once_when_it_is_one_incident(intake: Intake) -> None:
    assert keys(intake, "1002") == ["INC-1002"]


def test_a_number_that_two_systems_gave_is_offered_twice_ours_first(intake: Intake) -> None:
    tell(intake, ticket("opened", external_id="1001", title="Third"))
    assert keys(intake, "1001") == ["INC-1001", "INC-1003"]
    assert keys(intake, "INC-1001") == ["INC-1001"]


def test_our_key_is_offered_first_however_many_tickets_have_its_number(intake: Intake) -> None:
    with intake.unit_of_work.database.transaction() as session:
        first = incidents.find(session, "INC-1001")
        facts: dict[str, Any] = {
            "customer": first.customer,
            "agreement_version_id": first.agreement_version_id,
            "title": "Other",
        }
        facts |= {"priority": first.priority, "opened_at": first.opened_at, "opened_by": ""}
        others = [NewIncident(**facts, source=f"system {number}", external_id="1001") for number in range(6)]
        incidents.create_all(session, others)
    assert keys(intake, "1001")[0] == "INC-1001"
    assert len(keys(intake, "1001")) == OFFERED


@pytest.mark.parametrize("word", ["T-99999", "9999", "INC-9999"])
def test_a_number_that_nobody_has_is_refused(intake: Intake, word: str) -> None:
    with pytest.raises(UnknownIncident):
        keys(intake, word)


@pytest.mark.parametrize(
    "word", ["vendor", "2h", "P1", "@tom", "", "acme", "Office365", "https://desk.example/tickets/1"]
)
def test_other_words_name_no_incident(intake: Intake, word: str) -> None:
    assert keys(intake, word) == []


def test_a_number_of_two_digits_is_looked_up_as_well(intake: Intake) -> None:
    tell(intake, ticket("opened", external_id="OPS-42", title="Short"))
    assert keys(intake, "ops-42") == ["INC-1003"]
    assert keys(intake, "OPS-43") == []


def test_a_ticket_names_the_incident_that_it_goes_on_with(intake: Intake) -> None:
    tell(intake, ticket("deleted", 10, external_id="T-20931"), ticket("reopened", 20, external_id="T-20931"))
    (goes_on,) = IncidentNames(intake.unit_of_work).meant("T-20931")
    assert (goes_on.key, goes_on.ticket) == ("INC-1003", "T-20931")
    assert keys(intake, "INC-1001") == ["INC-1001"], "a key means the very incident"


def test_one_look_finds_it(intake: Intake) -> None:
    names = IncidentNames(intake.unit_of_work)
    with counted(intake.unit_of_work.database) as statements:
        names.meant("T-20931")
    assert len(statements) == 1


def test_a_key_with_its_dash_names_itself() -> None:
    assert names_itself("INC-1042")
    assert names_itself("inc–1042")
    assert not names_itself("1042")
    assert not names_itself("INC1042")
    assert not names_itself("incidentally")
    assert incidents.normal_key("inc1042") == "INC-1042"
