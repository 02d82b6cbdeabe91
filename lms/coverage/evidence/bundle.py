"""The bundle: a ZIP with an index, a sheet and the same as JSON for each person, scans as they were handed in, and their hashes.

File names hold ids and no names of people. `sha256sum -c SHA256SUMS` checks all of it, offline and with nothing of ours.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lms.coverage import words
from lms.coverage.evidence import gathering, proofs
from lms.coverage.evidence.proofs import Values
from lms.kernel import pdf
from lms.kernel.i18n import speaking
from lms.kernel.vietnamese import short_date, short_datetime
from lms.people.account_queries import names_of

INDEX, SUMS, READ_ME = "00-muc-luc.pdf", "SHA256SUMS", "DOC-TRUOC.txt"
HOW_TO_CHECK = """Gói bằng chứng của một lần rút mẫu kiểm tra.

Kiểm tra không cần mạng, tại thư mục đã giải nén:

    sha256sum -c SHA256SUMS

Mọi dòng phải ghi "OK" (hoặc "THÀNH CÔNG"). Mã rút và cách rút mẫu ghi ở {index}: người có mã SHA-256 của
chuỗi "mã rút:số hồ sơ" nhỏ nhất được rút trước, ví dụ: printf '%s' {seed}:123 | sha256sum
"""


def bundle(head: Values, found: dict[int, Values], tell: Callable[[int], None]) -> bytes:
    """`head`: what was asked and how it was drawn. The same values give the same bytes."""
    files: dict[str, bytes] = {}
    names = names_of(gathering.recorders(found.values()))
    with speaking("vi"):
        for done, (person_id, values) in enumerate(found.items(), 1):
            name = f"nguoi-{person_id}"
            values["files"] = sorted(_scans(values, files))
            files[f"{name}.json"] = json.dumps({"asked": head, **values}, ensure_ascii=False, indent=2).encode()
            files[f"{name}.pdf"] = pdf.render("coverage/evidence_person.html", **_printed(head, values, names))
            tell(done)
        files[INDEX] = pdf.render(
            "coverage/evidence_index.html", **_printed(head, {"people": list(found.values())}, names)
        )
    files[READ_ME] = HOW_TO_CHECK.format(index=INDEX, seed=head["seed"]).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return _zip({**files, SUMS: sums.encode()}, datetime.fromisoformat(head["drawn_at"]))


def _scans(values: Values, files: dict[str, bytes]) -> set[str]:
    """The papers that completions rest on, added to the files."""
    names = set()
    for completion in values["completions"]:
        for part in completion["parts"]:
            scan = proofs.file_of(part["outside"]["id"]) if "outside" in part else None
            if scan:
                files[scan[0]] = scan[1]
                names.add(scan[0])
    return names


def _printed(head: Values, values: Values, names: dict[int, str]) -> Values:
    """What the templates print: the values, and how days, moments and people are written."""
    return {
        **values,
        "head": head,
        "day": lambda text: short_date(date.fromisoformat(text)) if text else "…",
        "moment": lambda text: short_datetime(datetime.fromisoformat(text)) if text else "",
        "who": lambda account: names.get(account, "hệ thống") if account else "hệ thống",
        "grade": words.proved,
    }


def _zip(files: dict[str, Any], at: datetime) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as bundled:
        for name, content in sorted(files.items()):
            entry = ZipInfo(name, at.timetuple()[:6])
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            bundled.writestr(entry, content)
    return out.getvalue()
