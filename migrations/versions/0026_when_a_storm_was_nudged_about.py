"""When an incident of a storm was nudged about last."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("storm", sa.Column("nudged_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("storm", "nudged_at")
