"""SLA time that a test holds in its hand."""

from datetime import datetime


class FixedTime:
    """SLA time stands where it was put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was put at."""
        return self.at
