"""The buttons of the service manager's message: remind, ask somebody else, and show what waits."""

from collections.abc import Mapping

from bot.action_ids import ActionId, ViewId
from bot.errors import NothingChosen
from bot.listeners.act_answers import ActAnswers
from bot.listeners.review_answers import ReviewAnswers
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm
from bot.views.late_notes import ask_form, asked, reminded
from sla_engine.services.notes.note_requests import NoteRequests


class LateNotesTopic(Topic):
    """Late SLA notes: who waits for one acts on it here."""

    def __init__(self, requests: NoteRequests, reviews: ReviewAnswers, answers: ActAnswers) -> None:
        self.requests = requests
        self.reviews = reviews
        self.answers = answers

    def actions(self) -> Mapping[str, Listener]:
        """The buttons beside a late note, and the one below them all."""
        return {
            ActionId.NOTE_REMIND: self.remind,
            ActionId.NOTE_ASK_OPEN: self.open_ask,
            ActionId.REVIEW_SHOW: self.reviews.queue,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The form that asks somebody else."""
        return {ViewId.NOTE_ASK: self.asked}

    def remind(self, ask: Ask) -> Answer:
        """Put the note before its writer again, and say before whom."""
        writer = self.requests.remind(ask.value, by=ask.user, now=ask.now)
        return self.answers.plainly(ask, ask.value, lambda incident, _reader: reminded(incident.key, writer))

    def open_ask(self, ask: Ask) -> Answer:
        """Open the form with everybody who could write the note."""
        return OpenForm(ask_form(self.requests.possible_writers(ask.value, by=ask.user, now=ask.now)))

    def asked(self, ask: Ask) -> Answer:
        """Ask the person chosen in the form."""
        person = ask.answers["person"]
        if not person:
            raise NothingChosen("person")
        self.requests.ask(ask.value, person=person, by=ask.user, now=ask.now)
        return self.answers.plainly(ask, ask.value, lambda incident, _reader: asked(incident.key, person))
