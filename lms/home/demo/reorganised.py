"""How the district of the demo world came to an end: March 2025 and July 2025, each as one act, through the actions everyone uses.

The communes, their dates and the resolution are facts (courses/units). What became of the district's offices is only partly known:
where it is not, the basis says that the office has to confirm it, and no document is invented.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from lms.home import reorganising
from lms.home.demo.crowd import FIRST_PLAN, Someone
from lms.home.reorganising import NextOffice
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people import queries
from lms.people.models import Posting
from lms.people.queries import UnitTree
from lms.people.reorganisation.rules import Draft, NewUnit, OldUnit, Place
from lms.tracks import content
from lms.tracks.models import Plan

MERGED = date(2025, 3, 1)  # the labour office into the home-affairs office
REORGANISED = date(2025, 7, 1)
LABOUR, HOME_AFFAIRS, POLICE = "Phòng Lao động - Thương binh và Xã hội", "Phòng Nội vụ", "Công an huyện"
HEALTH, PROVINCE_OFFICE = "Trung tâm Y tế", "Sở Nội vụ"
SOCIAL = "Phòng Văn hóa - Xã hội"  # of a commune, since 01/07/2025
TO_SOCIAL = (HOME_AFFAIRS, "Phòng Văn hóa - Thông tin", "Phòng Giáo dục và Đào tạo")
WHOLE = ("Xã Bình Lư", "Xã Tả Lèng", "Xã Khun Há", "Xã Bản Bo")  # communes made of units of this district alone

BASIS_2025_03 = "Sắp xếp cơ quan chuyên môn cấp huyện từ 01/3/2025 (số, ngày văn bản: cơ quan bổ sung)"
POLICE_BASIS = "Không tổ chức công an cấp huyện từ 3/2025 (nơi tiếp nhận và văn bản: cơ quan xác nhận)"
SOCIAL_BASIS = "Việc của phòng cấp huyện về Phòng Văn hóa - Xã hội cấp xã (văn bản: cơ quan xác nhận)"
UNKNOWN_BASIS = "Cấp huyện kết thúc; đơn vị kế thừa chưa rõ, người về các xã (cơ quan xác nhận)"
OFFICE_BASIS = "Cấp huyện kết thúc; nơi nhận báo cáo: cơ quan xác nhận"


def offices_beside(agencies: dict[str, int], tree: UnitTree) -> int:
    """Two offices that the plan does not name but that will take over: one of the district, one of the province, which is returned."""
    district = next(one.unit_id for one in tree.versions.values() if one.kind == "district")
    agencies[HOME_AFFAIRS] = people.add_unit(HOME_AFFAIRS, "office", parent_id=district).id
    return people.add_unit(PROVINCE_OFFICE, "office", parent_id=tree.roots[0]).id


def in_march(crowd: list[Someone], places: dict[str, int], agencies: dict[str, int], by: int) -> int:
    """Known from 20/02/2025: the labour office merges into the home-affairs office, which is returned; the police goes to communes."""
    communes = [places[name] for name in sorted(places)[:4]]
    police = [one.id for one in crowd if one.unit_id == agencies[POLICE]]
    draft = Draft(
        MERGED,
        BASIS_2025_03,
        (
            OldUnit(agencies[LABOUR], (0,)),
            OldUnit(agencies[POLICE], (1, 2, 3, 4), default=1, legal_basis=POLICE_BASIS),
        ),
        (agencies[HOME_AFFAIRS], *communes),
        {person: 1 + number % 4 for number, person in enumerate(police)},
    )
    with frozen(at_hour(date(2025, 2, 20), 15)):
        reorganising.reorganise(draft, offices={_plan(): NextOffice(Place(0))}, by=by)
    del agencies[LABOUR], agencies[POLICE]
    _settle(crowd, MERGED)
    return agencies[HOME_AFFAIRS]


def in_july(crowd: list[Someone], agencies: dict[str, int], province: int, receiver: int, by: int) -> None:
    """Known from 16/06/2025: thirteen units become six, the district ends, its offices' people go on in the communes."""
    draft = people.reorganisation_of_files(content.FOLDER / "units", REORGANISED)
    names = [new.name for new in draft.new.values()]
    communes = tuple(names.index(name) for name in WHOLE)
    first = len(draft.successors)
    socials = tuple(range(first, first + len(communes)))
    old: list[OldUnit] = list(draft.old)
    chosen: dict[int, int] = {}
    for name, unit_id in agencies.items():
        if name == HEALTH:  # who runs it now is not known: it goes on, below the province
            old.append(OldUnit(unit_id, goes_on=True, under=province))
            continue
        to, basis = (socials, SOCIAL_BASIS) if name in TO_SOCIAL else (communes, UNKNOWN_BASIS)
        old.append(OldUnit(unit_id, to, default=to[0], legal_basis=basis))
        for one in _of(crowd, unit_id):
            chosen[one.id] = to[len(chosen) % len(to)]
    draft = replace(
        draft,
        old=tuple(old),
        successors=(*draft.successors, *(NewUnit(SOCIAL, "office", "", Place(place)) for place in communes)),
        chosen=chosen,
    )
    with frozen(at_hour(date(2025, 6, 16), 16)):
        reorganising.reorganise(draft, offices={_plan(): NextOffice(receiver, OFFICE_BASIS)}, by=by)
    _settle(crowd, REORGANISED)
    for one in crowd:
        one.trained = set()  # for the plan that follows


def _of(crowd: Iterable[Someone], unit_id: int) -> list[Someone]:
    return [one for one in crowd if one.unit_id == unit_id]


def _plan() -> int:
    return db.session.scalars(select(Plan.id).where(Plan.slug == FIRST_PLAN)).one()


def _settle(crowd: list[Someone], on: date) -> None:
    """Where everyone works from that day on."""
    tree = queries.units_at(on)
    rows = db.session.execute(select(Posting.person_id, Posting.unit_id).where(Posting.true_on(on)))
    there = {row.person_id: row.unit_id for row in rows}
    for one in crowd:
        if one.unit_id:
            one.unit_id = there[one.id]
            one.place = tree.name(one.unit_id)
