"""Backup and restore, on both engines: what was there is there again, whole, and a damaged copy is refused."""

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select, text

from lms.kernel import backups
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Person
from tests.world import World


def run(world: World, *words: object) -> tuple[int, str]:
    done = world.app.test_cli_runner().invoke(args=[str(word) for word in words])
    return done.exit_code, f"{done.output}{done.exception!r}"


def names(world: World) -> list[str]:
    with world.app.app_context():
        return sorted(db.session.scalars(select(Person.full_name)))


def test_restored_is_what_was_backed_up(world: World, tmp_path: Path) -> None:
    before, archive = names(world), tmp_path / "copy.zip"
    assert run(world, "backup", archive)[0] == 0
    with world.doing():
        people.add_person("Người đến sau")

    code, said = run(world, "restore", archive)
    assert code != 0
    assert "already holds accounts" in said
    assert "Người đến sau" in names(world)

    code, said = run(world, "restore", archive, "--replace")
    assert code == 0, said
    assert names(world) == before
    assert run(world, "audit", "verify")[0] == 0
    assert "Lan" in world.client("lan").get("/people/me")  # and people can go on working


def test_into_an_empty_place(world: World, tmp_path: Path) -> None:
    before, archive = names(world), tmp_path / "copy.zip"
    assert run(world, "backup", archive)[0] == 0
    with world.app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("DROP SCHEMA public CASCADE"))
            db.session.execute(text("CREATE SCHEMA public"))
            db.session.commit()
        else:
            db.session.remove()
            db.engine.dispose()
            for file in tmp_path.glob("lms.sqlite*"):
                file.unlink()

    code, said = run(world, "restore", archive)
    assert code == 0, said
    assert names(world) == before


def test_a_backup_is_made_while_people_work(world: World, tmp_path: Path) -> None:
    with world.app.app_context():
        people.add_person("Đang ghi dở")  # a transaction that is open and not committed
        code, said = run(world, "backup", tmp_path / "copy.zip") if db.engine.dialect.name == "sqlite" else (0, "")
        db.session.rollback()
    assert code == 0, said


@pytest.mark.parametrize("damage", ["not a zip", "other files", "changed database"])
def test_a_damaged_copy_is_refused(world: World, tmp_path: Path, damage: str) -> None:
    archive, before = tmp_path / "copy.zip", names(world)
    assert run(world, "backup", archive)[0] == 0
    if damage == "not a zip":
        archive.write_bytes(b"not a zip at all")
    elif damage == "other files":
        with zipfile.ZipFile(archive, "w") as other:
            other.writestr("../../etc/passwd", "x")
    else:
        with zipfile.ZipFile(archive) as old:
            manifest = old.read(backups.MANIFEST)
            content = bytearray(old.read(backups.DATABASE))
        content[len(content) // 2] ^= 0xFF
        with zipfile.ZipFile(archive, "w") as new:
            new.writestr(backups.DATABASE, bytes(content))
            new.writestr(backups.MANIFEST, manifest)

    code, said = run(world, "restore", archive, "--replace")

    assert code != 0
    assert "backup" in said or "damaged" in said
    assert names(world) == before
