"""Who opened their Home tab when, so that it is drawn anew while they may still look at it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home_visit",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("holds_answer", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_home_visit")),
    )
    op.create_index(op.f("ix_home_visit_opened_at"), "home_visit", ["opened_at"])


def downgrade() -> None:
    op.drop_table("home_visit")
