from functools import partial

import pytest

from benchmarks.bars import Bar, Limit
from benchmarks.results import table
from benchmarks.rounds import Contender, Timings, take_turns


def bar(figure: float, limit: Limit, held_to: float = 4) -> Bar:
    return Bar(what="add", against="the floor", ours=3.5e-7, theirs=2.5e-3, figure=figure, limit=limit, bar=held_to)


@pytest.mark.parametrize(
    ("figure", "limit", "verdict"),
    [
        pytest.param(4, Limit.AT_MOST, "pass", id="as much as is allowed"),
        pytest.param(4.01, Limit.AT_MOST, "FAIL", id="more than is allowed"),
        pytest.param(4, Limit.AT_LEAST, "pass", id="as much as is wanted"),
        pytest.param(3.99, Limit.AT_LEAST, "FAIL", id="less than is wanted"),
        pytest.param(1e9, Limit.NONE, "", id="a figure to be read"),
    ],
)
def test_a_bar_says_on_which_side_its_figure_is(figure: float, limit: Limit, verdict: str) -> None:
    found = bar(figure, limit)
    assert found.verdict == verdict
    assert found.holds is (verdict != "FAIL")


def test_the_table_names_times_figures_and_verdicts() -> None:
    lines = table([bar(1.4, Limit.AT_MOST), bar(5432.1, Limit.NONE)], layout="github").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert cells == [
        ["add", "the floor", "350 ns", "2.5 ms", "1.40 ×", "≤ 4 ×", "pass"],
        ["add", "the floor", "350 ns", "2.5 ms", "5,432 ×", "", ""],
    ]


def test_contenders_take_turns_and_each_round_begins_with_another() -> None:
    turns: list[str] = []
    contenders = [Contender(name=name, turn=partial(turns.append, name), questions=2) for name in "abc"]
    timings = take_turns(contenders, rounds=4)
    assert "".join(turns) == "abc" + "abc" + "bca" + "cab" + "abc"
    assert [len(timings.seconds[name]) for name in "abc"] == [4, 4, 4]


def test_a_ratio_is_the_middle_of_the_rounds_whatever_slowed_one_of_them() -> None:
    timings = Timings({"slow": [4.0, 400.0, 6.0], "fast": [2.0, 200.0, 1.0]})
    assert timings.ratio("slow", "fast") == 2
    assert timings.median("slow") == 6
