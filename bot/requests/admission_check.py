"""Lets only colleagues' requests through to the listeners."""

from collections.abc import Callable
from typing import TypeVar

from bot.requests.request import Ask
from bot.requests.request_limit import RequestLimit
from sla_engine.domain.agreements.errors import NotNamed, Outsider
from sla_engine.services.upkeep.admission import Admission, Directory

_Answered = TypeVar("_Answered")


class AdmissionCheck:
    """Checks who asks, before the listeners of one process; anybody else reads one sentence."""

    def __init__(self, admission: Admission, directory: Directory, limit: RequestLimit) -> None:
        self.admission = admission
        self.directory = directory
        self.limit = limit
        self._knows_workspace = False

    def learn_workspace(self) -> None:
        """Ask Slack once which workspace is ours; until it answers, the stored one counts."""
        if not self._knows_workspace:
            self._knows_workspace = self.admission.learn(self.directory) is not None

    def before(self, listener: Callable[[Ask], _Answered]) -> Callable[[Ask], _Answered]:
        """Put the check before a listener. Slack is not asked about who submits a form: its acknowledgement is the
        answer.
        """

        def admitted(ask: Ask) -> _Answered:
            directory = self.directory if ask.is_acknowledged else None
            try:
                self.admission.admit(ask.user, ask.origin, now=ask.now, directory=directory)
            except (NotNamed, Outsider):
                self.limit.turn_away(ask.user)
                raise
            return listener(ask)

        return admitted
