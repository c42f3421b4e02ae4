"""The real `sla-bot demo`, started as anybody starts it, and ended with Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.polling import until

ENDS_WITHIN_SECONDS = 40.0
SLA_BOT = Path(sys.executable).with_name("sla-bot")


class DemoProcess:
    """One run of the demo on a folder; `lines` is what it printed."""

    def __init__(self, data: Path, *, speed: float = 1) -> None:
        self.data = data
        self.log = data.with_suffix(".log")
        self._output = self.log.open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [SLA_BOT, "demo", "--data", data, "--port", "0", "--speed", f"{speed:g}", "--no-browser"],
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        try:
            until(self._is_up, what="the demo printed its addresses")
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._output.close()

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return self.log.read_text(encoding="utf-8")

    def address(self, name: str) -> str:
        """One of the printed addresses: Page, Web API or Intake."""
        line = next(line for line in self.output.splitlines() if line.startswith(name))
        return next(word for word in line.split() if word.startswith("http"))

    def ctrl_c(self) -> int:
        """Press Ctrl-C; answers the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=ENDS_WITHIN_SECONDS)

    def _is_up(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(self.output)
        return "Ctrl-C ends" in self.output
