"""The dispatchers' channel stays short and true, whatever is done to incidents, and everybody who is called is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.demo import open_samples
from bot.manifest import BOT_SCOPES
from bot.views.messages import render
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.dispatch_board import DispatchBoard
from sla_engine.services.queries.unowned import Unowned
from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database
from tests.databases import Databases
from tests.driver.driver import SlackDriver
from tests.scenarios.channel import Channel, workspace
from tests.slack.workplace import MONDAY_TEN, set_up

LINES_MAX = 8
TWO_HOURS = timedelta(hours=2)
INCIDENTS_MAX = 3
"""Five within ten minutes are a storm, which has a message of its own."""


@pytest.fixture
def channel(database_url: str) -> Iterator[Channel]:
    """The channel on Monday at ten, before anything happened."""
    with OnMonday(database_url) as started:
        yield started


class OnMonday:
    """The channel of an MSP with the sample people and agreements, on Monday at ten."""

    def __init__(self, url: str, *, scopes: Collection[str] = BOT_SCOPES) -> None:
        set_up(url)
        self.database = Database(url, wait_seconds=WORKER_WAIT_SECONDS)
        self.sandbox = workspace(scopes=scopes)

    def __enter__(self) -> Channel:
        self.sandbox.start()
        return Channel(self.database, self.sandbox, start=MONDAY_TEN)

    def __exit__(self, *_: object) -> None:
        self.sandbox.stop()
        self.database.close()
        refused = [rejection for rejection in self.sandbox.rejections if rejection.error != "missing_scope"]
        assert refused == []


@pytest.mark.sqlite_only
def test_two_hours_of_the_demo_leave_a_few_true_lines(channel: Channel) -> None:
    open_samples(channel.incidents, now=channel.now)
    until = channel.now + TWO_HOURS
    while channel.now < until:
        channel.passes(timedelta(minutes=5))
        assert channel.contradictions() == [], f"at {channel.now}"
    lines = channel.lines()
    assert len(lines) <= LINES_MAX, "\n".join(line.text for line in lines)
    assert channel.untold() == set()
    for key in ("INC-1001", "INC-1002", "INC-1003"):
        assert any(key in line.text for line in lines), key


NO_HISTORY = frozenset(BOT_SCOPES) - {"channels:history", "groups:history", "im:history"}
LEFT = re.compile(r"INC-1001 · <(?P<link>[^|>]+)\|the newest message about it>")


@pytest.mark.sqlite_only
def test_a_line_stays_where_somebody_wrote_and_leads_to_the_newest_message(channel: Channel) -> None:
    opening(Priority.P1)(channel, "", channel.now)
    channel.settle()
    written_under(channel, "INC-1001")
    for minutes in (16, 16):  # the first reply is missed, and so is the customer's update
        channel.passes(timedelta(minutes=minutes), step=timedelta(minutes=4))
        left, newest = [line for line in channel.lines() if "INC-1001" in line.text and "Board" not in line.text]
        link = LEFT.fullmatch(left.text)
        assert link is not None, left.text
        assert link["link"].endswith(f"/archives/C0DISPATCH/p{newest.ts.replace('.', '')}")
        assert channel.contradictions() == []


@pytest.mark.sqlite_only
def test_without_the_scope_to_read_threads_lines_are_shrunk_and_nothing_is_lost(database_url: str) -> None:
    with OnMonday(database_url, scopes=NO_HISTORY) as channel:
        opening(Priority.P1)(channel, "", channel.now)
        channel.passes(timedelta(minutes=20), step=timedelta(minutes=4))
        lines = [line.text for line in channel.lines() if "INC-1001" in line.text and "Board" not in line.text]
        *left, newest = lines
        assert left
        assert all(LEFT.fullmatch(text) for text in left), left
        assert "nobody has it" in newest
        assert channel.untold() == set()


Act = Callable[[Channel, str, datetime], object]
PEOPLE = ("U0TOM", "U0TESS", "U0DANA")
priorities, people = st.sampled_from([Priority.P1, Priority.P2, Priority.P3]), st.sampled_from(PEOPLE)


def opening(priority: Priority) -> Act:
    request = OpenRequest(customer="Acme Dental", title="E-mail is down", priority=priority)

    def opened(channel: Channel, _: str, now: datetime) -> None:
        if channel.count() < INCIDENTS_MAX:
            channel.incidents.open(request, by="U0TESS", now=now)

    return opened


acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(opening, priorities),
    st.builds(lambda by: lambda c, key, now: c.incidents.take(key, by=by, now=now), people),
    st.builds(lambda to: lambda c, key, now: c.incidents.assign(key, to=to, by="U0DANA", now=now), people),
    st.builds(lambda by: lambda c, key, now: c.incidents.hand_back(key, reason="no idea", by=by, now=now), people),
    st.just(lambda c, key, now: c.incidents.respond(key, text="on it", by="U0TOM", now=now)),
    st.just(lambda c, key, now: c.incidents.update_customer(key, text="still on it", by="U0TOM", now=now)),
    st.just(lambda c, key, now: c.incidents.plan(key, text="new disk", by="U0TOM", now=now)),
    st.builds(
        lambda reason, length: (
            lambda c, key, now: c.incidents.pause(key, reason=reason, until=now + length, by="U0TOM", now=now)
        ),
        st.sampled_from([PauseReason.CUSTOMER, PauseReason.VENDOR]),
        st.sampled_from([timedelta(minutes=10), timedelta(hours=1)]),
    ),
    st.just(lambda c, key, now: c.incidents.resume(key, by="U0TOM", now=now)),
    st.builds(
        lambda p: lambda c, key, now: c.incidents.set_priority(key, priority=p, by="U0DANA", now=now), priorities
    ),
    st.just(lambda c, key, now: c.incidents.resolve(key, text="restarted", by="U0TOM", now=now)),
    st.just(lambda c, key, now: c.incidents.reopen(key, text="again", by="U0TOM", now=now)),
    st.just(lambda c, key, now: c.incidents.escalate(key, text="stuck", by="U0TOM", now=now)),
    st.builds(
        lambda length: lambda c, key, now: c.incidents.acknowledge(key, promise=now + length, by="U0DANA", now=now),
        st.sampled_from([timedelta(minutes=20), timedelta(hours=1)]),
    ),
    st.just(lambda c, key, now: c.incidents.snooze(key, until=now + timedelta(minutes=30), by="U0DANA", now=now)),
    st.just(lambda c, key, now: c.outcomes.merge(key, into="INC-1001", by="U0DANA", now=now)),
    st.just(lambda c, key, _: written_under(c, key)),
)
steps = st.tuples(acts, st.integers(min_value=0, max_value=2), st.sampled_from([0, 3, 12, 31, 75]))
"""An act, on the n-th incident, and how many minutes pass then."""


def written_under(channel: Channel, key: str) -> None:
    """A technician writes under the incident's line, where there is one."""
    words = f"· {key}"  # the board writes keys in bold
    if any(words in line.text for line in channel.lines()):
        tom = SlackDriver(channel.sandbox).as_user("tom").in_channel("dispatch")
        tom.in_thread(words).says("I am looking at it")


