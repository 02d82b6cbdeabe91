"""What the components in templates/components ask of Python: attributes of a field, labels of cells, geometry of charts."""

import re
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, url_for
from markupsafe import Markup, escape
from wtforms import Field, FieldList, Form, FormField, SelectField, SelectMultipleField
from wtforms.widgets import ListWidget

from lms.kernel import charts

Column = str | dict[str, str]

_CELL = re.compile(r"<(td|th)\b([^>]*)>")


def is_choice_list(field: Field) -> bool:
    """Several boxes under one question: a fieldset with a legend, not an input with a label."""
    return isinstance(field.widget, ListWidget) or takes_several(field)


def takes_several(field: Field) -> bool:
    """Tick boxes rather than radio buttons."""
    return isinstance(field, SelectMultipleField)


def field_attributes(field: Field, hint: str | None) -> dict[str, Any]:
    """Ties a field to its hint and to its error for those who hear the page. A list without an empty line cannot be left empty."""
    ids = [f"{field.id}-hint"] if hint or field.description else []
    ids += [f"{field.id}-error"] if field.errors else []
    attributes: dict[str, Any] = {"aria-describedby": " ".join(ids)} if ids else {}
    if isinstance(field, SelectField) and any(choice.value for choice in islice(field.iter_choices(), 1)):
        attributes["required"] = False
    return {**attributes, "aria-invalid": "true"} if field.errors else attributes


def field_errors(field: Field) -> list[str]:
    """The sentences to show at a field; those of its parts (a list, a form in a form) come out flat."""
    return list(_sentences(field.errors))


def form_faults(fields: Form | Sequence[Field]) -> list[tuple[str, str]]:
    """Each sentence with the id of its field; a list's own parts and a form's own fields come one by one."""
    found = []
    for field in fields:
        parts = list(field) if isinstance(field, FieldList) else field.form if isinstance(field, FormField) else ()
        found += form_faults(parts) or [(field.id, sentence) for sentence in field_errors(field)]
    return found


def label_cells(rows: Markup, columns: Sequence[Column]) -> Markup:
    """Give each cell of these `<tr>` rows the name of its column (shown when a table becomes cards) and its kind.

    `rows` is what a template has already escaped; a cell must not hold another table.
    """
    labels = cycle([(escape(column_label(column)), _class(column)) for column in columns])

    def cell(found: re.Match[str]) -> str:
        label, kind = next(labels)
        tag, attributes = found.groups()
        return f'<{tag} data-label="{label}"{attributes}{"" if "class=" in attributes else kind}>'

    return Markup(_CELL.sub(cell, str(rows)))  # noqa: S704  # escaped by the template that made it; we add constants and an escaped label


def _class(column: Column) -> str:
    kind = column.get("kind", "text") if isinstance(column, dict) else "text"
    return "" if kind == "text" else f' class="{kind}"'


def address(endpoint: str, query: Mapping[str, object]) -> str:
    """`url_for` for a page without parts in its path, of which one page has many links: the path is looked up once."""
    paths: dict[str, str] = g.setdefault("paths", {})
    path = paths.get(endpoint) or paths.setdefault(endpoint, url_for(endpoint))
    return f"{path}?{urlencode(query)}" if query else path


def column_label(column: Column) -> str:
    return column["label"] if isinstance(column, dict) else column


def _sentences(errors: Any) -> list[str]:
    if isinstance(errors, dict):
        errors = errors.values()
    elif isinstance(errors, str) or not isinstance(errors, Sequence):
        return [str(errors)]
    return [sentence for part in errors for sentence in _sentences(part)]


def init(app: Flask) -> None:
    app.jinja_env.globals.update(
        address=address,
        is_choice_list=is_choice_list,
        field_attributes=field_attributes,
        field_errors=field_errors,
        form_faults=form_faults,
        takes_several=takes_several,
        column_label=column_label,
        line_geometry=charts.line,
        bar_geometry=charts.bars,
        share=charts.share,
    )
    app.jinja_env.filters["label_cells"] = label_cells
