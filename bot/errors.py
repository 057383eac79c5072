"""One hierarchy of errors. The web translates them in one place, for HTTP and for sockets.

The message is for people who run or use the product; it never holds text a patient wrote.
"""

from __future__ import annotations


class CarelineError(Exception):
    """Something was refused. `remedy` says what to do about it; nothing was changed."""

    code = "error"
    status = 400

    def __init__(self, message: str, *, field: str | None = None, remedy: str | None = None):
        super().__init__(message)
        self.message = message
        self.field = field
        self.remedy = remedy

    def as_dict(self) -> dict[str, str | None]:
        """The shape every error has on every wire."""
        return {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "remedy": self.remedy,
        }


class Invalid(CarelineError):
    """The input breaks a rule; `field` names which."""

    code = "invalid"
    status = 422


class NotFound(CarelineError):
    """No such thing, or not for this person: the two are not told apart."""

    code = "not_found"
    status = 404


class Unauthorized(CarelineError):
    """No valid sign-in or token."""

    code = "unauthorized"
    status = 401


class Forbidden(CarelineError):
    """Signed in, but this role may not do it; or a request from another origin."""

    code = "forbidden"
    status = 403


class Conflict(CarelineError):
    """Somebody else was first. `winner` is their display name, when it is known."""

    code = "conflict"
    status = 409

    def __init__(self, message: str, *, winner: str | None = None, remedy: str | None = None):
        super().__init__(message, remedy=remedy)
        self.winner = winner

    def as_dict(self) -> dict[str, str | None]:
        """The common shape, with the winner's name."""
        return {**super().as_dict(), "winner": self.winner}


class StaleOwner(Conflict):
    """The writer's owner or epoch is out of date: it wrote nothing."""

    code = "stale_owner"


class TooMany(CarelineError):
    """More requests than allowed; `remedy` says when to try again."""

    code = "rate_limited"
    status = 429


class StorageUnavailable(CarelineError):
    """The database does not answer. Nothing was stored; sending again is safe."""

    code = "storage_unavailable"
    status = 503


class NotReady(CarelineError):
    """The process is starting or stopping."""

    code = "not_ready"
    status = 503
