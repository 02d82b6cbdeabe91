"""Drafts of courses: the files of an edition are kept, and changed ones wait for review"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import Json, Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("edition", sa.Column("files", Json, nullable=True))
    op.execute(  # beside its column: SQLite cannot add it to the table without dropping the table, which others refer to
        "ALTER TABLE edition ADD COLUMN origin VARCHAR DEFAULT 'files' NOT NULL "
        "CONSTRAINT ck_edition_origin CHECK (origin IN ('files', 'office'))"
    )
    op.create_table(
        "course_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_slug", sa.String(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("files", Json, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", Moment(), nullable=True),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("review", sa.String(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'asked', 'approved', 'published', 'thrown_away')", name=op.f("ck_course_draft_state")
        ),
        sa.ForeignKeyConstraint(["based_on_id"], ["edition.id"], name=op.f("fk_course_draft_based_on_id_edition")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_course_draft_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_draft")),
    )
    op.create_index(op.f("ix_course_draft_course_slug"), "course_draft", ["course_slug"])


def downgrade() -> None:
    op.drop_index(op.f("ix_course_draft_course_slug"), table_name="course_draft")
    op.drop_table("course_draft")
    op.drop_column("edition", "origin")
    op.drop_column("edition", "files")
