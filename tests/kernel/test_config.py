"""What is unsafe to serve does not start, and says in one sentence what to do."""

from pathlib import Path

import pytest

from lms.config import Config, Unsafe

LONG = "k" * 43


def env(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), "SECRET_KEY": LONG, "AUDIT_KEY": LONG, **more}


@pytest.mark.parametrize(
    "more, sentence",
    [
        ({"FLASK_DEBUG": "1", "BIND": "10.0.0.1", "TRUSTED_HOSTS": "a.vn"}, "Debug mode"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"AUDIT_KEY": "short"}, "AUDIT_KEY is too short"),
        ({"BIND": "10.0.0.1"}, "TRUSTED_HOSTS is not set"),
        ({"DATABASE_URL": "postgresql://x/y", "SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"PROXIES": "one"}, "PROXIES is a number"),
        ({"SECOND_FACTOR": "no"}, "SECOND_FACTOR is"),
        ({"COURSE_REVIEW": "no"}, "COURSE_REVIEW is"),
        ({"OIDC_ISSUER": "https://id.example.vn"}, "go together"),
        ({"OIDC_ISSUER": "http://id.example.vn", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, "https://"),
    ],
)
def test_refusals(tmp_path: Path, more: dict[str, str], sentence: str) -> None:
    with pytest.raises(Unsafe, match=sentence) as refusal:
        Config.from_environment(env(tmp_path, **more))
    assert "\n" not in str(refusal.value)


def test_a_folder_nobody_can_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()  # a file where the folder should be: not writable even for root
    with pytest.raises(Unsafe, match="cannot be written"):
        Config.from_environment(env(tmp_path, DATA_DIR=str(tmp_path / "file" / "data")))


def test_the_embedded_default_makes_and_keeps_its_keys(tmp_path: Path) -> None:
    first = Config.from_environment({"DATA_DIR": str(tmp_path)})
    second = Config.from_environment({"DATA_DIR": str(tmp_path)})

    assert first.secret_key == second.secret_key != first.audit_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "more, origin",
    [
        ({}, "http://localhost:8000"),  # a number is no name a passkey can belong to
        ({"SITE_URL": "http://127.0.0.1:8123"}, "http://localhost:8123"),
        ({"TRUSTED_HOSTS": "taphuan.example.vn", "HTTPS": "1"}, "https://taphuan.example.vn"),
        ({"SITE_URL": "https://a.vn/", "PASSKEY_ADDRESS": "https://taphuan.a.vn"}, "https://taphuan.a.vn"),
    ],
)
def test_passkeys_belong_to_one_address(tmp_path: Path, more: dict[str, str], origin: str) -> None:
    assert Config.from_environment(env(tmp_path, **more)).passkey_origin == origin


def test_a_second_factor_is_required_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    assert Config.from_environment(env(tmp_path)).second_factor == "required"
    assert Config.from_environment(env(tmp_path, SECOND_FACTOR="offered")).second_factor == "offered"


def test_only_config_reads_the_environment() -> None:
    root = Path(__file__).resolve().parents[2] / "lms"
    readers = [path.name for path in root.rglob("*.py") if "os.environ" in path.read_text(encoding="utf-8")]
    assert readers == ["config.py"]
