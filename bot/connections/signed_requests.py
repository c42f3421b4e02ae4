"""Checks Slack's requests over HTTP: signed, recent and readable, before anything else looks at them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt import BoltContext, BoltRequest
from slack_bolt.request.internals import build_context
from slack_sdk.signature import SignatureVerifier

BAD_REQUEST, UNAUTHORISED = 400, 401
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""Exceptions that Bolt raises on bodies and headers that no Slack sends."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class RejectedRequest:
    """A request that was turned away: the HTTP status, and the reason in a sentence."""

    status: int
    why: str


UNSIGNED = RejectedRequest(UNAUTHORISED, "This request is not signed by Slack, or was signed too long ago.")
UNFIT = RejectedRequest(BAD_REQUEST, "The body of this request is none that Slack sends.")


def read_request(
    body: bytes, headers: Mapping[str, str], *, verifier: SignatureVerifier
) -> BoltRequest | RejectedRequest:
    """Check the signature, then parse the body into a request for Bolt."""
    named = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = named.get("x-slack-request-timestamp", ""), named.get("x-slack-signature", "")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return UNSIGNED
    if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
        return UNSIGNED
    if not verifier.is_valid(text, timestamp, signature):
        return UNSIGNED
    try:
        return _as_bolt_takes_it(text, named)
    except UNREADABLE:
        return UNFIT


def _as_bolt_takes_it(text: str, headers: Mapping[str, str]) -> BoltRequest:
    """Raises: one of UNREADABLE."""
    document = _document(text, is_json=headers.get("content-type", "").startswith("application/json"))
    if not isinstance(document, dict) or not document:
        message = "no object"
        raise ValueError(message)
    request = BoltRequest(body=text, headers=dict(headers))
    if request.body != document:
        # Bolt looks for a payload wherever the word stands, and loses a command whose text has it.
        request.body = document
        request.context = build_context(BoltContext(), document)
    return request


def _document(text: str, *, is_json: bool) -> Any:
    if is_json or text.startswith("{"):
        return json.loads(text)
    fields = dict(parse_qsl(text, keep_blank_values=True))
    is_payload = "payload" in fields and "command" not in fields
    return json.loads(fields["payload"]) if is_payload else fields
