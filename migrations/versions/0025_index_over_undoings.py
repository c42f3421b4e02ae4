"""The undoings of the last hours are found without reading the whole history."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IS_UNDOING = sa.text("kind = 'undone'")


def upgrade() -> None:
    op.create_index("ix_event_undone", "event", ["occurred_at"], postgresql_where=IS_UNDOING, sqlite_where=IS_UNDOING)


def downgrade() -> None:
    op.drop_index("ix_event_undone", table_name="event", postgresql_where=IS_UNDOING, sqlite_where=IS_UNDOING)
