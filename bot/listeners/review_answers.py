"""Answers what was done about a note: in the review queue as it reads now, in a card, or in a sentence."""

from bot.listeners.act_answers import ActAnswers
from bot.requests.request import Answer, Ask, Refreshed
from bot.views.confirmations import above
from bot.views.rendered import Rendered
from bot.views.review import REVIEW_ROW, review_queue
from sla_engine.services.notes.notes import Notes
from sla_engine.services.notes.suggestions import Suggestions


class ReviewAnswers:
    """Makes the answers; nothing here changes anything."""

    def __init__(self, notes: Notes, suggestions: Suggestions, answers: ActAnswers) -> None:
        self.notes = notes
        self.suggestions = suggestions
        self.answers = answers

    def queue(self, ask: Ask) -> Rendered:
        """The notes that wait for the service manager, under what is suggested this week.

        Raises: NotAllowed.
        """
        items = self.notes.review_queue(by=ask.user, now=ask.now)
        return review_queue(items, self.suggestions.of_week(by=ask.user, now=ask.now))

    def after(self, ask: Ask, key: str, sentence: Rendered) -> Answer:
        """Say what was done about the note of an incident; a queue or card it was done in is refreshed.

        Raises: UnknownIncident.
        """
        if ask.place.private_row.partition(":")[0] == REVIEW_ROW:
            if ask.place.is_home:  # which shows the queue beneath
                return sentence
            return Refreshed(above(sentence, self.queue(ask)))
        return self.answers.plainly(ask, key, lambda _incident, _reader: sentence)
