"""What people write for each other is in no frame, page, e-mail or export that leaves the staff.

The lists are derived: the addresses from the router, the frames from their module, the e-mails
from their templates. Whoever adds one has to say here how a patient would get at it.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot import keys
from bot.app import create_app
from bot.corrections import sending
from bot.knowledge.ranking import FILE
from bot.outreach import postman, templates
from bot.outreach.contacts import live
from bot.outreach.service import Staff
from bot.settings import Settings
from bot.staff.models import Role
from bot.web import first_look, frames
from bot.web.pages import static_address
from tests.assistants import Echo
from tests.mail_server import MailServer
from tests.starter import starter_ranker
from tests.web.colleagues import SAME_ORIGIN, Colleague, app_of, join
from tests.web.desk_cases import CLIENT
from tests.web.outreach_cases import MovedClock, post
from tests.web.patients import Patient, origin_of
from tests.web.private_words import SECRET, STATES, Case, begun
from tests.web.seen_cases import live_version, released, send, was_given
from tests.web.shifts import arrive

LINK = re.compile(r"http://\S+?(/[ru]/[\w-]+)")
OUTBOUND = set(re.findall(r'"type": "([a-z.]+)"', Path(frames.__file__).read_text("utf-8")))
INBOUND = {
    get_args(one.model_fields["type"].annotation)[0]
    for one in get_args(get_args(frames.Inbound)[0])
}


@dataclass
class Walk:
    """Everything a patient got to see, by where; and what leads further."""

    client: CLIENT
    cases: dict[str, Case]
    links: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    async def fetch(self, method: str, path: str, token: str = "", **values: Any) -> None:
        """One request of a browser that no member of staff has signed in with."""
        headers = {**SAME_ORIGIN, "Origin": origin_of(self.client)}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        response = await self.client.request(method, path, headers=headers, **values)
        told = f"{dict(response.headers)}\n{await response.text()}"
        where = f"{method} {path} {token} {len(self.seen)}"
        self.seen[where] = told


def plain(path: str) -> Callable[[Walk], Awaitable[None]]:
    """A page that needs nothing."""

    async def walk(walk: Walk) -> None:
        for query in ("", "?lang=es"):
            await walk.fetch("GET", path + query)

    return walk


def with_tokens(method: str, path: str, **values: Any) -> Callable[[Walk], Awaitable[None]]:
    """What a patient may ask with the token of their chat."""

    async def walk(walk: Walk) -> None:
        for case in walk.cases.values():
            await walk.fetch(method, path, case.token, **values)

    return walk


def posted(path: str, **values: Any) -> Callable[[Walk], Awaitable[None]]:
    """A form that anybody may send."""

    async def walk(walk: Walk) -> None:
        await walk.fetch("POST", path, **values)

    return walk


def linked(method: str, kind: str) -> Callable[[Walk], Awaitable[None]]:
    """The page behind every link that was e-mailed, and one that nobody got."""

    async def walk(walk: Walk) -> None:
        mine = [one for one in walk.links if one.startswith(f"/{kind}/")]
        assert mine
        for path in (*mine, f"/{kind}/{'x' * 43}"):
            await walk.fetch(method, path)

    return walk


async def files(walk: Walk) -> None:
    """Static files are the same for everybody; one stands for all."""
    await walk.fetch("GET", static_address("widget/app.js"))


async def sockets(walk: Walk) -> None:
    """Every chat is opened again, and all of it is read from the beginning."""
    for name, case in walk.cases.items():
        again = Patient(walk.client)
        again.token = case.token
        await again.connect()
        await again.until(lambda one: one["type"] in ("conversation.opened", "error"), 30)
        await again.close()
        walk.seen[f"replay of {name}"] = json.dumps(again.frames, ensure_ascii=False)


WORDING = {"channel": "email", "address": "a@example.com", "consent": True, "wording": "old"}
WALKED: dict[tuple[str, str], Callable[[Walk], Awaitable[None]]] = {
    ("GET", "/"): plain("/"),
    ("GET", "/widget"): plain("/widget"),
    ("GET", "/embed.js"): plain("/embed.js"),
    ("GET", "/health"): plain("/health"),
    ("GET", "/ready"): plain("/ready"),
    ("GET", "/sign-in"): plain("/sign-in"),
    ("GET", "/static/{digest}/{path}"): files,
    ("GET", "/widget/ws"): sockets,
    ("POST", "/api/sign-in"): posted("/api/sign-in", json={"name": "ana", "password": "wrong"}),
    ("POST", "/api/sign-out"): posted("/api/sign-out"),
    ("GET", "/api/contact"): with_tokens("GET", "/api/contact"),
    ("PUT", "/api/contact"): with_tokens("PUT", "/api/contact", json=WORDING),
    ("POST", "/api/contact/withdraw"): with_tokens(
        "POST", "/api/contact/withdraw", json={"channel": "phone"}
    ),
    ("GET", "/r/{token}"): linked("GET", "r"),
    ("GET", "/u/{token}"): linked("GET", "u"),
    ("POST", "/r/{token}"): linked("POST", "r"),
    ("POST", "/u/{token}"): linked("POST", "u"),
}


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as running:
        yield running


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def client(
    aiohttp_client: Any,
    settings: Settings,
    texts: None,
    server: MailServer,
    clock: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> CLIENT:
    monkeypatch.setattr(postman, "EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(sending, "EVERY_SECONDS", 3600.0)
    starter_ranker().save(settings.model_dir / FILE)
    changed = settings.model_copy(
        update={
            "smtp_url": SecretStr(server.url),
            "mail_from": "desk@clinic.example",
            "corrections_need_second": False,
        }
    )
    app = create_app(changed, load_assistant=lambda _: Echo(), clock=clock)
    opened: CLIENT = await aiohttp_client(app)
    return opened


@pytest.fixture
async def ana(client: CLIENT) -> Colleague:
    return await join(client, "ana", Role.AGENT)


@pytest.fixture
async def ben(client: CLIENT) -> AsyncIterator[Colleague]:
    there = await join(client, "ben", Role.AGENT)
    console = await arrive(there)
    yield there
    await console.socket.close()


@pytest.fixture
async def cases(client: CLIENT, ana: Colleague, ben: Colleague) -> dict[str, Case]:
    """A patient in every state; all of them have their chat open meanwhile."""
    made = {}
    for name, reach in STATES.items():
        case = await begun(client)
        await reach(case, ana, ben)
        made[name] = case
    return made


async def still(case: Case) -> list[dict[str, Any]]:
    """Everything the patient's open chat was sent, once it is quiet."""
    if not case.patient.socket.closed:
        await case.patient.send("ping")
        await case.patient.frame("pong")
    return case.patient.frames


