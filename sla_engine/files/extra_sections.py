"""The parts of an agreement that no clock reads: services, assets, reporting, problems, fee, credits, review.

They are checked for form here and kept as plain values: texts, dates, `timedelta` for windows, `Decimal` for money and
percentages, lists and mappings of these.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sla_engine.files.scalars import day, number, one_of, percent, text, whole_number, window, yes_or_no
from sla_engine.files.yaml_document import Field

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")

SectionReader = Callable[[Field], Any]
MOST_INCIDENTS = 1000
MOST_PERCENT = 100
PERIODS = ("week", "month", "quarter", "year")


def a_choice(*allowed: str) -> SectionReader:
    """Reads one of these words."""
    return lambda field: one_of(field, allowed)


def a_list(of: SectionReader) -> SectionReader:
    """Reads a list whose values `of` reads."""
    return lambda field: [of(item) for item in field.items()]


def keys_of(shape: Mapping[str, SectionReader], *, required: tuple[str, ...] = ()) -> SectionReader:
    """Reads a mapping with these keys, each by its own reader."""

    def read(field: Field) -> dict[str, Any]:
        return {key: shape[key](value) for key, value in field.keys(tuple(shape), required=required).items()}

    return read


def _count(field: Field) -> int | None:
    return whole_number(field, least=1, most=MOST_INCIDENTS)


def _share(field: Field) -> Any:
    return percent(field, most=MOST_PERCENT)


def _currency(field: Field) -> str | None:
    code = text(field, what="a currency such as USD")
    if code is not None and not (len(code) == 3 and code.isascii() and code.isupper()):  # noqa: PLR2004  ISO 4217
        field.wrong(f"{code!r} is not a currency code such as USD or EUR")
    return code


def _name(field: Field) -> str | None:
    return text(field, what="a name")


def channels(field: Field) -> list[str]:
    """The Slack channels of the customer, by id; each once."""
    ids: list[str] = []
    for item in field.items():
        channel = text(item, what="the id of a channel")
        if channel is None:
            continue
        if not _CHANNEL.fullmatch(channel):
            item.wrong(f"{channel!r} is not the id of a channel, such as C0123ABCD (in Slack: channel details, About)")
        elif channel in ids:
            item.wrong(f"{channel} stands here twice")
        else:
            ids.append(channel)
    return ids


BAND = keys_of({"below": _share, "at_least": _share, "credit": _share}, required=("credit",))
ASSET = keys_of(
    {
        "name": _name,
        "kind": text,
        "repairable": yes_or_no,
        "enrolled": day,
        "retired": day,
        "serial": text,
        "service": text,
    },
    required=("name", "kind"),
)
OPEN_AFTER = keys_of({"incidents": _count, "within": window}, required=("incidents", "within"))

EXTRA_SECTIONS: Mapping[str, SectionReader] = {
    "reporting": keys_of(
        {"responsible": a_choice("msp", "customer", "third_party"), "every": a_choice(*PERIODS), "to": text},
        required=("responsible",),
    ),
    "services": keys_of({"general": a_list(text), "specific": a_list(text)}),
    "assets": a_list(ASSET),
    "problems": keys_of({"open_after": OPEN_AFTER, "recurrence_window": window}),
    "fee": keys_of(
        {"amount": number, "currency": _currency, "per": a_choice(*PERIODS)}, required=("amount", "currency", "per")
    ),
    "credits": keys_of(
        {
            "metric": a_choice("availability", "attainment", "first_response", "resolution"),
            "bands": a_list(BAND),
            "cap": _share,
            "form": a_choice("future_invoice", "refund", "future_work"),
        },
        required=("metric", "bands"),
    ),
    "slack_channels": channels,
    "review": keys_of({"lawyer_reviewed": day, "next": day}),
}
