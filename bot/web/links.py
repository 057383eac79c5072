"""The pages behind the links in our e-mails: back to the chat, and no more e-mails.

Looking at them changes nothing: mail scanners open every link. Only a press of the button does.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot import texts
from bot.errors import NotFound
from bot.keys import DATABASE, KNOWLEDGE, OUTREACH, SETTINGS, TEMPLATES
from bot.outreach import links
from bot.web.pages import asked_language
from bot.web.security import RATES, client_address
from bot.web.staff import require_same_origin

ANY = r"{token:[A-Za-z0-9_-]{20,100}}"


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get(f"/r/{ANY}", return_page),
        web.post(f"/r/{ANY}", return_now),
        web.get(f"/u/{ANY}", unsubscribe_page),
        web.post(f"/u/{ANY}", unsubscribe_now),
    ]


async def return_page(request: web.Request) -> web.Response:
    """Ask for the press that opens the chat."""
    return await _before(request, links.RETURN, "return")


async def return_now(request: web.Request) -> web.Response:
    """Use the link up and hand its browser a token of its own."""
    require_same_origin(request)
    await _count(request)
    async with request.app[DATABASE].work() as work:
        token, language = await links.use(work, _token(request), request.app[OUTREACH].now())
        await work.commit()
    return web.json_response({"token": token, "language": language})


async def unsubscribe_page(request: web.Request) -> web.Response:
    """Ask for the press that ends the e-mails."""
    return await _before(request, links.UNSUBSCRIBE, "unsubscribe")


async def unsubscribe_now(request: web.Request) -> web.Response:
    """End the e-mails. Mail programs post here by themselves (RFC 8058), so from any origin."""
    await _count(request)
    language = asked_language(request)
    try:
        async with request.app[DATABASE].work() as work:
            target = await links.look(
                work.session, _token(request), links.UNSUBSCRIBE, request.app[OUTREACH].now()
            )
            await request.app[OUTREACH].unsubscribe(work, _token(request))
            await work.commit()
    except NotFound:
        return _page(request, language, "gone", status=404)
    return _page(request, target.language, "unsubscribed")


async def _before(request: web.Request, purpose: str, page: str) -> web.Response:
    await _count(request)
    now = request.app[OUTREACH].now()
    try:
        async with request.app[DATABASE].reading() as session:
            target = await links.look(session, _token(request), purpose, now)
    except NotFound:
        return _page(request, asked_language(request), "gone", status=404)
    return _page(request, target.language, page)


async def _count(request: web.Request) -> None:
    address = client_address(request, request.app[SETTINGS])
    await request.app[RATES].hit("frame", f"{address}/link")


def _token(request: web.Request) -> str:
    return request.match_info["token"]


def _page(request: web.Request, language: str, page: str, status: int = 200) -> web.Response:
    clinic = request.app[KNOWLEDGE].profile
    places: dict[str, Any] = {"clinic": clinic.name, "phone": clinic.contacts.phone}

    def say(key: str) -> str:
        return texts.get(f"outreach.{key}", language, **places).text

    html = (
        request.app[TEMPLATES]
        .get_template("link.html")
        .render(language=language, page=page, t=say, clinic_phone=clinic.contacts.phone)
    )
    return web.Response(text=html, content_type="text/html", status=status)
