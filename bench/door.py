"""A sign-in against the one hash it has to cost: what comes besides is ours."""

import re
from collections.abc import Iterator

from bench.crowd import Crowd
from bench.line import Line, side_by_side
from bench.site import Site
from lms.kernel import passwords
from lms.kernel.db import db
from lms.people import actions

ROUNDS = 31
WORDS = "bon tu cua cua vao"
MOST = 10  # ms besides the hash


def lines(site: Site, _crowd: Crowd) -> Iterator[Line]:
    """The form sent, the row written, the answer given; in this process, so that no network is in it."""
    with site.app.app_context():
        account, _words = actions.open_account(None, username="cuavao", passphrase=WORDS)
        kept = account.password_hash
        db.session.commit()
    stranger = site.app.test_client(use_cookies=False)
    page = stranger.get("/sign-in")
    cookie = page.headers["Set-Cookie"].split(";")[0]
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    sent = {"username": "cuavao", "passphrase": WORDS, "csrf_token": found[1] if found else ""}

    def from_a_new_device() -> None:
        answer = stranger.post("/sign-in", data=sent, headers={"Cookie": cookie})
        if answer.status_code != 303:
            raise SystemExit(f"/sign-in: {answer.status_code} {answer.text[:1500]}")

    ours, hash_alone = side_by_side(from_a_new_device, lambda: passwords.matches(kept, WORDS), ROUNDS)
    besides = ours - hash_alone
    yield Line(
        "a sign-in, besides its hash",
        f"{besides:.1f} ms",
        f"<= {MOST} ms",
        besides <= MOST,
        f"{ours:.0f} ms, argon2id of 46 MiB alone {hash_alone:.0f} ms",
    )
