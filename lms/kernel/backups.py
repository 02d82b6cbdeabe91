"""A copy of the database that can be trusted: made while the app runs, checked before and after it is put back.

The archive holds the database and a manifest (engine, rows per table, audit head, SHA-256). The keys (SECRET_KEY, AUDIT_KEY) are
not in it, on purpose: whoever steals a backup must not be able to forge the audit chain. Keep them apart; see docs/operate.md.
"""

import hashlib
import json
import shutil
import sqlite3
import subprocess  # pg_dump and pg_restore are PostgreSQL's own tools; there is no better way to copy it
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import URL, func, inspect, select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db, reading
from lms.kernel.refused import Refused

DATABASE, MANIFEST = "database", "manifest.json"


def write(file: Path) -> dict[str, Any]:
    """Copy the database into an archive; returns its manifest."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / DATABASE
        with reading():
            manifest = {
                "engine": db.engine.dialect.name,
                "at": now().isoformat(),
                "audit_head": _head(),
                "rows": rows(),
            }
            db.session.rollback()
        if manifest["engine"] == "sqlite":
            _copy_sqlite(Path(str(db.engine.url.database)), copy)
        else:
            _postgres("pg_dump", "--format=custom", f"--file={copy}")
        manifest["sha256"] = _sha256(copy)
        part = file.with_name(file.name + ".part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # it holds people: its owner's eyes only
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, DATABASE)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        part.replace(file)
    return manifest


def restore(file: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put an archive's database in place. Raises `Refused` when the archive is not whole, or the place is taken."""
    with tempfile.TemporaryDirectory() as folder:
        manifest, copy = _opened(file, Path(folder))
        if manifest["engine"] != db.engine.dialect.name:
            raise Refused("This backup is of %(engine)s; DATABASE_URL names another engine.", engine=manifest["engine"])
        if not replace and rows().get("account"):
            raise Refused("The database already holds accounts. Restore into an empty one, or say --replace.")
        db.session.remove()
        db.engine.dispose()
        if manifest["engine"] == "sqlite":
            _replace_sqlite(Path(str(db.engine.url.database)), copy)
        else:
            _postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", str(copy), into=True)
    _check(manifest)
    return manifest


def _check(manifest: dict[str, Any]) -> None:
    with reading():
        wrong = next(audit.faults(), None)
    if wrong:
        raise Refused("The database is back, but its audit chain is not whole: %(wrong)s", wrong=wrong)
    there = rows()
    missing = {name: n for name, n in manifest["rows"].items() if there.get(name, 0) < n}
    if missing:
        raise Refused("Rows are missing after the restore: %(tables)s.", tables=", ".join(missing))


def rows() -> dict[str, int]:
    """How many rows each of our tables holds."""
    with reading(), db.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        tables = [table for table in db.metadata.sorted_tables if table.name in there]
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def _head() -> str:
    last = audit.head()
    return f"{last.seq}:{last.hash}"


def _copy_sqlite(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    new.close()
    old.close()


def _replace_sqlite(target: Path, copy: Path) -> None:
    with sqlite3.connect(copy) as check:
        verdict = check.execute("PRAGMA integrity_check").fetchone()[0]
    check.close()
    if verdict != "ok":
        raise Refused("The database in the backup is damaged: %(verdict)s", verdict=verdict)
    for beside in ("-wal", "-shm"):
        target.with_name(target.name + beside).unlink(missing_ok=True)
    if target.exists():
        target.replace(target.with_name(target.name + ".before-restore"))
    shutil.copy(copy, target)


def _opened(file: Path, folder: Path) -> tuple[dict[str, Any], Path]:
    try:
        with zipfile.ZipFile(file) as archive:
            if sorted(archive.namelist()) != [DATABASE, MANIFEST]:
                raise Refused("%(file)s is not one of our backups.", file=file.name)
            archive.extract(DATABASE, folder)
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    except (zipfile.BadZipFile, json.JSONDecodeError):
        raise Refused("%(file)s is not one of our backups, or it is damaged.", file=file.name) from None
    if _sha256(folder / DATABASE) != manifest["sha256"]:
        raise Refused("%(file)s is damaged: its checksum does not match.", file=file.name)
    return manifest, folder / DATABASE


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _postgres(tool: str, *words: str, into: bool = False) -> None:
    url: URL = db.engine.url.set(drivername="postgresql")
    with tempfile.NamedTemporaryFile("w", suffix=".pgpass") as kept:  # on the command line everybody could read it
        secret = str(url.password or "").replace("\\", "\\\\").replace(":", "\\:")
        kept.write(f"*:*:*:*:{secret}\n")
        kept.flush()
        name = url.set(password=None).update_query_dict({"passfile": kept.name}).render_as_string(hide_password=False)
        command = [tool, "--dbname", name, *words] if into else [tool, *words, name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(
            "%(tool)s failed: %(why)s", tool=tool, why=done.stderr.strip().splitlines()[-1] if done.stderr else "?"
        )
