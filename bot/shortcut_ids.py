"""The ids of the shortcuts, as the manifest names them and Slack sends them back."""

from enum import StrEnum


class ShortcutId(StrEnum):
    """Shortcuts: of a message, or from anywhere."""

    INCIDENT_FROM_MESSAGE = "incident_from_message"
    REMARK_FROM_MESSAGE = "remark_from_message"
    INCIDENT_OPEN = "incident_open"
