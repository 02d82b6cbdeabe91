"""What is kept of a course on paper: in the learner's edition, without a name on it."""

import io

import pypdf

from lms.kernel.pdf import visible
from lms.tracks import actions, editions
from tests.tracks.sample import a_course, lesson
from tests.world import TODAY, World


def test_a_handout_keeps_the_words_a_learner_began_with(learning: World) -> None:
    with learning.doing():
        first = lesson(1, remember=("Gọi trước, đi cùng.",), aim="Sau bài này, anh/chị biết gọi ai.")
        course = a_course(
            "to-giay",
            lessons=(first, lesson(2, remember=())),
            parts=("lessons",),
            glossary="<p>Từ <script>x</script>A</p>",
        )
        editions.publish(course)
        mine = actions.enrol(learning.persons["lan"], "to-giay", on=TODAY).id
        actions.read_lesson(actions.enrol(learning.persons["lan"], "to-giay", on=TODAY), first.slug)
        editions.publish(a_course("to-giay", title="Tên mới"))
    lan = learning.client("lan")

    assert f'href="/learn/{mine}/handout"' in lan.get(f"/learn/{mine}")
    page = lan.get(f"/learn/{mine}/handout")
    paper = lan.raw(f"/learn/{mine}/handout.pdf")
    assert paper.mimetype == "application/pdf"
    reader = pypdf.PdfReader(io.BytesIO(paper.data))
    printed = visible(" ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split()))

    for words in (
        "Khóa to-giay",
        "Gọi trước, đi cùng.",
        "anh/chị biết gọi ai",
        "Bản số 1",
        "23/11/2026",
        "113",
        "Từ A",
    ):
        assert words in page, words
        assert words in printed, words
    for words in ("Tên mới", "Lan", "<script>x"):
        assert words not in page.split("<h1>")[1], words
        assert words not in printed, words
    assert page.count('<section class="keep">') == 1, "a lesson without a card prints none"
    assert reader.pages[0].mediabox.width < reader.pages[0].mediabox.height
    assert abs(float(reader.pages[0].mediabox.height) - 841.9) < 1, "A4"