def canonical(route: web.AbstractRoute) -> str:
    assert route.resource is not None
    return route.resource.canonical


async def is_open(client: CLIENT, route: web.AbstractRoute, token: str) -> bool:
    """Whether this address answers somebody who has a patient's token and no staff session."""
    path = canonical(route)
    for name, value in (("{token}", "x" * 43), ("{language}", "en"), ("{slug}", "eob")):
        path = path.replace(name, value)
    resource = route.resource
    pattern = resource.get_info().get("pattern") if resource else None
    if "{" in path:
        # An id is a number or 32 hexadecimal digits: whichever this address takes.
        tries = [re.sub(r"\{\w+\}", one, path) for one in ("1", "0" * 32, "x")]
        path = next((one for one in tries if pattern and pattern.fullmatch(one)), tries[0])
    headers = {
        **SAME_ORIGIN,
        "Origin": origin_of(client),
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
    }
    response = await client.request(route.method, path, headers=headers, allow_redirects=False)
    to_sign_in = response.headers.get("Location", "").startswith("/sign-in")
    return not (response.status in (401, 403) or (response.status == 303 and to_sign_in))


async def test_every_address_that_a_patient_can_reach_is_walked_here(
    client: CLIENT, cases: dict[str, Case]
) -> None:
    token = cases["claimed"].token
    routes = [one for one in app_of(client).router.routes() if one.method != "HEAD"]
    found = {(one.method, canonical(one)) for one in routes if await is_open(client, one, token)}
    assert found == WALKED.keys()
    assert len(routes) > 2 * len(found)


async def test_the_private_words_are_there_for_colleagues(
    cases: dict[str, Case], ana: Colleague
) -> None:
    for name, case in cases.items():
        shown = json.dumps(await ana.get(f"/api/conversations/{case.conversation_id}"))
        kinds = set(re.findall(rf"{SECRET}-(\w+)", shown))
        assert {"note", "mention", "caller", "patient", "authority"} <= kinds, name
    assert f"{SECRET}-task" in json.dumps(await ana.get("/api/follow-ups"))


async def test_no_private_word_is_in_anything_a_patient_can_reach(
    client: CLIENT,
    server: MailServer,
    clock: MovedClock,
    cases: dict[str, Case],
    ana: Colleague,
) -> None:
    for case in cases.values():
        await still(case)
        await case.patient.close()
    clock.ahead += timedelta(minutes=10)
    await post(client)
    walk = Walk(client, cases)
    for delivered in server.delivered:
        body = delivered.mail.get_body(("plain",))
        assert body is not None
        walk.links += LINK.findall(body.get_content())
        walk.seen[f"e-mail {len(walk.seen)}"] = delivered.mail.as_string()
    for path in WALKED.values():
        await path(walk)
    for name, case in cases.items():
        walk.seen[f"chat, {name}"] = json.dumps(case.patient.frames, ensure_ascii=False)
    assert len(walk.seen) > 60
    found = [where for where, told in walk.seen.items() if SECRET in told.casefold()]
    assert found == []
    # A walk that got nothing would find nothing.
    replayed = [told for where, told in walk.seen.items() if where.startswith("replay of")]
    assert sum("We look into it." in told for told in replayed) >= 5


