"""How templates write dates, moments and numbers: the Vietnamese way, in either language."""

from flask import Flask

from lms.kernel import vietnamese


def init(app: Flask) -> None:
    """`{{ day|date }}`, `{{ moment|datetime }}`, `{{ n|number }}`, `{{ size|megabytes }}`, `{{ percent(n, of) }}`, `{{ name|given_name }}`."""
    app.jinja_env.filters.update(
        date=vietnamese.short_date,
        datetime=vietnamese.short_datetime,
        number=vietnamese.number,
        megabytes=vietnamese.megabytes,
        given_name=vietnamese.given_name,
        date_words=vietnamese.date_words,
        month_words=vietnamese.month_words,
        clock_time=vietnamese.clock_time,
        weekday=vietnamese.weekday,
    )
    app.jinja_env.globals.update(percent=vietnamese.percent)
