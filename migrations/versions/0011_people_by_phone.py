"""Somebody who signs in by their phone is found by an index"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_person_phone"), "person", ["phone"])


def downgrade() -> None:
    op.drop_index(op.f("ix_person_phone"), table_name="person")
