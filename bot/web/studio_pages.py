"""The pages of the studio, and what every one of them knows."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.keys import KNOWLEDGE, SETTINGS
from bot.staff.sessions import SignedIn
from bot.web.staff import page, person

# In the order of the navigation; each name has a text `studio.page_<name>`.
PAGES = (
    ("articles", "/studio"),
    ("calendar", "/studio/calendar"),
    ("gaps", "/studio/gaps"),
    ("bench", "/studio/bench"),
    ("clinic", "/studio/clinic"),
    ("notices", "/studio/notices"),
    ("exchange", "/studio/exchange"),
    ("corrections", "/studio/corrections"),
)


def studio_page(
    request: web.Request, who: SignedIn, name: str, template: str, *areas: str, **data: Any
) -> web.Response:
    """One page of the studio; its scripts get the texts of `studio` and of `areas`."""
    return page(
        request,
        template,
        "studio",
        *areas,
        view={"pages": PAGES, "page": name},
        me=person(who, request.app[SETTINGS]),
        here="studio",
        time_zone=request.app[KNOWLEDGE].profile.zone.key,
        **data,
    )
