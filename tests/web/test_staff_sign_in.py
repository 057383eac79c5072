"""Signing in over HTTP: the cookie, where requests may come from, roles, and limits."""

from __future__ import annotations

import asyncio
import itertools
import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select, update
from yarl import URL

from bot import keys
from bot.clock import utc_now
from bot.settings import Settings
from bot.staff.models import Role, StaffSession
from tests.web.addresses import READS, STATE_CHANGES
from tests.web.colleagues import PASSWORD, SAME_ORIGIN, app_of, assert_error, hire, join, sign_in
from tests.web.conftest import Clients
from tests.web.patients import origin_of

CLIENT = TestClient[Any, Any]
RIGHT = {"name": "ana", "password": PASSWORD}
# Mail programs end e-mails by themselves, from anywhere (RFC 8058); the token says whose.
FROM_ANYWHERE = "/u/{token}"


async def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(client: CLIENT) -> None:
    await hire(client, "ana")
    response = await client.post("/api/sign-in", json=RIGHT, headers=SAME_ORIGIN)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("careline_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert await response.json() == {"display_name": "Ana", "roles": ["agent"]}


async def test_in_production_the_cookie_is_secure_and_bound_to_the_host(serve: Clients) -> None:
    client = await serve(mode="production")
    await hire(client, "ana")
    response = await client.post("/api/sign-in", json=RIGHT, headers=SAME_ORIGIN)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-careline_session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


async def test_a_wrong_password_gets_no_cookie_and_no_hint_which_was_wrong(client: CLIENT) -> None:
    await hire(client, "ana")
    answers = []
    for name in ("ana", "nobody"):
        body = {"name": name, "password": "not the right one"}
        response = await client.post("/api/sign-in", json=body, headers=SAME_ORIGIN)
        assert "Set-Cookie" not in response.headers
        answers.append(await assert_error(response, 401, "unauthorized", "password"))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("raw", ["", "{", "[]", '{"name": 1}', '{"name": "ana", "x": "y"}'])
async def test_a_body_that_is_no_sign_in_is_refused_without_repeating_it(
    client: CLIENT, raw: str
) -> None:
    headers = {**SAME_ORIGIN, "Content-Type": "application/json"}
    response = await client.post("/api/sign-in", data=raw, headers=headers)
    assert response.status == 422
    assert (await response.json())["error"]["code"] == "invalid"


async def test_a_form_post_is_refused(client: CLIENT) -> None:
    await hire(client, "ana")
    response = await client.post("/api/sign-in", data=RIGHT, headers=SAME_ORIGIN)
    await assert_error(response, 422, "invalid")


async def test_no_state_is_changed_by_another_site_or_by_an_unknown_one(client: CLIENT) -> None:
    everything = (Role.AGENT, Role.EDITOR, Role.ADMIN)
    cookie = {"Cookie": (await join(client, "ana", *everything)).headers["Cookie"]}
    foreign: tuple[dict[str, str], ...] = (
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": origin_of(client)},
    )
    for (method, path), headers in itertools.product(STATE_CHANGES, foreign):
        response = await client.request(method, path, headers=cookie | headers, json={})
        await assert_error(response, 403, "forbidden")


async def test_every_address_that_changes_state_is_among_those_tested(client: CLIENT) -> None:
    for route in app_of(client).router.routes():
        if route.method in ("GET", "HEAD") or route.resource is None:
            continue
        if route.resource.canonical == FROM_ANYWHERE:
            continue
        address = re.compile(re.sub(r"\{\w+\}", "[^/]+", route.resource.canonical))
        tested = [path for method, path in STATE_CHANGES if method == route.method]
        assert any(address.fullmatch(path) for path in tested), route.resource.canonical


async def test_an_old_browser_is_believed_by_its_origin(client: CLIENT) -> None:
    await hire(client, "ana")
    headers = {"Origin": origin_of(client)}
    response = await client.post("/api/sign-in", json=RIGHT, headers=headers)
    assert response.status == 200


async def test_nothing_is_read_without_a_sign_in(client: CLIENT) -> None:
    forged = {"Cookie": "careline_session=" + "A" * 43}
    for path in READS:
        await assert_error(await client.get(path), 401, "unauthorized")
        await assert_error(await client.get(path, headers=forged), 401, "unauthorized")


@pytest.mark.parametrize(
    ("role", "allowed", "refused"),
    [
        (Role.AGENT, "/api/handoffs", "/api/articles"),
        (Role.SUPERVISOR, "/api/handoffs", "/api/articles"),
        (Role.EDITOR, "/api/articles", "/api/handoffs"),
        (Role.REVIEWER, "/api/articles", "/api/handoffs"),
    ],
)
async def test_a_role_opens_its_own_side_only(
    client: CLIENT, role: Role, allowed: str, refused: str
) -> None:
    colleague = await join(client, "ana", role)
    await colleague.get(allowed)
    error = (await colleague.get(refused, 403))["error"]
    assert error["code"] == "forbidden"
    assert error["remedy"]


async def test_an_admin_may_do_everything(client: CLIENT) -> None:
    colleague = await join(client, "ana", Role.ADMIN)
    await colleague.get("/api/handoffs")
    await colleague.get("/api/articles")


async def test_a_page_sends_whoever_is_not_signed_in_to_the_form_and_back(client: CLIENT) -> None:
    response = await client.get("/console?lang=es", allow_redirects=False)
    assert response.status == 303
    sent_to = URL(response.headers["Location"])
    assert (sent_to.path, sent_to.query["next"]) == ("/sign-in", "/console?lang=es")
    form = await client.get("/sign-in?next=/console")
    assert form.status == 200
    assert '"next": "/console"' in await form.text()


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_the_form_sends_nobody_to_another_site(client: CLIENT, address: str) -> None:
    form = await client.get("/sign-in", params={"next": address})
    assert '"next": ""' in await form.text()


async def test_a_page_of_another_role_says_so(client: CLIENT) -> None:
    editor = await join(client, "eva", Role.EDITOR)
    response = await editor.page("/console")
    assert (response.status, response.headers["Location"]) == (303, "/sign-in?denied=1")
    form = await editor.page("/sign-in?denied=1")
    assert "Your account (Eva) cannot open that page" in await form.text()


@pytest.mark.parametrize("path", ["/sign-in", "/console", "/studio"])
async def test_pages_speak_both_languages_and_run_nothing_inline(client: CLIENT, path: str) -> None:
    admin = await join(client, "ana", Role.ADMIN)
    english = await (await admin.page(f"{path}?lang=en")).text()
    spanish = await (await admin.page(f"{path}?lang=es")).text()
    assert '<html lang="en">' in english
    assert '<html lang="es">' in spanish
    assert english != spanish
    for page in (english, spanish):
        assert "style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count("src=") + page.count("application/json")


async def test_too_many_attempts_on_one_account_are_refused_then_others_still_get_in(
    serve: Clients,
) -> None:
    client = await serve(sign_ins_per_minute=3, trusted_proxies=1)
    await hire(client, "ana")
    await hire(client, "ben")

    async def attempt(name: str, password: str, address: str) -> int:
        headers = {**SAME_ORIGIN, "X-Forwarded-For": address}
        body = {"name": name, "password": password}
        return (await client.post("/api/sign-in", json=body, headers=headers)).status

    wrong = [await attempt("ana", "wrong", f"198.51.100.{n}") for n in range(4)]
    assert wrong == [401, 401, 401, 429]
    assert await attempt("ana", PASSWORD, "198.51.100.9") == 429
    assert await attempt("ben", PASSWORD, "198.51.100.9") == 200


async def test_too_many_attempts_from_one_address_are_refused_whoever_they_name(
    serve: Clients,
) -> None:
    client = await serve(sign_ins_per_minute=3)
    statuses = []
    for number in range(4):
        body = {"name": f"name{number}", "password": "wrong"}
        response = await client.post("/api/sign-in", json=body, headers=SAME_ORIGIN)
        statuses.append(response.status)
    assert statuses == [401, 401, 401, 429]
    error = (await response.json())["error"]
    assert error["code"] == "rate_limited"
    assert error["remedy"]


async def test_signing_out_ends_the_session_and_clears_the_cookie(client: CLIENT) -> None:
    ana = await join(client, "ana")
    response = await client.post("/api/sign-out", json={}, headers=ana.headers)
    assert 'careline_session=""' in response.headers["Set-Cookie"]
    await ana.get("/api/me", 401)


async def test_a_request_of_a_person_keeps_them_signed_in_and_one_of_the_page_does_not(
    client: CLIENT, settings: Settings
) -> None:
    ana = await join(client, "ana")
    database = app_of(client)[keys.DATABASE]
    long_ago = utc_now() - timedelta(minutes=settings.session_idle_minutes - 1)

    async def seen_after(**headers: str) -> bool:
        async with database.work() as work:
            await work.session.execute(update(StaffSession).values(seen_at=long_ago))
            await work.commit()
        await ana.get("/api/handoffs", headers=headers)
        async with database.reading() as session:
            seen = await session.scalar(select(StaffSession.seen_at))
        return seen is not None and seen > long_ago

    assert not await seen_after(**{"Careline-Background": "1"})
    assert await seen_after()


async def test_me_says_who_is_signed_in(client: CLIENT) -> None:
    ana = await join(client, "ana", Role.AGENT, display="Ana Ruiz")
    me = await ana.get("/api/me")
    assert (me["display_name"], me["roles"]) == ("Ana Ruiz", ["agent"])
    assert me["console"]
    assert not me["studio"]


async def test_many_can_sign_in_at_once(client: CLIENT) -> None:
    for number in range(8):
        await hire(client, f"agent{number}")
    colleagues = await asyncio.gather(*(sign_in(client, f"agent{n}") for n in range(8)))
    names = await asyncio.gather(*(one.get("/api/me") for one in colleagues))
    assert [me["display_name"] for me in names] == [f"Agent{n}" for n in range(8)]
