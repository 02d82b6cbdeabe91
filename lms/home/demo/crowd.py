"""Some 320 invented officials and collaborators in thirteen communes and nine agencies, as of 2021, and how they come and go."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from lms.home.demo import names
from lms.kernel.db import STILL
from lms.people import actions as people

FIRST_PLAN = "tam-duong-2021-2025"
GENERAL, URGENT, ADVICE = "kien-thuc-chung", "ho-tro-khan-cap", "tu-van-tham-van"
CALLED = {GENERAL: "Kiến thức chung", URGENT: "Hỗ trợ khẩn cấp", ADVICE: "Tư vấn, tham vấn"}
FOR_DIRECT = (URGENT, ADVICE)  # what the second indicator asks of those who directly assist
WIDE = (
    "cán bộ",
    "công chức",
    "viên chức",
    "nhân viên",
    "cộng tác viên",
)  # whom the first indicator counts, read widely

# position, category, directly assists (None: nobody has said), how many in a commune
COMMUNE = (
    ("Chủ tịch UBND", "cán bộ", False, 1),
    ("Phó Chủ tịch UBND", "cán bộ", False, 1),
    ("Chủ tịch Hội LHPN", "cán bộ", True, 1),
    ("Bí thư Đoàn TNCS", "cán bộ", False, 1),
    ("Công chức Văn hóa - Xã hội", "công chức", True, 1),
    ("Công chức LĐ-TB&XH", "công chức", True, 1),
    ("Công chức Tư pháp - Hộ tịch", "công chức", False, 1),
    ("Công chức Văn phòng - Thống kê", "công chức", False, 1),
    ("Trạm trưởng Trạm Y tế", "viên chức", True, 1),
    ("Giáo viên", "viên chức", False, 3),
    ("Nhân viên công tác xã hội", "nhân viên", True, 1),
    ("Cộng tác viên công tác xã hội", "cộng tác viên", None, 1),
    ("Cộng tác viên dân số", "cộng tác viên", False, 1),
    ("Trưởng bản", "người hoạt động không chuyên trách", False, 2),
    ("Nhân viên y tế thôn bản", "người hoạt động không chuyên trách", False, 1),
    ("Chủ địa chỉ tin cậy", "thành viên mô hình", True, 1),
    ("Công an xã", "công an, biên phòng", False, 1),
)
AGENCY = (
    ("Trưởng phòng", "công chức", False, 1),
    ("Chuyên viên", "công chức", False, 2),
    ("Nhân viên", "nhân viên", False, 1),
)
HEALTH = (
    ("Giám đốc", "viên chức", False, 1),
    ("Bác sĩ", "viên chức", True, 3),
    ("Điều dưỡng", "viên chức", True, 3),
)


@dataclass
class Someone:
    """A person of the demo world and where they were posted first."""

    id: int
    name: str
    unit_id: int
    category: str
    direct: bool | None
    place: str  # the unit's name then
    trained: set[str] = field(default_factory=set)
    reading: bool = False  # in the middle of the lessons today


def settle(chance: Random, places: dict[str, int], agencies: dict[str, int]) -> list[Someone]:
    """Everyone who was there when the plan began."""
    crowd: list[Someone] = []
    for name, unit_id in places.items():
        for position, category, direct, count in COMMUNE:
            crowd += [_one(chance, name, unit_id, position, category, direct) for _ in range(count)]
    for name, unit_id in agencies.items():
        for position, category, direct, count in HEALTH if "Y tế" in name else AGENCY:
            crowd += [_one(chance, name, unit_id, position, category, direct) for _ in range(count)]
    return crowd


def newcomers(chance: Random, places: dict[str, int], on: date, count: int) -> list[Someone]:
    """A few who came later."""
    came = []
    for _ in range(count):
        name = chance.choice(sorted(places))
        position, category, direct, _count = chance.choice(COMMUNE)
        came.append(_one(chance, name, places[name], position, category, direct, since=on))
    return came


def _one(
    chance: Random,
    place: str,
    unit_id: int,
    position: str,
    category: str,
    direct: bool | None,
    since: date | None = None,
) -> Someone:
    full_name, sex = names.invent(chance)
    birth = date(chance.randint(1964, 1999), chance.randint(1, 12), chance.randint(1, 28))
    precision = chance.choices(("day", "year"), weights=(4, 1))[0]
    person = people.add_person(
        full_name,
        sex=sex,
        birth=birth if precision == "day" else date(birth.year, 1, 1),
        birth_precision=precision,
    )
    told = "" if since is None and chance.random() < 0.03 else category  # some rosters forgot the category
    start = since or date(2015, 1, 1) + timedelta(days=chance.randint(0, 2000))
    people.post_person(
        person.id,
        unit_id,
        category=told,
        position=position,
        direct_support=direct,
        valid_from=start,
        valid_to=STILL,
        because="roster",
    )
    return Someone(person.id, full_name, unit_id, told, direct, place)
