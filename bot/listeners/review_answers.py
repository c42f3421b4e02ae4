"""Answers what was done about a note: in the review queue as it reads now, in a card, or in a sentence."""

from bot.listeners.act_answers import ActAnswers
from bot.requests.request import Answer, Ask, Refreshed
from bot.views.confirmations import above
from bot.views.rendered import Rendered
from bot.views.review import REVIEW_ROW, review_queue
from sla_engine.services.notes.notes import Notes


class ReviewAnswers:
    """Makes the answers; nothing here changes anything."""

    def __init__(self, notes: Notes, answers: ActAnswers) -> None:
        self.notes = notes
        self.answers = answers

    def after(self, ask: Ask, key: str, sentence: Rendered) -> Answer:
        """Say what was done about the note of an incident; a queue or card it was done in is refreshed.

        Raises: UnknownIncident.
        """
        if ask.place.private_row.partition(":")[0] == REVIEW_ROW:
            if ask.place.is_home:  # which shows the queue beneath
                return sentence
            queue = review_queue(self.notes.review_queue(by=ask.user, now=ask.now))
            return Refreshed(above(sentence, queue))
        return self.answers.plainly(ask, key, lambda _incident, _reader: sentence)

    def after_click(self, ask: Ask, key: str, sentence: Rendered) -> Answer:
        """The same for a button of a message that shows by itself what was done: there, nothing is said."""
        return self.after(ask, key, sentence) if ask.place.private_row else None
