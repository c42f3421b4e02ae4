"""The one direct message a day that asks a person for what they owe, and when the writer of a note was first asked.

Notes that were asked for one by one are asked for in the next message of the day; those prompts still waiting in the
outbox are not sent any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sla_note", sa.Column("asked_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "daily_message",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_daily_message")),
    )
    op.execute("UPDATE sla_note SET asked_at = wanted_at WHERE state IN ('wanted', 'returned') AND reminders > 0")
    op.execute("UPDATE timer SET due = NULL WHERE duty = 'note'")
    op.execute(
        "UPDATE outbox SET state = 'collapsed' WHERE kind = 'note_wanted' AND state = 'pending' AND attempts = 0"
    )


def downgrade() -> None:
    op.drop_table("daily_message")
    op.drop_column("sla_note", "asked_at")
