"""python-calamine, kept in its place: whatever a file does to it, what comes out is sheets or a refusal. It is Rust, and says of some
damage that it panics, which no `except Exception` hears."""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from lms.kernel.refused import Refused
from lms.people.roster.reader.grid import Grid, capped

MERGED = 2_000  # blocks of merged cells that are looked at


@contextmanager
def kept_in_place(refusal: Callable[[], Refused]) -> Iterator[None]:
    """Raises that refusal for everything the reader cannot read."""
    try:
        yield
    except Refused:
        raise
    except (CalamineError, ArithmeticError, LookupError, OSError, ValueError, struct.error) as error:
        raise refusal() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # pyo3_runtime's; it cannot be imported
            raise refusal() from error
        raise


def grid_of(workbook: CalamineWorkbook, sheet: Any) -> Grid:
    """Rows and merged cells of a sheet, by its metadata; the first row is Excel's row 1."""
    opened = workbook.get_sheet_by_name(sheet.name)
    grid = Grid(sheet.name, capped(opened.to_python(skip_empty_area=False)), sheet.visible != SheetVisibleEnum.Visible)
    grid.merged = tuple((*first, *last) for first, last in (opened.merged_cell_ranges or ())[:MERGED])
    return grid
