"""Second factors, recovery codes, lost factors; identities of an OpenID provider"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import Moment

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('spent_proof',
    sa.Column('proof', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('proof', name=op.f('pk_spent_proof'))
    )
    op.create_index(op.f('ix_spent_proof_at'), 'spent_proof', ['at'])

    op.create_table('code_app',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.String(), nullable=False),
    sa.Column('set_up_at', Moment(), nullable=False),
    sa.Column('superseded_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_code_app_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_app')),
    sa.UniqueConstraint('account_id', 'superseded_at', name=op.f('uq_code_app_account_id_superseded_at'))
    )

    op.create_table('factor_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.Column('read_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_factor_event_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_factor_event'))
    )
    op.create_index(op.f('ix_factor_event_account_id_read_at'), 'factor_event', ['account_id', 'read_at'])

    op.create_table('factor_loss',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('confirmed_at', Moment(), nullable=True),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', Moment(), nullable=True),
    sa.CheckConstraint('(confirmed_at IS NULL) = (confirmed_by IS NULL)', name=op.f('ck_factor_loss_confirmed_by_somebody')),
    sa.CheckConstraint('asked_by <> account_id AND confirmed_by <> account_id', name=op.f('ck_factor_loss_not_their_own')),
    sa.CheckConstraint('confirmed_at IS NULL OR withdrawn_at IS NULL', name=op.f('ck_factor_loss_confirmed_or_withdrawn')),
    sa.CheckConstraint('confirmed_by <> asked_by', name=op.f('ck_factor_loss_two_accounts')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_factor_loss_account_id_account')),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_factor_loss_asked_by_account')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_factor_loss_confirmed_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_factor_loss'))
    )
    op.create_index(op.f('ix_factor_loss_account_id'), 'factor_loss', ['account_id'])

    op.create_table('link_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_link_code_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link_code'))
    )
    op.create_index(op.f('ix_link_code_account_id'), 'link_code', ['account_id'])

    op.create_table('oidc_identity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('linked_at', Moment(), nullable=False),
    sa.Column('linked_by', sa.Integer(), nullable=True),
    sa.Column('superseded_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_oidc_identity_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_oidc_identity')),
    sa.UniqueConstraint('issuer', 'subject', 'superseded_at', name=op.f('uq_oidc_identity_issuer_subject_superseded_at'))
    )
    op.create_index(op.f('ix_oidc_identity_account_id'), 'oidc_identity', ['account_id'])

    op.create_table('passkey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sa.String(), nullable=False),
    sa.Column('user_handle', sa.String(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('synced', sa.Boolean(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.CheckConstraint('sign_count >= 0', name=op.f('ck_passkey_counts_up')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_passkey_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id'))
    )
    op.create_index(op.f('ix_passkey_account_id'), 'passkey', ['account_id'])

    op.create_table('recovery_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.Column('superseded_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recovery_code_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code')),
    sa.UniqueConstraint('account_id', 'number', 'superseded_at', name=op.f('uq_recovery_code_account_id_number_superseded_at'))
    )


def downgrade() -> None:
    op.drop_table('recovery_code')
    op.drop_index(op.f('ix_passkey_account_id'), table_name='passkey')

    op.drop_table('passkey')
    op.drop_index(op.f('ix_oidc_identity_account_id'), table_name='oidc_identity')

    op.drop_table('oidc_identity')
    op.drop_index(op.f('ix_link_code_account_id'), table_name='link_code')

    op.drop_table('link_code')
    op.drop_index(op.f('ix_factor_loss_account_id'), table_name='factor_loss')

    op.drop_table('factor_loss')
    op.drop_index(op.f('ix_factor_event_account_id_read_at'), table_name='factor_event')

    op.drop_table('factor_event')
    op.drop_table('code_app')
    op.drop_index(op.f('ix_spent_proof_at'), table_name='spent_proof')

    op.drop_table('spent_proof')
