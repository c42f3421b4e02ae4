"""The source of a fact, and when it told it: facts of one source and one instant keep the order of its telling."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows from before stay as they are, because their hashes cover them; their names tell their source."""
    op.add_column("event", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("event", sa.Column("told_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("event", "told_at")
    op.drop_column("event", "source")
