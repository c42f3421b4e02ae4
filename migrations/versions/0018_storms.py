"""A storm is kept with its incidents, so that its one message stays true and survives a restart."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

GOING_ON = sa.text("ended_at IS NULL")
NOT_RELEASED = sa.text("released_at IS NULL")


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "storm",
        sa.Column("id", key, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("promise", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("mentioned", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storm")),
    )
    op.create_index(
        "ix_storm_channel_going_on",
        "storm",
        ["channel"],
        unique=True,
        postgresql_where=GOING_ON,
        sqlite_where=GOING_ON,
    )
    op.create_index("ix_storm_not_released", "storm", ["id"], postgresql_where=NOT_RELEASED, sqlite_where=NOT_RELEASED)
    op.create_table(
        "storm_incident",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("incident_id", key, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("storm_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_storm_incident_incident_id_incident")),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"], name=op.f("fk_storm_incident_storm_id_storm")),
        sa.PrimaryKeyConstraint("channel", "incident_id", name=op.f("pk_storm_incident")),
    )
    op.create_index("ix_storm_incident_channel_at", "storm_incident", ["channel", "at"])
    op.create_index("ix_storm_incident_storm_id", "storm_incident", ["storm_id"])


def downgrade() -> None:
    op.drop_table("storm_incident")
    op.drop_table("storm")
