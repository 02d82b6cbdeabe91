"""Which unit does a list mean? Its words, against the names that were valid on the day of the list. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from lms.kernel.vietnamese import nfc, search_key, tidy

PLACES = frozenset({"commune", "ward", "township"})
_KINDS = ("thi tran", "thi xa", "thanh pho", "dac khu", "tinh", "huyen", "quan", "phuong", "xa")
_SHORT = {
    "tt": ("thi tran", "trung tam"),
    "x": ("xa",),
    "p": ("phuong", "phong"),
    "ph": ("phuong",),
    "f": ("phuong",),
    "h": ("huyen",),
    "t": ("tinh",),
    "tp": ("thanh pho",),
    "tx": ("thi xa",),
    "pg": ("phong",),
    "ttr": ("thi tran",),
}
_FIRST = frozenset({kind.split()[0] for kind in _KINDS} | set(_SHORT))  # how a place begins
_OFFICES = re.compile(
    r"^(?:van phong |vp )?(?:(?:dang uy|hdnd|hoi dong nhan dan|ubnd|uy ban nhan dan|khoi|don vi|co quan)(?: va | |$))+"
)
_HOUSES = re.compile(
    r"^(?:tr|th|ca|cax|chi bo|dang bo)\b"
    r"|\b(?:truong|thcs|mn|mam non|tieu hoc|tram|tyt|y te|hoi|doan|cong an|mttq|mat tran|bchqs|quan su)\b"
)
_ENGLISH = re.compile(r"(.+) (commune|ward|town|township|district)")
_KIND_IN_ENGLISH = {"commune": "xa", "ward": "phuong", "district": "huyen"}
_ALONE = {"township": "thi tran", "district": "huyen"}  # "UBND thị trấn": where there is one, it needs no name
LONG = 4  # words of a name from which on its end may be left out
_LEVELS = frozenset({"huyen", "tinh", "xa", "phuong", "pho", "quan"})
_LEVEL = "huyen|tinh|thanhpho|thixa|quan|h|tp"
_ABOVE = re.compile(r" (?:tinh|thanh pho|huyen|quan|thi xa) .+$")


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """What a unit was called during a time (half-open)."""

    unit_id: int
    name: str
    kind: str
    code: str
    parent_id: int | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Found:
    """The unit, or why there is none: `problem` is empty, unknown, not_then or several."""

    unit_id: int | None = None
    name: str = ""
    why: str = ""  # name, short, within, answered
    problem: str = ""
    others: tuple[NamedUnit, ...] = ()  # who was called so at another time, or who is meant perhaps


class UnitNames:
    """The names to match against; answers people gave before come first."""

    def __init__(self, units: Iterable[NamedUnit], answers: Mapping[str, int] = MappingProxyType({})) -> None:
        self.units = tuple(units)
        self.answers = dict(answers)
        self._named: dict[int, list[NamedUnit]] = {}
        for unit in self.units:
            self._named.setdefault(unit.unit_id, []).append(unit)
        self._called: dict[str, list[tuple[NamedUnit, str]]] = {}
        self._places: dict[str, list[tuple[NamedUnit, str]]] = {}
        for unit in self.units:
            for key, why in self._forms(unit):
                self._called.setdefault(key, []).append((unit, why))
            if unit.kind in PLACES:
                self._places.setdefault(words_of(unit.name), []).append((unit, "within"))
        self._bare: dict[str, list[tuple[NamedUnit, str]]] = {}
        above = {_bare(words_of(unit.name)) for unit in self.units if unit.kind not in PLACES}
        for unit in self.units:
            if unit.kind in PLACES and (bare := _bare(words_of(unit.name))) not in above:
                self._bare.setdefault(bare, []).append((unit, "within"))
        self._short = [(unit, self._shortened(unit)) for unit in self.units if unit.kind not in PLACES]
        self._found: dict[tuple[str, date], Found] = {}

    def find(self, text: str, on: date) -> Found:
        """Who was called so on that day."""
        found = self._found.get((text, on))
        if found is None:
            found = self._found[text, on] = self._look(text, on)
        return found

    def likely_day(self, texts: Iterable[str], today: date) -> date | None:
        """The last day on which more of these names were valid than today; None when today does as well."""
        spans = [
            [(unit.valid_from, unit.valid_to) for unit, _why in called]
            for text in set(texts)
            if (called := self._meant(text))
        ]
        if not spans:
            return None

        def held(day: date) -> int:
            return sum(any(start <= day < end for start, end in some) for some in spans)

        days = {end - timedelta(days=1) for some in spans for _start, end in some if end <= today}
        best = max(days, key=lambda day: (held(day), day), default=today)
        return best if held(best) > held(today) else None

    def _forms(self, unit: NamedUnit) -> Iterable[tuple[str, str]]:
        full = words_of(unit.name)
        yield full, "name"
        yield squeezed(full), "name"
        if unit.code:
            yield search_key(unit.code), "name"
        bare = _bare(full)
        if bare != full:
            yield bare, "short"
        if kind := _ALONE.get(unit.kind):
            yield kind, "short"
            yield f"{kind} uy", "short"
        for parent in self._named.get(unit.parent_id or 0, ()):
            above = words_of(parent.name)
            yield f"{full} {above}", "name"
            yield f"{full} {_bare(above)}", "name"

    def _shortened(self, unit: NamedUnit) -> re.Pattern[str]:
        """With the place above behind it or without: TTYT huyện Tam Đường."""
        places = {squeezed(_bare(words_of(parent.name))) for parent in self._named.get(unit.parent_id or 0, ())}
        return _shortened(unit.name, "|".join(sorted(places)))

    def _look(self, text: str, on: date) -> Found:
        key = search_key(text)
        if (answer := self.answers.get(key)) is not None:
            names = self._named.get(answer, [])
            then = next((unit for unit in names if unit.valid_from <= on < unit.valid_to), names[-1] if names else None)
            if then is not None:
                return Found(answer, then.name, "answered")
        called = self._meant(text)
        if not called:
            return Found(problem="unknown")
        then_called = [(unit, why) for unit, why in called if unit.valid_from <= on < unit.valid_to]
        if not then_called:
            return Found(problem="not_then", others=tuple(unit for unit, _why in called))
        if len({unit.unit_id for unit, _why in then_called}) > 1:
            exact = [one for one in then_called if nfc(one[0].name).casefold() == tidy(text).casefold()]
            if len({unit.unit_id for unit, _why in exact}) != 1:
                return Found(problem="several", others=tuple(unit for unit, _why in then_called))
            then_called = exact
        unit, why = then_called[0]
        return Found(unit.unit_id, unit.name, why)

    def _meant(self, text: str) -> list[tuple[NamedUnit, str]]:
        """Every unit ever called so, by the plainest reading that gives one."""
        for form in _readings(text):
            if called := self._called.get(form):
                return called
        words = words_of(text).split()
        shortest = squeezed(" ".join(words))
        if len(shortest) > 3 and (
            called := [(unit, "short") for unit, short in self._short if short.fullmatch(shortest) is not None]
        ):
            return called
        for end in range(len(words), 1, -1):  # the place named last is the one: "Trạm Y tế xã …"
            for start in range(end - 2, max(-1, end - 7), -1):
                if words[start] not in _FIRST:
                    continue
                for form in _expanded(" ".join(words[start:end])):
                    if called := self._places.get(form):
                        return called
        if _HOUSES.search(" ".join(words)):  # "Trường TH Bản Bo"
            return next((called for at in (-2, -3) if (called := self._bare.get(" ".join(words[at:])))), [])
        return []


def words_of(text: str) -> str:
    """Folded, signs as spaces: "Phòng VH - TT" gives "phong vh tt"."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in search_key(text[:200])).split())


