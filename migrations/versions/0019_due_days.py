"""Days by which the people of a unit complete a course, as its office or focal person set them"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("course_slug", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("superseded_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_due_day_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_day")),
        sa.UniqueConstraint("unit_id", "course_slug", "superseded_at", name=op.f("uq_due_day_unit_id_course_slug_superseded_at")),
    )


def downgrade() -> None:
    op.drop_table("due_day")
