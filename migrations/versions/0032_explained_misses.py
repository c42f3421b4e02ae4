"""Which missed targets are explained, one by one, and how deep a note is asked for.

A note written before explains what its incident had missed by then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sla_note", sa.Column("depth", sa.Text(), nullable=False, server_default="full"))
    with op.batch_alter_table("sla_note") as batch:
        batch.alter_column("depth", server_default=None)
    op.add_column("sla_note", sa.Column("addition_from", sa.Text(), nullable=True))
    is_wanted = sa.text("addition_from IS NOT NULL")
    op.create_index(
        "ix_sla_note_addition_from",
        "sla_note",
        ["addition_from"],
        postgresql_where=is_wanted,
        sqlite_where=is_wanted,
    )
    op.create_table(
        "explained_miss",
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("target_us", sa.BigInteger(), nullable=False),
        sa.Column("elapsed_us", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_explained_miss_incident_id_incident")),
        sa.PrimaryKeyConstraint("incident_id", "metric", "cycle", name=op.f("pk_explained_miss")),
    )
    op.execute(
        "INSERT INTO explained_miss "
        '(incident_id, metric, cycle, reason, attribution, "by", "at", target_us, elapsed_us, is_open) '
        "SELECT clock.incident_id, clock.metric, clock.cycle, sla_note.reason, sla_note.attribution, sla_note.author, "
        "sla_note.written_at, clock.target_us, clock.elapsed_us, clock.stopped_at IS NULL "
        "FROM clock JOIN sla_note ON sla_note.incident_id = clock.incident_id "
        "WHERE sla_note.reason IS NOT NULL AND sla_note.attribution IS NOT NULL AND sla_note.author IS NOT NULL "
        "AND clock.breached_at <= sla_note.written_at"
    )


def downgrade() -> None:
    op.drop_table("explained_miss")
    op.drop_index("ix_sla_note_addition_from", table_name="sla_note")
    op.drop_column("sla_note", "addition_from")
    op.drop_column("sla_note", "depth")
