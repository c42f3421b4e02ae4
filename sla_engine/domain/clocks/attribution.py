"""Attribution of an incident's open time: to us, the customer, or a third party."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.fold import ordered_tracks
from sla_engine.domain.clocks.replies import read_in_order
from sla_engine.domain.clocks.track import Track, runs_until
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.pauses import Pause, pauses
from sla_engine.domain.incidents.reasons import PAUSE_REASONS, Attribution, PauseReason
from sla_engine.domain.time.reach import WorkingTime
from sla_engine.domain.time.spans import Span, intersect, subtract

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributedTime:
    """Open time by who held the ball; the three sum to the open time from the opening to the resolution, or to now.

    Ours is the time a clock ran, the pauses for a reason of our own, and two parts that are given apart as well:
    `outlived`, when a pause went on after its expected end, and `answered`, when a pause for the customer went on
    although the customer had replied (a time that was both counts as `answered`). `pauses_outlived` is the number of
    pauses that outlived their end.
    """

    us: timedelta = _ZERO
    customer: timedelta = _ZERO
    third_party: timedelta = _ZERO
    outlived: timedelta = _ZERO
    answered: timedelta = _ZERO
    pauses_outlived: int = 0

    @property
    def total(self) -> timedelta:
        """The sum of the three."""
        return self.us + self.customer + self.third_party

    @property
    def rested(self) -> bool:
        """Whether anybody but us held the ball, or a pause outlived its end or the customer's reply."""
        return self.us != self.total or bool(self.outlived) or bool(self.answered)

    def __add__(self, other: "AttributedTime") -> "AttributedTime":
        return AttributedTime(
            us=self.us + other.us,
            customer=self.customer + other.customer,
            third_party=self.third_party + other.third_party,
            outlived=self.outlived + other.outlived,
            answered=self.answered + other.answered,
            pauses_outlived=self.pauses_outlived + other.pauses_outlived,
        )


def attributed_time(history: Sequence[Entry], terms: Terms, *, now: datetime) -> AttributedTime | None:
    """Attribute the open time of an incident's resolution clock; None when no resolution was promised.

    The time between a resolution and a reopening is nobody's.
    """
    ordered = read_in_order(history, terms)
    tracks = ordered_tracks(ordered, METRICS[MetricName.RESOLUTION], terms, until=now)
    if not tracks:
        return None
    held = pauses(ordered, terms.reply_ends_pause, until=now)
    return sum((_of_track(track, held, until=track.stopped_at or now) for track in tracks), AttributedTime())


def _of_track(track: Track, held: Sequence[Pause], *, until: datetime) -> AttributedTime:
    calendar = track.target.calendar
    ran = sum((calendar.elapsed(start, end) for start, end in runs_until(track, until)), _ZERO)
    return sum((_of_pause(pause, rests, calendar) for pause, rests in _first_reasons(track, held, until)),
               AttributedTime(us=ran))  # fmt: skip


def _first_reasons(track: Track, held: Sequence[Pause], until: datetime) -> Iterator[tuple[Pause, list[Span]]]:
    """The pauses whose reason was the clock's first one, each with the spans in which it was."""
    rested: dict[PauseReason, list[Span]] = {}
    for rest in track.rests:
        if rest.start < until:
            rested.setdefault(rest.reasons[0], []).append(Span(rest.start, min(rest.end or until, until)))
    for pause in held:
        shared = (rest & pause.span for rest in rested.get(pause.reason, ()) if rest.start < pause.span.end)
        spans = [span for span in shared if span is not None]
        if spans:
            yield pause, spans


def _of_pause(pause: Pause, rests: Sequence[Span], calendar: WorkingTime) -> AttributedTime:
    rested = _open(rests, calendar)
    answered = _open(intersect(rests, pause.answered), calendar) if pause.answered else _ZERO
    too_long = intersect(rests, pause.outlived) if pause.outlived else []
    outlived = _open(subtract(too_long, pause.answered), calendar)
    theirs = rested - answered - outlived
    whose = PAUSE_REASONS[pause.reason].attribution
    return AttributedTime(
        us=answered + outlived + (theirs if whose is Attribution.US else _ZERO),
        customer=theirs if whose is Attribution.CUSTOMER else _ZERO,
        third_party=theirs if whose is Attribution.THIRD_PARTY else _ZERO,
        outlived=outlived,
        answered=answered,
        pauses_outlived=int(_open(too_long, calendar) > _ZERO),
    )


def _open(spans: Iterable[Span], calendar: WorkingTime) -> timedelta:
    return sum((calendar.elapsed(span.start, span.end) for span in spans), _ZERO)
