"""What a quiz.toml can say and still not mean: slugs twice, aims of no lesson, the wrong number of right choices. Pure."""

from collections.abc import Collection, Iterator

from lms.tracks.shapes import QuizShape


def quiz_faults(quiz: QuizShape, lessons: Collection[str] | None) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(where in the file, what is wrong). `lessons`: the slugs an aim may name; None when they could not be read."""
    if quiz.draw > len(quiz.questions):
        yield ("draw",), f"draw: there are only {len(quiz.questions)} questions to draw from"
    seen: set[str] = set()
    for place, question in enumerate(quiz.questions):
        at = ("questions", place)
        if question.slug in seen:
            yield (*at, "slug"), f"slug “{question.slug}” twice: expected one question of that name"
        seen.add(question.slug)
        if lessons is not None and question.aim not in lessons:
            yield (*at, "aim"), f"aim “{question.aim}”: expected the slug of a lesson of this course"
        slugs = [choice.slug for choice in question.choices]
        for number, slug in enumerate(slugs):
            if slug in slugs[:number]:
                yield (*at, "choices", number, "slug"), f"choice “{slug}” twice in “{question.slug}”"
        right = sum(choice.right for choice in question.choices)
        total = len(slugs)
        fits, expected = {
            "one": (right == 1 and total >= 2, "exactly one right choice, and a wrong one"),
            "several": (2 <= right < total, "at least two right choices, and a wrong one"),
            "true_false": (right == 1 and total == 2, "two choices, one of them right"),
        }[question.kind]
        if not fits:
            yield (
                (*at, "kind"),
                f"“{question.slug}” of kind {question.kind} has {right} right of {total}: expected {expected}",
            )
