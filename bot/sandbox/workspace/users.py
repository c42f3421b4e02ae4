"""People and the app's own user, as Slack describes them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.sandbox.workspace.seed import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Json, SandboxUser

BOT_COLOR = "1d9bd1"


def bot_user(app_name: str) -> SandboxUser:
    """The user under which the app writes."""
    return SandboxUser(
        id=BOT_USER_ID, name=app_name.lower().replace(" ", "-"), real_name=app_name, title="App", color=BOT_COLOR
    )


def user_for_api(user: SandboxUser, *, now: float) -> Json:
    """The user object of `users.info`; `now` decides summer time."""
    offset = datetime.fromtimestamp(now, tz=UTC).astimezone(ZoneInfo(user.tz)).utcoffset()
    profile: Json = {
        "title": user.title,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "team": user.team_id,
    }
    if user.id == BOT_USER_ID:
        profile |= {"api_app_id": APP_ID, "bot_id": BOT_ID}
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.is_deleted,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot or user.id == BOT_USER_ID,
        "is_stranger": user.team_id != TEAM_ID,
        "is_app_user": False,
        "updated": 0,
    }


def user_for_page(user: SandboxUser) -> Json:
    """The user as the page draws them."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "tz": user.tz,
        "is_bot": user.id == BOT_USER_ID,
        "color": user.color,
    }
