"""Who may talk to this process: origins, content policy, addresses, rates."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.errors import Forbidden, TooMany
from bot.settings import Settings

CONTENT_POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "manifest-src": "'self'",
}
# Frames other than messages: opening, typing, language.
FRAMES_PER_MINUTE = 240
HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


def content_policy(frame_ancestors: str) -> str:
    """The Content-Security-Policy of a page: first-party only, nothing inline."""
    parts = [f"{name} {value}" for name, value in CONTENT_POLICY.items()]
    return "; ".join([*parts, f"frame-ancestors {frame_ancestors}"])


def own_origin(request: web.Request, settings: Settings) -> str:
    """Scheme and authority under which people reach this process."""
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        return f"{parts.scheme}://{parts.netloc}"
    return f"{request.scheme}://{request.host}"


def require_own_origin(request: web.Request, settings: Settings) -> None:
    """Refuse a request that a page of another origin made, or that names no origin.

    A WebSocket handshake carries cookies and no CORS check, so the server must look itself.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin != own_origin(request, settings):
        raise Forbidden("this origin may not connect", field="Origin")


def client_address(request: web.Request, settings: Settings) -> str:
    """The address to count requests by; forwarded ones only from proxies that are trusted."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if settings.trusted_proxies and len(hops) >= settings.trusted_proxies:
        return hops[-settings.trusted_proxies]
    return request.remote or "unknown"


class RateLimits:
    """Counts in this process; a proxy in front may count for all of them."""

    def __init__(self, settings: Settings):
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[str, RateLimitItem] = {
            "message": parse(f"{settings.messages_per_minute}/minute"),
            "conversation": parse(f"{settings.conversations_per_hour}/hour"),
            "frame": parse(f"{FRAMES_PER_MINUTE}/minute"),
        }

    async def check(self, kind: str, who: str) -> None:
        """Raise `TooMany` when one more would be too many, without counting it."""
        if not await self._limiter.test(self._items[kind], kind, who):
            raise TooMany("too many at once", remedy="Wait a minute, then try again.")

    async def hit(self, kind: str, who: str) -> None:
        """Count one; raises `TooMany`."""
        if not await self._limiter.hit(self._items[kind], kind, who):
            raise TooMany("too many at once", remedy="Wait a minute, then try again.")


RATES = web.AppKey("rates", RateLimits)
