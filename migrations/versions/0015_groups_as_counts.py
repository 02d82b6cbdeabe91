"""Groups that met, as counts: two tables with nothing in common"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("green_group", "blue_group")


def upgrade() -> None:
    for table in TABLES:
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("on", sa.Date(), nullable=False),
            sa.Column("unit_id", sa.Integer(), nullable=False),
            sa.Column("kind", sa.String(), nullable=False),
            sa.Column("band", sa.String(), nullable=False),
            sa.CheckConstraint("kind IN ('talk', 'skills')", name=op.f(f"ck_{table}_kind")),
            sa.CheckConstraint(
                "band IN ('under_10', '10_19', '20_29', '30_on')", name=op.f(f"ck_{table}_band")
            ),
            sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f(f"fk_{table}_unit_id_unit")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_on"), table, ["on"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_index(op.f(f"ix_{table}_on"), table_name=table)
        op.drop_table(table)
