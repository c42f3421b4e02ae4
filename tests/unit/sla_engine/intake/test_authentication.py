from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.intake.authentication import SIGNATURE_HEADER, Credential, authenticate, credential, good_for, sign
from sla_engine.services.intake.errors import NotAuthenticated

NOW = datetime(2026, 2, 2, 14, 5, tzinfo=UTC)
BODY = b'{"event": "opened"}'
OLD, NEW = "last month's secret", "this month's secret"


def knock(headers: dict[str, str], body: bytes = BODY, *, secrets: tuple[str, ...] = (OLD, NEW)) -> None:
    authenticate("webhook", headers, body, secrets=secrets, bearer_tokens=("first-token", "second-token"), real_now=NOW)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_either_secret_lets_in_while_they_are_changed(secret: str) -> None:
    knock({SIGNATURE_HEADER.lower(): sign(BODY, secret=secret, at=NOW)})


def test_one_good_signature_of_several_is_enough() -> None:
    bad, good = sign(BODY, secret="no", at=NOW), sign(BODY, secret=NEW, at=NOW)
    knock({SIGNATURE_HEADER: f"{bad},{good.partition(',')[2]}"})


@pytest.mark.parametrize("token", ["first-token", "second-token"])
def test_a_bearer_token_lets_in(token: str) -> None:
    knock({"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SIGNATURE_HEADER: ""},
        {SIGNATURE_HEADER: "t=,v1="},
        {SIGNATURE_HEADER: sign(BODY, secret="somebody else's", at=NOW)},
        {SIGNATURE_HEADER: sign(b"another body", secret=NEW, at=NOW)},
        {SIGNATURE_HEADER: sign(BODY, secret=NEW, at=NOW - timedelta(minutes=5, seconds=1))},
        {SIGNATURE_HEADER: sign(BODY, secret=NEW, at=NOW + timedelta(minutes=5, seconds=1))},
        {SIGNATURE_HEADER: sign(BODY, secret=NEW, at=NOW).replace("v1", "v0")},
        {SIGNATURE_HEADER: "t=" + "9" * 40 + ",v1=00"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer third-token"},
        {"Authorization": "Basic first-token"},
        {"Authorization": "Bearer fïrst-token"},
    ],
)
def test_nobody_else_gets_in(headers: dict[str, str]) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        knock(headers)
    assert refused.value.source == "webhook"


def test_without_any_secret_nobody_gets_in() -> None:
    with pytest.raises(NotAuthenticated):
        authenticate(
            "webhook",
            {SIGNATURE_HEADER: sign(BODY, secret="", at=NOW), "Authorization": "Bearer "},
            BODY,
            secrets=("",),
            bearer_tokens=("",),
            real_now=NOW,
        )


@pytest.mark.parametrize(
    ("entry", "intake", "secret"),
    [
        ("psa:hush", "psa", "hush"),
        ("alertmanager: a:b ", "alertmanager", "a:b"),
        ("no-name", None, "no-name"),
        ("UPPER:case", None, "UPPER:case"),
        ("9lives:x", None, "9lives:x"),
        (":x", None, ":x"),
        ("psa:", "psa", ""),
    ],
)
def test_an_entry_may_name_the_intake_it_is_good_for(entry: str, intake: str | None, secret: str) -> None:
    found = credential(entry)
    assert (found.intake, found.secret) == (intake, secret)
    assert not secret or secret not in repr(found)


def test_a_named_secret_opens_its_intake_and_one_without_a_name_every_one() -> None:
    entries = [credential(entry) for entry in ("psa:one", "alertmanager:two", "three")]
    assert good_for("psa", entries) == ("one", "three")
    assert good_for("alertmanager", entries) == ("two", "three")
    assert good_for("webhook", entries) == ("three",)
    assert good_for("webhook", [Credential(intake="psa", secret="one")]) == ()


@given(signature=st.text(), authorization=st.text())
def test_no_header_breaks_the_door(signature: str, authorization: str) -> None:
    with pytest.raises(NotAuthenticated):
        knock({SIGNATURE_HEADER: signature, "Authorization": authorization})
