"""The shape of an answer to one question."""

from typing import Any, Self

from flask import jsonify
from flask.wrappers import Response
from werkzeug.datastructures import MultiDict
from wtforms.widgets import HiddenInput

from lms.kernel.forms import ChoiceField, ChoicesField, Form, WholeNumberField, choices_of
from lms.kernel.i18n import gettext as _
from lms.quizzes.models import Answer
from lms.tracks.course import Question


class AnswerForm(Form):
    """A question's choices, and the count of changes the page knows of."""

    counter = WholeNumberField("counter", at_least=1, optional=True, widget=HiddenInput())

    @classmethod
    def of(cls, question: Question, kept: Answer | None = None, formdata: MultiDict[str, Any] | None = None) -> Self:
        """The form of that question: filled with what is kept, or with what was sent."""
        field = ChoicesField if question.kind == "several" else ChoiceField

        class QuestionForm(cls):  # type: ignore[valid-type,misc]  # WTForms declares fields on a class
            chosen = field(
                question.text,
                if_missing=_("Choose an answer."),
                choices=choices_of((choice.slug, choice.text) for choice in question.choices),
            )

        if formdata is not None:
            return QuestionForm.filled(formdata)  # type: ignore[no-any-return]  # a class made above is Any to mypy
        form = QuestionForm(data={"counter": kept.counter + 1 if kept else 1})
        if kept:
            form.chosen.data = kept.chosen if question.kind == "several" else kept.chosen[0]
        return form

    @property
    def chosen_slugs(self) -> list[str]:
        """What was ticked, as a list for every kind of question."""
        data = self["chosen"].data
        return list(data) if isinstance(data, list) else [data]


def refused_choice(form: AnswerForm) -> tuple[Response, int]:
    """The first thing wrong, for a script."""
    first = next(sentence for sentences in form.errors.values() for sentence in sentences)
    return jsonify(error=str(first)), 422
