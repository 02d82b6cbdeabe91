"""A completion is found by its enrolment without reading all completions"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_completion_enrolment_id"), "completion", ["enrolment_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_completion_enrolment_id"), table_name="completion")
