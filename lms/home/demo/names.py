"""Invented people: names as they are common in the mountains, given to nobody in particular."""

from datetime import date
from random import Random

from lms.kernel.db import db
from lms.people.models import Person

MOTHERS = 45  # years
FAMILIES = {
    "Mông": ("Giàng", "Sùng", "Vàng", "Thào", "Hảng", "Mùa", "Lý", "Cứ"),
    "Dao": ("Tẩn", "Chẻo", "Phàn", "Lý"),
    "Thái": ("Lò", "Hoàng", "Điêu", "Quàng"),
    "Lự": ("Tao", "Lò", "Vàng"),
    "Giáy": ("Lù", "Vàng", "Nùng"),
    "Kinh": ("Nguyễn", "Trần", "Phạm", "Vũ", "Đỗ", "Bùi", "Đặng"),
}
MEN = {
    "Mông": ("Páo", "Lử", "Chinh", "Dình", "Sử", "Tủa", "Vư", "Sình", "Chớ"),
    "Dao": ("Chẳn", "Phù", "Siệu", "Lở", "Quyền", "Sài"),
    "Thái": ("Ơn", "Hặc", "Thoa", "Pản", "Inh", "Thương"),
    "Lự": ("Khăm", "Ún", "Pản", "Lá"),
    "Giáy": ("Sài", "Dín", "Tỉn"),
    "Kinh": ("Hùng", "Dũng", "Thắng", "Quý", "Đức", "Tuấn", "Sơn", "Hải"),
}
WOMEN = {
    "Mông": ("Mỷ", "Dở", "Pà", "Chứ", "Sông", "Ca", "Say"),
    "Dao": ("Mẩy", "Pham", "Lở", "Nhần", "Liều"),
    "Thái": ("Ởn", "Xuân", "Hương", "Thu", "Dung", "Ánh"),
    "Lự": ("Kẻo", "Ơn", "Lả", "Bun"),
    "Giáy": ("Viềng", "Mẩy", "Sen"),
    "Kinh": ("Hoa", "Hạnh", "Thủy", "Đào", "Yến", "Nga", "Hằng", "Ngọc Ánh"),
}
MIDDLE_OF_MEN = {"Mông": "A", "Dao": "A", "Thái": "Văn", "Lự": "Văn", "Giáy": "Văn", "Kinh": "Văn"}


def invent(chance: Random) -> tuple[str, str]:
    """(full name, sex) of somebody who does not exist."""
    people = chance.choices(list(FAMILIES), weights=(34, 16, 20, 9, 6, 15))[0]
    family = chance.choice(FAMILIES[people])
    if chance.random() < 0.48:
        return f"{family} Thị {chance.choice(WOMEN[people])}", "female"
    return f"{family} {MIDDLE_OF_MEN[people]} {chance.choice(MEN[people])}", "male"


def why_away(person_id: int, on: date) -> str:
    """Why somebody may be on a long leave: what fits the person."""
    person = db.session.get_one(Person, person_id)
    young = person.birth is not None and on.year - person.birth.year < MOTHERS
    return "Nghỉ thai sản" if person.sex == "female" and young else "Nghỉ không hưởng lương"
