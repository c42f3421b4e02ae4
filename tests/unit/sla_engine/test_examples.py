"""The files a new user starts from are taken without a word, and say what the pages say about them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.agreements import agreement_files, people_files

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILES = [*sorted((EXAMPLES / "agreements").glob("*.yaml")), EXAMPLES / "servicenow-log.yaml"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_agreement_is_taken_without_a_warning(file: Path) -> None:
    defaults = people_files.defaults_in(EXAMPLES / "msp.yaml", now=NOW).defaults
    assert agreement_files.check([file], now=NOW, defaults=defaults) == []


def test_the_example_people_cover_every_role_and_several_zones() -> None:
    assert people_files.check(EXAMPLES / "msp.yaml", now=NOW) == []
    msp = people_files.defaults_in(EXAMPLES / "msp.yaml", now=NOW).msp
    assert {person.role for person in msp.people} == set(Role) - {Role.EVERYONE}
    assert len({person.zone for person in msp.people}) > 3
    assert msp.dispatcher(datetime(2026, 3, 2, 13, tzinfo=UTC)) == "U0DANA"
    assert msp.dispatcher(datetime(2026, 3, 9, 13, tzinfo=UTC)) == "U0DEV"


def test_the_agreement_for_the_log_measures_what_the_log_can_show() -> None:
    from sla_engine.files.agreement_file import AgreementDefaults, read_agreement
    from sla_engine.files.holiday_dates import LibraryHolidays

    file = EXAMPLES / "servicenow-log.yaml"
    found = read_agreement(
        file.read_text(encoding="utf-8"),
        str(file),
        holidays=LibraryHolidays(NOW),
        defaults=AgreementDefaults(),
        now=NOW,
    ).agreement
    assert found.customer == "ServiceNow desk"
    assert found.effective < datetime(2016, 2, 29, tzinfo=UTC)
    assert {target.metric for target in found.targets} == {MetricName.FIRST_RESPONSE, MetricName.RESOLUTION}
    assert {target.priority for target in found.targets} == set(Priority) - {Priority.P5}
