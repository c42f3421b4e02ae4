from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sla_engine.domain.agreements.msp import Access, NotePolicy, Role
from sla_engine.domain.agreements.working_hours import working_hours
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.rota import WallDays
from sla_engine.files.errors import FileInvalid
from sla_engine.files.holiday_dates import LibraryHolidays
from sla_engine.files.msp_file import MspFile, read_msp

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = """\
name: Northwind MSP
timezone: America/New_York
calendar: {hours: {mon-fri: "08:00-18:00"}, business_day: 10h}
people:
  - {slack: U0DANA, name: Dana, role: dispatcher}
  - {slack: U0DEV, name: Dev, role: dispatcher, zone: America/Chicago}
  - {slack: U0TOM, name: Tom, role: technician, login: tom, team: network}
  - {slack: U0MIRA, name: Mira, role: service_manager}
dispatcher: {members: [U0DANA, U0DEV], starts: 2026-01-05T08:00, turn: weekly}
channels: {dispatcher: "#dispatch", managers: C0MANAGERS}
"""


def taken(text: str) -> MspFile:
    return read_msp(text, "msp.yaml", holidays=LibraryHolidays(NOW), year=2026, now=NOW)


def with_line(number: int, line: str) -> str:
    lines = GOOD.splitlines()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


def test_a_good_file_becomes_finished_values() -> None:
    msp = taken(GOOD).msp
    assert (msp.name, msp.zone, msp.calendar.zone) == ("Northwind MSP", "America/New_York", "America/New_York")
    assert [person.zone for person in msp.people][:2] == ["America/New_York", "America/Chicago"]
    tom = msp.by_login("tom")
    assert tom is not None
    assert (tom.slack_id, tom.team, tom.role) == ("U0TOM", "network", Role.TECHNICIAN)
    assert (msp.dispatcher_channel, msp.managers_channel) == ("dispatch", "C0MANAGERS")


def test_somebodys_own_hours_are_read_in_their_zone_and_count_before_ours() -> None:
    own = "{slack: U0DEV, name: Dev, role: dispatcher, zone: America/Chicago, hours: {mon-thu: '07:00-15:30'}}"
    msp = taken(with_line(6, f"  - {own}")).msp
    hours = working_hours(msp, "U0DEV")
    assert (hours.zone, [str(shift) for shift in hours.hours[0]]) == ("America/Chicago", ["07:00-15:30"])
    assert hours.hours[4] == ()
    assert working_hours(msp, "U0TOM") == msp.calendar


def test_what_is_left_out_has_its_usual_value() -> None:
    found = taken(GOOD)
    assert found.msp.notes == NotePolicy()
    assert (found.msp.digest_weekday, found.msp.digest_hour, found.msp.digest_to_managers) == (0, 8, False)
    assert found.msp.incidents_channel is None
    assert found.msp.access is Access.NAMED
    assert found.msp.manager_of("Anybody") == "U0MIRA"
    assert found.defaults.calendar == found.msp.calendar
    assert found.defaults.ladders == {}


def test_the_words_of_before_are_taken_with_a_warning() -> None:
    found = taken(f"{GOOD}notes: {{floor: P1, remind_every: 4h}}\n")
    assert found.msp.notes == NotePolicy(full=Priority.P1, reason=Priority.P1)
    renamed, gone = (warning.sentence for warning in found.warnings)
    assert "called 'reason' now" in renamed
    assert "does nothing any more" in gone


@pytest.mark.parametrize("access", Access)
def test_who_may_look_and_open_can_be_said(access: Access) -> None:
    assert taken(f"{GOOD}access: {access}\n").msp.access is access


@pytest.mark.parametrize("word", ["everybody", "Workspace", "", "[named]"])
def test_who_may_look_and_open_is_one_of_two_words(word: str) -> None:
    with pytest.raises(FileInvalid) as refused:
        taken(f"{GOOD}access: {word}\n")
    (problem,) = refused.value.problems
    assert problem.line == len(GOOD.splitlines()) + 1
    assert word in ("", "[named]") or ("named" in problem.sentence and "workspace" in problem.sentence)


def test_everything_else_can_be_said() -> None:
    found = taken(
        with_line(10, "channels: {dispatcher: C0D, managers: C0M, incidents: {channel: C0I, from: P1}}")
        + """\
managers: {default: U0MIRA, Acme Dental: U0MIRA}
notes: {full: P1, reason: P2}
digest: {day: friday, at: "16:00", to_managers: yes}
defaults:
  calendar: {timezone: Europe/Berlin, hours: always}
  ladders: {default: [{at: 90%, tell: dispatcher}]}
"""
    )
    assert (found.msp.incidents_channel, found.msp.incidents_from) == ("C0I", Priority.P1)
    assert found.msp.managers == {"default": "U0MIRA", "Acme Dental": "U0MIRA"}
    assert found.msp.notes == NotePolicy(full=Priority.P1, reason=Priority.P2)
    assert (found.msp.digest_weekday, found.msp.digest_hour, found.msp.digest_to_managers) == (4, 16, True)
    assert found.defaults.calendar is not None
    assert found.defaults.calendar.zone == "Europe/Berlin"
    assert found.defaults.ladders["default"].rungs[0].percent == 90


