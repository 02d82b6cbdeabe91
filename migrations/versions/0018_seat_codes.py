"""Seat codes on paper, each colour's in a table of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLOURS = ("green", "blue")


def upgrade() -> None:
    for colour in COLOURS:
        table, group = f"{colour}_seat", f"{colour}_group"
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("group_id", sa.Integer(), nullable=False),
            sa.Column("code", sa.String(length=6), nullable=False),
            sa.ForeignKeyConstraint(["group_id"], [f"{group}.id"], name=op.f(f"fk_{table}_group_id_{group}")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("group_id", "code", name=op.f(f"uq_{table}_group_id_code")),
        )


def downgrade() -> None:
    for colour in reversed(COLOURS):
        op.drop_table(f"{colour}_seat")
