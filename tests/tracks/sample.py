"""Small courses, a plan and sound content files, for tests to use and to break."""

from datetime import date

from lms.kernel.db import db
from lms.tracks import publishing
from lms.tracks.course import Choice, Course, Lesson, Question, Quiz
from lms.tracks.models import Indicator, Plan
from lms.tracks.publishing import IndicatorSpec

WIDE = {"reading": "wide", "categories": ["công chức", "viên chức"], "direct_support": False, "courses": ["chung"]}
DIRECT = {"reading": "narrow", "categories": [], "direct_support": True, "courses": ["khan-cap"]}


def lesson(number: int, **changes: object) -> Lesson:
    given = {
        "slug": f"bai-{number}",
        "title": f"Bài thứ {number}",
        "minutes": 4,
        "aim": "Sau bài này, anh/chị nhận ra được.",
        "html": "<p>Nội dung.</p>",
        "sources": ("Luật 13/2022/QH15",),
        "remember": ("Một điều.",),
    }
    return Lesson(**{**given, **changes})  # type: ignore[arg-type]


def a_course(
    slug: str = "chung", count: int = 3, parts: tuple[str, ...] = ("lessons", "test"), **changes: object
) -> Course:
    """A small course; `changes` replace its facts."""
    choices = (Choice("dung", "Đúng", True, "Vì luật nói thế."), Choice("sai", "Sai", False, "Vì luật nói khác."))
    question = Question("cau-1", "true_false", "bai-1", "Đúng hay sai?", 1, False, "Luật 13/2022/QH15", choices)
    given = {
        "slug": slug,
        "track": "1",
        "title": f"Khóa {slug}",
        "summary": "Khóa để thử.",
        "hours": 4,
        "parts": parts,
        "class_min_share": 80,
        "certificate": True,
        "audience": "Cán bộ",
        "lessons": tuple(lesson(number) for number in range(1, count + 1)),
        "quiz": Quiz("Kiểm tra", 80, 0, 0, 0, (question,)) if "test" in parts else None,
    }
    return Course(**{**given, **changes})  # type: ignore[arg-type]


def plan_over(unit_id: int, slug: str = "ke-hoach-mau", **changes: object) -> Plan:
    given = {
        "issuer": "Ủy ban nhân dân Tỉnh Mẫu",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2030, 12, 31),
        "scope_unit_id": unit_id,
        "fictitious": True,
        "indicators": [
            IndicatorSpec("moi-nguoi", "100% cán bộ được tập huấn", "Cán bộ được tập huấn", WIDE),
            IndicatorSpec("truc-tiep", "100% người trực tiếp trợ giúp", "Trực tiếp trợ giúp", DIRECT),
        ],
    }
    return publishing.add_plan(slug, "Kế hoạch mẫu 2026–2030", **{**given, **changes})  # type: ignore[arg-type]


def indicator_id(slug: str) -> int:
    return db.session.query(Indicator.id).filter_by(slug=slug).scalar()


PLAN = """
slug = "mau"
title = "Kế hoạch mẫu"
short_title = "Mẫu"
issuer = "UBND"
starts_on = 2026-01-01
ends_on = 2030-12-31

[scope_unit]
code = "T99"
name = "Tỉnh Mẫu"

[[tracks]]
slug = "1"
title = "Kiến thức chung"
short_title = "Chung"
audience = "Cán bộ"
source = "Kế hoạch"

[[indicators]]
slug = "moi-nguoi"
title = "100% cán bộ"
short_title = "Cán bộ"
source = "Kế hoạch"

[indicators.rule]
reading = "wide"
categories = ["công chức"]
direct_support = false
courses = ["chung"]
"""
HELP = """
[[numbers]]
number = "113"
who = "Công an"
valid_from = 2021-01-01
source = "Số khẩn cấp"
"""
COURSE = """slug = "chung"
track = "1"
title = "Kiến thức chung"
summary = "Ngắn."
hours = 8
parts = ["lessons", "test"]
audience = "Cán bộ"
"""
QUIZ = """title = "Kiểm tra"
draw = 1

[[questions]]
slug = "cau-1"
kind = "one"
aim = "mot"
text = "Câu hỏi?"
difficulty = 1
situation = false
source = "Luật 13/2022/QH15"

[[questions.choices]]
slug = "a"
text = "Một"
right = true
reason = "Vì thế."

[[questions.choices]]
slug = "b"
text = "Hai"
right = false
reason = "Vì không."
"""
LESSON = """+++
slug = "mot"
title = "Bài một"
minutes = 5
aim = "Sau bài này, anh/chị biết."
sources = ["Luật 13/2022/QH15"]
+++
## Mục một

Chữ ở đây, và [bài hai](hai).

### Mục con

| A | B |
|---|---|
| 1 | 2 |
"""
FILES = {  # of a course's folder
    "01-mot.md": LESSON,
    "02-hai.md": LESSON.replace('"mot"', '"hai"').replace("Bài một", "Bài hai"),
    "course.toml": COURSE,
    "quiz.toml": QUIZ,
}
