"""What the worker does beside the sweep and the courier, and how often."""

from collections.abc import Callable
from datetime import timedelta

from slack_sdk import WebClient

from bot.courier.redelivery import Redelivery
from bot.settings import BotSettings
from bot.worker import Duty
from sla_engine.intake.registry import PARSERS
from sla_engine.services.audit.anchors import Anchors
from sla_engine.services.intake.receive import Intake
from sla_engine.services.intake.triage_messages import TriageMessages
from sla_engine.services.intake.words import IntakeWords
from sla_engine.services.problems.watch import ProblemWatch
from sla_engine.services.shifts.handovers import Handovers
from sla_engine.services.shifts.silences import Silences
from sla_engine.services.sweep.late_note_prompts import ManagerPrompts
from sla_engine.services.sweep.live_messages import LiveMessages
from sla_engine.services.sweep.storms import Storms
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep import databases
from sla_engine.services.upkeep.dead_letters import DeadLetters
from sla_engine.services.upkeep.early_warnings import EarlyWarnings
from sla_engine.services.upkeep.failures import Failures
from sla_engine.services.upkeep.health import HealthCheck
from sla_engine.services.upkeep.people_in_force import PeopleInForce
from sla_engine.services.upkeep.retention import Retention
from sla_engine.services.versions.reproject import Reprojection
from sla_engine.time_source import RealClock, TimeSource

UNFINISHED_EVERY = timedelta(seconds=5)
ALIVE_EVERY = timedelta(seconds=15)
HOME_EVERY = timedelta(minutes=1)
ANCHOR_EVERY = timedelta(hours=1)
EMPTY_EVERY = timedelta(hours=1)
REDELIVERY_EVERY = timedelta(minutes=1)
WORDS_EVERY = timedelta(minutes=1)
TRIAGE_EVERY = timedelta(seconds=1)
SILENCES_EVERY = timedelta(seconds=5)
HANDOVERS_EVERY = timedelta(seconds=5)
PROBLEMS_EVERY = timedelta(seconds=5)
ENDS_EVERY = timedelta(hours=1)
LIVE_EVERY = timedelta(seconds=1)


class Duties:
    """The worker's duties on its own database, which may wait for a lock as long as it takes."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        database: databases.Database,
        *,
        settings: BotSettings,
        time: TimeSource,
        real_clock: RealClock,
        client: WebClient,
        in_force: PeopleInForce,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._database = database
        self._settings = settings
        self._time = time
        self._real_clock = real_clock
        self._in_force = in_force
        self._live_messages = LiveMessages(unit_of_work)
        self._manager_prompts = ManagerPrompts(unit_of_work)
        self._warnings = EarlyWarnings(unit_of_work)
        self._silences = Silences(unit_of_work)
        self._handovers = Handovers(unit_of_work)
        self._problems = ProblemWatch(unit_of_work)
        self._triage = TriageMessages(unit_of_work)
        self._intake = Intake(UnitOfWork(database, real_clock=real_clock), parsers=PARSERS)
        self._redelivery = Redelivery(DeadLetters(database), client, clock=real_clock)

    def listed(
        self,
        *,
        carry_out_unfinished: Callable[[], float | None],
        learn_workspace: Callable[[], float | None],
        redraw_home: Callable[[], None],
    ) -> list[Duty]:
        """Every duty; those given are the front desk's, the admission check's and the Home tabs'."""
        return [
            Duty(name="unfinished requests", run=carry_out_unfinished, every=UNFINISHED_EVERY),
            Duty(name="telling of failures", run=Failures(self._unit_of_work).notify),
            Duty(name="storms", run=self._keep_storms),
            Duty(name="people in force", run=self._take_over_people, every=UNFINISHED_EVERY),
            Duty(name="calendars that end", run=self._remember_ends, every=ENDS_EVERY),
            Duty(name="redelivery", run=self._redelivery.resend_unblocked, every=REDELIVERY_EVERY),
            Duty(name="sign of life", run=self._mark_alive, every=ALIVE_EVERY),
            Duty(name="live messages", run=self._keep_true, every=LIVE_EVERY),
            Duty(name="managers' prompts", run=self._prompt_managers, every=LIVE_EVERY),
            Duty(name="home tabs", run=redraw_home, every=HOME_EVERY),
            Duty(name="which workspace", run=learn_workspace, every=UNFINISHED_EVERY),
            Duty(name="unfinished deliveries", run=self._catch_up, every=UNFINISHED_EVERY),
            Duty(name="words without a meaning", run=self._keep_words, every=WORDS_EVERY),
            Duty(name="triage message", run=self._keep_triage, every=TRIAGE_EVERY),
            Duty(name="silent people", run=self._look_for_silences, every=SILENCES_EVERY),
            Duty(name="turns of dispatchers", run=self._look_for_handovers, every=HANDOVERS_EVERY),
            Duty(name="fixed problems", run=self._watch_problems, every=PROBLEMS_EVERY),
            Duty(name="anchors", run=self._anchor, every=ANCHOR_EVERY),
            Duty(name="old contents", run=self._empty_old_contents, every=EMPTY_EVERY),
            Duty(name="new agreement versions", run=self._reproject, every=UNFINISHED_EVERY),
        ]

    def _keep_storms(self) -> None:
        """Bring the message of each storm up to date."""
        Storms(self._unit_of_work).run_once(now=self._time.now())

    def _take_over_people(self) -> None:
        self._in_force.take_over(now=self._time.now())

    def _keep_true(self) -> None:
        """Draw the live messages of the dispatchers' channel anew where they may have become untrue."""
        self._live_messages.keep_true(now=self._time.now())

    def _prompt_managers(self) -> None:
        """Write to service managers about late notes, and keep true what was written."""
        self._manager_prompts.keep_true(now=self._time.now())

    def _remember_ends(self) -> None:
        self._warnings.remember_ends(now=self._time.now())

    def _catch_up(self) -> None:
        self._intake.catch_up(now=self._time.now())

    def _keep_words(self) -> None:
        """Update how often each unknown word came, and take over the meanings that `msp.yaml` gives."""
        IntakeWords(self._unit_of_work).keep_up(now=self._time.now())

    def _keep_triage(self) -> None:
        self._triage.keep_up(now=self._time.now())

    def _look_for_silences(self) -> None:
        self._silences.look(now=self._time.now())

    def _look_for_handovers(self) -> None:
        self._handovers.look(now=self._time.now())

    def _watch_problems(self) -> None:
        self._problems.look(now=self._time.now())

    def _reproject(self) -> float | None:
        """Recount open incidents whose agreement changed; 0 seconds to the next run while some are left."""
        return 0.0 if Reprojection(self._unit_of_work).go_on(now=self._time.now()) else None

    def _anchor(self) -> None:
        """Write the history's head to the anchors file, where one is set."""
        if self._settings.audit_anchors is not None:
            Anchors(self._settings.audit_anchors).write(self._database, now=self._real_clock())

    def _empty_old_contents(self) -> float | None:
        """Empty contents past their retention, in portions; 1 second to the next run while some are left."""
        kept = timedelta(days=self._settings.payload_days)
        return 1.0 if Retention(self._database, kept=kept).run_once(now=self._real_clock()) else None

    def _mark_alive(self) -> None:
        HealthCheck(self._database).mark_alive(now=self._real_clock())
