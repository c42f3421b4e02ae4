import json
from collections.abc import Mapping
from typing import Any

from sla_engine.domain.text.plain_text import UNREADABLE

JsonObject = dict[str, Any]
_ESCAPED = {code: f"\\u{code:04x}" for code in UNREADABLE}


def printed_json(document: Mapping[str, Any] | str) -> str:
    """The document or text as indented JSON, with every character escaped that could steer a terminal."""
    return json.dumps(document, indent=2, ensure_ascii=False).translate(_ESCAPED)
