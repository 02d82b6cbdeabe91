"""One lesson or one question of a course's files as values, and back: only its own words are written anew, the rest of the file
stays as it was. Pure: text in, text out."""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from lms.kernel.refused import Refused
from lms.tracks.course import Choice, Question
from lms.tracks.library import normal

FENCE = "+++"
_HEADS = re.compile(r"\n+(?=\[\[questions(?:\.choices)?\]\]\n)")  # one empty line before each


@dataclass(frozen=True)
class LessonText:
    """A lesson as it is written: the keys of its front matter and its Markdown body. `law_dates`: days as 2025-12-15."""

    slug: str
    title: str
    minutes: int
    aim: str
    body: str
    sources: tuple[str, ...] = ()
    remember: tuple[str, ...] = ()
    warning: str = ""
    law_dates: tuple[str, ...] = ()


def lesson_of(text: str) -> LessonText:
    """The lesson of that file. Refused when its front matter cannot be read: then the file itself is what can be edited."""
    front, body = _parted(text)
    try:
        keys: dict[str, Any] = tomllib.loads(front)
        return LessonText(
            slug=str(keys.get("slug", "")),
            title=str(keys.get("title", "")),
            minutes=int(keys.get("minutes", 0)),
            aim=str(keys.get("aim", "")),
            body=body.strip("\n"),
            sources=_words(keys, "sources"),
            remember=_words(keys, "remember"),
            warning=str(keys.get("warning", "")),
            law_dates=_words(keys, "law_dates"),
        )
    except (ValueError, TypeError) as error:
        raise _unreadable() from error


def with_lesson(text: str, lesson: LessonText) -> str:
    """The file with this lesson in it; keys that a lesson does not have here stay as they are."""
    front = _parted(text)[0] if text.strip() else ""
    try:
        keys = tomlkit.parse(front)
    except TOMLKitError as error:
        raise _unreadable() from error
    _put(keys, "slug", lesson.slug)
    _put(keys, "title", lesson.title)
    _put(keys, "minutes", lesson.minutes)
    _put(keys, "aim", lesson.aim)
    _put_list(keys, "sources", lesson.sources)
    _put_list(keys, "remember", lesson.remember)
    if lesson.warning.strip():
        _put(keys, "warning", lesson.warning)
    elif "warning" in keys:
        keys.remove("warning")
    _put_list(keys, "law_dates", lesson.law_dates)
    body = normal(lesson.body).strip("\n")
    return f"{FENCE}\n{tomlkit.dumps(keys).strip()}\n{FENCE}\n{body}\n"


def questions_of(text: str) -> tuple[Question, ...]:
    """The questions of quiz.toml, in their order. Refused when the file cannot be read."""
    try:
        return tuple(_question(one) for one in tomllib.loads(text).get("questions", ()))
    except (ValueError, TypeError, AttributeError) as error:
        raise _unreadable() from error


def with_question(text: str, slug: str | None, question: Question) -> str:
    """The file with this question in place of the one of that slug; None: as a new one, the last. LookupError: no such slug."""
    keys, questions = _opened(text)
    if slug is None:
        questions.append(tomlkit.table())
    table = questions[-1 if slug is None else _place(questions, slug)]
    for name in ("slug", "kind", "aim", "text", "difficulty", "situation", "source"):
        _put(table, name, getattr(question, name))
    if "choices" not in table:
        table.append("choices", tomlkit.aot())
    choices = table["choices"]
    while len(choices) > len(question.choices):
        del choices[-1]
    for place, choice in enumerate(question.choices):
        if place == len(choices):
            choices.append(tomlkit.table())
        for name in ("slug", "text", "right", "reason"):
            _put(choices[place], name, getattr(choice, name))
    return _closed(keys)


def without_question(text: str, slug: str) -> str:
    """The file without that question. LookupError: no such slug."""
    keys, questions = _opened(text)
    del questions[_place(questions, slug)]
    return _closed(keys)


def _parted(text: str) -> tuple[str, str]:
    lines = text.split("\n")
    ends = [place for place, line in enumerate(lines) if line.strip() == FENCE]
    if len(ends) < 2 or ends[0] != 0:
        raise _unreadable()
    return "\n".join(lines[1 : ends[1]]), "\n".join(lines[ends[1] + 1 :])


def _opened(text: str) -> tuple[tomlkit.TOMLDocument, AoT]:
    try:
        keys = tomlkit.parse(text)
    except TOMLKitError as error:
        raise _unreadable() from error
    if "questions" not in keys:
        keys.append("questions", tomlkit.aot())
    questions = keys["questions"]
    if not isinstance(questions, AoT):
        raise _unreadable()
    return keys, questions


def _closed(keys: tomlkit.TOMLDocument) -> str:
    return _HEADS.sub("\n\n", tomlkit.dumps(keys)).rstrip() + "\n"


def _place(questions: AoT, slug: str) -> int:
    for place, one in enumerate(questions):
        if one.get("slug") == slug:
            return place
    raise LookupError(f"no question {slug}")


def _question(keys: dict[str, Any]) -> Question:
    return Question(
        slug=str(keys.get("slug", "")),
        kind=keys.get("kind", "one"),
        aim=str(keys.get("aim", "")),
        text=str(keys.get("text", "")).strip(),
        difficulty=int(keys.get("difficulty", 0)),
        situation=bool(keys.get("situation", False)),
        source=str(keys.get("source", "")),
        choices=tuple(_choice(one) for one in keys.get("choices", ())),
    )


def _choice(keys: Any) -> Choice:
    slug, text, reason = (str(keys.get(name, "")).strip() for name in ("slug", "text", "reason"))
    return Choice(slug, text, bool(keys.get("right", False)), reason)


def _words(keys: Any, name: str) -> tuple[str, ...]:
    return tuple(str(one) for one in keys.get(name, ()))


def _put(keys: Any, name: str, value: str | int | bool) -> None:
    """A key gets another value only when it is another: what stays the same is not written anew."""
    if isinstance(value, str):
        value = normal(value).strip()
    if name not in keys or _plain(keys[name]) != value:
        keys[name] = tomlkit.string(value, multiline="\n" in value) if isinstance(value, str) else value


def _put_list(keys: Any, name: str, values: tuple[str, ...]) -> None:
    """The same of a list of lines; an empty one is left out."""
    written = tuple(filter(None, (normal(one).strip() for one in values)))
    if _words(keys, name) == written:
        return
    if not written:
        keys.remove(name)
        return
    array = tomlkit.array()
    array.extend(written)
    keys[name] = array.multiline(len(written) > 1)


def _plain(value: Any) -> Any:
    plain = value.unwrap() if hasattr(value, "unwrap") else value
    return plain.strip() if isinstance(plain, str) else plain


def _unreadable() -> Refused:
    return Refused("This file cannot be taken apart as it stands. Open it as a file and mend it there.")