def squeezed(words: str) -> str:
    """Without spaces: GD&ĐT, GD-ĐT and GDĐT are one."""
    return words.replace(" ", "")


def _readings(text: str) -> Iterable[str]:
    key = words_of(text)
    yield key
    yield from _expanded(key)
    office = _OFFICES.sub("", key)
    if office and office != key:
        yield office
        yield from _expanded(office)
    lower = _ABOVE.sub("", office)
    if lower and lower != office:
        yield lower
        yield from _expanded(lower)
    yield squeezed(key)


def _expanded(words: str) -> Iterable[str]:
    yield words
    first, _, rest = words.partition(" ")
    for kind in _SHORT.get(first, ()) if rest else ():
        yield f"{kind} {rest}"
    if found := re.match(r"(t t|t tran) (.+)", words):
        yield f"thi tran {found[2]}"
    if found := _ENGLISH.fullmatch(words):
        yield f"{_KIND_IN_ENGLISH.get(found[2], 'thi tran')} {found[1]}"


def _bare(full: str) -> str:
    for kind in _KINDS:
        if full.startswith(f"{kind} "):
            return full[len(kind) + 1 :]
    return full


def _shortened(name: str, above: str) -> re.Pattern[str]:
    """Phòng GDĐT, PGD&ĐT, P. Giáo dục và ĐT: how people shorten the name of an office, each word whole or by its first letter; the
    level above may follow and its name, and of a long name the end may be missing (Phòng Giáo dục)."""
    words = [word for word in words_of(name).split() if word != "va"]
    parts = [f"{word[0]}(?:{word[1:]})?" if len(word) > 1 else word for word in words]
    level = f"(?:{_LEVEL})?"
    if words[-1] in _LEVELS:
        level = f"(?:{parts.pop()})?" if len(words) > LONG else parts.pop()
    between = "(?:v|va)?"
    pattern = between.join(parts)
    if len(parts) > LONG:
        pattern = between.join(parts[:3]) + f"(?:{between}{between.join(parts[3:])})?"
    return re.compile(f"{pattern}{level}(?:{above})?" if above else f"{pattern}{level}")