@pytest.mark.parametrize(
    ("turn", "lasts"),
    [
        ("weekly", WallDays(7, "America/New_York")),
        ("daily", WallDays(1, "America/New_York")),
        ("12h", timedelta(hours=12)),
        ("168h", timedelta(days=7)),
    ],
)
def test_dispatchers_take_turns_from_a_local_start(turn: str, lasts: WallDays | timedelta) -> None:
    rota = taken(with_line(9, f"dispatcher: {{members: [U0DANA], starts: 2026-01-05T08:00, turn: {turn}}}")).msp.rota
    assert rota.starts == datetime(2026, 1, 5, 13, tzinfo=UTC)
    assert rota.turn == lasts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nme: X\n" + GOOD, "msp.yaml:1: unknown key 'nme'; did you mean 'name'?"),
        (with_line(1, ""), "msp.yaml:1: 'name' is missing"),
        (with_line(2, "timezone: Mars/Phobos"), "msp.yaml:2: timezone: 'Mars/Phobos' is not an IANA zone"),
        (with_line(3, "calendar: {business_day: 8h}"), "msp.yaml:3: calendar: 'hours' is missing"),
        (
            with_line(5, "  - {slack: dana, name: Dana, role: dispatcher}"),
            "msp.yaml:5: people[1].slack: 'dana' is not a Slack user id; it is written like U012ABCDEF",
        ),
        (
            with_line(5, "  - {slack: U0DANA, name: Dana, role: boss}"),
            "msp.yaml:5: people[1].role: 'boss' is not a role known here; allowed are technician, dispatcher",
        ),
        (with_line(5, "  - {slack: U0DANA, role: dispatcher}"), "msp.yaml:5: people[1]: 'name' is missing"),
        (with_line(5, "  - U0DANA"), "msp.yaml:5: people[1]: 'U0DANA' where the keys slack, name"),
        (
            with_line(6, "  - {slack: U0DANA, name: Dev, role: dispatcher}"),
            "msp.yaml:6: people[2]: the Slack id 'U0DANA' is somebody else's already, on line 5",
        ),
        (
            with_line(8, "  - {slack: U0MIRA, name: Mira, role: service_manager, login: tom}"),
            "msp.yaml:8: people[4]: the login 'tom' is somebody else's already, on line 7",
        ),
        (
            with_line(8, "  - {slack: U0MIRA, name: Mira, role: technician}"),
            "msp.yaml:4: people: nobody is a service_manager; somebody must answer for the customers",
        ),
        (
            with_line(9, "dispatcher: {members: [U0DANNA], starts: 2026-01-05, turn: weekly}"),
            "msp.yaml:9: dispatcher.members[1]: 'U0DANNA' is nobody in 'people'; did you mean 'U0DANA'?",
        ),
        (
            with_line(9, "dispatcher: {members: [U0TOM], starts: 2026-01-05, turn: weekly}"),
            "msp.yaml:9: dispatcher.members[1]: Tom (U0TOM) is a technician; this takes a dispatcher or more",
        ),
        (
            with_line(9, "dispatcher: {members: [], starts: 2026-01-05, turn: weekly}"),
            "msp.yaml:9: dispatcher.members: the rota is empty; name at least one dispatcher",
        ),
        (
            with_line(9, "dispatcher: {members: [U0DANA], starts: 2026-01-05, turn: fortnightly}"),
            "msp.yaml:9: dispatcher.turn: 'fortnightly' is not a duration",
        ),
        (
            with_line(9, "dispatcher: {members: [U0DANA], starts: Monday, turn: weekly}"),
            "msp.yaml:9: dispatcher.starts: 'Monday' is not a point in time",
        ),
        (with_line(9, "dispatcher: {members: [U0DANA]}"), "msp.yaml:9: dispatcher: 'starts' is missing"),
        (with_line(10, "channels: {dispatcher: C0D}"), "msp.yaml:10: channels: 'managers' is missing"),
        (
            with_line(10, "channels: {dispatcher: C0D, managers: C0M, incidents: {channel: C0I, from: P0}}"),
            "msp.yaml:10: channels.incidents.from: 'P0' is not a priority known here",
        ),
        (GOOD + "managers: {default: U0TOM}", "msp.yaml:11: managers.default: Tom (U0TOM) is a technician"),
        (GOOD + "managers: {default: mira}", "msp.yaml:11: managers.default: 'mira' is not a Slack user id"),
        (
            GOOD + "notes: {full: P3, reason: P2}",
            "msp.yaml:11: notes.full: 'full' reaches down to P3, and 'reason' only",
        ),
        (GOOD + "notes: {floor: low}", "msp.yaml:11: notes.floor: 'low' is not a priority known here"),
        (
            GOOD + "digest: {day: mon}",
            "msp.yaml:11: digest.day: 'mon' is not a weekday known here; did you mean 'monday'?",
        ),
        (GOOD + 'digest: {at: "08:30"}', "msp.yaml:11: digest.at: '08:30' is not a full hour such as 08:00"),
        (GOOD + 'digest: {at: "24:00"}', "msp.yaml:11: digest.at: '24:00' is not a full hour"),
        (GOOD + "digest: {at: morning}", "msp.yaml:11: digest.at: 'morning' is not a full hour"),
        (GOOD + "defaults: {ladder: 1}", "msp.yaml:11: defaults: unknown key 'ladder'; did you mean 'ladders'?"),
    ],
)
def test_a_mistake_is_told_with_its_line_its_key_and_what_is_allowed(text: str, sentence: str) -> None:
    with pytest.raises(FileInvalid) as refused:
        taken(text)
    problems = [str(problem) for problem in refused.value.problems]
    assert any(problem.startswith(sentence) for problem in problems), problems


