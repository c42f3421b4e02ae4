"""Problems, what happened to each, and the incidents that belong to one."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE = "problem_fact"


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "problem",
        sa.Column("id", key, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("watched_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
    )
    op.create_index(op.f("ix_problem_state"), "problem", ["state"])
    op.create_table(
        TABLE,
        sa.Column("id", key, nullable=False),
        sa.Column("problem_id", key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("request", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_fact")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_problem_fact_problem_id_problem")),
        sa.UniqueConstraint("request", name=op.f("uq_problem_fact_request")),
    )
    op.create_index("ix_problem_fact_problem_id_id", TABLE, ["problem_id", "id"])
    _make_append_only()
    op.add_column("incident", sa.Column("problem", sa.Text(), nullable=True))
    linked = sa.text("problem IS NOT NULL")
    op.create_index("ix_incident_problem", "incident", ["problem"], postgresql_where=linked, sqlite_where=linked)


def downgrade() -> None:
    op.drop_index("ix_incident_problem", "incident")
    op.drop_column("incident", "problem")
    op.drop_table(TABLE)
    op.drop_table("problem")


def _make_append_only() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_is_append_only_{act.lower()} BEFORE {act} ON {TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
        )
