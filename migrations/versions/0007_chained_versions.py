"""Applied agreements and people files are chained by hashes; those applied before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("agreement_version", "msp_version")
COLUMNS = ("previous_hash", "hash")


def upgrade() -> None:
    for table in TABLES:
        for column in COLUMNS:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        for column in reversed(COLUMNS):
            op.drop_column(table, column)
    op.execute("DELETE FROM setting WHERE name IN ('chain:agreement_version', 'chain:msp_version')")
