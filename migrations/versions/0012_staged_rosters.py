"""How a list was understood and answered, what confirming it did to each person, what its unit always means"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import Json, Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MEANINGS = "kind IN ('heading', 'unit', 'position', 'month_first', 'same')"


def upgrade() -> None:
    op.create_table(
        "roster_reading",
        sa.Column("roster_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("read_at", Moment(), nullable=True),
        sa.Column("sheets", Json, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_roster_reading_roster_id_roster")),
        sa.PrimaryKeyConstraint("roster_id", name=op.f("pk_roster_reading")),
    )
    op.create_table(
        "roster_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("closed", Json, nullable=False),
        sa.Column("opened", Json, nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_roster_step_roster_id_roster")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_step")),
    )
    op.create_index(op.f("ix_roster_step_roster_id"), "roster_step", ["roster_id"])
    op.create_index(op.f("ix_roster_step_person_id"), "roster_step", ["person_id"])
    op.create_table(
        "roster_meaning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("superseded_at", Moment(), nullable=False),
        sa.CheckConstraint(MEANINGS, name=op.f("ck_roster_meaning_kind")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_roster_meaning_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_meaning")),
        sa.UniqueConstraint(
            "unit_id", "kind", "key", "superseded_at", name=op.f("uq_roster_meaning_unit_id_kind_key_superseded_at")
        ),
    )


def downgrade() -> None:
    op.drop_table("roster_meaning")
    op.drop_index(op.f("ix_roster_step_person_id"), table_name="roster_step")
    op.drop_index(op.f("ix_roster_step_roster_id"), table_name="roster_step")
    op.drop_table("roster_step")
    op.drop_table("roster_reading")
