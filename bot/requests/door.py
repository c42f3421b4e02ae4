"""Before any listener: is it a colleague who asks? Whoever is not reads one sentence, and reaches no listener."""

from collections.abc import Callable
from typing import TypeVar

from bot.requests.request import Ask
from bot.requests.request_limit import RequestLimit
from sla_engine.domain.agreements.errors import NotNamed, Outsider
from sla_engine.services.upkeep.admission import Admission, Directory

_Answered = TypeVar("_Answered")


class Door:
    """Stands before the listeners of one process."""

    def __init__(self, admission: Admission, directory: Directory, limit: RequestLimit) -> None:
        self.admission = admission
        self.directory = directory
        self.limit = limit
        self._knows_workspace = False

    def learn_workspace(self) -> None:
        """Ask which workspace is ours until Slack has said it once; what was remembered counts meanwhile."""
        if not self._knows_workspace:
            self._knows_workspace = self.admission.learn(self.directory) is not None

    def before(self, listener: Callable[[Ask], _Answered]) -> Callable[[Ask], _Answered]:
        """The listener, for colleagues only. A form is answered by its acknowledgement: Slack cannot be asked then."""

        def admitted(ask: Ask) -> _Answered:
            directory = self.directory if ask.is_acknowledged else None
            try:
                self.admission.admit(ask.user, ask.origin, now=ask.now, directory=directory)
            except (NotNamed, Outsider):
                self.limit.turn_away(ask.user)
                raise
            return listener(ask)

        return admitted
