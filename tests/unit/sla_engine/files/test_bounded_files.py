"""However large or odd a file is, looking it over ends soon, and says what was too much."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.files.errors import FileInvalid
from sla_engine.files.holiday_dates import LibraryHolidays
from sla_engine.files.msp_file import read_msp
from sla_engine.files.yaml_document import MOST_FINDINGS
from sla_engine.services.agreements.source_files import LARGEST_FILE_BYTES, read_files
from tests.unit.sla_engine.files.agreement_texts import GOOD, NOW, taken, told, with_calendar

MSP = (Path(__file__).resolve().parents[4] / "examples" / "msp.yaml").read_text()


def many(line: Callable[[int], str], count: int) -> str:
    return "".join(line(number) for number in range(count))


def week(more: str) -> str:
    return with_calendar(
        f'  timezone: America/New_York\n  hours: {{mon-fri: "09:00-17:00"}}\n  business_day: 8h\n{more}'
    )


TOO_MUCH = {
    "unknown keys": (GOOD + many("k{}: 1\n".format, 34_000), "a.yaml:1: the file holds more than 50,000 keys and"),
    "a list": (GOOD + "closed: [" + "1," * 200_000 + "]\n", "a.yaml:1: the file holds more than 50,000 keys and"),
    "dates": (week("  closed: [" + "2027-03-01," * 30_000 + "]\n"), "calendar.closed: 30,000 entries; at most 2,000"),
    "sites": (GOOD + "sites:\n" + many("  s{}: {{}}\n".format, 2_001), "sites: 2,001 entries; at most 2,000 are read"),
    "calendars": (
        GOOD + "calendars:\n" + many('  c{}: {{hours: {{mon: "24h"}}}}\n'.format, 3_000),
        "more than 250 calendars are written out; give those that are alike a name",
    ),
    "rungs": (
        GOOD + "ladders:\n  default:\n" + many("    - {{at: {}0m after due, tell: dispatcher}}\n".format, 51),
        "ladders.default: 51 rungs; a ladder has at most 50",
    ),
    "shifts": (week("").replace("09:00-17:00", "09:00-09:01, " * 30_000), "has 390,000 characters; at most 2,000"),
    "digits": (GOOD + f"problems: {{open_after: {{incidents: {'9' * 5_000}, within: 3d}}}}\n", "has 5,000 characters"),
    "a key": (GOOD + f"sites: {{? {'s' * 5_000} : {{}}}}\n", "sites: the key 'ssss"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much_of_something_is_said_in_a_sentence_of_its_own(what: str) -> None:
    text, sentence = TOO_MUCH[what]
    problems = told(text)
    assert any(sentence in problem for problem in problems), problems
    assert max(len(problem) for problem in problems) < 1_000


def test_after_a_hundred_problems_the_rest_is_not_read() -> None:
    problems = told(GOOD + many("k{}: 1\n".format, 1_900))
    assert len(problems) == MOST_FINDINGS + 1
    assert problems[-1] == "a.yaml:111: … and more: after 100 problems the rest was not read"


def test_a_hundred_warnings_are_told_and_the_file_is_taken() -> None:
    found = taken(week("  closed: [" + "2027-03-06," * 500 + "]\n"))
    assert len(found.warnings) == MOST_FINDINGS + 1
    assert str(found.warnings[-1]).endswith("warning: … and more: 100 warnings are told")


def test_a_problem_is_told_however_many_warnings_there_are() -> None:
    problems = told(week("  closed: [" + "2027-03-06," * 500 + "]\n") + "kustomer: x\n")
    assert [problem for problem in problems if "unknown key 'kustomer'" in problem]


def test_every_rule_of_a_chain_of_shops_is_looked_over() -> None:
    rules = many("  - {{site: shop {}, P2: {{resolution: 4h}}}}\n".format, 800)
    shops = many("  shop {}: {{}}\n".format, 800)
    assert told(GOOD + "sites:\n" + shops + "special:\n" + rules) == []


def test_services_that_no_list_names_are_compared_with_what_it_does_name() -> None:
    known = "services: {general: [" + many("service {},".format, 500) + "]}\n"
    rules = many("  - {{service: servize {}, P2: {{resolution: 4h}}}}\n".format, 800)
    (first, *_) = told(GOOD + known + "special:\n" + rules)
    assert "did you mean 'service" in first


@pytest.mark.parametrize(
    ("people", "members", "sentence"),
    [
        (2_100, "U0DANA", "people: 2,106 entries; at most 2,000 are read"),
        (900, "U1XX4999, " * 900, "'U1XX4999' is nobody in 'people'"),
        (10, "U1000009, " * 5_000, "dispatcher.members: 5,000 entries; at most 2,000 are read"),
    ],
    ids=["people", "strangers in the rota", "a long rota"],
)
def test_a_people_file_is_bounded_too(people: int, members: str, sentence: str) -> None:
    listed = many(lambda n: f"  - {{slack: U1{n:06}, name: N{n}, role: dispatcher}}\n", people)
    text = MSP.replace("people:", f"people:\n{listed}#", 1).replace("[U0DANA, U0DEV]", f"[{members}]")
    text = text.replace(f"{listed}#", listed + "  #", 1)
    with pytest.raises(FileInvalid) as refused:
        read_msp(text, "msp.yaml", holidays=LibraryHolidays(NOW), year=2026, now=NOW)
    assert any(sentence in str(problem) for problem in refused.value.problems)


def test_a_version_that_was_taken_before_is_read_whatever_is_too_much_today() -> None:
    text = week("  closed: [" + "2027-03-01," * 2_500 + "]\n") + f"services: {{general: [{'s' * 400}]}}\n"
    with pytest.raises(FileInvalid):
        taken(text)
    assert len(taken(text, now=None).agreement.calendar.closures) == 2_500


@pytest.mark.parametrize("name", ["long.yaml", "endless"])
def test_no_file_is_read_to_an_end_it_may_not_have(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "endless":
        path = Path("/dev/zero")
    else:
        path.write_bytes(b"#" * (LARGEST_FILE_BYTES + 1))
    files, problems = read_files([path])
    assert files == []
    assert [str(problem) for problem in problems] == [f"{path}:1: the file is larger than 2,000,000 bytes"]


def test_line_breaks_of_another_system_are_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: 1\r\nb: 2\rc: 3\n".encode())
    (file,), _ = read_files([path])
    assert file.text == "a: 1\nb: 2\nc: 3\n"
