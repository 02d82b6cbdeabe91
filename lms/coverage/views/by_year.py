"""Units and indicators over the years of the plan."""

from flask import Response

from lms.coverage import filters, over_years, year_sheet
from lms.coverage.question import Question, ask, chosen, recalled
from lms.coverage.views.room import DESKS, Asked, bp, read
from lms.kernel.access import door


@bp.get("/years")
@door(*DESKS)
def by_year():
    """n of N at the end of each year, under the tree that is asked; each leads to the screen of that day."""
    asked = read()
    questions = asked_each_year(asked)
    return asked.page("coverage/by_year.html", sheets=over_years.sheets(over_years.coverages_of(questions)))


@bp.get("/years.xlsx")
@door(*DESKS)
def years_sheet():
    """The same as a workbook."""
    asked = read()
    found = over_years.sheets(over_years.coverages_of(asked_each_year(asked)))
    answer = Response(
        year_sheet.workbook(asked.question, found, asked.filters, asked.courses), mimetype=year_sheet.MEDIA_TYPE
    )
    answer.headers.set("Content-Disposition", "attachment", filename=f"theo-nam-{asked.question.as_of}.xlsx")
    return answer


def asked_each_year(asked: Asked) -> list[Question]:
    """The question of the page, once for each year; units and changes are recalled once."""
    question = asked.question
    plan = chosen(asked.plans, question.plan.slug, question.as_of)
    changes = recalled(question.known_at)
    each = [
        ask(
            plan,
            as_of=day,
            known_at=question.known_at,
            tree_at=question.tree_at,
            units=question.units,
            grade=question.grade,
            sex=question.sex,
            changes=changes,
        )
        for day in over_years.days(question.plan.starts_on, question.as_of)[:-1]
    ]
    return [*(filters.narrowed(one, asked.kept, asked.courses) for one in each), question]
