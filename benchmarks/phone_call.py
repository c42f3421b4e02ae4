"""Measures the card of a call on a storm's day: a hundred open incidents of one customer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.bars import Bar, Limit
from bot.views.call import call_card
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.queries.calls import Calls
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import migrate
from sla_engine.storage.database import Database

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
CUSTOMER = "Acme Dental"
OPEN, ROUNDS = 100, 51
ANSWER_BAR = 0.3  # seconds: somebody is on the phone
NOON = datetime(2026, 2, 2, 17, tzinfo=UTC)  # a Monday, 12:00 in New York


def bars() -> Iterator[Bar]:
    """The time from a customer's name to the finished card."""
    with TemporaryDirectory(prefix="sla-bot-bench-") as folder:
        unit_of_work = _stormy_day(f"sqlite:///{folder}/call.db")
        try:
            yield _answer(Calls(unit_of_work))
        finally:
            unit_of_work.database.close()


def _stormy_day(url: str) -> UnitOfWork:
    migrate.upgrade(url)
    database, before = Database(url), NOON - timedelta(days=1)
    people_files.apply(database, EXAMPLES / "msp.yaml", by="bench", now=before)
    agreement_files.apply(database, [EXAMPLES / "agreements" / "acme-dental.yaml"], by="bench", now=before)
    unit_of_work = UnitOfWork(database, real_clock=lambda: before)
    incidents = Incidents(unit_of_work)
    for number in range(OPEN):
        request = OpenRequest(customer=CUSTOMER, title=f"Outlet {number} is dark", priority=Priority.P2)
        key = incidents.open(request, by="U0TESS", now=NOON).key
        incidents.update_customer(key, text="We are on it", by="U0TESS", now=NOON + timedelta(minutes=5))
    return unit_of_work


def _answer(calls: Calls) -> Bar:
    now, times = NOON + timedelta(minutes=30), []
    for _ in range(ROUNDS):
        began = perf_counter()
        (customer,) = calls.customers_meant("acme")
        call_card(calls.card(customer, now=now), now=now)
        times.append(perf_counter() - began)
    took = median(times)
    return Bar(
        what=f"the card of a call, {OPEN} open incidents of the customer",
        against="",
        ours=took,
        theirs=None,
        figure=took * 1e3,
        unit="ms",
        limit=Limit.AT_MOST,
        bar=ANSWER_BAR * 1e3,
    )
