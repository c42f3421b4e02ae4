"""Whom nudges called, who did not react, and who acted last."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nudge_recipient",
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("called_at", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_nudge_recipient_incident_id_incident")),
        sa.PrimaryKeyConstraint("message", "person", name=op.f("pk_nudge_recipient")),
    )
    op.create_index("ix_nudge_recipient_called_at", "nudge_recipient", ["called_at"])
    op.create_index("ix_nudge_recipient_incident_id_called_at", "nudge_recipient", ["incident_id", "called_at"])
    op.create_table(
        "silence",
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_silence")),
    )
    op.create_index("ix_silence_person_settled_at", "silence", ["person", "settled_at"])
    still_open = sa.text("settled_at IS NULL")
    op.create_index("ix_silence_open", "silence", ["person"], postgresql_where=still_open, sqlite_where=still_open)
    # Facts that nobody did are nobody's acts, and most facts are of that kind.
    of_people = sa.text("by <> ''")
    op.create_index(
        "ix_event_by_recorded_at", "event", ["by", "recorded_at"], postgresql_where=of_people, sqlite_where=of_people
    )


def downgrade() -> None:
    op.drop_index("ix_event_by_recorded_at", table_name="event")
    op.drop_index("ix_silence_open", table_name="silence")
    op.drop_index("ix_silence_person_settled_at", table_name="silence")
    op.drop_table("silence")
    op.drop_index("ix_nudge_recipient_incident_id_called_at", table_name="nudge_recipient")
    op.drop_index("ix_nudge_recipient_called_at", table_name="nudge_recipient")
    op.drop_table("nudge_recipient")
