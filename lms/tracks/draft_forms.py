"""What the office types into a draft of a course."""

from typing import Any

from lms.kernel.forms import (
    BooleanField,
    ChoiceField,
    FileField,
    Form,
    LongTextField,
    TextField,
    WholeNumberField,
    choices_of,
)
from lms.kernel.i18n import gettext
from lms.kernel.i18n import lazy_gettext as _l
from lms.tracks import packs
from lms.tracks.course import Choice, Question
from lms.tracks.editing import LessonText
from lms.tracks.library import normal

MOST_CHOICES = 8
KINDS = (("one", _l("One right answer")), ("several", _l("Several right answers")), ("true_false", _l("True or false")))


class WrittenField(LongTextField):
    """Markdown or TOML as it was typed, all of it: only line ends and accents are brought into one form."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Spaces and empty lines mean something here; what is too long is still shown again."""
        self.data = normal(valuelist[0] if valuelist and isinstance(valuelist[0], str) else "")
        if len(self.data) > self.max_length:
            raise ValueError(
                gettext("This is too long: at most %(longest)s characters fit here.", longest=self.max_length)
            )


class PackForm(Form):
    """A course as one zip."""

    pack = FileField(_l("Course pack (.zip)"), endings=(".zip",), most_bytes=packs.LARGEST)


class Seen(Form):
    """Any form of a draft: the version that was on the page."""

    version = WholeNumberField(_l("Version"), optional=True, at_least=0)

    def seen(self) -> int:
        """The version; 0, which no draft has, when the page did not say."""
        return self.version.data or 0


class StepForm(Seen):
    """What a reviewer says; what whoever publishes has read."""

    words = LongTextField(_l("What you say about it"), optional=True, max_length=1000)
    falling_short = BooleanField(_l("I have read what the course falls short in, and publish it all the same"))


class LessonForm(Seen):
    """A lesson as it is written."""

    title = TextField(_l("Title"))
    aim = TextField(_l("What one can do after it"), max_length=400)
    minutes = WholeNumberField(_l("Minutes to read"), at_least=1, at_most=15)
    warning = LongTextField(_l("Warning before hard content"), optional=True, max_length=600)
    body = WrittenField(_l("Text"), max_length=60_000, render_kw={"rows": 24, "class": "written"})
    remember = LongTextField(_l("Remember: one line each"), optional=True, max_length=2000)
    sources = LongTextField(_l("Sources: one line each"), max_length=4000)

    @classmethod
    def of(cls, lesson: LessonText, version: int) -> "LessonForm":
        """Filled with what is written now."""
        kept = {name: getattr(lesson, name) for name in ("title", "aim", "minutes", "warning", "body")}
        lists = {name: "\n".join(getattr(lesson, name)) for name in ("remember", "sources")}
        return cls(data={**kept, **lists, "version": version})

    def lesson(self, was: LessonText) -> LessonText:
        """What was typed; address and days of law stay."""
        given: dict[str, Any] = {name: self.data[name] for name in ("title", "aim", "minutes", "warning", "body")}
        lists: dict[str, Any] = {name: tuple(self.data[name].split("\n")) for name in ("remember", "sources")}
        return LessonText(slug=was.slug, law_dates=was.law_dates, **given, **lists)


class ChoiceForm(Form):
    """One thing to tick. Without a text there is none."""

    text = LongTextField(_l("What it says"), optional=True, max_length=600, render_kw={"rows": 2})
    right = BooleanField(_l("This one is right"))
    reason = LongTextField(_l("Why it is right or wrong"), optional=True, max_length=800, render_kw={"rows": 2})


class QuestionForm(Seen):
    """A question of the test; its choices are forms of their own (`ChoiceForm`, prefix choice-N-)."""

    text = LongTextField(_l("Question"), max_length=1500, render_kw={"rows": 4})
    kind = ChoiceField(_l("Kind"), choices=choices_of(KINDS))
    aim = ChoiceField(_l("Lesson it tests"))
    difficulty = ChoiceField(
        _l("Difficulty"), coerce=int, choices=choices_of(((1, _l("easy")), (2, _l("middling")), (3, _l("hard"))))
    )
    situation = BooleanField(_l("It is a situation to decide in"))
    source = TextField(_l("Source"), max_length=400)

    def offer(self, lessons: list[tuple[str, str]]) -> "QuestionForm":
        """(slug, title) of the lessons."""
        self.aim.choices = choices_of(lessons, empty=_l("choose a lesson"))
        return self

    def question(self, slug: str, choices: list["ChoiceForm"], slugs: list[str]) -> Question:
        """What was typed. `slugs`: of the choices that were there before, in their order."""
        free = (f"chon-{n}" for n in range(1, 100) if f"chon-{n}" not in slugs)
        given = [(place, one.data) for place, one in enumerate(choices) if one.data["text"] or one.data["reason"]]
        return Question(
            slug=slug,
            kind=self.data["kind"],
            aim=self.data["aim"],
            text=self.data["text"],
            difficulty=self.data["difficulty"],
            situation=bool(self.data["situation"]),
            source=self.data["source"],
            choices=tuple(
                Choice(
                    slugs[place] if place < len(slugs) else next(free), one["text"], bool(one["right"]), one["reason"]
                )
                for place, one in given
            ),
        )


def choice_forms(formdata: Any = None, question: Question | None = None) -> list[ChoiceForm]:
    """As many as there are, and two to spare."""
    if formdata is not None:
        return [ChoiceForm(formdata, prefix=f"choice-{n}-") for n in range(MOST_CHOICES)]
    kept = question.choices if question else ()
    spare = min(MOST_CHOICES, len(kept) + 2)
    values = [{"text": one.text, "right": one.right, "reason": one.reason} for one in kept]
    values += [{}] * (spare - len(kept))
    return [ChoiceForm(data=one, prefix=f"choice-{n}-") for n, one in enumerate(values)]


class FileForm(Seen):
    """One file of the course, as it is written."""

    text = WrittenField(_l("File"), max_length=packs.LARGEST_FILE, render_kw={"rows": 30, "class": "written"})
