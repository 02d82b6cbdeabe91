"""Sent twice is done once, and the second send hears the first answer."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from lms.kernel.db import db
from lms.people.models import SignIn
from tests.world import World


def sign_ins(world: World, who: str) -> int:
    with world.app.app_context():
        return db.session.scalar(select(func.count()).where(SignIn.account_id == world.accounts[who])) or 0


def test_the_second_send_gets_the_first_answer(world: World) -> None:
    browser = world.client()
    form = {
        "csrf_token": browser.token(),
        "_once": str(uuid.uuid4()),
        "username": "lan",
        "passphrase": "bon tu cua lan day",
    }

    first = browser.raw("/sign-in", "POST", data=form)
    again = world.client()
    form["csrf_token"] = again.token()
    second = again.raw("/sign-in", "POST", data=form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["X-Replayed"] == "1"
    assert second.headers["Location"] == first.headers["Location"]
    assert sign_ins(world, "lan") == 1


def test_at_the_same_moment_it_is_still_once(world: World) -> None:
    once, gate = str(uuid.uuid4()), Barrier(5)

    def send(_n: int) -> int:
        browser = world.client()
        form = {"csrf_token": browser.token(), "_once": once, "username": "lan", "passphrase": "bon tu cua lan day"}
        gate.wait()
        return browser.raw("/sign-in", "POST", data=form).status_code

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(send, range(5))) == {303}
    assert sign_ins(world, "lan") == 1


def test_a_refused_send_leaves_the_id_free(world: World) -> None:
    browser = world.client()
    once = str(uuid.uuid4())
    wrong = {"_once": once, "username": "lan", "passphrase": "wrong"}

    page = browser.post("/sign-in", wrong, status=422)
    assert once in page  # the page shown again keeps its id

    right = {"csrf_token": browser.token(), "_once": once, "username": "lan", "passphrase": "bon tu cua lan day"}
    assert browser.raw("/sign-in", "POST", data=right).status_code == 303
    assert sign_ins(world, "lan") == 1


def test_the_id_of_somebody_else_tells_nothing(world: World) -> None:
    lan, pao = world.client("lan"), world.client("pao")
    once = str(uuid.uuid4())
    assert (
        lan.raw("/language", "POST", data={"csrf_token": lan.token(), "_once": once, "locale": "en"}).status_code == 303
    )

    answer = pao.raw(
        "/language", "POST", data={"csrf_token": pao.token(), "_once": once, "locale": "vi", "next": "/learn/"}
    )

    assert "X-Replayed" not in answer.headers
