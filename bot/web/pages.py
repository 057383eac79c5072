"""Pages for patients, the loader, and static files under an address that names their content."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot import texts
from bot.errors import NotFound
from bot.keys import KNOWLEDGE, SETTINGS, TEMPLATES

STATIC_DIR = Path(__file__).resolve().parent / "static"
A_YEAR = "public, max-age=31536000, immutable"
PATIENTS_WORDS = ("widget.", "outreach.form_")
A_WHILE = "public, max-age=300"


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/", demo),
        web.get("/widget", widget_page),
        web.get("/embed.js", embed),
        web.get(r"/static/{digest:[0-9a-f]+}/{path:.+}", static_file),
    ]


@functools.cache
def static_digest() -> str:
    """One hash over all static files: modules import each other by relative path."""
    digest = hashlib.sha256()
    for path in sorted(STATIC_DIR.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC_DIR).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static_address(path: str) -> str:
    """The address of a static file; a changed file has a new one."""
    return f"/static/{static_digest()}/{path}"


def set_up_templates(app: web.Application) -> None:
    """The templates, escaping everything; a missing variable is an error."""
    environment = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_address
    app[TEMPLATES] = environment


async def static_file(request: web.Request) -> web.StreamResponse:
    """A file of the front end. An old digest gets the current file, but is not kept."""
    path = (STATIC_DIR / request.match_info["path"]).resolve()
    if not path.is_relative_to(STATIC_DIR) or not path.is_file():
        raise NotFound("no such file")
    current = request.match_info["digest"] == static_digest()
    return web.FileResponse(path, headers={"Cache-Control": A_YEAR if current else "no-store"})


async def embed(request: web.Request) -> web.StreamResponse:
    """The loader that a clinic's site includes."""
    return web.FileResponse(STATIC_DIR / "embed.js", headers={"Cache-Control": A_WHILE})


async def demo(request: web.Request) -> web.Response:
    """A clinic's page with the chat on it."""
    return _page(request, "demo.html")


async def widget_page(request: web.Request) -> web.Response:
    """The chat itself, as shown in the iframe."""
    return _page(request, "widget.html")


def asked_language(request: web.Request) -> str:
    """The language of a patient's page: asked for, or the browser's first."""
    asked = request.query.get("lang", "")
    if asked in texts.LANGUAGES:
        return asked
    accepted = request.headers.get("Accept-Language", "").strip().lower()
    return "es" if accepted.startswith("es") else "en"


def _page(request: web.Request, template: str) -> web.Response:
    language = asked_language(request)
    clinic = request.app[KNOWLEDGE].profile
    html = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(
            language=language,
            t=lambda text_id, **values: texts.get(text_id, language, **values).text,
            texts=texts.starting(*PATIENTS_WORDS),
            clinic=clinic,
            clinic_name=clinic.name,
            clinic_phone=clinic.contacts.phone,
            max_chars=request.app[SETTINGS].max_chars,
            idle_minutes=request.app[SETTINGS].conversation_idle_minutes,
        )
    )
    return web.Response(text=html, content_type="text/html")
