"""Joins settings, engine, Slack client and listeners, in one place."""

from collections.abc import Callable
from functools import cached_property

from slack_bolt import App
from slack_sdk import WebClient

from bot.app import Listeners, attach, signed_app, socket_app
from bot.connection_health import ConnectionHealth
from bot.connections.socket_mode import SocketMode
from bot.courier.charts import Charts
from bot.courier.courier import Courier
from bot.courier.renderings import offering_files
from bot.duties import Duties
from bot.granted_scopes import GrantedScopes
from bot.listeners.act_answers import ActAnswers
from bot.listeners.health import HealthTopic
from bot.listeners.opening import OpeningTopic
from bot.listeners.status import StatusTopic
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.admission_check import AdmissionCheck
from bot.requests.directory import SlackDirectory
from bot.requests.front_desk import FrontDesk
from bot.requests.home_tab import HomeTab
from bot.requests.permalinks import Permalinks
from bot.requests.private_answers import PrivateAnswers
from bot.requests.responder import Responder
from bot.requests.zones import Zones
from bot.settings import BotSettings
from bot.slack_clients import SlackClients
from bot.topics import all_topics
from bot.views.messages import render
from bot.worker import Duty, Worker
from sla_engine.delivery.outgoing_messages import OutgoingMessages
from sla_engine.delivery.records import DeliveryRules
from sla_engine.intake.reception import Reception
from sla_engine.intake.registry import PARSERS
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.intake.receive import Intake
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.explain import Explanations
from sla_engine.services.queries.home import Home
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep import databases
from sla_engine.services.upkeep.admission import Admission
from sla_engine.services.upkeep.database_time import time_source_for
from sla_engine.services.upkeep.early_warnings import EarlyWarnings
from sla_engine.services.upkeep.health import HealthCheck
from sla_engine.services.upkeep.home_visits import HomeVisits
from sla_engine.services.upkeep.kept_requests import Requests
from sla_engine.services.upkeep.people_in_force import PeopleInForce
from sla_engine.time_source import RealClock, TimeSource, real_now


