"""Entry point for a WSGI server of your own: `bot.wsgi:create()`; `sla-bot web` brings one."""

import sys

from flask import Flask

from bot.logs import set_up_logs
from bot.settings import BotSettings
from bot.web import create_app
from bot.wiring import Bot
from sla_engine.settings import SettingUnusable
from sla_engine.time_source import use_pinned_zone_data


def create() -> Flask:
    """The web process, from the environment.

    Raises: SettingUnusable, also where no signing secret is set: the server then does not start.
    """
    use_pinned_zone_data()
    try:
        settings = BotSettings.read()
        set_up_logs(settings.log_level, of_a_service=True)
        return create_app(Bot(settings))
    except SettingUnusable as unusable:
        sys.stderr.write(f"{unusable}\n")  # the log quotes no error, and somebody must read which it is
        raise
