"""Time comes in as a keyword: one module reads the clock, nobody sleeps, zone data is the pinned wheel's."""

from __future__ import annotations

from tests.guards.source import sources, used

READS_THE_CLOCK = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.time",
    "time.time_ns",
}
MAY_READ_IT = {
    "sla_engine/time_source.py": "the one module that reads the wall clock; everybody else is given a callable",
    "bot/sandbox/": "plays Slack and the people in it, whose time is real; SLA time is attached from outside",
}


def test_only_the_time_source_reads_the_clock() -> None:
    readers = {
        f"{source.at(node)} {name}"
        for source in sources()
        for name, node in used(source)
        if name in READS_THE_CLOCK and not source.path.startswith(tuple(MAY_READ_IT))
    }
    assert readers == set()


def test_whoever_may_read_the_clock_does() -> None:
    readers = {source.path for source in sources() for name, _ in used(source) if name in READS_THE_CLOCK}
    idle = [place for place in MAY_READ_IT if not any(path.startswith(place) for path in readers)]
    assert idle == []


def test_the_database_never_writes_a_time_of_its_own() -> None:
    defaults = {
        f"{source.at(node)} {name}"
        for source in sources("sla_engine/storage/", "sla_engine/delivery/", "migrations/")
        for name, node in used(source)
        if name.endswith(("func.now", "func.current_timestamp"))
    }
    assert defaults == set()


def test_zone_data_is_chosen_in_one_place() -> None:
    places = [source.at(node) for source in sources() for name, node in used(source) if name == "zoneinfo.reset_tzpath"]
    assert len(places) == 1, places


LOOKS_UP_ZONES = {
    "sla_engine/domain/time/local_time.py": "the one place where a wall-clock label becomes an instant",
    "sla_engine/domain/time/zone_names.py": "knows which names there are",
    "sla_engine/time_source.py": "chooses the zone data",
    "bot/sandbox/workspace/users.py": "plays Slack, which tells each person's offset",
}


def test_zones_are_looked_up_in_one_place() -> None:
    users = {source.path for source in sources("bot/", "sla_engine/") for name, _ in used(source) if "zoneinfo" in name}
    assert users == set(LOOKS_UP_ZONES)


def test_no_test_sleeps() -> None:
    sleeps = {
        source.at(node)
        for source in sources("tests/")
        for name, node in used(source)
        if name in {"time.sleep", "asyncio.sleep"}
    }
    assert sleeps == set()
