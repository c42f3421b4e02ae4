"""Incidents are found by their ticket's number and link, whichever system gave them."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_incident_external_id", "incident", ["external_id"])
    # A link may be longer than a page of a B-tree holds; it is only ever compared as a whole.
    op.create_index("ix_incident_link", "incident", ["link"], postgresql_using="hash")


def downgrade() -> None:
    op.drop_index("ix_incident_link", table_name="incident")
    op.drop_index("ix_incident_external_id", table_name="incident")
