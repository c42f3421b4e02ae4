"""Log lines as JSON on standard error, with everything that looks like a token taken out."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_TOKEN = re.compile(r"x(?:ox[a-z]|app)-[A-Za-z0-9-]+")
HIDDEN = "[hidden]"


def set_up_logs(level: str) -> None:
    """Write one line per request or job; libraries only warn."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_hide_in_record)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_tokens,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def hide_tokens(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The event with every token replaced."""
    return {name: _TOKEN.sub(HIDDEN, value) if isinstance(value, str) else value for name, value in event.items()}


def _hide_in_record(record: logging.LogRecord) -> bool:
    record.msg, record.args = _TOKEN.sub(HIDDEN, record.getMessage()), ()
    return True
