"""The words after `/sla`, read as people mean them."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.listeners import grammar
from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.msp import Msp, Person, Role
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.text.errors import MissingArgument, SeveralNamed, UnknownChoice
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.errors import UnreadableMoment
from sla_engine.domain.time.rota import Rota

NOON = datetime(2026, 1, 5, 11, tzinfo=UTC)  # Monday noon in Berlin
MSP = Msp(
    name="Northwind",
    zone="Europe/Berlin",
    calendar=Calendar.always_open("Europe/Berlin"),
    people=(
        Person(slack_id="U0DANA", name="Dana Ortiz", zone="Europe/Berlin", role=Role.DISPATCHER, login="Dana.O"),
        Person(slack_id="U0TOM", name="Tom Becker", zone="Europe/Berlin", role=Role.TECHNICIAN),
    ),
    rota=Rota(members=("U0DANA",), starts=NOON, turn=timedelta(days=7)),
    dispatcher_channel="C0DISPATCH",
    managers_channel="C0MANAGERS",
)


def berlin(text: str) -> str:
    """The moment a text means, as a label in UTC."""
    return grammar.moment(text, zone="Europe/Berlin", now=NOON).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30m", "2026-01-05 11:30"),
        ("for 2h", "2026-01-05 13:00"),
        ("in 2 hours", "2026-01-05 13:00"),
        ("15:00", "2026-01-05 14:00"),
        ("until 15:00", "2026-01-05 14:00"),
        ("by 3pm", "2026-01-05 14:00"),
        ("3 pm", "2026-01-05 14:00"),
        ("9:30am", "2026-01-06 08:30"),
        ("12:00", "2026-01-06 11:00"),
        ("12am", "2026-01-05 23:00"),
        ("noon", "2026-01-06 11:00"),
        ("midnight", "2026-01-05 23:00"),
        ("tomorrow", "2026-01-06 08:00"),
        ("tomorrow 9am", "2026-01-06 08:00"),
        ("9am tomorrow", "2026-01-06 08:00"),
        ("Tomorrow at 14:15", "2026-01-06 13:15"),
        ("today 18:00", "2026-01-05 17:00"),
        ("monday", "2026-01-12 08:00"),
        ("next wed 15:00", "2026-01-07 14:00"),
        ("on friday", "2026-01-09 08:00"),
        ("2026-07-01 14:00", "2026-07-01 12:00"),
        ("2026-07-01", "2026-07-01 07:00"),
    ],
)
def test_points_in_time_are_read_in_the_readers_zone(text: str, meant: str) -> None:
    assert berlin(text) == meant


@pytest.mark.parametrize(
    "text",
    ["", "soon", "until", "25:00", "13am", "0pm", "15", "tomorrow maybe", "2026-02-30", "mo", "9999-12-31 x"],
)
def test_what_is_no_point_in_time_is_refused(text: str) -> None:
    with pytest.raises(UnreadableMoment) as refusal:
        berlin(text)
    assert refusal.value.text == text


@pytest.mark.parametrize(("text", "zone"), [("9999-12-31 23:00", "America/New_York"), ("0001-01-01", "Asia/Tokyo")])
def test_days_at_the_ends_of_time_are_refused(text: str, zone: str) -> None:
    with pytest.raises(UnreadableMoment):
        grammar.moment(text, zone=zone, now=NOON)


def test_a_time_that_the_clock_change_skips_is_pushed_forward() -> None:
    evening = datetime(2026, 3, 28, 18, tzinfo=UTC)
    at = grammar.moment("tomorrow 02:30", zone="Europe/Berlin", now=evening)
    assert at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(st.text(max_size=40))
def test_any_words_are_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        at = grammar.moment(text, zone="America/New_York", now=NOON)
    except SlaError:
        return
    assert at.utcoffset() is not None


@given(st.times())
def test_a_time_without_a_day_is_its_next_occurrence(at: time) -> None:
    occurrence = grammar.moment(at.strftime("%H:%M"), zone="Europe/Berlin", now=NOON)
    assert NOON < occurrence <= NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "markers", "before", "after"),
    [
        ("vendor until tomorrow 9am", ("until", "for"), "vendor", "tomorrow 9am"),
        ("vendor for 2h", ("until", "for"), "vendor", "2h"),
        ("customer waiting for a reply", ("until", "for"), "customer waiting for a reply", None),
        ("customer waiting for a reply until monday", ("until", "for"), "customer waiting for a reply", "monday"),
        ("vendor until tomorow", ("until", "for"), "vendor", "tomorow"),
        ("part ordered next 15:00", ("next",), "part ordered", "15:00"),
        ("we look next door", ("next",), "we look next door", None),
        ("part comes next 1d", ("next",), "part comes", "1d"),
        ("part ordered", ("next",), "part ordered", None),
        ("until 9am", ("until",), "", "9am"),
    ],
)
def test_a_time_at_the_end_is_split_off(words: str, markers: tuple[str, ...], before: str, after: str | None) -> None:
    text, when = grammar.split_until(words.split(), *markers)
    assert (" ".join(text), when) == (before, after)


@pytest.mark.parametrize("word", ["INC-1042", "inc-1042", "1042", "INC-oops", "INC–1042", "Inc‑1042"])
def test_a_key_is_recognised(word: str) -> None:
    words = [word, "rest"]
    assert grammar.take_key(words, usage="take INC-…") == word
    assert words == ["rest"]


@pytest.mark.parametrize("words", [[], ["Acme"], ["@tom"]])
def test_a_missing_key_is_asked_for(words: list[str]) -> None:
    with pytest.raises(MissingArgument) as refusal:
        grammar.take_key(words, usage="take INC-…")
    assert refusal.value.usage == "take INC-…"


@pytest.mark.parametrize("word", ["<@U0DANA>", "<@U0DANA|dana>", "@dana", "@Dana", "dana.o", "U0DANA"])
def test_a_person_is_found_by_id_name_or_login(word: str) -> None:
    assert grammar.person(word, MSP) == "U0DANA"


def test_a_full_name_finds_a_person_and_a_login_is_not_needed() -> None:
    assert grammar.person("Tom Becker", MSP) == "U0TOM"


@pytest.mark.parametrize("word", ["@nobody", "@", "<@bad>"])
def test_somebody_unknown_is_refused(word: str) -> None:
    with pytest.raises(UnknownPerson):
        grammar.person(word, MSP)


def test_words_that_name_people_are_told_from_customers() -> None:
    assert grammar.is_person("@dana")
    assert grammar.is_person("<@U0DANA>")
    assert not grammar.is_person("Acme")


def test_a_choice_is_read_in_any_case_and_refused_with_what_is_allowed() -> None:
    assert grammar.choice(Priority, "p2", what="priority") is Priority.P2
    with pytest.raises(UnknownChoice) as refusal:
        grammar.choice(Priority, "P9", what="priority")
    assert refusal.value.allowed == ("P1", "P2", "P3", "P4", "P5")


KNOWN_CUSTOMERS = ("Acme Dental", "Acme Dental North", "O'Brien & Sons", "Zürich-West")


@pytest.mark.parametrize(
    ("text", "customer", "rest"),
    [
        ("acme dental P2 Printer", "Acme Dental", "P2 Printer"),
        ("Acme Dental North P2 x", "Acme Dental North", "P2 x"),
        ("Acme Den Nor P1 x", "Acme Dental North", "P1 x"),
        ("zürich P1 x", "Zürich-West", "P1 x"),
        ("SON printers", "O'Brien & Sons", "printers"),
        ("Beta P1 x", None, "Beta P1 x"),
        ("on fire", None, "on fire"),
        ("O’Brien & Sons P2 printers", "O'Brien & Sons", "P2 printers"),
        ("o'brien  & sons P2 printers", "O'Brien & Sons", "P2 printers"),
        ("Zu\u0308rich–West P1 x", "Zürich-West", "P1 x"),
        ("ZÜRICH-WEST", "Zürich-West", ""),
    ],
)
def test_the_longest_customer_that_fits_is_taken(text: str, customer: str | None, rest: str) -> None:
    words = text.split()
    assert grammar.take_name(words, KNOWN_CUSTOMERS, what="customer") == customer
    assert " ".join(words) == rest


@pytest.mark.parametrize("text", ["Acme", "acme printer jam", "Acme Dentalist P1"])
def test_a_part_that_fits_two_customers_names_both_and_takes_no_word(text: str) -> None:
    words = text.split()
    with pytest.raises(SeveralNamed) as refusal:
        grammar.take_name(words, KNOWN_CUSTOMERS, what="customer")
    assert [name for name, _ in refusal.value.fits] == ["Acme Dental", "Acme Dental North"]
    assert " ".join(words) == text


def test_the_nearest_word_is_suggested() -> None:
    assert grammar.nearest("stauts", ["status", "show", "snooze"]) == "status"
    assert grammar.nearest("xyzzy", ["status", "show"]) is None


def test_typographic_marks_are_ordinary_ones() -> None:
    assert grammar.words_of("open\u00a0“Acme”") == ["open", '"Acme"']


@pytest.mark.parametrize(
    ("words", "rest", "end"),
    [
        ("vendor until tomorrow 9am", "vendor", "tomorrow 9am"),
        ("vendor until 14:00 they call back", "vendor they call back", "14:00"),
        ("vendor waiting for RMA until friday", "vendor waiting for RMA", "friday"),
        ("vendor 14:00 they call back", "vendor they call back", "14:00"),
        ("customer for 2h30", "customer", "2h30"),
        ("parts until 5 dec", "parts", "5 dec"),
        ("vendor waiting for RMA", "vendor waiting for RMA", None),
        ("customer sat on it", "customer sat on it", None),
        ("vendor 22.04 patch pending", "vendor 22.04 patch pending", None),
        ("customer 10 may be enough", "customer 10 may be enough", None),
        ("vendor 3d printer part", "vendor 3d printer part", None),
        ("vendor yesterday they said wait", "vendor yesterday they said wait", None),
        ("customer until monday 5 servers", "customer 5 servers", "monday"),
        ("vendor until 5 dec new disk", "vendor new disk", "5 dec"),
        ("until monday", "", "monday"),
        ("vendor until whenever", "vendor", "whenever"),
        ("", "", None),
    ],
)
def test_a_pause_ends_after_until_or_right_after_its_reason(words: str, rest: str, end: str | None) -> None:
    assert grammar.split_end(words.split()) == (rest.split(), end)


CUSTOMERS = ("Acme Dental", "All Saints", "Late Night Diner", "3D Print")


@pytest.mark.parametrize(
    ("words", "customer", "others"),
    [
        ("all saints", "All Saints", ""),
        ("overdue late night diner P1", "Late Night Diner", "overdue P1"),
        ("3d print", "3D Print", ""),
        ("mine acme dental 2h", "Acme Dental", "mine 2h"),
        ("late all", None, "late all"),
        ("", None, ""),
    ],
)
def test_a_customer_is_known_by_the_whole_name_wherever_it_stands(
    words: str, customer: str | None, others: str
) -> None:
    assert grammar.find_customer(words.split(), CUSTOMERS) == (customer, others.split())


def test_a_mention_means_whoever_it_is_of_also_somebody_who_left() -> None:
    gone, others = grammar.find_person(["overdue", "<@U0GONE|nina>"], MSP)
    assert gone == grammar.NamedPerson("U0GONE", "nina")
    assert others == ["overdue"]
    assert grammar.find_person(["overdue"], MSP) == (None, ["overdue"])
    with pytest.raises(UnknownPerson):
        grammar.find_person(["@nobody", "P1"], MSP)
