"""The front door: one-time codes of slips, people half-way in, known devices, counted tries; when a sign-in was last fresh"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import Moment

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('known_device',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('known_since', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_known_device_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_known_device')),
    sa.UniqueConstraint('account_id', 'token_hash', name=op.f('uq_known_device_account_id_token_hash'))
    )
    op.create_table('slip_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=False),
    sa.Column('why_ended', sa.String(), nullable=False),
    sa.CheckConstraint("why_ended IN ('', 'used', 'replaced', 'expired', 'stopped')", name=op.f('ck_slip_code_why_ended')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_slip_code_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slip_code')),
    sa.UniqueConstraint('account_id', 'ended_at', name=op.f('uq_slip_code_account_id_ended_at'))
    )
    op.create_table('half_sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('waits_for', sa.String(), nullable=False),
    sa.Column('slip_code_id', sa.Integer(), nullable=True),
    sa.Column('own_device', sa.Boolean(), nullable=False),
    sa.Column('onward', sa.String(), nullable=False),
    sa.Column('started_at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.CheckConstraint("waits_for IN ('factor', 'passphrase')", name=op.f('ck_half_sign_in_waits_for')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_half_sign_in_account_id_account')),
    sa.ForeignKeyConstraint(['slip_code_id'], ['slip_code.id'], name=op.f('fk_half_sign_in_slip_code_id_slip_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_half_sign_in')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_half_sign_in_token_hash'))
    )
    op.create_index(op.f('ix_half_sign_in_account_id'), 'half_sign_in', ['account_id'])
    op.create_table('tries',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('began_at', Moment(), nullable=False),
    sa.Column('waits', sa.Integer(), nullable=False),
    sa.Column('wait_until', Moment(), nullable=True),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('last_at', Moment(), nullable=False),
    sa.CheckConstraint('count >= 0 AND waits >= 0 AND total >= 0', name=op.f('ck_tries_counts_up')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_tries'))
    )
    op.create_index(op.f('ix_tries_last_at'), 'tries', ['last_at'])
    op.add_column('sign_in', sa.Column('fresh_at', Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column('sign_in', 'fresh_at')
    op.drop_table('tries')
    op.drop_table('half_sign_in')
    op.drop_table('slip_code')
    op.drop_table('known_device')