def test_people_without_a_zone_have_the_msps_and_logins_may_be_left_out() -> None:
    dana = taken(GOOD).msp.person("U0DANA")
    assert dana is not None
    assert (dana.zone, dana.login) == ("America/New_York", None)


def test_logins_that_differ_in_their_spelling_alone_are_a_warning() -> None:
    found = taken(with_line(6, "  - {slack: U0DEV, name: Dev, role: dispatcher, login: TOM}"))
    assert [str(warning) for warning in found.warnings] == [
        "msp.yaml:7: warning: people[3]: the login 'tom' is 'TOM' of Dev but for its spelling; "
        "written in a third way it means neither of them"
    ]
    assert len(found.msp.with_login("Tom")) == 2


def test_one_customer_in_two_spellings_under_managers_is_a_warning() -> None:
    found = taken(GOOD + "managers: {O'Brien: U0MIRA, o’brien: U0MIRA}\n")
    assert [str(warning) for warning in found.warnings] == [
        "msp.yaml:11: warning: managers.o’brien: 'o’brien' is \"O'Brien\" in another spelling; leave one of the two out"
    ]
    assert found.manager_lines == {"O'Brien": 11, "o’brien": 11}


def test_absences_are_read_in_the_zone_of_the_person() -> None:
    listed = "absent: [{person: U0DEV, from: 2026-03-02, until: 2026-03-04T08:00}]\n"
    (absence,) = taken(GOOD + listed).msp.roster.absences
    assert (absence.person, absence.starts, absence.until, absence.by) == (
        "U0DEV",
        datetime(2026, 3, 2, 6, tzinfo=UTC),
        datetime(2026, 3, 4, 14, tzinfo=UTC),
        "",
    )


@pytest.mark.parametrize(
    ("absence", "words"),
    [
        ("{person: U0NOBODY, from: 2026-03-02, until: 2026-03-04}", "is nobody in 'people'"),
        ("{person: tom, from: 2026-03-02, until: 2026-03-04}", "is not a Slack user id"),
        ("{person: U0TOM, from: 2026-03-04, until: 2026-03-04}", "ends after it begins"),
        ("{person: U0TOM, from: 2026-03-04}", "until"),
        ("{person: U0TOM, from: soon, until: 2026-03-04}", "is not a point in time"),
    ],
)
def test_a_mistaken_absence_is_named_with_its_line(absence: str, words: str) -> None:
    with pytest.raises(FileInvalid) as refused:
        taken(f"{GOOD}absent:\n  - {absence}\n")
    (problem,) = refused.value.problems
    assert problem.line == len(GOOD.splitlines()) + 2
    assert words in problem.sentence


def test_how_long_nobody_may_have_an_incident_is_written_by_priority_and_usual_where_it_is_not() -> None:
    minutes = {priority: length // timedelta(minutes=1) for priority, length in taken(GOOD).msp.unowned.items()}
    assert minutes == {Priority.P1: 0, Priority.P2: 10, Priority.P3: 30, Priority.P4: 120}
    written = taken(f"{GOOD}unowned: {{P1: 0m, P2: 5m, P5: 1 business_day}}\n").msp.unowned
    assert (written[Priority.P1], written[Priority.P2]) == (timedelta(0), timedelta(minutes=5))
    assert (written[Priority.P3], written[Priority.P5]) == (timedelta(minutes=30), timedelta(hours=10))


def test_a_length_that_is_none_and_a_priority_that_is_none_are_refused_at_their_line() -> None:
    with pytest.raises(FileInvalid) as refused:
        taken(f"{GOOD}unowned: {{P2: soon, P6: 1h}}\n")
    assert [problem.line for problem in refused.value.problems] == [11, 11]
    assert "unknown key 'P6'" in refused.value.problems[0].sentence
