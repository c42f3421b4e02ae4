"""What gunicorn loads: `bot.wsgi:create()`."""

import zoneinfo

from flask import Flask

from bot.logs import set_up_logs
from bot.settings import BotSettings
from bot.web import create_app
from bot.wiring import Bot


def create() -> Flask:
    """The web process, from the environment."""
    zoneinfo.reset_tzpath(())
    settings = BotSettings()
    set_up_logs(settings.log_level)
    return create_app(Bot(settings))
