"""Since when an incident waits; of one that waits already, since its last pause was recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incident", sa.Column("waiting_since", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE incident SET waiting_since = (SELECT max(event.occurred_at) FROM event"
        " WHERE event.incident_id = incident.id AND event.kind = 'paused')"
        " WHERE incident.state = 'open' AND incident.paused_for <> '[]'"
    )


def downgrade() -> None:
    op.drop_column("incident", "waiting_since")
