"""Signing in with an account of another house, against a provider that really runs on this machine."""

import json
import re
import socket
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic, sleep
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from sqlalchemy import func, select

from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.people import oidc
from lms.people.factors import identities
from lms.people.factors.models import LinkCode, OidcIdentity
from lms.people.models import SignIn

BACK = "http://127.0.0.1:8000/sign-in/oidc/back"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider in a process of its own; its address."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = monotonic() + 20
        while True:
            try:
                requests.get(address, timeout=1)
                break
            except requests.RequestException:
                assert monotonic() < until, "the provider did not start"
                sleep(0.1)
        yield address
        process.terminate()


def configure(app, issuer, **more):
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], oidc_issuer=issuer, oidc_client_id="lms", oidc_client_secret="s" * 32, **more
    )


@pytest.fixture
def house(app, issuer):
    """Our app, with that provider."""
    configure(app, issuer)
    return app


def go(client, **asked):
    """The address at the provider that we send this browser to."""
    answer = client.raw(f"/sign-in/oidc?{urlencode(asked)}")
    assert answer.status_code == 302
    return answer.headers["Location"]


def at_provider(address, subject):
    """What the provider sends the browser back with, once somebody signed in there."""
    answer = requests.post(address, data={"sub": subject}, timeout=5, allow_redirects=False)
    assert answer.headers["Location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def arrive(client, told, **more):
    """Through the page with its button; where it leads."""
    page = client.get(f"/sign-in/oidc/back?{urlencode(told)}")
    fields = {name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1) for name in ("state", "code", "iss")}
    return client.raw("/sign-in/oidc/arrivals", "POST", data={**fields, **more, "csrf_token": client.token()})


def through(client, subject, **asked):
    return arrive(client, at_provider(go(client, **asked), subject)).headers["Location"]


@pytest.fixture
def linked(house, world, issuer):
    with world.doing():
        identities.link(world.accounts["lan"], oidc.Identity(issuer, "lan-o-tinh"), by=None)


def test_linked_by_oneself_then_signed_in_with_it(house, world):
    lan = world.client("lan")
    assert "Nối" in lan.get("/people/me/factors")
    assert through(lan, "s-1", link=1) == "/people/me/factors"
    fresh = world.client()
    assert "me" in through(fresh, "s-1", next="/people/me")
    assert "Vàng Thị Lan" in fresh.get("/people/me")

    with house.app_context():
        number = db.session.scalar(select(OidcIdentity.id))
    world.client("pao").post(f"/people/me/factors/identities/{number}/ends", status=404)
    lan.post(f"/people/me/factors/identities/{number}/ends")
    assert through(world.client(), "s-1") == "/sign-in/oidc/link"


def test_what_is_asked_of_the_provider(house, world, issuer):
    asked = {name: value[0] for name, value in parse_qs(urlsplit(go(world.client())).query).items()}
    assert (asked["code_challenge_method"], asked["scope"], asked["redirect_uri"]) == ("S256", "openid", BACK)
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_an_e_mail_links_nothing(house, world, linked):
    """The provider tells the subject as e-mail too; whoever has the user name of Lan there is not Lan here."""
    assert through(world.client(), "lan") == "/sign-in/oidc/link"
    assert through(world.client(), "LAN-O-TINH") == "/sign-in/oidc/link"


def test_another_issuer_is_another_person(house, world, linked, issuer):
    with world.doing():
        assert identities.account_of(oidc.Identity(issuer, "lan-o-tinh")) is not None
        assert identities.account_of(oidc.Identity(issuer + "/", "lan-o-tinh")) is None


def test_the_answer_counts_in_the_browser_that_asked_and_once(house, world, linked):
    lan, thief = world.client(), world.client()
    told = at_provider(go(lan), "lan-o-tinh")
    assert "/sign-in" in thief.raw(f"/sign-in/oidc/back?{urlencode(told)}").headers["Location"]
    other = at_provider(go(thief), "pao")
    assert (
        arrive(thief, {**other, "code": told["code"]}).headers["Location"] == "/sign-in"
    )  # nonce and verifier are Lan's
    go(thief)
    assert arrive(thief, told).headers["Location"] == "/sign-in"  # another state
    go(thief)
    with frozen(now() + timedelta(minutes=11)):
        assert arrive(thief, told).headers["Location"] == "/sign-in"
    with house.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0
    told = at_provider(go(lan), "lan-o-tinh")
    assert arrive(lan, {**told, "state": told["state"][::-1]}).headers["Location"] == "/sign-in"
    told = at_provider(go(lan), "lan-o-tinh")
    assert arrive(lan, {**told, "iss": "https://id.example.vn"}).headers["Location"] == "/sign-in"  # RFC 9207
    told = at_provider(go(lan), "lan-o-tinh")
    page = {"state": told["state"], "code": told["code"], "csrf_token": lan.token()}
    assert not lan.raw("/sign-in/oidc/arrivals", "POST", data=page).headers["Location"].startswith("/sign-in")
    assert (
        lan.raw("/sign-in/oidc/arrivals", "POST", data={**page, "csrf_token": lan.token()}).headers["Location"]
        == "/sign-in"
    )


