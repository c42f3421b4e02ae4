"""Columns that nothing reads go, and the time at which duplicates are looked for is called so."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNREAD = (
    ("clock", "rungs_done", sa.Integer(), "0"),
    ("replay", "source", sa.Text(), "servicenow"),
    ("replay", "updated_at", sa.BigInteger(), "0"),
)
"""Table, column, its type, and what the rows get when the column comes back: none of them may be empty."""

BEFORE, AFTER = "audit_at", "duplicate_check_at"


def upgrade() -> None:
    for table, column, _, _ in UNREAD:
        op.drop_column(table, column)
    op.drop_column("slot", "open_until")
    _rename(BEFORE, AFTER)


def downgrade() -> None:
    _rename(AFTER, BEFORE)
    op.add_column("slot", sa.Column("open_until", sa.BigInteger(), nullable=True))
    for table, column, kind, value in reversed(UNREAD):
        op.add_column(table, sa.Column(column, kind, nullable=False, server_default=value))
        with op.batch_alter_table(table) as changed:
            changed.alter_column(column, server_default=None)


def _rename(before: str, after: str) -> None:
    """Rename the column and its index; both databases rename it in the index's condition, too."""
    op.execute(f"ALTER TABLE outbox RENAME COLUMN {before} TO {after}")
    op.drop_index(f"ix_outbox_{before}", table_name="outbox")
    is_set = sa.text(f"{after} IS NOT NULL")
    op.create_index(f"ix_outbox_{after}", "outbox", [after], postgresql_where=is_set, sqlite_where=is_set)
