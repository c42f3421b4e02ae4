from __future__ import annotations

import pytest

from sla_engine.files.errors import FileInvalid
from sla_engine.files.yaml_document import LARGEST_FILE_CHARS, read_document


def refusal(text: str) -> list[str]:
    with pytest.raises(FileInvalid) as refused:
        read_document(text, "a.yaml")
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("written", ["NO", "22:00", "1_000", "0o17", "2026-12-24", "yes", "1e3"])
def test_values_stay_the_text_that_was_written(written: str) -> None:
    root = read_document(f"key: {written}", "a.yaml")
    assert root.keys(["key"])["key"].scalar("text") == written


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a.yaml:1: the file is empty"),
        ("# nothing\n", "a.yaml:1: the file is empty"),
        ("- a\n- b", "a.yaml:1: the file must hold keys with values, such as 'customer: …'"),
        ("a: 1\n---\nb: 2", "a.yaml:2: this is not YAML: but found another document"),
        ("a: 1\n\tb: 2", "a.yaml:2: this is not YAML: found character '\\t' that cannot start any token"),
        ("a: \x00", "a.yaml:1: this is not YAML: unacceptable character #x0000: special characters are not allowed"),
        ("a:\n " + "[" * 5000, "a.yaml:2: this is nested more than 20 deep; no key goes that deep"),
        ("a: &x 1", "a.yaml:1: '&x': anchors are not read; leave it out"),
        ("a: 1\nb: !!python/name:os.system x", "a.yaml:2: '!!python/name:os.system': tags are not read; leave it out"),
        ("x" * (LARGEST_FILE_CHARS + 1), "a.yaml:1: the file has 500,001 characters; at most 500,000 are read"),
    ],
    ids=["empty", "comment", "list", "two documents", "tab", "control", "deep", "anchor", "tag", "huge"],
)
def test_what_is_no_plain_mapping_is_refused_with_its_line(text: str, told: str) -> None:
    assert refusal(text) == [told]


def test_aliases_are_refused_before_anything_expands() -> None:
    assert refusal("a: &x [1]\nb: *x")[1] == "a.yaml:2: '*x': aliases are not read; write the value out"


def test_every_problem_is_told_once_and_in_the_order_of_lines() -> None:
    root = read_document("b:\n  c: 1\na: 1\na: 2\n? [x]\n: 1\n", "a.yaml")
    root.keys(["a", "bee", "long"], required=["long"])
    root.keys(["a", "bee", "long"], required=["long"])
    assert [str(problem) for problem in root.findings.sorted] == [
        "a.yaml:1: unknown key 'b'; allowed are a, bee, long",
        "a.yaml:1: 'long' is missing",
        "a.yaml:4: 'a' is written twice, first on line 3",
        "a.yaml:5: a key must be a plain word",
    ]


def test_a_misspelt_key_gets_the_nearest_one_whatever_its_case() -> None:
    root = read_document("Customr: x", "a.yaml")
    root.keys(["customer", "calendar"])
    assert str(root.findings.sorted[0]).endswith("did you mean 'customer'? allowed are customer, calendar")


def test_a_value_of_the_wrong_kind_is_told_with_its_key() -> None:
    keys = read_document("a: {x: 1}\nb: [1]\nc: text\nd: ''\n", "a.yaml").keys(["a", "b", "c", "d"])
    assert keys["a"].scalar("a word") is None
    assert keys["b"].scalar("a word") is None
    assert keys["c"].entries() == []
    assert keys["d"].scalar("a word") == ""
    assert [str(problem) for problem in keys["a"].findings.sorted] == [
        "a.yaml:1: a: keys with values where a word belongs",
        "a.yaml:2: b: a list where a word belongs",
        "a.yaml:3: c: 'text' where keys with values belong",
    ]


def test_one_value_counts_as_a_list_of_one_and_nothing_as_a_mistake() -> None:
    root = read_document("a: one\nb: [one, two]\nc:\n", "a.yaml")
    fields = dict(root.entries())
    assert [len(fields[key].items()) for key in "abc"] == [1, 2, 0]
    assert [str(problem) for problem in root.findings.sorted] == ["a.yaml:3: c: nothing where a list belongs"]
