"""The complaints of a week are found without reading the whole history."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

IS_COMPLAINT = sa.text("kind = 'complained'")


def upgrade() -> None:
    op.create_index(
        "ix_event_complaint", "event", ["occurred_at"], postgresql_where=IS_COMPLAINT, sqlite_where=IS_COMPLAINT
    )


def downgrade() -> None:
    op.drop_index("ix_event_complaint", table_name="event", postgresql_where=IS_COMPLAINT, sqlite_where=IS_COMPLAINT)
