"""Reorganisations, confirmed rosters, outside training, frozen periods, alerts and proposals; how well a completion is proved"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import Json, Moment

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

REFUSAL = "a frozen period is never changed"
HOLDS = {"postgresql": "jsonb_exists(evidence, '{part}')", "sqlite": "json_extract(evidence, '$.{part}') IS NOT NULL"}


def upgrade() -> None:
    op.create_table('category_end',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('legal_basis', sa.String(), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('superseded_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category_end')),
    sa.UniqueConstraint('category', 'superseded_at', name=op.f('uq_category_end_category_superseded_at'))
    )
    op.create_table('reorganisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('legal_basis', sa.String(), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('reversed_at', Moment(), nullable=True),
    sa.Column('reversed_by', sa.Integer(), nullable=True),
    sa.Column('why_reversed', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reorganisation'))
    )
    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('sent_at', Moment(), nullable=False),
    sa.Column('sent_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', Moment(), nullable=True),
    sa.CheckConstraint('(unit_id IS NULL) <> (person_id IS NULL)', name=op.f('ck_reminder_of_a_unit_or_a_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reminder_person_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_reminder_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder'))
    )
    op.create_index(op.f('ix_reminder_person_id_about'), 'reminder', ['person_id', 'about'])
    op.create_index(op.f('ix_reminder_unit_id_about'), 'reminder', ['unit_id', 'about'])

    op.create_table('reorganisation_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reorganisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('old_row', sa.Integer(), nullable=True),
    sa.Column('new_row', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('unit', 'unit_version', 'succession', 'posting', 'office')", name=op.f('ck_reorganisation_step_kind')),
    sa.ForeignKeyConstraint(['reorganisation_id'], ['reorganisation.id'], name=op.f('fk_reorganisation_step_reorganisation_id_reorganisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reorganisation_step'))
    )
    op.create_index(op.f('ix_reorganisation_step_kind_new_row'), 'reorganisation_step', ['kind', 'new_row'])
    op.create_index(op.f('ix_reorganisation_step_reorganisation_id'), 'reorganisation_step', ['reorganisation_id'])

    op.create_table('roster_confirmation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('complete_on', sa.Date(), nullable=False),
    sa.Column('persons', sa.Integer(), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('superseded_at', Moment(), nullable=False),
    sa.Column('why_superseded', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_roster_confirmation_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_confirmation'))
    )
    op.create_index(op.f('ix_roster_confirmation_unit_id_superseded_at'), 'roster_confirmation', ['unit_id', 'superseded_at'])

    op.create_table('same_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kept_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('superseded_at', Moment(), nullable=False),
    sa.CheckConstraint('kept_id <> other_id', name=op.f('ck_same_person_two_records')),
    sa.ForeignKeyConstraint(['kept_id'], ['person.id'], name=op.f('fk_same_person_kept_id_person')),
    sa.ForeignKeyConstraint(['other_id'], ['person.id'], name=op.f('fk_same_person_other_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_same_person')),
    sa.UniqueConstraint('other_id', 'superseded_at', name=op.f('uq_same_person_other_id_superseded_at'))
    )
    op.create_index(op.f('ix_same_person_kept_id'), 'same_person', ['kept_id'])

    op.create_table('frozen_period',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('known_at', Moment(), nullable=False),
    sa.Column('tree_at', sa.Date(), nullable=False),
    sa.Column('figures', Json, nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('frozen_at', Moment(), nullable=False),
    sa.Column('frozen_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_frozen_period_plan_id_plan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_frozen_period')),
    sa.UniqueConstraint('plan_id', 'number', name=op.f('uq_frozen_period_plan_id_number'))
    )
    op.create_table('receiving_office',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('because', sa.String(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('superseded_at', Moment(), nullable=False),
    sa.CheckConstraint('valid_from < valid_to', name=op.f('ck_receiving_office_begins_before_it_ends')),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_receiving_office_plan_id_plan')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_receiving_office_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receiving_office'))
    )
    op.create_index(op.f('ix_receiving_office_plan_id_valid_from'), 'receiving_office', ['plan_id', 'valid_from'])

    op.create_table('alert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('indicator_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('least', sa.Integer(), nullable=False),
    sa.Column('had', sa.Integer(), nullable=False),
    sa.Column('has', sa.Integer(), nullable=False),
    sa.Column('causes', Json, nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['indicator_id'], ['indicator.id'], name=op.f('fk_alert_indicator_id_indicator')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_alert_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert'))
    )
    op.create_index(op.f('ix_alert_indicator_id_unit_id_closed_on'), 'alert', ['indicator_id', 'unit_id', 'closed_on'])

    op.create_table('proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('indicator_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('inputs', Json, nullable=False),
    sa.Column('classes', Json, nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('called_at', Moment(), nullable=True),
    sa.Column('thrown_away_at', Moment(), nullable=True),
    sa.CheckConstraint('called_at IS NULL OR thrown_away_at IS NULL', name=op.f('ck_proposal_called_or_thrown_away')),
    sa.ForeignKeyConstraint(['indicator_id'], ['indicator.id'], name=op.f('fk_proposal_indicator_id_indicator')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_proposal_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal'))
    )
    op.create_table('outside_training',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('course_slug', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('organiser', sa.String(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('file', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', Moment(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'approved', 'refused', 'withdrawn')", name=op.f('ck_outside_training_state')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_outside_training_enrolment_id_enrolment')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_outside_training_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outside_training'))
    )
    op.create_index(op.f('ix_outside_training_person_id_course_slug'), 'outside_training', ['person_id', 'course_slug'])

    op.add_column('completion', sa.Column('grade', sa.String(), server_default='claim', nullable=False))

    op.add_column('indicator', sa.Column('kind', sa.String(), server_default='share', nullable=False))
    _grade_completions()
    _guard_frozen_periods()


def _grade_completions() -> None:
    """What was completed before is as well proved as its parts: a test with receipts, else a closed roll."""
    holds = HOLDS[op.get_bind().dialect.name]
    for grade, part in (("roll", "class"), ("test", "test")):
        op.execute(f"UPDATE completion SET grade = '{grade}' WHERE {holds.format(part=part)}")


def _guard_frozen_periods() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION frozen_period_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER frozen_period_append_only BEFORE UPDATE OR DELETE ON frozen_period "
            "FOR EACH ROW EXECUTE FUNCTION frozen_period_refuse()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER frozen_period_no_{verb.lower()} BEFORE {verb} ON frozen_period "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def downgrade() -> None:
    op.drop_column('indicator', 'kind')

    op.drop_column('completion', 'grade')

    op.drop_index(op.f('ix_outside_training_person_id_course_slug'), table_name='outside_training')

    op.drop_table('outside_training')
    op.drop_table('proposal')
    op.drop_index(op.f('ix_alert_indicator_id_unit_id_closed_on'), table_name='alert')

    op.drop_table('alert')
    op.drop_index(op.f('ix_receiving_office_plan_id_valid_from'), table_name='receiving_office')

    op.drop_table('receiving_office')
    op.drop_table('frozen_period')
    op.drop_index(op.f('ix_same_person_kept_id'), table_name='same_person')

    op.drop_table('same_person')
    op.drop_index(op.f('ix_roster_confirmation_unit_id_superseded_at'), table_name='roster_confirmation')

    op.drop_table('roster_confirmation')
    op.drop_index(op.f('ix_reorganisation_step_reorganisation_id'), table_name='reorganisation_step')
    op.drop_index(op.f('ix_reorganisation_step_kind_new_row'), table_name='reorganisation_step')

    op.drop_table('reorganisation_step')
    op.drop_index(op.f('ix_reminder_unit_id_about'), table_name='reminder')
    op.drop_index(op.f('ix_reminder_person_id_about'), table_name='reminder')

    op.drop_table('reminder')
    op.drop_table('reorganisation')
    op.drop_table('category_end')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION frozen_period_refuse()")
