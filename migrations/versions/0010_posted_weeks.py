"""Figures of each weekly digest as it was posted, so that a later one can show what changed since."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "posted_week",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("posted", sa.Text(), nullable=False),
        sa.Column("announced", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_posted_week")),
    )


def downgrade() -> None:
    op.drop_table("posted_week")
