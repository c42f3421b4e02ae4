"""Takes one HTTP request in: checks size and authentication, reads it, and answers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sla_engine.intake.authentication import authenticate, credential, good_for
from sla_engine.intake.refusals import RefusedDelivery, incomplete, too_large
from sla_engine.intake.registry import SOURCES, Source
from sla_engine.services.intake.errors import NotAuthenticated, PayloadInvalid, PayloadTooLarge, UnknownIntake
from sla_engine.services.intake.read import NAMED_LIKE
from sla_engine.services.intake.receive import Intake, Receipt
from sla_engine.storage.inbox import name_part
from sla_engine.storage.refused_deliveries import RefusedPayload

MAX_BODY_BYTES = 256 * 1024
BEGINNING_BYTES = 2000
TOO_LARGE = "the body has more than {} kB"
NESTED_TOO_DEEP = "the body is nested too deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to the sender: status 202, one sentence, and the outcome of each ticket or alert."""

    status: int
    document: Mapping[str, Any]


class Reception:
    """Takes raw requests for `POST /intake/<source>`.

    `secrets` and `bearer_tokens` are entries as the settings have them, each good for every intake or for a named one.
    """

    def __init__(self, intake: Intake, *, secrets: Sequence[str], bearer_tokens: Sequence[str]) -> None:
        self.intake = intake
        self._secrets = tuple(credential(entry) for entry in secrets)
        self._bearer_tokens = tuple(credential(entry) for entry in bearer_tokens)

    def accept(
        self, source: str, headers: Mapping[str, str], body: bytes, *, now: datetime, real_now: datetime
    ) -> Answer:
        """Take one request in; `now` is SLA time, `real_now` judges the signature's age.

        A request that is refused for its content is kept for inspection, and opens nothing.
        Raises: UnknownIntake (404), NotAuthenticated (401), PayloadTooLarge (413), PayloadInvalid (400),
        StorageBusy (503).
        """
        form = self._form_of(source)
        self._authenticate(source, headers, body, real_now=real_now)
        if len(body) > MAX_BODY_BYTES:
            self._keep_too_large(source, body, now=now, real_now=real_now)
            raise PayloadTooLarge(MAX_BODY_BYTES)
        payload: dict[str, Any] = {}
        try:
            payload = read_body(body)
            receipt = self._receive(source, form, payload, now=now, real_now=real_now)
        except PayloadInvalid as invalid:
            kept = payload or {"body": _text(body)}
            refused = RefusedDelivery(source=source, payload=payload, reason=invalid.sentence, at=real_now)
            self._keep(form, refused, kept, fingerprint=hashlib.sha256(body).hexdigest(), now=now)
            raise
        return _answer(receipt, form.ignored(payload))

    def accept_unread(
        self, source: str, headers: Mapping[str, str], *, now: datetime, real_now: datetime
    ) -> PayloadTooLarge:
        """The refusal of a body that is too large to be read; it is kept and reported if a token proves the sender.

        Raises: UnknownIntake.
        """
        self._form_of(source)
        try:
            self._authenticate(source, headers, b"", real_now=real_now)
        except NotAuthenticated:
            return PayloadTooLarge(MAX_BODY_BYTES)
        self._keep_too_large(source, b"", now=now, real_now=real_now)
        return PayloadTooLarge(MAX_BODY_BYTES)

    def replay(self, source: str, kept: Mapping[str, Any], *, now: datetime, real_now: datetime) -> Receipt:
        """Take a refused payload in once more, after a mistake was fixed or what it names was added.

        Raises: UnknownIntake, PayloadInvalid when it is still refused.
        """
        form = self._form_of(source)
        is_raw = set(kept) == {"body"} and isinstance(kept["body"], str)
        payload = read_body(kept["body"].encode()) if is_raw else dict(kept)
        return self._receive(source, form, payload, now=now, real_now=real_now)

    def _receive(
        self, source: str, form: Source, payload: Mapping[str, Any], *, now: datetime, real_now: datetime
    ) -> Receipt:
        left_out = form.left_out(payload)
        notices = [] if left_out is None else [incomplete(source, left_out, at=real_now)]
        name, about = form.delivery_id(payload), form.about(payload)
        return self.intake.receive(source, name, payload, about=about, notices=notices, now=now)

    def _keep(
        self, form: Source, refused: RefusedDelivery, kept: Mapping[str, Any], *, fingerprint: str, now: datetime
    ) -> None:
        to_keep = RefusedPayload(
            source=refused.source,
            about=form.about(refused.payload),
            fingerprint=fingerprint,
            payload=kept,
            error=refused.reason,
        )
        self.intake.refuse(to_keep, notice=form.refused(refused), now=now)

    def _keep_too_large(self, source: str, body: bytes, *, now: datetime, real_now: datetime) -> None:
        """Keep the beginning of a body for inspection; one row an hour, since the sender goes on sending."""
        notice = too_large(source, MAX_BODY_BYTES, at=real_now)
        to_keep = RefusedPayload(
            source=source,
            about="",
            fingerprint=name_part(notice.key),
            payload={"body": _text(body[:BEGINNING_BYTES])},
            error=TOO_LARGE.format(MAX_BODY_BYTES // 1024),
        )
        self.intake.refuse(to_keep, notice=notice, now=now)

    def _form_of(self, source: str) -> Source:
        """The form of an intake's payloads; one that `msp.yaml` names has the webhook's.

        Raises: UnknownIntake.
        """
        if source in SOURCES:
            return SOURCES[source]
        named = self.intake.named()
        if source not in named:
            raise UnknownIntake(source, (*SOURCES, *named))
        return SOURCES[NAMED_LIKE]

    def _authenticate(self, source: str, headers: Mapping[str, str], body: bytes, *, real_now: datetime) -> None:
        secrets, tokens = good_for(source, self._secrets), good_for(source, self._bearer_tokens)
        authenticate(source, headers, body, secrets=secrets, bearer_tokens=tokens, real_now=real_now)


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace").replace("\x00", "")


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object in a body.

    Raises: PayloadInvalid.
    """
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
        json.dumps(document)
    except RecursionError:
        raise PayloadInvalid("body", NESTED_TOO_DEEP) from None
    except ValueError as error:
        raise PayloadInvalid("body", f"the body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise PayloadInvalid("body", "the body must be a JSON object")
    return document


def _refuse_constant(name: str) -> float:
    raise PayloadInvalid("body", f"the body is not JSON: {name} is no JSON number")


def _answer(receipt: Receipt, ignored: Sequence[str]) -> Answer:
    taken = [
        {"external_id": item.external_id, "outcome": item.outcome.value, "incident": item.incident_key}
        for item in receipt.taken
    ]
    document: dict[str, Any] = {"sentence": _sentence(receipt), "taken": taken}
    if ignored:
        document["ignored_fields"] = list(ignored)
    return Answer(status=202, document=document)


def _sentence(receipt: Receipt) -> str:
    if receipt.seen_before:
        return "This delivery was taken before; nothing was done again."
    if not receipt.taken:
        return "Taken; there was nothing in it to record."
    outcomes = (f"{item.incident_key or item.external_id}: {item.outcome.value}" for item in receipt.taken)
    return f"Taken. {'; '.join(outcomes)}."
