"""Courses that ask for each other: for one that is not there, for themselves, or around in a circle. Pure."""

from collections.abc import Collection, Iterable, Iterator

from lms.kernel.said import Said
from lms.tracks.course import Course


def order_faults(courses: Iterable[Course], known: Collection[str]) -> Iterator[tuple[Course, str, Said]]:
    """(course, key of its course.toml, what is wrong). `known`: slugs of all courses, those that could not be read too."""
    asks = {course.slug: course.after for course in courses}
    for course in courses:
        for key, slugs in (("after", course.after), ("best_after", course.best_after)):
            for slug in slugs:
                if slug not in known:
                    yield (
                        course,
                        key,
                        Said(
                            "%(key)s: no course “%(slug)s”: expected one of %(there)s",
                            key=key,
                            slug=slug,
                            there=", ".join(known),
                        ),
                    )
        if circle := _circle(course.slug, asks):
            yield (
                course,
                "after",
                Said("after: nobody could ever begin, because of the circle %(circle)s", circle=" → ".join(circle)),
            )


def _circle(slug: str, asks: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The way from a course back to itself; () when there is none."""
    waiting: list[tuple[str, ...]] = [(slug,)]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop()
        for ahead in asks.get(way[-1], ()):
            if ahead == slug:
                return (*way, ahead)
            if ahead not in seen:
                seen.add(ahead)
                waiting.append((*way, ahead))
    return ()
