"""Service managers are written to about all notes together: no note asks for its review by itself any more."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM timer WHERE duty = 'review'")
    op.execute(
        "UPDATE outbox SET state = 'collapsed' WHERE kind = 'note_review' AND state = 'pending' AND attempts = 0"
    )


def downgrade() -> None:
    """Reviews are asked for again once somebody writes, accepts or returns a note."""