class Stubborn(BaseHTTPRequestHandler):
    """A provider that writes down what it is asked for a token, and says no."""

    asked: ClassVar[list[dict[str, list[str]]]] = []

    def do_GET(self):
        home = f"http://127.0.0.1:{self.server.server_port}"
        addresses = {"authorization_endpoint": f"{home}/a", "token_endpoint": f"{home}/t", "jwks_uri": f"{home}/k"}
        self.tell(200, {"issuer": home, **addresses})

    def do_POST(self):
        self.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.tell(400, {"error": "invalid_grant"})

    def tell(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_what):
        """Quietly."""


def test_the_verifier_goes_with_the_code(app):
    """PKCE (RFC 7636): what went ahead is the hash of what comes with the code."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Stubborn) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        configure(app, f"http://127.0.0.1:{server.server_port}")
        with app.app_context():
            started = oidc.start(BACK)
            with pytest.raises(oidc.NotProved):
                oidc.identity_of(BACK, started.kept, state=started.kept["state"], code="x")
        server.shutdown()
    challenge = parse_qs(urlsplit(started.address).query)["code_challenge"][0]
    sent = Stubborn.asked[-1]["code_verifier"][0]
    assert urlsafe_b64encode(sha256(sent.encode()).digest()).rstrip(b"=").decode() == challenge


def test_said_no_over_there(house, world):
    client = world.client()
    go(client)
    assert "không cho biết" in client.get("/sign-in/oidc/back?error=access_denied&state=x")


def test_it_stands_in_for_the_passphrase_only(house, world, issuer):
    house.config["SETTINGS"] = replace(house.config["SETTINGS"], second_factor="required")
    with world.doing():
        identities.link(world.accounts["my"], oidc.Identity(issuer, "my"), by=None)
    assert through(world.client(), "my") == "/sign-in/set-up"


def test_linked_by_the_administrators_code(house, world):
    url = f"/people/accounts/{world.accounts['pao']}/link-codes"
    world.client("dung").post(url, status=404)
    sheet = world.client("quan").post(url)
    code = re.search(r'class="phrase">([0-9A-Z-]+)<', sheet).group(1)
    with house.app_context():
        assert db.session.scalar(select(LinkCode.code_hash)).startswith("$argon2id$")

    pao = world.client()
    assert through(pao, "pao-o-tinh") == "/sign-in/oidc/link"
    pao.post("/sign-in/oidc/link", {"link_code": code.replace(code[-1], "2" if code[-1] != "2" else "3")}, status=422)
    pao.post("/sign-in/oidc/link", {"link_code": code})
    assert "Giàng A Páo" in pao.get("/people/me")
    other = world.client()
    through(other, "ai-khac")
    other.post("/sign-in/oidc/link", {"link_code": code}, status=422)  # it was used


def test_nobody_links_what_is_somebody_elses(house, world, linked):
    pao = world.client("pao")
    told = at_provider(go(pao, link=1), "lan-o-tinh")
    assert arrive(pao, told).status_code == 409


def test_a_provider_that_is_away_leaves_the_passphrase(app, world):
    configure(app, f"http://127.0.0.1:{free_port()}")
    client = world.client()
    page = client.get("/sign-in")
    assert 'href="/sign-in/oidc"' in page
    assert "không trả lời" in client.get("/sign-in/oidc")
    sent = {"username": "lan", "passphrase": "bon tu cua lan day", "csrf_token": client.token()}
    assert not client.raw("/sign-in", "POST", data=sent).headers["Location"].startswith("/sign-in")


def test_nothing_is_asked_of_anybody_else(house, issuer):
    """The transport of a sign-in has no way to another host, port or scheme, and follows nobody there."""
    with house.app_context():
        session = oidc._session(BACK)
        for address in (
            "http://127.0.0.1:1/",
            "http://127.0.0.1.example.vn/",
            issuer.replace("http", "https"),
            "file:///etc/passwd",
        ):
            with pytest.raises(requests.exceptions.InvalidSchema):
                session.request("GET", address, withhold_token=True)
        assert session.max_redirects == 0
        session.close()


def test_a_provider_that_calls_itself_otherwise_is_none(app, issuer):
    configure(app, issuer.replace("127.0.0.1", "localhost") + "/")
    with app.app_context(), pytest.raises(oidc.ProviderAway):
        oidc.start(BACK)
