"""Destinations that refuse messages, messages said elsewhere, and messages sent as their text alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SLOT = (("lost_error", sa.Text()), ("lost_since", sa.BigInteger()), ("lost_until", sa.BigInteger()))
OUTBOX = (("text_only", sa.Text()), ("meant_for", sa.Text()))


def upgrade() -> None:
    for name, kind in SLOT:
        op.add_column("slot", sa.Column(name, kind, nullable=True))
    for name, kind in OUTBOX:
        op.add_column("outbox", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in reversed(OUTBOX):
        op.drop_column("outbox", name)
    for name, _ in reversed(SLOT):
        op.drop_column("slot", name)
