"""Addresses of staff: those that change something, and those that tell something."""

from __future__ import annotations

STATE_CHANGES = [
    ("POST", "/api/sign-in"),
    ("POST", "/api/sign-out"),
    ("POST", "/api/handoffs/1/claim"),
    ("POST", "/api/handoffs/1/release"),
    ("POST", "/api/handoffs/1/resolve"),
    ("POST", f"/api/conversations/{'0' * 32}/take-over"),
    ("POST", f"/api/conversations/{'0' * 32}/messages"),
    ("POST", f"/api/conversations/{'0' * 32}/notes"),
    ("POST", f"/api/conversations/{'0' * 32}/draft"),
    ("POST", f"/api/conversations/{'0' * 32}/mentions-seen"),
    ("POST", f"/api/conversations/{'0' * 32}/reports"),
    *(("POST", f"/api/handoffs/1/{verb}") for verb in ("transfer", "take-over", "reopen")),
    ("POST", "/api/handoffs/1/identity"),
    ("POST", "/api/cases/search"),
    ("POST", "/api/presence"),
    *(("POST", f"/api/callbacks/1/{verb}") for verb in ("hold", "put-back", "attempts")),
    ("POST", "/api/follow-ups"),
    *(("POST", f"/api/follow-ups/1/{verb}") for verb in ("done", "reopen", "move")),
    ("PUT", "/api/contact"),
    ("POST", "/api/contact/withdraw"),
    ("POST", f"/r/{'A' * 43}"),
    ("PUT", "/api/articles/eob/en/draft"),
    ("DELETE", "/api/articles/eob/en/draft"),
    ("POST", "/api/versions/1/publish"),
    ("POST", "/api/versions/1/restore"),
    ("POST", "/api/preview"),
    *(
        ("POST", f"/api/versions/1/{verb}")
        for verb in ("submit", "withdraw", "approve", "send-back", "check", "override")
    ),
    ("PUT", "/api/versions/1/plan"),
    ("DELETE", "/api/versions/1/plan"),
    *(("POST", f"/api/overrides/1/{verb}") for verb in ("decide", "withdraw")),
    ("POST", "/api/articles"),
    ("PUT", "/api/articles/eob/about"),
    ("POST", "/api/articles/eob/return"),
    ("POST", "/api/articles/eob/en/presence"),
    ("DELETE", f"/api/articles/eob/en/presence/{'0' * 32}"),
    *(("POST", path) for path in ("/api/article-acts", "/api/article-acts/undo", "/api/merge")),
    *(("POST", f"/api/bench{rest}") for rest in ("", "/golden", "/golden/drop")),
    *(("POST", f"/api/gaps/{rest}") for rest in ("run", "looks")),
    *(
        ("POST", f"/api/gaps/1/{verb}")
        for verb in ("write", "add", "dismiss", "reopen", "merge", "split")
    ),
    ("PUT", "/api/clinic/parts/contacts"),
    ("POST", "/api/clinic/parts/contacts/preview"),
    *(("POST", f"/api/clinic/documents/1/{verb}") for verb in ("restore", "preview")),
    *(("POST", f"/api/notices{rest}") for rest in ("", "/preview")),
    *(
        ("POST", f"/api/notices/1/{verb}")
        for verb in ("submit", "publish", "take-back", "put-back")
    ),
    ("PUT", "/api/notices/1"),
    ("DELETE", "/api/notices/1"),
    ("POST", "/api/exchange/file"),
    *(("POST", f"/api/exchange/imports/1/{verb}") for verb in ("remove", "bring-back")),
    ("POST", "/api/versions/1/corrections"),
    ("PUT", "/api/corrections/1"),
    ("POST", "/api/corrections/preview"),
    *(
        ("POST", f"/api/corrections/1/{verb}")
        for verb in ("discard", "bring-back", "release", "stop", "resume")
    ),
]
READS = [
    *("/api/me", "/api/handoffs", "/api/conversations?owner=bot"),
    *(f"/api/conversations/{'0' * 32}", "/api/articles", "/api/articles/eob"),
    *("/api/callbacks", "/api/colleagues", "/api/handoffs/told", "/api/follow-ups"),
    *("/api/follow-ups/owners", "/api/insights/live", "/api/presence", "/api/mentions"),
    *("/api/reported-answers", f"/api/conversations/{'0' * 32}/snippets"),
    f"/api/conversations/{'0' * 32}/suggestions",
    *("/api/article-list", "/api/article-slugs", "/api/articles/eob/en/life", "/api/calendar"),
    *("/api/articles/eob/en/saves", "/api/articles/eob/es/source", "/api/facts", "/api/topics"),
    *("/api/versions/1/diff/2", "/api/versions/1/seen", "/api/versions/1/seen/conversations"),
    *("/api/checks/1", "/api/overrides", "/api/gaps", "/api/gaps/run", "/api/gaps/1"),
    *("/api/clinic", "/api/clinic/history", "/api/notices", "/api/notices/1", "/api/corrections"),
    *("/api/notices/1/cases", "/api/corrections/1", "/api/exchange/imports"),
    *("/api/exchange/imports/1", "/api/exchange/base.zip", "/api/exchange/book.html"),
]
