"""The `intakes` part of `msp.yaml`: names in the address, and what their words mean."""

from __future__ import annotations

import pytest

from sla_engine.domain.agreements.msp import Person, Role
from sla_engine.domain.incidents.word_meanings import OwnWords, WordKind
from sla_engine.files.errors import FileInvalid
from sla_engine.files.intakes_section import intakes
from sla_engine.files.yaml_document import read_document

TOM = Person(slack_id="U0TOM", name="Tom", zone="UTC", role=Role.TECHNICIAN, login="tom")


def taken(text: str) -> dict[str, OwnWords]:
    root = read_document(text, "msp.yaml")
    found = intakes(root.keys(("intakes",))["intakes"], (TOM,))
    root.findings.refuse_if_wrong()
    return found


def test_each_system_has_its_own_words_and_may_have_none() -> None:
    found = taken("""\
intakes:
  psa:
    words:
      status: {"Awaiting approval": customer, Re-Opened (web): working, On: nothing}
      priority: {Sev A: P1, Planned: nothing}
      people: {T.Becker@msp.example: U0TOM, Service Desk: nobody}
  halo: {}
  webhook:
""")
    assert found == {
        "psa": {
            WordKind.STATUS: {"awaiting approval": "customer", "re opened web": "working", "on": "nothing"},
            WordKind.PRIORITY: {"sev a": "P1", "planned": "nothing"},
            WordKind.PERSON: {"t.becker@msp.example": "U0TOM", "service desk": "nobody"},
        },
        "halo": {},
        "webhook": {},
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("intakes: [psa]", "msp.yaml:1: intakes: a list where intakes belong"),
        ("intakes: {psa: 5}", "msp.yaml:1: intakes.psa: '5' where the keys words belong"),
        ("intakes: {psa: {word: {}}}", "msp.yaml:1: intakes.psa: unknown key 'word'; did you mean 'words'?"),
        ("intakes: {PSA: {}}", "msp.yaml:1: intakes.PSA: 'PSA' cannot stand in an address"),
        ("intakes: {../x: {}}", "msp.yaml:1: intakes.../x: '../x' cannot stand in an address"),
        ("intakes: {alertmanager: {}}", "msp.yaml:1: intakes.alertmanager: 'alertmanager' is taken"),
        ("intakes: {slack: {}}", "msp.yaml:1: intakes.slack: 'slack' is taken"),
        ("intakes: {psa: {words: {statuses: {}}}}", "unknown key 'statuses'; did you mean 'status'?"),
        (
            "intakes:\n  psa:\n    words:\n      status: {Parked: custmer}",
            "msp.yaml:4: intakes.psa.words.status.Parked: 'custmer' is not a meaning known here; did you",
        ),
        ("intakes: {psa: {words: {priority: {Sev A: P6}}}}", "'P6' is not a meaning known here"),
        ("intakes: {psa: {words: {people: {tom b: U0TON}}}}", "'U0TON' is nobody in 'people'; did you mean 'U0TOM'?"),
        ("intakes: {psa: {words: {people: {tom b: tom}}}}", "'tom' is not a Slack user id"),
        (
            "intakes:\n  psa:\n    words:\n      status:\n        On hold: vendor\n        on-hold: customer",
            "msp.yaml:6: intakes.psa.words.status.on-hold: 'on-hold' is the same word as 'On hold' on line 5",
        ),
        ('intakes: {psa: {words: {status: {"": done}}}}', "a word has from 1 to 500 characters"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_what_is_meant(text: str, sentence: str) -> None:
    with pytest.raises(FileInvalid) as refused:
        taken(text)
    assert any(sentence in str(problem) for problem in refused.value.problems), refused.value.problems
