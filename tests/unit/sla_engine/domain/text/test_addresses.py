"""Web addresses: what a browser could open, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.text.addresses import LONGEST_ADDRESS_UNITS, web_address

GOOD = (
    "https://desk.example/t/7",
    "http://localhost:8080",
    "https://10.0.0.7/x?a=1&b=%20#top",
    "https://[2001:db8::1]:8443/t",
    "https://tickets.münchen.example/ü",
    "http://prometheus:9090/graph?g0.expr=up+%3D%3D+0",
    "https://anna@desk.example/",
    "https://desk.example?x",
    "https://desk_1.example",
)
BAD = (
    "", " ", None, "https://", "http://", "https:///path", "https://?x", "https://:80/", "https://.", "https://...",
    "desk.example", "//desk.example", "ftp://desk.example", "javascript:alert(1)", "mailto:a@b.example",
    "https://desk.example:0", "https://desk.example:99999", "https://desk.example:80x", "https://desk.example:",
    "https://a b", "https://desk.example/a b", "https://desk.example/\ta", "https://desk.example/\x00",
    "https://desk.example/\u202egnp", "https://desk.example/a\u2028b", "https://desk.example/|x", "https://desk.example/<x>",
    'https://desk.example/"x', "https://desk.example\\x", "https://[::1", "https://desk.example/\ud83d",
    "https://" + "x" * LONGEST_ADDRESS_UNITS,
    "https://desk.example/" + "🔥" * 1000,
)  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_taken_as_it_is(text: str) -> None:
    assert web_address(text) == text
    assert web_address(f" {text}\n") == text


@pytest.mark.parametrize("text", BAD, ids=lambda text: repr(text)[:40])
def test_what_no_browser_opens_is_none(text: str | None) -> None:
    assert web_address(text) is None


def test_the_scheme_is_written_in_small_letters() -> None:
    assert web_address("HTTPS://Desk.example/A") == "https://Desk.example/A"


@given(st.text(st.sampled_from("htps:/.[]@?#x1 \t\x00<|"), max_size=40))
def test_whatever_is_taken_can_stand_in_a_link(text: str) -> None:
    address = web_address(f"https://{text}")
    assert address is None or not set(address) & set("<>| \t\n\x00")


def test_a_long_text_is_judged_at_once() -> None:
    assert web_address("https://" + "a." * 50_000) is None
