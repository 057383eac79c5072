"""Every setting, with its help. `careline settings` prints this table.

A value comes from the environment (`CARELINE_…`), then from `.env`, then from the default.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import CarelineError

ROOT = Path(__file__).resolve().parent.parent
SECRET_BYTES = 32


class BadSettings(CarelineError):
    """A setting is missing or wrong; `field` names it, `remedy` says what to set."""

    code = "bad_settings"


class Settings(BaseSettings):
    """One Careline process."""

    model_config = SettingsConfigDict(
        env_prefix="CARELINE_", env_file=".env", extra="ignore", frozen=True
    )

    mode: Literal["development", "production"] = Field(
        "development",
        description="production refuses missing secrets, unreviewed text and plain HTTP cookies.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="Address people use, when a proxy stands in front. Empty: host and port."
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="Other sites that may embed the widget, as a JSON list of origins."
    )
    trusted_proxies: int = Field(
        0, ge=0, description="Proxies in front that set X-Forwarded-For; 0 ignores that header."
    )
    var_dir: Path = Field(
        ROOT / "var", description="Where this installation keeps its database and secrets."
    )
    database_url: str = Field(
        "", description="sqlite or postgresql URL. Empty: careline.db in the var directory."
    )
    database_pool: int = Field(10, ge=1, description="Open connections per process.")
    sqlite_synchronous: Literal["NORMAL", "FULL"] = Field(
        "FULL", description="FULL survives a power cut; NORMAL is faster and survives a crash."
    )
    busy_timeout: float = Field(
        5.0, gt=0, description="Seconds to wait for a locked or silent database."
    )
    data_dir: Path = Field(
        ROOT / "data", description="Starter articles, clinic profile, safety texts, catalogue."
    )
    model_dir: Path = Field(ROOT / "models", description="Where trained models lie.")
    encryption_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys for stored text, newest first, as id:hex64 separated by commas.",
    )
    session_idle_minutes: int = Field(
        20, ge=1, description="Staff are signed out after this many minutes without a request."
    )
    session_hours: int = Field(12, ge=1, description="Staff sign in again after this many hours.")
    conversation_idle_minutes: int = Field(
        30, ge=1, description="A conversation with the assistant ends after this silence."
    )
    token_hours: int = Field(
        24, ge=1, description="A patient may come back to a conversation for this many hours."
    )
    rating_hours: int = Field(
        72, ge=1, description="For so many hours after a chat its patient may rate it."
    )
    bad_rating_hours: int = Field(
        24, ge=1, description="A bad rating is to be looked into within so many hours."
    )
    answer_seconds: float = Field(
        4.0, gt=0, description="Time the assistant has before a person is called instead."
    )
    lease_seconds: float = Field(
        10.0, gt=0, description="A turn's lease; must be longer than answer_seconds."
    )
    other_language: Literal["show", "person"] = Field(
        "show",
        description="An answer that is up to date in the other language only: show it and say so, "
        "or offer a person instead.",
    )
    max_chars: int = Field(2000, ge=100, description="How much of one message the assistant reads.")
    max_message_bytes: int = Field(
        65536, ge=1024, description="Largest frame or form that is accepted at all."
    )
    messages_per_minute: int = Field(
        40, ge=1, description="Messages one conversation may send in a minute."
    )
    conversations_per_hour: int = Field(
        60, ge=1, description="New conversations one address may open in an hour."
    )
    sign_ins_per_minute: int = Field(
        10, ge=1, description="Sign-in attempts one address, and one account, has in a minute."
    )
    presence_seconds: float = Field(
        15.0, gt=0, description="An open console says this often that its agent is there."
    )
    presence_grace_seconds: float = Field(
        60.0, gt=0, description="An agent not heard of for so long is gone; untouched cases return."
    )
    # Not in the clinic profile: editors write that, and would lift the rule that binds them.
    second_person: bool = Field(
        False,
        description="A text goes live only when a reviewer who did not write it has approved it.",
    )
    alarm_email: str = Field(
        "", description="Where an e-mail goes when nobody claims a case in time. Empty: nowhere."
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="Mail server, as smtps://user:password@host:465 or smtp://… (STARTTLS). "
        "Empty: no e-mail is offered or sent.",
    )
    mail_from: str = Field("", description="Address e-mails come from; needed with smtp_url.")
    reply_mail_minutes: int = Field(
        5, ge=1, description="An unseen reply of a person is told by e-mail after this long."
    )
    link_hours: int = Field(
        72, ge=1, description="A link back to a conversation works for this many hours."
    )
    unowned_due: Literal["editors", "reviewers", "nobody"] = Field(
        "editors",
        description="Who is told that a text falls due which nobody owns who works here.",
    )
    notice_publishers: Literal["reviewer", "editor"] = Field(
        "reviewer", description="Who puts a notice before patients: a reviewer, or any editor."
    )
    corrections_need_second: bool = Field(
        True, description="A correction to patients is released by a reviewer who did not write it."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least level that is logged. No level logs patients' words."
    )

    @model_validator(mode="after")
    def _leases_outlive_answers(self) -> Settings:
        if self.lease_seconds <= self.answer_seconds:
            raise ValueError("lease_seconds must be longer than answer_seconds")
        return self

    @model_validator(mode="after")
    def _one_lost_heartbeat_is_no_absence(self) -> Settings:
        if self.presence_grace_seconds < 2 * self.presence_seconds:
            raise ValueError("presence_grace_seconds must be at least twice presence_seconds")
        return self

    @model_validator(mode="after")
    def _mail_is_complete(self) -> Settings:
        url = self.smtp_url.get_secret_value()
        if url and not url.startswith(("smtp://", "smtps://")):
            raise ValueError("smtp_url begins with smtps:// (or smtp:// with STARTTLS)")
        if url and "@" not in self.mail_from:
            raise ValueError("mail_from is the address that e-mails come from; smtp_url needs it")
        if url and self.production and not self.public_url:
            raise ValueError("public_url is needed with smtp_url: e-mails hold links to it")
        return self

    @field_validator("public_url")
    @classmethod
    def _has_a_scheme(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("public_url begins with https:// (or http:// behind no proxy)")
        return url

    @property
    def production(self) -> bool:
        """Whether real patients are served."""
        return self.mode == "production"

    @property
    def address(self) -> str:
        """Where people reach this process, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.var_dir / 'careline.db'}"


def encryption_keys(settings: Settings) -> str:
    """The key ring's text; in development a missing one is made once, in a private file.

    Raises `BadSettings` in production mode without keys.
    """
    configured = settings.encryption_keys.get_secret_value()
    if configured:
        return configured
    if settings.production:
        raise BadSettings(
            "encryption_keys is not set",
            field="encryption_keys",
            remedy="Set CARELINE_ENCRYPTION_KEYS, for instance to the output of: "
            "python -c \"import secrets; print('k1:' + secrets.token_hex(32))\"",
        )
    return _private_file(settings.var_dir / "encryption_keys")


def _private_file(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"dev:{secrets.token_hex(SECRET_BYTES)}\n", "utf-8")
    return path.read_text("utf-8").strip()
