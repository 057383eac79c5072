"""Who acts, and on what: the same few words of every request that moves a case or a text."""

from __future__ import annotations

from aiohttp import web

from bot.corrections.queries import was_corrected
from bot.handoff.cases import Agent
from bot.keys import KNOWLEDGE, SETTINGS
from bot.knowledge.editors import Editor
from bot.knowledge.going_back import Way
from bot.staff.models import Role
from bot.staff.sessions import SignedIn


def acting(who: SignedIn) -> Agent:
    """The signed-in person as patients and colleagues see them."""
    return Agent(who.account_id, who.display_name)


def editing(request: web.Request, who: SignedIn) -> Editor:
    """The signed-in person as texts know them."""
    # Named, not implied: an admin who publishes has not thereby reviewed anything.
    return Editor(
        who.account_id,
        who.display_name,
        reviewer=Role.REVIEWER in who.roles,
        alone=not request.app[SETTINGS].second_person,
    )


def path_id(request: web.Request) -> int:
    """The number in the address; the route's pattern lets nothing else through."""
    return int(request.match_info["id"])


def way_of(request: web.Request) -> Way:
    """What an older text is held against before it is live again."""
    knowledge = request.app[KNOWLEDGE]
    return Way(knowledge.today(knowledge.content), was_corrected)
