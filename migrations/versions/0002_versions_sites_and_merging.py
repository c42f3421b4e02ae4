"""Columns of incidents and clocks for agreements with versions and sites, for waivers and for merged incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INCIDENT = (
    ("promise_asked_at", sa.BigInteger()),
    ("site", sa.Text()),
    ("service", sa.Text()),
    ("merged_into", sa.Text()),
)
CLOCK = (
    ("first_elapsed_us", sa.BigInteger()),
    ("waived_at", sa.BigInteger()),
    ("version_id", sa.BigInteger()),
)


def upgrade() -> None:
    for name, kind in INCIDENT:
        op.add_column("incident", sa.Column(name, kind, nullable=True))
    for name, kind in CLOCK:
        op.add_column("clock", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in reversed(CLOCK):
        op.drop_column("clock", name)
    for name, _ in reversed(INCIDENT):
        op.drop_column("incident", name)