class Bot:
    """Builds each part of a process when it is first asked for; nothing is connected before it is used."""

    def __init__(
        self,
        settings: BotSettings,
        *,
        time: TimeSource | None = None,
        rules: DeliveryRules | None = None,
        real_clock: RealClock = real_now,
    ) -> None:
        self.settings = settings
        self.real_clock = real_clock
        self.rules = rules or DeliveryRules()
        self.database = databases.for_people(self._url)
        self.time = time or time_source_for(self.database)
        self.unit_of_work = UnitOfWork(self.database, real_clock=real_clock)
        self.wake: Callable[[], object] = lambda: None
        self.socket_mode: SocketMode | None = None

    @property
    def _url(self) -> str:
        return self.settings.database_url.get_secret_value()

    @cached_property
    def clients(self) -> SlackClients:
        """Clients for Slack."""
        return SlackClients(self.settings)

    @cached_property
    def client(self) -> WebClient:
        """The client for forms, profiles and private answers; it never retries."""
        return self.clients.interactive

    @cached_property
    def board(self) -> Board:
        """Answers questions about incidents, customers and people."""
        return Board(self.unit_of_work)

    @cached_property
    def admission_check(self) -> AdmissionCheck:
        """The check that lets only colleagues' requests through."""
        directory = SlackDirectory(self.client, app_token=self.clients.app_token, scopes=self.scopes)
        return AdmissionCheck(Admission(self.unit_of_work), directory, self.desk.limit)

    @cached_property
    def desk(self) -> FrontDesk:
        """Receives clicks, commands and forms."""
        requests, clock = Requests(self.database), self.real_clock
        answers = PrivateAnswers(self.client, real_clock=clock, charts=self.charts)
        responder = Responder(
            answers,
            client=self.client,
            requests=requests,
            real_clock=clock,
            form_opens=self.zones.learn,
            show_at_home=self.home_tab.show,
        )
        return FrontDesk(requests, time=self.time, real_clock=clock, responder=responder, changed=self._wake_up)

    @cached_property
    def scopes(self) -> GrantedScopes:
        """What the app may do in this workspace."""
        return GrantedScopes()

    @cached_property
    def charts(self) -> Charts:
        """What is known about charts in this workspace."""
        return Charts(self.real_clock)

    @cached_property
    def home_tab(self) -> HomeTab:
        """Publishes what each person finds on their Home tab."""
        return HomeTab(Home(self.board), HomeVisits(self.unit_of_work), self.client, time=self.time)

    @cached_property
    def listeners(self) -> Listeners:
        """Bolt listeners for commands, buttons and forms."""
        return attach(self.desk, self.topics, self.admission_check, board=self.board, home_tab=self.home_tab)

    @cached_property
    def signed_app(self) -> App:
        """The Bolt app that is served over HTTP.

        Raises: SettingUnusable without a signing secret.
        """
        return signed_app(
            client=self.clients.unnamed(),
            token=self.clients.token,
            signing_secret=self.settings.needed_signing_secret(),
            listeners=self.listeners,
        )

    @cached_property
    def socket_app(self) -> App:
        """The Bolt app behind a Socket Mode connection."""
        return socket_app(client=self.clients.unnamed(), token=self.clients.token, listeners=self.listeners)

    @cached_property
    def worker(self) -> Worker:
        """The heartbeat with the sweep, the courier and the other duties."""
        database = self._worker_database
        unit_of_work = UnitOfWork(
            database,
            agreements=self.unit_of_work.agreements,
            people=self.unit_of_work.people,
            real_clock=self.real_clock,
        )
        sweep, in_force = Sweep(unit_of_work), PeopleInForce(unit_of_work)
        courier = Courier(
            messages=OutgoingMessages(database, rules=self.rules, clock=self.real_clock),
            client=self.clients.patient(),
            render=offering_files(render, self.scopes),
            routes=lambda: in_force.routes(now=self.time.now()),
            charts=self.charts,
        )
        worker = Worker(
            sweep=lambda: sweep.run_once(now=self.time.now()),
            seconds_until_next=lambda: self._seconds_until(sweep),
            courier=courier,
            clock=self.real_clock,
            duties=self._duties(unit_of_work, in_force),
        )
        self.wake = worker.wake
        return worker

    def _duties(self, unit_of_work: UnitOfWork, in_force: PeopleInForce) -> list[Duty]:
        duties = Duties(
            unit_of_work,
            self._worker_database,
            settings=self.settings,
            time=self.time,
            real_clock=self.real_clock,
            client=self.client,
            in_force=in_force,
        )
        return duties.listed(
            carry_out_unfinished=self._carry_out_unfinished,
            learn_workspace=self.admission_check.learn_workspace,
            redraw_home=self.home_tab.redraw,
        )

    @cached_property
    def _worker_database(self) -> databases.Database:
        return databases.for_work(self._url)

    @cached_property
    def health(self) -> HealthCheck:
        """The check behind `/sla health`, `/healthz` and `doctor`."""
        return HealthCheck(self.database)

    @cached_property
    def early_warnings(self) -> EarlyWarnings:
        """The warnings of `doctor`: calendars that end, and promised hours in which nobody is on call."""
        return EarlyWarnings(self.unit_of_work)

    @cached_property
    def reception(self) -> Reception:
        """Receives the intakes' deliveries."""
        return Reception(
            self._intake,
            secrets=self.settings.listed(self.settings.intake_secrets),
            bearer_tokens=self.settings.listed(self.settings.intake_tokens),
        )

    @cached_property
    def _intake(self) -> Intake:
        return Intake(self.unit_of_work, parsers=PARSERS)

    @property
    def subcommands(self) -> tuple[Subcommand, ...]:
        """Every word after `/sla`, for menus and documents."""
        return tuple(sub for topic in self.topics for sub in topic.subcommands())

    def close(self) -> None:
        """Finish the acknowledged requests, then close every database connection."""
        for app in (self.__dict__.get("signed_app"), self.__dict__.get("socket_app")):
            if app is not None:
                app.listener_runner.listener_executor.shutdown(wait=True)
        self.database.close()
        self._worker_database.close()

    def red(self) -> str | None:
        """A sentence about what is wrong with this process; None when all is well."""
        if not self.health.answers():
            return "the database does not answer"
        connections = self.connections()
        if connections is not None and connections.red is not None:
            return connections.red
        return self.worker.health().red if "worker" in self.__dict__ else None

    def connections(self) -> ConnectionHealth | None:
        """The state of the Socket Mode connections; None for a process without them."""
        return None if self.socket_mode is None else self.socket_mode.health()

    @cached_property
    def zones(self) -> Zones:
        """The zone in which each person reads times."""
        return Zones(self.client, self.board, real_clock=self.real_clock)

    @cached_property
    def _status(self) -> StatusTopic:
        return StatusTopic(self.board, Explanations(self.unit_of_work), self.zones)

    @cached_property
    def _answers(self) -> ActAnswers:
        return ActAnswers(self.board, self.zones, self._status.listed)

    @cached_property
    def _opening(self) -> OpeningTopic:
        return OpeningTopic(Incidents(self.unit_of_work), self.board, self._answers)

    @cached_property
    def topics(self) -> list[Topic]:
        """Every listener, by topic."""
        health = HealthTopic(self.health, real_clock=self.real_clock, connections=self.connections)
        return all_topics(
            self.board,
            self._intake,
            zones=self.zones,
            status=self._status,
            opening=self._opening,
            answers=self._answers,
            health=health,
            permalinks=Permalinks(self.client),
            scopes=self.scopes,
        )

    def _wake_up(self) -> None:
        self.wake()

    def _carry_out_unfinished(self) -> None:
        _ = self.listeners
        self.desk.carry_out_unfinished()

    def _seconds_until(self, sweep: Sweep) -> float | None:
        due = sweep.next_due()
        if due is None:
            return None
        speed = getattr(getattr(self.time, "pace", None), "speed", 1.0)
        return (due - self.time.now()).total_seconds() / speed