async def test_every_email_there_is_goes_out_without_a_private_word(
    client: CLIENT, server: MailServer, clock: MovedClock, cases: dict[str, Case]
) -> None:
    app = app_of(client)
    page = "https://clinic.example/studio/calendar"
    places = {"count": "3", "minutes": "25", "days": "7", "page": page}
    for name, template in templates.TEMPLATES.items():
        values = {key: places[key] for key in template.values}
        async with app[keys.DATABASE].work() as work:
            for case in cases.values():
                for contact in await live(work.session, case.conversation_id):
                    to = contact if template.patient else Staff("lead@clinic.example")
                    await app[keys.OUTREACH].send(work, name, to, "en", **values)
            await work.commit()
    # By then a reply that nobody saw is told of too.
    clock.ahead += timedelta(minutes=10)
    for _ in range(20):
        await post(client)
    subjects = {one.mail["Subject"] for one in server.delivered}
    assert len(server.delivered) >= len(cases) * (len(templates.TEMPLATES) - 1)
    assert len(subjects) >= 4
    for delivered in server.delivered:
        assert SECRET not in delivered.mail.as_string().casefold()


async def test_every_frame_there_is_comes_without_a_private_word(
    client: CLIENT, ana: Colleague, ben: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await begun(client)
    await STATES["claimed"](case, ana, ben)
    patient, at = case.patient, case.conversation_id
    desk = await ana.listen()
    await desk.send("conversation.watch", conversation_id=at)
    seq = max(one.get("seq") or 0 for one in patient.frames)
    frames_in: dict[str, Callable[[], Awaitable[Any]]] = {
        "conversation.open": lambda: patient.send(
            "conversation.open", token=patient.token, last_seq=0, language="en"
        ),
        "message.send": lambda: patient.say("and my bill?"),
        "person.request": lambda: patient.send("person.request", client_id="person-again-1"),
        "typing.set": lambda: patient.send("typing.set", typing=True),
        "message.seen": lambda: patient.send("message.seen", seq=max(seq, 1)),
        "language.set": lambda: patient.send("language.set", language="es"),
        "rating.give": lambda: patient.send(
            "rating.give", client_id="rating-000001", about="person", score=5
        ),
        "ping": lambda: patient.send("ping"),
    }
    for act in frames_in.values():
        await act()
    # Nobody asks for a rating while a person has the case.
    await patient.frame("rating.refused")
    await desk.send("typing.set", conversation_id=at, typing=True)
    await patient.frame("typing.shown")
    shown = await ana.get(f"/api/conversations/{at}")
    last = shown["messages"][-1]["seq"]
    await desk.send("message.seen", conversation_id=at, seq=last)
    await patient.frame("message.seen")
    await patient.send("nonsense")
    await patient.frame("error")
    # A gate that finds danger while the table is slow shows its text by itself.
    monkeypatch.setattr(first_look, "SAFETY_PATIENCE", 0.0)
    await patient.say("I can't breathe")
    await patient.frame("safety.shown")
    await ana.post(f"/api/handoffs/{case.handoff_id}/resolve", outcome="answered")
    await patient.frame("rating.asked")
    await patient.send("conversation.end")
    await patient.frame("conversation.ended")
    assert frames_in.keys() | {"conversation.end"} == INBOUND
    assert set(patient.kinds()) >= OUTBOUND
    assert SECRET not in json.dumps(patient.frames, ensure_ascii=False).casefold()


async def test_a_correction_tells_of_the_answer_alone(
    client: CLIENT, clock: MovedClock, ana: Colleague, ben: Colleague, cases: dict[str, Case]
) -> None:
    eva = await join(client, "eva", Role.EDITOR)
    version = await live_version(client)
    await was_given(client, version)
    await released(eva, eva, version)
    clock.ahead += timedelta(minutes=5)
    assert await send(client) >= 1
    found = json.dumps(await eva.get(f"/api/versions/{version}/seen"))
    listed = json.dumps(await eva.get(f"/api/versions/{version}/seen/conversations"))
    assert SECRET not in (found + listed).casefold()


async def test_what_leaves_the_house_as_files_holds_no_private_word(
    client: CLIENT, cases: dict[str, Case]
) -> None:
    eva = await join(client, "eva", Role.EDITOR)
    for path in ("base.zip?drafts=1", "book.html"):
        response = await client.get(f"/api/exchange/{path}", headers=eva.headers)
        assert response.status == 200
        assert SECRET.encode() not in (await response.read()).lower()
