"""A finding as a studio page says it (`inWords` in problems.js), with the texts the page got."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.web.colleagues import Colleague

Json = dict[str, Any]


async def page_of(colleague: Colleague, path: str) -> Json:
    """What the server put into a page."""
    response = await colleague.page(path)
    assert response.status == 200
    found = re.search(
        r'<script[^>]*id="page"[^>]*>(.*?)</script>', await response.text(), re.DOTALL
    )
    assert found
    data: Json = json.loads(found[1])
    return data


def said(finding: Json, page: Json) -> str:
    """The finding in the language of the page."""
    own = {
        name: value if isinstance(value, str) else value[page["language"]]
        for name, value in finding["values"].items()
    }
    ids = (f"findings.{finding['text']}", f"findings.{finding['text']}_remedy")
    return " ".join(
        re.sub(r"\{(\w+)\}", lambda place: own.get(place[1], place[0]), page["texts"][one])
        for one in ids
    )
