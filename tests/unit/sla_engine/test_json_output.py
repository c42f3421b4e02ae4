"""JSON on a terminal: exact for a program that reads it, harmless for a screen."""

import json

from sla_engine.json_output import printed_json

DOCUMENT = {"title": "a\x9b31m\x1b[2J \u202egnp.exe \ud83d ü 🔥\r\n", "customer": "Büro & Söhne"}


def test_what_would_steer_a_terminal_is_escaped_and_read_back_as_it_was() -> None:
    printed = printed_json(DOCUMENT)
    assert json.loads(printed) == DOCUMENT
    assert not set(printed) & set("\x9b\x1b\u202e\ud83d\r")
    assert "\\u202e" in printed
    assert "Büro & Söhne" in printed
