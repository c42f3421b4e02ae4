"""Log lines: one JSON object each, on standard error, without secrets and without users' words.

Lines of the libraries are formatted like ours. A traceback names files, lines and kinds of errors;
what an error said is left out, because it may quote somebody, except where it can only be a word of the machine.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.stdlib import LoggerFactory, ProcessorFormatter, add_logger_name
from structlog.typing import Processor

HIDDEN = "[hidden]"
LIBRARY_LINE_MAX_CHARS = 300
OURS = ("bot", "sla_engine", "migrations")
QUOTES_ANSWERS = "slack_sdk"  # after a colon, half a history that is no JSON any more
NO_NEWS = "As you gave `client` as well"  # Bolt, which reads SLACK_BOT_TOKEN on its own; each request gets our client

_SECRETS = re.compile(
    r"x(?:ox[a-z]|app)-[A-Za-z0-9-]+"  # Slack's tokens
    r"|https?://hooks\.slack(?:-gov)?\.com/[^\s\"\\]*"  # whoever has a response address may post to it
    r"|(?<=://)[^\s\"\\/:@]+:[^\s\"\\/@]+(?=@)"  # user and password of an address
)

_CODE = re.compile(r"[a-z0-9_]{1,80}")

Event = MutableMapping[str, Any]


def set_up_logs(level: str, *, of_a_service: bool = False) -> None:
    """Write lines of this level and above; libraries only warn. A service also logs uncaught errors."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared_processors: list[Processor] = [
        structlog.processors.add_log_level,
        add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared_processors, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=LoggerFactory(),
    )
    _write_all_records(ProcessorFormatter(foreign_pre_chain=[*shared_processors, first_line], processors=LAST))
    logging.getLogger().setLevel(max(number, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(number)
    if of_a_service:
        logging.captureWarnings(capture=True)
        sys.excepthook = _log_uncaught
        threading.excepthook = _log_uncaught_in_a_thread


def first_line(_logger: object, _method: str, event: Event) -> Event:
    """Cut a library's message to one line, without what it quotes: advice, or somebody's words."""
    lines = str(event["event"]).splitlines() or [""]
    first = lines[0][:LIBRARY_LINE_MAX_CHARS]
    event["event"] = first.partition(":")[0] if str(event.get("logger")).startswith(QUOTES_ANSWERS) else first
    return event


def traceback_without_words(_logger: object, _method: str, event: Event) -> Event:
    """Replace the error with its traceback as text, without the errors' messages."""
    error = _error_of(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = "\n".join(_traceback_lines(error))
    return event


def without_secrets(_logger: object, _method: str, line: str) -> str:
    """Hide secrets in the finished line, however deep they were nested."""
    return _SECRETS.sub(HIDDEN, line)


LAST: list[Any] = [
    ProcessorFormatter.remove_processors_meta,
    traceback_without_words,
    structlog.processors.JSONRenderer(),
    without_secrets,
]


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to the standard error of the moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr

    def filter(self, record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith(NO_NEWS)


def _write_all_records(formatter: logging.Formatter) -> None:
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _StandardError)]:
        root.removeHandler(handler)
    ours = _StandardError()
    ours.setFormatter(formatter)
    root.addHandler(ours)


def _error_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exception() if exc_info else None


def _traceback_lines(error: BaseException, seen: frozenset[int] = frozenset()) -> Iterator[str]:
    """Yield the error's causes, its frames, and its kind."""
    seen |= {id(error)}
    before = error.__cause__
    if before is None and not error.__suppress_context__:
        before = error.__context__
    if before is not None and id(before) not in seen:
        yield from _traceback_lines(before, seen)
        yield "which led to:"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        yield from (entry.rstrip("\n") for entry in traceback.format_tb(error.__traceback__))
    kind = type(error)
    code = _code_of(error)
    yield f"{kind.__module__}.{kind.__qualname__}" + (f": {code}" if code else "")


def _code_of(error: BaseException) -> str | None:
    """The error's code from the system, Slack or the database; never a text that may quote somebody."""
    if isinstance(error, OSError):
        return error.strerror
    answer = getattr(getattr(error, "response", None), "data", None)
    if isinstance(answer, dict):
        code = str(answer.get("error"))
        return code if _CODE.fullmatch(code) else None
    cause = getattr(error, "orig", None)
    words = (getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorname", None))
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return " ".join(str(word) for word in (*words, constraint) if word) or None


def _log_uncaught(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger(__name__).critical("nobody caught it", exc_info=error.with_traceback(frames))


def _log_uncaught_in_a_thread(dead: threading.ExceptHookArgs) -> None:
    if dead.exc_value is not None:
        thread = dead.thread.name if dead.thread is not None else ""
        structlog.get_logger(__name__).critical("nobody caught it", thread=thread, exc_info=dead.exc_value)
