"""Which procedures a card offers: by customer or service, else by the words of the title."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.sops.matching import matching_sops
from sla_engine.domain.sops.sop import Sop
from tests.unit.bot.views.outside_text import AT, sample

INCIDENT = replace(sample(Incident), customer="Acme Dental", service=None, title="VPN needs a reset again")


def sop(number: int, title: str, **terms: object) -> Sop:
    ready = Sop(number=f"SOP-{number}", version=1, title=title, link=None, owner="U1", review_on=date(2026, 3, 2))
    return replace(ready, **terms)  # type: ignore[arg-type]


def offered(*sops: Sop, incident: Incident = INCIDENT) -> list[str]:
    return [one.number for one in matching_sops(incident, sops)]


def test_those_for_the_customer_or_the_service_come_first_then_those_with_a_title_alike() -> None:
    by_title = sop(1, "VPN reset")
    by_customer = sop(2, "Practice software", customers=("acme dental",))
    by_service = sop(3, "Tunnel", services=("VPN",))
    assert offered(by_title, by_customer, by_service) == ["SOP-2", "SOP-1"]
    assert offered(by_title, by_service, by_customer, incident=replace(INCIDENT, service="vpn")) == [
        "SOP-3",
        "SOP-2",
        "SOP-1",
    ]


def test_of_many_for_one_customer_those_with_shared_words_are_offered_and_three_at_most() -> None:
    others = [sop(number, f"Thing {number}", customers=("Acme Dental",)) for number in range(1, 6)]
    assert offered(*others, sop(9, "VPN reset", customers=("Acme Dental",))) == ["SOP-9", "SOP-1", "SOP-2"]


@pytest.mark.parametrize(
    "unfit",
    [
        sop(1, "VPN reset", customers=("Beta Logistics",)),
        sop(1, "VPN reset", retired_at=AT),
        sop(1, "VPN reset", review_on=None),
        sop(1, "VPN is slow"),
    ],
    ids=["for another customer", "retired", "still to be written", "one word alone"],
)
def test_what_does_not_fit_is_never_offered(unfit: Sop) -> None:
    assert offered(unfit) == []


def test_one_for_another_service_does_not_fit_and_where_none_is_named_the_title_decides() -> None:
    for_mail = sop(1, "VPN reset", services=("E-mail",))
    assert offered(for_mail, incident=replace(INCIDENT, service="VPN")) == []
    assert offered(for_mail) == ["SOP-1"]
