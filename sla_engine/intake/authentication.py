"""Authenticates webhooks: a signature over time and raw body, or a bearer token."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sla_engine.services.intake.errors import NotAuthenticated

SIGNATURE_HEADER = "X-SLA-Signature"
MAX_AGE = timedelta(minutes=5)
_OUR_VERSION = "v1"
_NAMED = re.compile(r"([a-z][a-z0-9_-]{0,39}):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A secret or token, and the intake that it opens (None: every intake)."""

    intake: str | None
    secret: str = field(repr=False)


def credential(entry: str) -> Credential:
    """The credential in one entry of a setting: `psa:a-secret` opens the intake `psa` only, `a-secret` opens all."""
    named = _NAMED.fullmatch(entry)
    if named is None:
        return Credential(intake=None, secret=entry)
    return Credential(intake=named[1], secret=named[2].strip())


def good_for(source: str, credentials: Iterable[Credential]) -> tuple[str, ...]:
    """The secrets that open one intake."""
    return tuple(entry.secret for entry in credentials if entry.intake in (None, source))


def authenticate(
    source: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secrets: Sequence[str],
    bearer_tokens: Sequence[str],
    real_now: datetime,
) -> None:
    """Check that a request carries a fresh signature made with one of `secrets`, or one of `bearer_tokens`.

    Several secrets and tokens are valid at once, so that they can be changed without losing a delivery. Without any
    secret and token every request is refused.
    Raises: NotAuthenticated.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    signature = lowered.get(SIGNATURE_HEADER.lower(), "")
    scheme, _, token = lowered.get("authorization", "").strip().partition(" ")
    signed = _signed(signature, body, secrets, real_now=real_now)
    known = scheme.lower() == "bearer" and _is_one_of(token.strip(), bearer_tokens)
    if not (signed or known):
        raise NotAuthenticated(source)


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """The signature header's value for a body sent at that instant."""
    seconds = str(int(at.timestamp()))
    return f"t={seconds},{_OUR_VERSION}={_digest(secret, seconds, body)}"


def _signed(header: str, body: bytes, secrets: Sequence[str], *, real_now: datetime) -> bool:
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not _is_fresh(times[0], real_now):
        return False
    signatures = [value for name, _, value in parts if name == _OUR_VERSION]
    expected = [_digest(secret, times[0], body) for secret in secrets if secret]
    return sum(_is_one_of(signature, expected) for signature in signatures) > 0


def _is_fresh(seconds: str, real_now: datetime) -> bool:
    if not (seconds.isascii() and seconds.isdigit()):
        return False
    try:
        sent_at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return abs(real_now - sent_at) <= MAX_AGE


def _digest(secret: str, seconds: str, body: bytes) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()


def _is_one_of(given: str, allowed: Iterable[str]) -> bool:
    """Whether `given` is one of `allowed`, in a time that does not depend on which of them it equals."""
    sent = given.encode()
    return sum(hmac.compare_digest(sent, secret.encode()) for secret in allowed if secret) > 0  # any() would stop early
