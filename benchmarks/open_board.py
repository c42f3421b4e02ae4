"""Measures the dispatcher's board and the line of what nobody has, with a thousand open incidents."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.bars import Bar, Limit
from benchmarks.large_database import LAST, OPENED_FOR_REAL, large_database
from benchmarks.rounds import Contender, take_turns
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.dispatch_board import DispatchBoard
from sla_engine.services.queries.unowned import Unowned

OPEN = 1000
ROUNDS = 21
BOARD_BAR, UNOWNED_BAR = 0.1, 0.4  # seconds; each is drawn at most once in five
NOW = LAST + timedelta(hours=3)


def bars() -> Iterator[Bar]:
    """The time to draw the board, and to find what nobody has, where nobody has anything."""
    with tempfile.TemporaryDirectory() as folder:
        unit_of_work = large_database(Path(folder), copies=OPEN // OPENED_FOR_REAL - 1)
        board = Board(unit_of_work)
        dispatch, unowned = DispatchBoard(board), Unowned(board)

        def draw_board() -> None:
            with unit_of_work.database.reading() as session:
                page = dispatch.page(session, now=NOW)
            if page.open_count != OPEN:
                message = f"{page.open_count} incidents are open, not {OPEN}"
                raise ValueError(message)

        def draw_unowned() -> None:
            with unit_of_work.database.reading() as session:
                unowned.message(session, now=NOW)

        timings = take_turns(
            [Contender(name="board", turn=draw_board), Contender(name="unowned", turn=draw_unowned)], rounds=ROUNDS
        )
        unit_of_work.database.close()
    for name, what, bar in (
        ("board", f"the board of {OPEN:,} open incidents", BOARD_BAR),
        ("unowned", f"what nobody has, of {OPEN:,} open incidents that nobody has", UNOWNED_BAR),
    ):
        ours = timings.median(name)
        yield Bar(
            what=what,
            against="",
            ours=ours,
            theirs=None,
            figure=ours * 1e3,
            unit="ms",
            limit=Limit.AT_MOST,
            bar=bar * 1e3,
        )
