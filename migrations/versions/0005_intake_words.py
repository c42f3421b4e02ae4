"""Words of other systems that nobody has given a meaning, and the deliveries that said them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "intake_word",
        sa.Column("id", KEY, nullable=False),
        sa.Column("intake", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_word")),
        sa.UniqueConstraint("intake", "kind", "folded", name=op.f("uq_intake_word_intake_kind_folded")),
    )
    op.create_table(
        "intake_word_saying",
        sa.Column("word_id", KEY, nullable=False),
        sa.Column("inbox_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word_id", "inbox_id", name=op.f("pk_intake_word_saying")),
        sa.ForeignKeyConstraint(
            ["word_id"], ["intake_word.id"], name=op.f("fk_intake_word_saying_word_id_intake_word")
        ),
    )


def downgrade() -> None:
    op.drop_table("intake_word_saying")
    op.drop_table("intake_word")
