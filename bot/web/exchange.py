"""Import and export in the studio: a file is looked at, taken into drafts, and taken back.

The file is the body of the request; how far the work is comes back line by line, one JSON object
each, so that a large file shows progress and a lost connection loses nothing that was written.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, ValidationError

from bot.errors import CarelineError, Invalid
from bot.keys import DATABASE, KNOWLEDGE, OUTREACH
from bot.knowledge.editors import Editor
from bot.knowledge.exchange import imports
from bot.knowledge.exchange.counter import Counter
from bot.knowledge.exchange.entries import MEGABYTE, Found, Step, too_large
from bot.knowledge.import_models import Import
from bot.privacy import audit
from bot.staff.sessions import SignedIn
from bot.tasks import end
from bot.texts import LANGUAGES
from bot.web import studio_pages
from bot.web.acting import editing, path_id
from bot.web.staff import STUDIO_ROLES, Form, staff, staff_page

IMPORT = r"/api/exchange/imports/{id:\d{1,9}}"
HARD_LIMIT = 100 * MEGABYTE
COUNTER = web.AppKey("exchange_counter", Counter)

editors = staff(*STUDIO_ROLES)


class Wish(Form):
    """What to do with the file in the body."""

    kind: Annotated[str, Field(max_length=8)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    act: Literal["look", "take"] = "look"
    onto_existing: bool = False


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/studio/exchange", exchange_page),
        web.post("/api/exchange/file", take_file),
        web.get("/api/exchange/imports", list_imports),
        web.get(IMPORT, read_import),
        web.post(f"{IMPORT}/remove", remove_import),
        web.post(f"{IMPORT}/bring-back", bring_back_import),
        web.get("/api/exchange/base.zip", export_base),
        web.get("/api/exchange/book.html", export_book),
    ]


def set_up(app: web.Application) -> None:
    """Give the app what the handlers below keep between requests."""
    app[COUNTER] = Counter(app[DATABASE], app[OUTREACH].now)
    app.on_shutdown.append(_end_running)


async def _end_running(app: web.Application) -> None:
    await end(list(app[COUNTER].running))


@staff_page(*STUDIO_ROLES)
async def exchange_page(request: web.Request, who: SignedIn) -> web.Response:
    """The page of import and export."""
    limits = {kind: Counter.most_megabytes(kind) for kind in ("csv", "docx", "html")}
    return studio_pages.studio_page(
        request, who, "exchange", "studio_exchange.html", "exchange", "findings", limits=limits
    )


@editors
async def take_file(request: web.Request, who: SignedIn) -> web.StreamResponse:
    """Look at the file in the body, or take it; a refusal of the whole file is an ordinary 422."""
    wish = _wish(request)
    content = await _received(request, wish)
    found = await Counter.read(content, wish.name, wish.kind)
    steps: asyncio.Queue[Step] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def say(step: Step) -> None:
        loop.call_soon_threadsafe(steps.put_nowait, step)

    # A task of its own: who loses the connection in between loses no half of an import.
    task = asyncio.create_task(_work(request.app, editing(request, who), wish, found, say))
    running = request.app[COUNTER].running
    running.add(task)
    task.add_done_callback(running.discard)
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    await response.prepare(request)
    async for line in _told(task, steps):
        await response.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    await response.write_eof()
    return response


async def _work(
    app: web.Application, editor: Editor, wish: Wish, found: Found, say: Any
) -> dict[str, Any]:
    counter, onto = app[COUNTER], wish.onto_existing
    if wish.act == "look":
        report = await counter.look(found, wish.name, onto_existing=onto, say=say)
        return {"report": report.as_dict()}
    import_id, report = await counter.take(
        editor, found, wish.name, wish.kind, onto_existing=onto, say=say
    )
    return {"report": report.as_dict(), "import": import_id}


async def _told(
    task: asyncio.Task[dict[str, Any]], steps: asyncio.Queue[Step]
) -> AsyncIterator[dict[str, Any]]:
    """Every step as it happens, then the end: a report or an error."""
    while not (task.done() and steps.empty()):
        next_step = asyncio.create_task(steps.get())
        await asyncio.wait({task, next_step}, return_when=asyncio.FIRST_COMPLETED)
        if next_step.done():
            step = next_step.result()
            yield {"stage": step.stage, "done": step.done, "all": step.all}
        else:
            next_step.cancel()
    try:
        yield task.result()
    except CarelineError as error:
        yield {"error": error.as_dict()}


@editors
async def list_imports(request: web.Request, who: SignedIn) -> web.Response:
    """The last files that were taken."""
    async with request.app[DATABASE].reading() as session:
        found = await imports.latest(session)
    return web.json_response([_import_json(one) for one in found])


@editors
async def read_import(request: web.Request, who: SignedIn) -> web.Response:
    """One of them, with its report."""
    async with request.app[DATABASE].reading() as session:
        found = await imports.one(session, path_id(request))
    return web.json_response({**_import_json(found), "report": found.report})


@editors
async def remove_import(request: web.Request, who: SignedIn) -> web.Response:
    """Remove its drafts, but none that somebody changed or published since."""
    now = request.app[OUTREACH].now()
    return await _undone(
        imports.remove(request.app[DATABASE], editing(request, who), path_id(request), now)
    )


@editors
async def bring_back_import(request: web.Request, who: SignedIn) -> web.Response:
    """Make the removed drafts again."""
    return await _undone(
        imports.bring_back(request.app[DATABASE], editing(request, who), path_id(request))
    )


async def _undone(work: Coroutine[Any, Any, imports.Undone]) -> web.Response:
    undone = await work
    return web.json_response({"done": undone.done, "left": undone.left})


@editors
async def export_base(request: web.Request, who: SignedIn) -> web.Response:
    """What is published, and drafts when asked for, as a zip of files."""
    drafts = request.query.get("drafts") == "1"
    content = await request.app[COUNTER].archive(drafts=drafts)
    return await _download(request, who, "base.zip", "application/zip", content)


@editors
async def export_book(request: web.Request, who: SignedIn) -> web.Response:
    """All answers as one page to read and print."""
    wanted = request.query.get("language", "")
    if wanted not in ("", *LANGUAGES):
        raise Invalid("there is no such language", field="language", remedy="Use en or es.")
    html = await request.app[COUNTER].book((wanted,) if wanted else LANGUAGES)
    return await _download(request, who, "book.html", "text/html", html.encode())


async def _download(
    request: web.Request, who: SignedIn, name: str, content_type: str, content: bytes
) -> web.Response:
    async with request.app[DATABASE].work() as work:
        revision = request.app[KNOWLEDGE].revision
        await audit.record(work, who.account_id, "base.exported", name, revision=revision)
        await work.commit()
    return web.Response(
        body=content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="careline-{name}"'},
    )


def _wish(request: web.Request) -> Wish:
    try:
        return Wish.model_validate(dict(request.query))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise Invalid(first["msg"], field=field, remedy="Choose the file again.") from None


async def _received(request: web.Request, wish: Wish) -> bytes:
    """The body, up to what a file of this kind may have.

    A little more is read and thrown away: a browser hears a refusal only once it has sent all.
    """
    most = Counter.most_megabytes(wish.kind) * MEGABYTE
    if (request.content_length or 0) > HARD_LIMIT:
        raise too_large(wish.name, most // MEGABYTE)
    content, size = bytearray(), 0
    async for chunk in request.content.iter_chunked(65_536):
        size += len(chunk)
        if size > HARD_LIMIT:
            break
        if size <= most:
            content += chunk
    if size > most:
        raise too_large(wish.name, most // MEGABYTE)
    return bytes(content)


def _import_json(one: Import) -> dict[str, Any]:
    report = one.report
    return {
        "id": one.id,
        "file": one.file,
        "kind": one.kind,
        "state": one.state,
        "by": one.created_name,
        "at": one.created_at.isoformat(),
        "removed_by": one.removed_name,
        "taken": len(report.get("taken", ())),
        "collisions": len(report.get("collisions", ())),
        "bad": len(report.get("bad", ())),
        "finished": bool(report),
    }
