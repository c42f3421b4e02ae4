"""The registry of procedures: those that decisions asked for keep their numbers."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

USUAL_REVIEW_DAYS = 180
NEXT_NUMBER = "number:sop"

_TERMS = (
    "title", "link", "owner", "backup", "published_on", "reviewed_on", "review_every_days", "review_on", "services",
    "customers", "reasons", "retired_at",
)  # fmt: skip


def upgrade() -> None:
    _create_registry()
    with op.batch_alter_table("sop_decision") as batch:
        batch.add_column(sa.Column("sop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch.create_foreign_key(op.f("fk_sop_decision_sop_id_sop"), "sop", ["sop_id"], ["id"])
        batch.create_index("ix_sop_decision_sop_id", ["sop_id"])
    _register_decided()


def _create_registry() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "sop",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("backup", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Text(), nullable=True),
        sa.Column("reviewed_on", sa.Text(), nullable=True),
        sa.Column("review_every_days", sa.Integer(), nullable=False),
        sa.Column("review_on", sa.Text(), nullable=True),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("customers", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop")),
    )
    op.create_table(
        "sop_change",
        sa.Column("sop_id", key, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sop_id"], ["sop.id"], name=op.f("fk_sop_change_sop_id_sop")),
        sa.PrimaryKeyConstraint("sop_id", "version", name=op.f("pk_sop_change")),
        sa.UniqueConstraint("request", name=op.f("uq_sop_change_request")),
    )


def _register_decided() -> None:
    """Give each procedure that a decision asked for its row; the day it was done is when it was published."""
    connection = op.get_bind()
    decided = connection.execute(
        sa.text("SELECT * FROM sop_decision WHERE decision IN ('create', 'update') ORDER BY id")
    ).mappings()
    for row in decided.all():
        terms = _terms(row)
        columns = terms | {"id": row["id"], "version": 1} | {
            name: json.dumps(terms[name]) for name in ("services", "customers", "reasons")
        }  # fmt: skip
        names = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        connection.execute(sa.text(f"INSERT INTO sop ({names}) VALUES ({values})"), columns)  # noqa: S608 - own names
        connection.execute(
            sa.text(
                'INSERT INTO sop_change (sop_id, version, kind, "by", at, terms) '
                "VALUES (:id, 1, 'decided', :decided_by, :decided_at, :terms)"
            ),
            {
                "id": row["id"],
                "decided_by": row["decided_by"],
                "decided_at": row["decided_at"],
                "terms": json.dumps(terms, sort_keys=True, ensure_ascii=False),
            },
        )
    connection.execute(sa.text("UPDATE sop_decision SET sop_id = id WHERE decision IN ('create', 'update')"))
    last = connection.scalar(sa.text("SELECT MAX(id) FROM sop_decision"))
    if last is not None:
        connection.execute(
            sa.text("INSERT INTO setting (name, value) VALUES (:name, :value)"),
            {"name": NEXT_NUMBER, "value": json.dumps({"next": last + 1})},
        )


def _terms(row: sa.RowMapping) -> dict[str, object]:
    terms: dict[str, object] = dict.fromkeys(_TERMS)
    terms |= {"title": row["title"] or "", "link": row["link"], "owner": row["owner"] or ""}
    terms |= {"review_every_days": USUAL_REVIEW_DAYS, "services": [], "customers": [], "reasons": []}
    if row["done_at"] is not None:
        done = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row["done_at"])).date()
        review = done + timedelta(days=USUAL_REVIEW_DAYS)
        terms |= {name: done.isoformat() for name in ("published_on", "reviewed_on")} | {
            "review_on": review.isoformat()
        }
    return terms


def downgrade() -> None:
    with op.batch_alter_table("sop_decision") as batch:
        batch.drop_index("ix_sop_decision_sop_id")
        batch.drop_constraint(op.f("fk_sop_decision_sop_id_sop"), type_="foreignkey")
        batch.drop_column("sop_id")
    op.drop_table("sop_change")
    op.drop_table("sop")
    op.execute(sa.text("DELETE FROM setting WHERE name = 'number:sop'"))
