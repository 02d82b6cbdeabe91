"""The roster of a day is read from an index alone, person by person or unit by unit"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD = "ix_posting_unit_id_valid_from_valid_to_superseded_at"


def upgrade() -> None:
    rest = ["category", "direct_support"]
    op.create_index(
        "ix_posting_by_person", "posting", ["superseded_at", "person_id", "valid_from", "valid_to", "unit_id", *rest]
    )
    op.create_index(
        "ix_posting_by_unit", "posting", ["unit_id", "superseded_at", "valid_to", "valid_from", "person_id", *rest]
    )
    op.create_index("ix_person_by_sex", "person", ["id", "sex"])
    op.drop_index(op.f(OLD), table_name="posting")


def downgrade() -> None:
    op.create_index(op.f(OLD), "posting", ["unit_id", "valid_from", "valid_to", "superseded_at"])
    op.drop_index("ix_person_by_sex", table_name="person")
    op.drop_index("ix_posting_by_unit", table_name="posting")
    op.drop_index("ix_posting_by_person", table_name="posting")
