"""Everyone who changed a draft of a course, so that none of them reviews it"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import Json

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course_draft", sa.Column("hands", Json, server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("course_draft", "hands")
