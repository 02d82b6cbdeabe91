"""What persons ask about their own data and what they are answered, who read which notice, roles lent to a colleague"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = "kind IN ('correct', 'delete', 'limit', 'other')"
OUTCOMES = "outcome IN ('working', 'done', 'refused')"


def upgrade() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_data_request_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(op.f("ix_data_request_person_id"), "data_request", ["person_id"])
    op.create_index(op.f("ix_data_request_due_on"), "data_request", ["due_on"])
    op.create_table(
        "data_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_data_answer_outcome")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_request.id"], name=op.f("fk_data_answer_request_id_data_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_answer")),
    )
    op.create_index(op.f("ix_data_answer_request_id"), "data_answer", ["request_id"])
    op.create_table(
        "notice_read",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_read_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_read")),
        sa.UniqueConstraint("account_id", "version", name=op.f("uq_notice_read_account_id_version")),
    )
    op.add_column("role_grant", sa.Column("lent_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("role_grant", "lent_by")
    op.drop_table("notice_read")
    op.drop_index(op.f("ix_data_answer_request_id"), table_name="data_answer")
    op.drop_table("data_answer")
    op.drop_index(op.f("ix_data_request_due_on"), table_name="data_request")
    op.drop_index(op.f("ix_data_request_person_id"), table_name="data_request")
    op.drop_table("data_request")
