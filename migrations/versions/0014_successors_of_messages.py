"""A message that is deleted names the one that takes its place."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("successor", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE op = 'delete'")  # an older release knows no such operation
    op.drop_column("outbox", "successor")
