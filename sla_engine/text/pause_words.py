"""Pauses that make one look twice, in words."""

from sla_engine.domain.clocks.pause_habits import PauseHabits


def habit_lines(habits: PauseHabits) -> list[str]:
    """How many pauses began in the last tenth of a target's time, and while the customer had answered; none of none."""
    parts = [
        f"{count} {words}"
        for count, words in (
            (habits.late, "in the last tenth of a target's time"),
            (habits.answered, "while the customer had answered and waited for us"),
        )
        if count
    ]
    return [f"{habits.pauses} began, {', '.join(parts)}."] if parts else []
