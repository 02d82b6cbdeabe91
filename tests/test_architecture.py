"""The storeys of the house: a room leans only on lower rooms, rules are pure, files stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LMS = ROOT / "lms"

# Each room may import the rooms named after it, and the kernel.
STOREYS: dict[str, set[str]] = {
    "kernel": set(),
    "people": set(),
    "tracks": {"people"},
    "quizzes": {"tracks", "people"},
    "attendance": {"tracks", "people"},
    "confidential": set(),
    "certificates": {"quizzes", "attendance", "tracks", "people"},
    "coverage": {"certificates", "quizzes", "attendance", "confidential", "tracks", "people"},
    "reports": {"coverage", "certificates", "quizzes", "attendance", "confidential", "tracks", "people"},
    "home": {"reports", "coverage", "certificates", "quizzes", "attendance", "confidential", "tracks", "people"},
}
IMPURE = {
    "flask",
    "flask_login",
    "flask_sqlalchemy",
    "sqlalchemy",
    "wtforms",
    "flask_wtf",
    "lms.kernel.clock",
    "lms.kernel.db",
}
FLASK_FILES = {"sign_in", "half", "devices"}  # what a browser's cookies say

LONG_PYTHON: dict[str, str] = {}  # file -> why it may be over 300 lines
LONG_TEMPLATES: dict[str, str] = {}  # file -> why it may be over 120 lines

FILES = sorted(LMS.rglob("*.py"))


def at_the_edge(path: Path) -> bool:
    """Files that may know Flask: views, forms, commands, sign-in; the kernel; the roofs."""
    parts = path.relative_to(LMS).parts
    return (
        path.parent == LMS
        or parts[0] == "kernel"
        or bool({"views", "forms", "cli"} & {*parts, path.stem})
        or path.stem.endswith("_views")
        or path.stem in FLASK_FILES
    )


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


@pytest.mark.parametrize("path", [path for path in FILES if path.parent != LMS], ids=name_of)
def test_a_room_leans_only_on_lower_rooms(path: Path) -> None:
    room = path.relative_to(LMS).parts[0]
    allowed = STOREYS[room] | {room, "kernel"}
    for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        parts = module.split(".")
        if parts[0] == "lms" and len(parts) > 1:
            assert parts[1] in allowed, f"{room} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_import_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = [node.lineno for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not inside, f"{name_of(path)}:{inside[0]}"


@pytest.mark.parametrize("path", [path for path in FILES if path.stem == "rules"], ids=name_of)
def test_rules_are_pure(path: Path) -> None:
    for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        impure = {one for one in IMPURE if module == one or module.startswith(one + ".")}
        assert not impure, f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", [path for path in FILES if not at_the_edge(path)], ids=name_of)
def test_only_the_edge_of_a_room_knows_flask(path: Path) -> None:
    for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        assert module.split(".")[0] not in {"flask", "flask_login", "flask_wtf", "wtforms"}, (
            f"{name_of(path)} imports {module}"
        )


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_python_files_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 300 or name_of(path) in LONG_PYTHON, f"{lines} lines"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.*")), ids=name_of)
def test_templates_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    assert lines <= 120 or name_of(path) in LONG_TEMPLATES, f"{lines} lines"
    assert "|safe" not in text.replace(" ", ""), "a template says |safe"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_homeless(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "helper", "services", "common", "misc", "manager"}


def test_confidential_knows_no_person() -> None:
    for path in (LMS / "confidential").rglob("*.py"):
        for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
            assert not module.startswith(("lms.people", "lms.tracks", "flask_login")), (
                f"{name_of(path)} imports {module}"
            )
