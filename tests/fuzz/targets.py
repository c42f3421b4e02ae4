"""What is fuzzed: each target makes one odd input from chance and puts it to the product."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.action_ids import ActionId, ViewId
from bot.listeners import grammar
from bot.views import parts
from sla_engine.domain.errors import SlaError
from sla_engine.domain.time import durations
from sla_engine.parsing.suppositions import supposition
from sla_engine.services.agreements import agreement_files, people_files
from tests.fuzz.desk import TEAM, FuzzDesk
from tests.fuzz.mutations import TIMES, changed, smudged, text
from tests.slack.workplace import EXAMPLES, MONDAY_TEN

USERS = ("U0DANA", "U0TOM", "U0MIRA", "U0ADA", "U0GUEST", "U0NOBODY")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia")
DELIVERIES = Path(__file__).resolve().parents[1] / "data" / "intake"
OK, CLIENT_ERROR, SERVER_ERROR = 200, 400, 500


class Fault(Exception):
    """The product did what it must not do."""


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of input; of a hundred inputs `share` are of it."""

    name: str
    share: float
    put: Callable[[FuzzDesk, random.Random], object]
    """Make one input and put it; raises when the product failed. What it returns is shown when it did."""


def _commands(desk: FuzzDesk, chance: random.Random) -> None:
    verbs = [sub.name for sub in desk.bot.subcommands]
    key = chance.choice(("INC-1001", "1001", "inc-1002", "1003", "INC-9999", ""))
    words = " ".join(word for word in (chance.choice(verbs), key, text(chance)) if word)
    if chance.random() < 0.2:
        words = smudged(words, chance)
    answer = desk.command(words, user=chance.choice(USERS), trigger=f"{chance.getrandbits(64)}")
    if answer.status_code != OK:
        raise Fault(f"{answer.status_code} for {words!r}")


def _times(_desk: FuzzDesk, chance: random.Random) -> None:
    words = chance.choice(TIMES) if chance.random() < 0.5 else text(chance)
    words = smudged(words, chance) if chance.random() < 0.6 else words
    zone = chance.choice(ZONES)
    for read in (
        lambda: grammar.moment(words, zone=zone, now=MONDAY_TEN),
        lambda: durations.read_time(words),
        lambda: grammar.split_until(words.split(), "until", "for"),
        lambda: supposition(words, zone=zone, now=MONDAY_TEN),
    ):
        try:
            read()
        except SlaError:
            continue


def _shown(desk: FuzzDesk, chance: random.Random) -> None:
    words = text(chance)
    desk.looker.look([parts.section([parts.title_line(words), parts.quoted(words)]), parts.header(words)])


def _files(_desk: FuzzDesk, chance: random.Random) -> None:
    kind = chance.choice(("msp", "agreement"))
    origin = EXAMPLES / ("msp.yaml" if kind == "msp" else f"agreements/{chance.choice(_AGREEMENTS)}")
    written = smudged(origin.read_text(encoding="utf-8"), chance)
    if chance.random() < 0.3:
        lines = written.splitlines()
        chance.shuffle(lines)
        written = "\n".join(lines)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.yaml"
        file.write_bytes(written.encode("utf-8", "surrogatepass"))
        if kind == "msp":
            people_files.check(file, now=MONDAY_TEN)
        else:
            agreement_files.check([file], now=MONDAY_TEN)


_AGREEMENTS = tuple(sorted(file.name for file in (EXAMPLES / "agreements").glob("*.yaml")))


def _deliveries(desk: FuzzDesk, chance: random.Random) -> None:
    source = chance.choice(("webhook", "alertmanager"))
    document = changed(_sample(source, chance), chance)
    body = json.dumps(document).encode()
    if chance.random() < 0.1:
        body = smudged(body.decode(), chance).encode("utf-8", "surrogatepass")
    answer = desk.deliver(source, body)
    if answer.status_code >= SERVER_ERROR or not answer.is_json:
        raise Fault(f"{answer.status_code} for {body[:300]!r}")


def _sample(source: str, chance: random.Random) -> Any:
    if source == "alertmanager":
        return json.loads((DELIVERIES / "alertmanager.json").read_text(encoding="utf-8"))
    told = {
        "event": chance.choice(("opened", "agent_replied", "status_changed", "assigned", "resolved", "reopened",
                                "priority_changed", "customer_replied", "title_changed", "deleted", "merged")),
        "id": f"d{chance.getrandbits(40)}",
        "external_id": f"T-{chance.randint(1, 30)}",
        "at": MONDAY_TEN.isoformat(),
        "customer": "Acme Dental",
        "title": "Nobody can print",
        "priority": "P2",
        "status": chance.choice(("open", "pending", "waiting for customer", "solved", "Awaiting approval")),
        "to": chance.choice(("tom", "Tom", "anna@msp.example", "<!here>")),
        "text": "words",
    }  # fmt: skip
    return told if chance.random() < 0.8 else told | {"link": text(chance), "site": text(chance)}


def _bodies(desk: FuzzDesk, chance: random.Random) -> None:
    payload = changed(_interaction(chance), chance)
    answer = desk.slack(urlencode({"payload": json.dumps(payload)}))
    if answer.status_code >= SERVER_ERROR or answer.status_code not in (OK, CLIENT_ERROR, 401):
        raise Fault(f"{answer.status_code} for {json.dumps(payload)[:500]}")
    is_form = isinstance(payload, dict) and payload.get("type") == "view_submission"
    if is_form and answer.status_code == OK and answer.data and b"response_action" not in answer.data:
        raise Fault(f"a form was answered with {answer.data[:200]!r}")


def _interaction(chance: random.Random) -> dict[str, Any]:
    common = {
        "trigger_id": f"{chance.getrandbits(64)}",
        "team": {"id": TEAM},
        "user": {"id": chance.choice(USERS), "team_id": TEAM},
    }
    value = chance.choice(
        ("INC-1001", "INC-1002", '{"key": "INC-1001", "reason": "vendor", "until": null, "text": ""}')
    )
    if chance.random() < 0.5:
        action = {"type": "button", "action_id": chance.choice(list(ActionId)).value, "block_id": "nudge:INC-1001"}
        return common | {"type": "block_actions", "actions": [action | {"value": value, "action_ts": "1.1"}]}
    names = ("text", "reason", "until", "next", "promise", "because", "customer", "title", "priority", "what_happened",
             "impact", "prevention", "decision", "owner", "due_on", "link", "how")  # fmt: skip
    fields = {name: {"answer": {"type": "plain_text_input", "value": text(chance)}} for name in chance.sample(names, 5)}
    view = {
        "type": "modal",
        "id": f"V{chance.getrandbits(40)}",
        "callback_id": chance.choice(list(ViewId)).value,
        "private_metadata": "INC-1001",
        "state": {"values": fields},
    }
    return common | {"type": "view_submission", "view": view}


TARGETS = (
    Target("/sla commands", 20, _commands),
    Target("times and suppositions", 40, _times),
    Target("texts that are shown", 14, _shown),
    Target("files", 1, _files),
    Target("deliveries", 12.5, _deliveries),
    Target("Slack bodies", 12.5, _bodies),
)
