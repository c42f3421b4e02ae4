from collections import Counter

import pytest

from tests.guards.source import ROOT
from tests.mutation.__main__ import show
from tests.mutation.copied_tree import Verdict
from tests.mutation.mutation import FragmentGone, Mutation
from tests.mutation.mutations import MUTATIONS, RULES

SOME = Mutation(4, "some.py", "a <= b", "a < b", ("tests/test_some.py",))


def test_every_rule_is_corrupted_at_least_twice() -> None:
    made = Counter(mutation.rule for mutation in MUTATIONS)
    assert sorted(RULES) == list(range(1, 21))
    assert {rule: made[rule] for rule in RULES if made[rule] < 2} == {}
    assert len(MUTATIONS) >= 60


def test_no_corruption_is_made_twice_or_changes_nothing() -> None:
    edits = Counter((mutation.file, mutation.before, mutation.after) for mutation in MUTATIONS)
    assert [edit for edit, times in edits.items() if times > 1 or edit[1] == edit[2]] == []


def test_files_and_tests_are_where_the_table_says() -> None:
    named = {path for mutation in MUTATIONS for path in (mutation.file, *mutation.tests)}
    assert sorted(path for path in named if not (ROOT / path.split("::")[0]).is_file()) == []


def test_every_fragment_still_stands_in_its_file_once() -> None:
    sources = {mutation.file: (ROOT / mutation.file).read_text(encoding="utf-8") for mutation in MUTATIONS}
    stale = [(m.rule, m.file, m.before) for m in MUTATIONS if sources[m.file].count(m.before) != 1]
    assert stale == [], "the code has changed, the table of mutations has not"


def test_a_fragment_is_replaced_where_it_stands_once() -> None:
    assert SOME.of("return a <= b\n") == "return a < b\n"


@pytest.mark.parametrize(("source", "times"), [("return a < b\n", 0), ("a <= b or a <= b\n", 2)])
def test_a_fragment_that_is_gone_or_ambiguous_is_told(source: str, times: int) -> None:
    with pytest.raises(FragmentGone, match=f"some.py holds {times} times: a <= b"):
        SOME.of(source)


def test_a_survivor_fails_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert show([Verdict(SOME, "tests/test_some.py::test_equal_is_met"), Verdict(SOME, None)]) == 1
    printed = capsys.readouterr().out
    assert "noticed by tests/test_some.py::test_equal_is_met" in printed
    assert "SURVIVED: rule 4, some.py: a <= b → a < b" in printed
    assert printed.endswith("FAIL\n")


def test_the_check_passes_when_every_corruption_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert show([Verdict(SOME, "tests/test_some.py::test_equal_is_met")]) == 0
    assert capsys.readouterr().out.endswith("pass\n")
