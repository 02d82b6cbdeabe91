"""A reorganisation: foreseen, done, refused in a sentence, and reversed as if it had not been."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.kernel.clock import at_hour, frozen, now
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.people import actions, queries
from lms.people.models import (
    Posting,
    Reorganisation,
    ReorganisationStep,
    RosterConfirmation,
    Succession,
    Unit,
    UnitVersion,
)
from lms.people.reorganisation import foreseeing, resting, rules
from lms.people.reorganisation.rules import Draft, NewUnit, OldUnit, Place
from lms.people.reorganisation.steps import KINDS, values_of
from lms.people.roles import Role

FILES = Path(__file__).resolve().parents[2] / "courses" / "units"
REAL = date(2025, 7, 1)
ON = date(2026, 7, 1)
BASIS = "Nghị quyết mẫu"
TABLES = (Unit, UnitVersion, Succession, Posting, Reorganisation, ReorganisationStep)


def held() -> dict[str, set[tuple[object, ...]]]:
    """Everything the register holds to be true now: units, successions, postings."""
    return {
        kind: {
            tuple(values_of(row).values())
            for row in db.session.scalars(select(model).where(model.superseded_at == CURRENT))
        }
        for kind, model in KINDS.items()
    }


def counts() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def merged(world, **changes) -> Draft:
    """Both communes of the world become a new one."""
    draft = Draft(
        ON,
        BASIS,
        (OldUnit(world.units["binh_lu"], (0,)), OldUnit(world.units["khun_ha"], (0,))),
        (NewUnit("Xã Mới Mẫu", "commune", "T9902", world.units["province"]),),
    )
    return replace(draft, **changes)


# ── the real one ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def district(app):
    """The district as one knew it in June 2025: two people in every commune, one of them leaving in 2026."""
    with app.app_context(), frozen(at_hour(date(2025, 6, 1))):
        actions.load_units(FILES, before=REAL)
        tree = queries.units_at(date(2025, 6, 1))
        for unit_id, version in tree.versions.items():
            if version.kind in {"commune", "township"}:
                for name, until in (("Lò Thị Ở", STILL), ("Vàng A Đi", date(2026, 1, 1))):
                    person = actions.add_person(name)
                    actions.post_person(
                        person.id, unit_id, category="công chức", valid_from=date(2021, 1, 1), valid_to=until
                    )
        db.session.commit()
    return app


def the_real_one() -> Draft:
    draft = actions.reorganisation_of_files(FILES, REAL)
    offices = [
        version.unit_id
        for version in queries.units_at(draft.eve).versions.values()
        if version.kind in {"office", "agency", "facility", "organisation"}
    ]
    return replace(draft, old=(*draft.old, *(OldUnit(unit_id) for unit_id in offices)))


def test_thirteen_units_become_the_six_of_the_files(district):
    with district.app_context(), frozen(at_hour(date(2025, 6, 16))):
        actions.reorganise(the_real_one())
        db.session.commit()

        again = actions.load_units(FILES)
        assert (again.new, again.changed, again.successions) == (0, 0, 0), "the files say the same"
        after = queries.units_at(REAL)
        assert len(after.children(after.roots[0])) == 6
        assert len(queries.successions()) == 13
        assert not [
            one for one in queries.units_at(REAL - timedelta(days=1)).versions.values() if one.valid_from == REAL
        ]


def test_it_does_what_was_foreseen_and_nobody_is_lost(district):
    with district.app_context(), frozen(at_hour(date(2025, 6, 16))):
        draft = the_real_one()
        foreseen = foreseeing.foresee(draft)
        expected = {foreseen.name_of(place): foreseen.people(place) for place in range(6)}
        before = db.session.scalars(select(Posting.person_id).where(Posting.true_on(REAL))).all()
        row = actions.reorganise(draft)
        db.session.commit()

        tree = queries.units_at(REAL)
        for place, unit_id in actions.units_of_places(row, draft).items():
            there = db.session.scalars(
                select(Posting.person_id).where(Posting.unit_id == unit_id, Posting.true_on(REAL))
            ).all()
            assert len(set(there)) == expected[foreseen.name_of(place)]
            assert tree.name(unit_id) == foreseen.name_of(place)
        assert sorted(db.session.scalars(select(Posting.person_id).where(Posting.true_on(REAL)))) == sorted(before)
        leaving = db.session.scalars(
            select(Posting.valid_to).where(Posting.true_on(REAL), Posting.valid_to != STILL)
        ).all()
        assert leaving == [date(2026, 1, 1)] * 13, "a posting that was to end still ends then"


def test_reused_codes_and_names_are_called_out(district):
    with district.app_context(), frozen(at_hour(date(2025, 6, 16))):
        reused = {(one.what, one.value, one.before, one.now) for one in foreseeing.foresee(the_real_one()).reused}

    assert ("code", "03405", "Xã Giang Ma", "Xã Tả Lèng") in reused
    assert ("code", "03390", "Thị trấn Tam Đường", "Xã Bình Lư") in reused
    assert ("name", "Xã Bình Lư", "03412", "03390") in reused
    assert ("name", "Xã Tả Lèng", "03400", "03405") in reused


def test_reversed_everything_is_as_it_was_and_the_time_between_is_remembered(district):
    with district.app_context():
        with frozen(at_hour(date(2025, 6, 15))):
            before = held()
        with frozen(at_hour(date(2025, 6, 16))):
            row = actions.reorganise(the_real_one())
            done = held()
            db.session.commit()
        assert done != before
        with frozen(at_hour(date(2025, 6, 20))):
            assert resting.on_units(row) == []
            actions.reverse(row, why="Ghi nhầm ngày")
            db.session.commit()
            assert held() == before
            assert row.reversed_at == now()

        between = at_hour(date(2025, 6, 18))
        assert len(queries.units_at(REAL, between).children(queries.units_at(REAL, between).roots[0])) == 6
        assert len(queries.successions(between)) == 13
        assert queries.successions() == []
        assert queries.unit_by_code("106", REAL) is not None, "the district goes on"


def test_reversed_and_done_again_and_a_file_does_not_undo_it(district):
    with district.app_context():
        for day in (16, 18):
            with frozen(at_hour(date(2025, 6, day))):
                row = actions.reorganise(the_real_one())
                done = held()
                db.session.commit()
            if day == 16:
                with frozen(at_hour(date(2025, 6, 17))):
                    actions.reverse(row, why="Ghi nhầm")
                    db.session.commit()
        with frozen(at_hour(date(2025, 6, 19))):
            assert actions.load_units(FILES).changed == 0
            assert held() == done
            with pytest.raises(Refused, match="was reversed"):
                actions.reverse(db.session.get_one(Reorganisation, 1), why="Lần nữa")


# ── whoever goes where ───────────────────────────────────────────────────────────────────────────


def test_of_a_split_unit_each_person_goes_where_chosen(world):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        two = (
            NewUnit("Xã Trên", "commune", "A", world.units["province"]),
            NewUnit("Xã Dưới", "commune", "B", world.units["province"]),
        )
        draft = merged(world, old=(OldUnit(world.units["binh_lu"], (0, 1)),), successors=two)
        assert len(foreseeing.foresee(draft).undecided) == 3
        with pytest.raises(Refused, match="3 are not decided yet"):
            actions.reorganise(draft)
        draft = replace(
            draft, old=(OldUnit(world.units["binh_lu"], (0, 1), default=1),), chosen={world.persons["lan"]: 0}
        )
        row = actions.reorganise(draft)
        units = actions.units_of_places(row, draft)

        assert where(world.persons["lan"]) == [units[0]]
        assert where(world.persons["my"]) == where(world.persons["hoa"]) == [units[1]]
        assert len(queries.successions()) == 2


def where(person_id: int, on: date = ON) -> list[int]:
    return list(db.session.scalars(select(Posting.unit_id).where(Posting.person_id == person_id, Posting.true_on(on))))


def test_whoever_is_posted_at_the_successor_already_keeps_that_posting(world):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        kept = actions.post_person(world.persons["lan"], world.units["khun_ha"], valid_from=date(2026, 3, 1))
        draft = merged(world, old=(OldUnit(world.units["binh_lu"], (0,)),), successors=(world.units["khun_ha"],))
        moves = {move.person.id: move for move in foreseeing.foresee(draft).moves}
        assert moves[world.persons["lan"]].kept_there
        assert not moves[world.persons["my"]].kept_there
        actions.reorganise(draft)

        assert where(world.persons["lan"]) == [world.units["khun_ha"]]
        assert kept.superseded_at == CURRENT


def test_posted_at_two_units_that_become_one_they_are_posted_once(world):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        actions.post_person(world.persons["lan"], world.units["khun_ha"], valid_from=date(2026, 3, 1))
        actions.reorganise(merged(world))

        assert len(where(world.persons["lan"])) == 1
        assert len(where(world.persons["lan"], ON - timedelta(days=1))) == 2


def test_a_posting_that_was_to_begin_later_begins_at_the_successor(world):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        person = actions.add_person("Lù A Sau")
        actions.post_person(person.id, world.units["binh_lu"], valid_from=date(2026, 9, 1))
        row = actions.reorganise(merged(world))

        posting = queries.postings_of(person.id)
        assert [(one.unit_id, one.valid_from) for one in posting] == [
            (actions.units_of_places(row, merged(world))[0], date(2026, 9, 1))
        ]


def test_a_unit_without_a_successor_ends_and_so_do_its_postings(world):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        actions.reorganise(merged(world, old=(OldUnit(world.units["khun_ha"]),), successors=()))

        assert where(world.persons["pao"]) == []
        assert world.units["khun_ha"] not in queries.units_at(ON)


def test_a_unit_goes_on_below_another_when_its_own_ends(world):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        school = actions.add_unit("Trường Mẫu", "facility", parent_id=world.units["khun_ha"])
        draft = merged(world)
        with pytest.raises(Refused, match="Trường Mẫu"):
            actions.reorganise(draft)
        before = held()
        row = actions.reorganise(replace(draft, old=(*draft.old, OldUnit(school.id, goes_on=True, under=Place(0)))))
        tree = queries.units_at(ON)
        assert tree.path(school.id)[-2] == actions.units_of_places(row, draft)[0]
        actions.reverse(row, why="Ghi nhầm")
        assert held() == before


# ── what is refused ──────────────────────────────────────────────────────────────────────────────

PROVINCE_BELOW = "Xã Bình Mẫu stands below it"
CASES = {
    "no basis": (lambda w, d: replace(d, legal_basis="  "), "legal basis"),
    "a long basis": (lambda w, d: replace(d, legal_basis="x" * 301), "longer than 300"),
    "an absurd day": (lambda w, d: replace(d, on=date(2226, 7, 1)), "01/07/2226 is no day"),
    "before the register": (lambda w, d: replace(d, on=date(1900, 1, 1)), "is no day"),
    "nothing chosen": (lambda w, d: replace(d, old=()), "at least one old unit"),
    "named twice": (lambda w, d: replace(d, old=(*d.old, d.old[0])), "named twice"),
    "a unit that never was": (lambda w, d: replace(d, old=(OldUnit(999_999),)), "#999999 does not stand on 01/07/2026"),
    "no such successor": (lambda w, d: replace(d, old=(OldUnit(w.units["binh_lu"], (7,)), d.old[1])), "one of the successors"),
    "itself": (
        lambda w, d: replace(d, old=(OldUnit(w.units["binh_lu"], (0,), goes_on=True),), successors=(w.units["binh_lu"],)),
        "cannot succeed itself",
    ),
    "units left below": (lambda w, d: replace(d, old=(OldUnit(w.units["province"]),), successors=()), PROVINCE_BELOW),
    "a successor that ends": (
        lambda w, d: replace(d, old=(d.old[0], OldUnit(w.units["khun_ha"])), successors=(w.units["khun_ha"],)),
        "ends that day itself",
    ),
    "one code twice": (
        lambda w, d: replace(
            d, old=(OldUnit(w.units["binh_lu"], (0,)), OldUnit(w.units["khun_ha"], (1,))),
            successors=(d.successors[0], replace(d.successors[0], name="Xã Khác")),
        ),
        "code T9902: Xã Mới Mẫu has it",
    ),
    "a code that goes on": (lambda w, d: replace(d, old=d.old[:1]), "code T9902: Xã Khun Mẫu has it"),
    "one name twice": (
        lambda w, d: replace(
            d, old=(OldUnit(w.units["binh_lu"], (0,)), OldUnit(w.units["khun_ha"], (1,))),
            successors=(d.successors[0], replace(d.successors[0], code="X")),
        ),
        "two units called Xã Mới Mẫu",
    ),
    "below a unit that ends": (
        lambda w, d: replace(d, successors=(replace(d.successors[0], parent=w.units["khun_ha"]),)),
        "cannot stand below Xã Khun Mẫu",
    ),
    "below itself": (lambda w, d: replace(d, successors=(replace(d.successors[0], parent=Place(0)),)), "below itself"),
    "no name": (lambda w, d: replace(d, successors=(replace(d.successors[0], name=" "),)), "needs a name"),
    "no kind": (lambda w, d: replace(d, successors=(replace(d.successors[0], kind="planet"),)), "what kind of unit"),
    "nobody's successor": (
        lambda w, d: replace(d, successors=(*d.successors, replace(d.successors[0], name="Xã Thừa", code="Z"))),
        "Xã Thừa takes over from no old unit",
    ),
    "nothing happens": (lambda w, d: replace(d, old=(OldUnit(w.units["binh_lu"], goes_on=True),), successors=()), "leave it out"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_drafts_are_refused_in_a_sentence_and_nothing_is_saved(world, name):
    change, said = CASES[name]
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        before, rows = held(), counts()
        with pytest.raises(Refused, match=said):
            actions.reorganise(change(world, merged(world)))
        assert (held(), counts()) == (before, rows)


def test_a_unit_cannot_end_before_it_begins(world):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        young = actions.add_unit("Xã Trẻ", "commune", parent_id=world.units["province"], valid_from=ON)
        with pytest.raises(Refused, match=r"begins on 01/07/2026: it cannot end on 01/07/2026"):
            actions.reorganise(merged(world, old=(OldUnit(young.id),), successors=()))
        gone = actions.add_unit("Xã Hết", "commune", valid_to=date(2026, 2, 1))
        with pytest.raises(Refused, match="Xã Hết does not stand on 01/07/2026"):
            actions.reorganise(merged(world, old=(OldUnit(gone.id),), successors=()))


def test_a_circle_of_successions_is_refused_however_long(world):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        third = actions.add_unit("Xã Ba", "commune", parent_id=world.units["province"]).id
        actions.succeed_unit(world.units["khun_ha"], third, on=date(2026, 2, 1), legal_basis=BASIS)
        actions.succeed_unit(third, world.units["binh_lu"], on=date(2026, 3, 1), legal_basis=BASIS)
        with pytest.raises(Refused, match="circle"):
            actions.reorganise(
                merged(world, old=(OldUnit(world.units["binh_lu"], (0,)),), successors=(world.units["khun_ha"],))
            )
        with pytest.raises(Refused, match="circle"):
            actions.succeed_unit(world.units["binh_lu"], world.units["khun_ha"], on=ON, legal_basis=BASIS)


@pytest.mark.parametrize(
    "span, taken, left",
    [
        ((1, 9), [], [(1, 9)]),
        ((1, 9), [(1, 9)], []),
        ((1, 9), [(3, 5)], [(1, 3), (5, 9)]),
        ((1, 9), [(0, 3), (8, 12)], [(3, 8)]),
        ((1, 9), [(9, 12)], [(1, 9)]),
        ((1, 9), [(0, 1)], [(1, 9)]),
    ],
)
def test_what_is_left_of_a_span(span, taken, left):
    def day(n: int) -> date:
        return date(2026, 1, 1) + timedelta(days=n)

    found = rules.free_spans((day(span[0]), day(span[1])), [(day(a), day(b)) for a, b in taken])
    assert found == [(day(a), day(b)) for a, b in left]


# ── what rests on it ─────────────────────────────────────────────────────────────────────────────


def _posted(world, unit_id, row):
    actions.post_person(
        world.persons["pao"], world.units["binh_lu"], valid_from=date(2026, 2, 1), valid_to=date(2026, 3, 1)
    )
    actions.post_person(actions.add_person("Lù A Mới").id, unit_id, valid_from=ON)


def _changed(world, unit_id, row):
    actions.end_posting(queries.postings_of(world.persons["lan"])[0], on=date(2026, 8, 1))


def _granted(world, unit_id, row):
    actions.grant_role(world.accounts["lan"], Role.FOCAL, unit_id)


def _confirmed(world, unit_id, row):
    db.session.add(RosterConfirmation(unit_id=unit_id, complete_on=ON, persons=4))
    db.session.flush()


def _below(world, unit_id, row):
    actions.add_unit("Trạm Mẫu", "facility", parent_id=unit_id, valid_from=ON)


def _reorganised_again(world, unit_id, row):
    later = NewUnit("Phường Mẫu", "ward", "N", world.units["province"])
    actions.reorganise(Draft(date(2026, 9, 1), BASIS, (OldUnit(unit_id, (0,)),), (later,)))


def _renamed(world, unit_id, row):
    actions.version_unit(
        unit_id, "Xã Tên Khác", "commune", parent_id=world.units["province"], code="T9902", valid_from=date(2026, 9, 1)
    )


def _code_taken(world, unit_id, row):
    actions.add_unit("Xã Chiếm Mã", "commune", parent_id=world.units["province"], code="T9901", valid_from=ON)


def _written_at_the_old(world, unit_id, row):
    actions.post_person(world.persons["lan"], world.units["binh_lu"], valid_from=ON)


RESTS = {
    _posted: "People were posted to its new units since: 1",
    _changed: "Postings it made were changed since: 1",
    _granted: "Roles over its new units were given: 1",
    _confirmed: "Lists of its new units were sent or confirmed: 1",
    _below: "Other units stand below its new units now: 1",
    _reorganised_again: "A later reorganisation, of 01/09/2026",
    _renamed: "Units it made were renamed",
    _code_taken: "code T9901 of Xã Bình Mẫu is carried by Xã Chiếm Mã",
    _written_at_the_old: "A posting at Xã Bình Mẫu from 01/07/2026 was written since",
}


@pytest.mark.parametrize("later", RESTS, ids=lambda later: later.__name__)
def test_it_is_not_reversed_while_something_rests_on_it(world, later):
    with world.app.app_context():
        with frozen(at_hour(date(2026, 6, 1))):
            draft = merged(world)
            row = actions.reorganise(draft)
            unit_id = actions.units_of_places(row, draft)[0]
        with frozen(at_hour(date(2026, 6, 2))):
            later(world, unit_id, row)
            before = held()
            assert any(RESTS[later] in str(one) for one in resting.on_units(row)), [
                str(one) for one in resting.on_units(row)
            ]
            with pytest.raises(Refused):
                actions.reverse(row, why="Ghi nhầm")
            assert held() == before
            assert row.reversed_at is None


def test_once_the_later_one_is_reversed_this_one_can_be(world):
    with world.app.app_context():
        with frozen(at_hour(date(2026, 6, 1))):
            before, draft = held(), merged(world)
            row = actions.reorganise(draft)
            unit_id = actions.units_of_places(row, draft)[0]
        with frozen(at_hour(date(2026, 6, 2))):
            later = actions.reorganise(
                Draft(
                    date(2026, 9, 1),
                    BASIS,
                    (OldUnit(unit_id, (0,)),),
                    (NewUnit("Phường Mẫu", "ward", "N", world.units["province"]),),
                )
            )
        with frozen(at_hour(date(2026, 6, 3))):
            actions.reverse(later, why="Ghi nhầm")
        with frozen(at_hour(date(2026, 6, 4))):
            actions.reverse(row, why="Ghi nhầm")
            assert held() == before


@pytest.mark.parametrize("why, said", [("  ", "Say why"), ("x" * 301, "longer than 300")])
def test_a_reversal_says_why(world, why, said):
    with world.app.app_context(), frozen(at_hour(date(2026, 6, 1))):
        row = actions.reorganise(merged(world))
        with pytest.raises(Refused, match=said):
            actions.reverse(row, why=why)
