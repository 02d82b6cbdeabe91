"""What a quiz.toml can say and still not mean: slugs twice, aims of no lesson, the wrong number of right choices. Pure."""

from collections.abc import Collection, Iterator

from lms.kernel.said import Said
from lms.tracks.shapes import QuizShape


def quiz_faults(quiz: QuizShape, lessons: Collection[str] | None) -> Iterator[tuple[tuple[str | int, ...], Said]]:
    """(where in the file, what is wrong). `lessons`: the slugs an aim may name; None when they could not be read."""
    if quiz.draw > len(quiz.questions):
        yield ("draw",), Said("draw: there are only %(there)s questions to draw from", there=len(quiz.questions))
    seen: set[str] = set()
    for place, question in enumerate(quiz.questions):
        at = ("questions", place)
        if question.slug in seen:
            yield (*at, "slug"), Said("slug “%(slug)s” twice: expected one question of that name", slug=question.slug)
        seen.add(question.slug)
        if lessons is not None and question.aim not in lessons:
            yield (*at, "aim"), Said("aim “%(aim)s”: expected the slug of a lesson of this course", aim=question.aim)
        slugs = [choice.slug for choice in question.choices]
        for number, slug in enumerate(slugs):
            if slug in slugs[:number]:
                yield (
                    (*at, "choices", number, "slug"),
                    Said("choice “%(choice)s” twice in “%(slug)s”", choice=slug, slug=question.slug),
                )
        right = sum(choice.right for choice in question.choices)
        total = len(slugs)
        fits, expected = {
            "one": (right == 1 and total >= 2, Said("exactly one right choice, and a wrong one")),
            "several": (2 <= right < total, Said("at least two right choices, and a wrong one")),
            "true_false": (right == 1 and total == 2, Said("two choices, one of them right")),
        }[question.kind]
        if not fits:
            yield (
                (*at, "kind"),
                Said(
                    "“%(slug)s” of kind %(kind)s has %(right)s right of %(total)s: expected %(expected)s",
                    slug=question.slug,
                    kind=question.kind,
                    right=right,
                    total=total,
                    expected=expected,
                ),
            )
