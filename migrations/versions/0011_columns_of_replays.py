"""A replay's columns are called what they hold, and a count of repeats that nobody read goes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RENAMED = (("file_sha256", "name"), ("report", "figures"))


def upgrade() -> None:
    for before, after in RENAMED:
        op.execute(f"ALTER TABLE replay RENAME COLUMN {before} TO {after}")
    op.drop_column("clock", "repeats_done")


def downgrade() -> None:
    op.add_column("clock", sa.Column("repeats_done", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("clock") as clock:
        clock.alter_column("repeats_done", server_default=None)
    for before, after in RENAMED:
        op.execute(f"ALTER TABLE replay RENAME COLUMN {after} TO {before}")
