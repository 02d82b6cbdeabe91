"""Who has completed a course, and how well that is proved, is read from an index alone"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OLD = "ix_completion_course_slug_superseded_at_person_id_completed_on"
COLUMNS = ["course_slug", "superseded_at", "person_id", "completed_on"]


def upgrade() -> None:
    op.create_index("ix_completion_by_course", "completion", [*COLUMNS, "grade"])
    op.drop_index(op.f(OLD), table_name="completion")


def downgrade() -> None:
    op.create_index(op.f(OLD), "completion", COLUMNS)
    op.drop_index("ix_completion_by_course", table_name="completion")