@pytest.mark.sqlite_only
@settings(
    max_examples=8,
    phases=[Phase.reuse, Phase.generate],  # a shorter story is not worth minutes of shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=priorities, drawn=st.lists(steps, min_size=4, max_size=12))
def test_no_line_contradicts_the_database_and_nobody_is_left_untold(
    databases: Databases, first: Priority, drawn: list[tuple[Act, int, int]]
) -> None:
    url = databases.migrated()
    with OnMonday(url) as channel:
        opening(first)(channel, "", channel.now)
        for act, number, minutes in drawn:
            with suppress(SlaError):  # what cannot be done changes nothing
                act(channel, f"INC-{1001 + number}", channel.now)
            channel.settle()
            assert channel.contradictions() == []
            channel.passes(timedelta(minutes=minutes), step=timedelta(minutes=10))
            assert channel.contradictions() == []
        assert channel.untold() == set()
    databases.remove(url)


def live_lines(channel: Channel) -> tuple[str, ...]:
    """What the board and the line of what nobody has say in the channel."""
    return tuple(line.text for line in channel.lines() if line.text.startswith(("Board", ":raised_hand:")))


def drawn_now(channel: Channel) -> tuple[str, ...]:
    """What both of them say when they are drawn from the database now."""
    board = Board(channel.unit_of_work)
    with channel.database.reading() as session:
        shown = DispatchBoard(board).page(session, now=channel.now)
        unowned = Unowned(board).message(session, now=channel.now)
    return tuple(render(notification).text for notification in (shown, unowned) if notification is not None)


@pytest.mark.sqlite_only
def test_the_board_and_what_nobody_has_say_what_the_database_holds(channel: Channel) -> None:
    def is_true() -> None:
        channel.passes(timedelta(minutes=1))
        assert sorted(live_lines(channel)) == sorted(drawn_now(channel))

    def opens(priority: Priority, title: str) -> str:
        request = OpenRequest(customer="Acme Dental", title=title, priority=priority)
        return channel.incidents.open(request, by="U0TESS", now=channel.now).key

    first, second = opens(Priority.P2, "E-mail is down"), opens(Priority.P3, "Printer smears")
    is_true()
    channel.passes(timedelta(minutes=9))
    assert len(live_lines(channel)) == 2, "the first has had nobody for a quarter of its first reply"
    for act in (
        lambda: channel.incidents.take(first, by="U0TOM", now=channel.now),
        lambda: channel.passes(timedelta(minutes=25), step=timedelta(minutes=5)),
        lambda: channel.incidents.respond(first, text="On it", by="U0TOM", now=channel.now),
        lambda: channel.incidents.assign(second, to="U0TESS", by="U0DANA", now=channel.now),
        lambda: channel.incidents.pause(
            second, reason=PauseReason.VENDOR, until=None, text="", by="U0TESS", now=channel.now
        ),
        lambda: channel.incidents.hand_back(first, reason="ill", by="U0TOM", now=channel.now),
        lambda: channel.passes(timedelta(hours=9), step=timedelta(hours=1)),
        lambda: channel.incidents.resolve(first, text="", by="U0TESS", now=channel.now),
        lambda: channel.passes(timedelta(hours=12), step=timedelta(hours=1)),
        lambda: channel.incidents.resolve(second, text="", by="U0TESS", now=channel.now),
    ):
        act()
        is_true()
    assert len(live_lines(channel)) == 1, "one board a shift, and nothing that nobody has"
