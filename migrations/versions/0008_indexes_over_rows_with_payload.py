"""Indexes over deliveries and messages that still hold something, so that the old ones are found quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HOLDS_SOMETHING = sa.text("payload <> '{}'")
INDEXES = (("ix_inbox_full", "inbox", "received_at"), ("ix_outbox_full", "outbox", "created_at"))


def upgrade() -> None:
    for name, table, column in INDEXES:
        op.create_index(
            name, table, [column], unique=False, postgresql_where=HOLDS_SOMETHING, sqlite_where=HOLDS_SOMETHING
        )


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table, postgresql_where=HOLDS_SOMETHING, sqlite_where=HOLDS_SOMETHING)
