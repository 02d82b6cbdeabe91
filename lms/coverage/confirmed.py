"""Which of a page's units have not confirmed their list: a mark beside the figures, which never changes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.coverage.queries import Coverage
from lms.people.confirmations import confirmations
from lms.people.upkeep_queries import CONTAINERS


@dataclass(frozen=True)
class Marks:
    """`own`: units whose own list nobody has confirmed. `below`: how many of them there are at a unit and below it."""

    own: frozenset[int]
    below: Mapping[int, int]
    total: int


def marks(found: Coverage) -> Marks:
    """One statement. Under another day's tree there are none: its units are not those that were asked to confirm."""
    question = found.question
    if question.tree_at != question.as_of:
        return Marks(frozenset(), {}, 0)
    held = confirmations(question.as_of, question.known_at)
    return _marks(found, held)


def _marks(found: Coverage, held: Mapping[int, date]) -> Marks:
    tree, peopled = found.question.tree, found.question.peopled
    here = tree.versions if found.under is None else tree.subtree(found.under)
    own = frozenset(
        one for one in here if one not in held and (one in peopled or tree.versions[one].kind not in CONTAINERS)
    )
    below: dict[int, int] = {}
    for one in own:
        for above in tree.path(one):
            below[above] = below.get(above, 0) + 1
    return Marks(own, below, len(own))
