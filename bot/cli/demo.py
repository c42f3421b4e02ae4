"""Terminal side of `sla-bot demo`: prints the addresses, opens the page, waits for the signal to stop."""

import os
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path

from bot.demo import INTAKE_SECRET, INTAKE_TOKEN, Demo
from bot.lifecycle import wait_for_stop_signal
from sla_engine.services.upkeep.databases import OTHERS


def run_demo(data: Path, *, port: int, speed: float, opens_browser: bool, echo: Callable[[str], object]) -> None:
    """Start everything, say where it is, and end cleanly on Ctrl-C."""
    os.umask(OTHERS)
    chosen = port if _is_free(port) else 0
    demo = Demo(data, port=chosen, speed=speed)
    demo.start()
    page = f"{demo.sandbox.web_url}/"
    if chosen != port:
        echo(f"Port {port} is in use, so another one was taken.")
    echo(f"Page     {page}")
    echo(f"Web API  {demo.sandbox.api_url}")
    echo(f"Intake   {demo.running.intake_url}/intake/webhook  (HMAC secret {INTAKE_SECRET}, bearer {INTAKE_TOKEN})")
    echo(f"Data     {data}   ·   the clock runs ×{speed:g}   ·   Ctrl-C ends")
    if opens_browser:
        webbrowser.open(page)
    wait_for_stop_signal()
    echo("Ending …")
    demo.stop()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
