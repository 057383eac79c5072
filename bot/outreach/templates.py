"""The e-mails we send: neutral words from the catalogue, as plain text and as simple HTML.

Nothing in them says why somebody wrote to a clinic. A template names the values it may be given;
all are numbers or addresses of ours, never words of a patient.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from bot import texts
from bot.errors import CarelineError

CLASSES = "font:16px/1.5 sans-serif;max-width:36em"


class UnknownTemplate(CarelineError):
    """No such e-mail, or a value that it has no place for."""

    code = "unknown_template"


@dataclass(frozen=True, slots=True)
class Template:
    """`link`: carries a one-time link back. `patient`: needs consent, and can be unsubscribed."""

    id: str
    patient: bool
    link: bool
    values: frozenset[str] = frozenset()


TEMPLATES = {
    one.id: one
    for one in (
        Template("reply", patient=True, link=True),
        Template("follow_up", patient=True, link=True),
        Template("not_reached", patient=True, link=True),
        Template("correction", patient=True, link=True),
        Template("alarm", patient=False, link=False, values=frozenset({"count", "minutes"})),
        Template("due", patient=False, link=False, values=frozenset({"count", "days", "page"})),
    )
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom the e-mails come from, and how the clinic is called in them."""

    address: str
    clinic: str
    phone: str


def template(name: str, values: Mapping[str, str]) -> Template:
    """The template, if it takes exactly these values. Raises `UnknownTemplate`."""
    found = TEMPLATES.get(name)
    if found is None:
        raise UnknownTemplate(f"no e-mail template {name!r}", field="template")
    if values.keys() != found.values:
        raise UnknownTemplate(f"{name} takes {sorted(found.values)}", field="values")
    return found


def message(
    name: str,
    language: str,
    sender: Sender,
    recipient: str,
    values: Mapping[str, str],
    *,
    message_id: str,
    at: datetime,
    link: str = "",
    unsubscribe: str = "",
) -> EmailMessage:
    """The whole e-mail. `link` and `unsubscribe` are addresses; empty ones are left out."""

    def say(key: str) -> str:
        places = {"clinic": sender.clinic, "phone": sender.phone, **values}
        return texts.get(f"outreach.mail_{key}", language, **places).text

    mail = EmailMessage()
    mail["Subject"] = say(f"{name}_subject")
    mail["From"] = Address(sender.clinic, addr_spec=parseaddr(sender.address)[1])
    mail["To"] = Address(addr_spec=recipient)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    paragraphs = [say(f"{name}_body")]
    closing = [say("no_answer_here")]
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    button = say(f"{name}_button") if link else ""
    leave = say("unsubscribe") if unsubscribe else ""
    mail.set_content(_plain(paragraphs, button, link, closing, leave, unsubscribe))
    body = _html(paragraphs, button, link, closing, leave, unsubscribe)
    mail.add_alternative(f'<!doctype html><html lang="{language}">{body}</html>', subtype="html")
    # Setting the content takes away every header about it.
    mail["Content-Language"] = language
    return mail


def _plain(
    paragraphs: list[str], button: str, link: str, closing: list[str], leave: str, out: str
) -> str:
    parts = [*paragraphs]
    if link:
        parts.append(f"{button}:\n{link}")
    parts += closing
    if out:
        parts.append(f"{leave}:\n{out}")
    return "\n\n".join(parts) + "\n"


def _html(
    paragraphs: list[str], button: str, link: str, closing: list[str], leave: str, out: str
) -> str:
    parts = [f"<p>{html.escape(one)}</p>" for one in paragraphs]
    if link:
        parts.append(f'<p><a href="{html.escape(link)}">{html.escape(button)}</a></p>')
    parts += [f"<p>{html.escape(one)}</p>" for one in closing]
    if out:
        parts.append(f'<p><a href="{html.escape(out)}">{html.escape(leave)}</a></p>')
    return f'<body style="{CLASSES}">{"".join(parts)}</body>'
