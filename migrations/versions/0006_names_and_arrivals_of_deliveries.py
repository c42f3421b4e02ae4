"""A delivery's arrival in SLA time, names that no sender can take, and one triage row for an alert."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TO_REVIEW = sa.text("state IN ('refused', 'failed')")
OURS = (("held", "hold"), ("refused", "refused"))
"""The states of rows whose names are ours, and the word in those names."""


def upgrade() -> None:
    op.add_column("inbox", sa.Column("arrived_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_inbox_to_review", "inbox", ["state"], unique=False, postgresql_where=TO_REVIEW, sqlite_where=TO_REVIEW
    )
    for state, word in OURS:
        for source in ("webhook", "alertmanager"):
            _rename(f"{source}:{word}:", f"{word}/{source}:", state=state)
    _join_series()


def downgrade() -> None:
    for state, word in OURS:
        for source in ("webhook", "alertmanager"):
            _rename(f"{word}/{source}:", f"{source}:{word}:", state=state)
    op.drop_index("ix_inbox_to_review", table_name="inbox")
    op.drop_column("inbox", "arrived_at")


def _rename(before: str, after: str, *, state: str) -> None:
    op.get_bind().execute(
        sa.text(
            "UPDATE inbox SET id = :after || substr(id, :rest) WHERE state = :state AND substr(id, 1, :long) = :before"
        ),
        {"after": after, "rest": len(before) + 1, "state": state, "long": len(before), "before": before},
    )


def _join_series() -> None:
    """An alert whose start had moved waited for triage several times."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text("SELECT id, external_id, payload, settled_at FROM triage WHERE source = 'alertmanager' ORDER BY id")
    ).all()
    series: dict[str, list[sa.Row[tuple[int, str, str, int | None]]]] = {}
    for row in rows:
        series.setdefault(row.external_id.partition("@")[0], []).append(row)
    for name, alike in series.items():
        kept = next((row for row in alike if row.settled_at is None), alike[-1])
        joined = [row for row in alike if row.settled_at is None] or [kept]
        payload = json.loads(kept.payload)
        payload["deliveries"] = [delivery for row in joined for delivery in json.loads(row.payload)["deliveries"]]
        for row in alike:
            if row.id != kept.id:
                bind.execute(sa.text("DELETE FROM triage WHERE id = :id"), {"id": row.id})
        bind.execute(
            sa.text("UPDATE triage SET external_id = :name, payload = :payload WHERE id = :id"),
            {"name": name, "payload": json.dumps(payload, sort_keys=True, ensure_ascii=False), "id": kept.id},
        )
