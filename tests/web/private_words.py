"""Cases in every state, each with words in them that no patient may ever read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot import keys
from bot.clock import utc_now
from bot.handoff.models import Handoff
from bot.staff.models import Account
from tests.web.colleagues import Colleague, app_of
from tests.web.desk_cases import CLIENT, line
from tests.web.outreach_cases import ADDRESS, Visitor
from tests.web.patients import Patient

# In every private word there is, in any case of letters.
SECRET = "quxword"


@dataclass
class Case:
    """One patient with an open chat, and the case that people work on."""

    client: CLIENT
    patient: Patient
    handoff_id: int = 0
    epoch: int = 0
    heard: list[str] = field(default_factory=list)

    @property
    def conversation_id(self) -> str:
        assert self.patient.conversation_id is not None
        return self.patient.conversation_id

    @property
    def token(self) -> str:
        assert self.patient.token is not None
        return self.patient.token


async def begun(client: CLIENT) -> Case:
    """A patient asks for a person, leaves an e-mail address and waits."""
    patient = await Patient(client).connect()
    await patient.say("I want a person")
    await patient.frame("conversation.started")
    await patient.send("person.request", client_id=f"person-{id(patient):012}")
    await patient.until(
        lambda one: one["type"] == "state.changed" and one["state"]["owner"] == "queue", 30
    )
    case = Case(client, patient)
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.scalar(
            select(Handoff.id).where(Handoff.conversation_id == case.conversation_id)
        )
    assert found is not None
    case.handoff_id = found
    # Each patient has an address of their own: one e-mail for each.
    name, _, domain = ADDRESS.partition("@")
    await Visitor(client, case.token).leave("email", f"{name}{case.handoff_id}@{domain}")
    return case


async def claimed(case: Case, who: Colleague) -> None:
    """It is this colleague's, with everything private that can be written down in it."""
    case.epoch = (await who.post(f"/api/handoffs/{case.handoff_id}/claim"))["epoch"]
    await annotated(case, who)


async def annotated(case: Case, who: Colleague) -> None:
    """A note, a mention, an identity check and a task."""
    conversation = f"/api/conversations/{case.conversation_id}"
    await who.post(f"{conversation}/notes", text=f"{SECRET}-note: calls often")
    await who.post(f"{conversation}/notes", text=f"@Ben {SECRET}-mention: please look")
    await who.post(
        f"/api/handoffs/{case.handoff_id}/identity",
        who=f"{SECRET}-caller",
        concerns="other",
        patient=f"{SECRET}-patient",
        authority=f"{SECRET}-authority",
        method="details",
        verified=True,
    )
    due = (utc_now() + timedelta(hours=1)).isoformat()
    task: dict[str, Any] = {
        "conversation_id": case.conversation_id,
        "due_at": due,
        "note": f"{SECRET}-task",
    }
    await who.post("/api/follow-ups", **task)


async def replied(case: Case, who: Colleague) -> None:
    """A line that the patient may read."""
    body = line("We look into it.", case.epoch, f"reply-{case.handoff_id:07}")
    await who.post(f"/api/conversations/{case.conversation_id}/messages", **body)


async def transferred(case: Case, who: Colleague, **to: Any) -> None:
    """Handed on with a note."""
    path = f"/api/handoffs/{case.handoff_id}/transfer"
    await who.post(path, note=f"{SECRET}-transfer: she is angry", epoch=case.epoch, **to)


async def resolved(case: Case, who: Colleague, *, to_bot: bool = False) -> None:
    """Ended, with a note about why."""
    conversation = f"/api/conversations/{case.conversation_id}"
    await who.post(f"{conversation}/notes", text=f"{SECRET}-resolve: paid in cash")
    await who.post(f"/api/handoffs/{case.handoff_id}/resolve", outcome="answered", to_bot=to_bot)


async def id_of(client: CLIENT, name: str) -> str:
    """A colleague's id."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.scalar(select(Account.id).where(Account.name == name))
    assert found is not None
    return found


async def _waiting(case: Case, ana: Colleague, ben: Colleague) -> None:
    await claimed(case, ana)
    await ana.post(f"/api/handoffs/{case.handoff_id}/release")


async def _claimed(case: Case, ana: Colleague, ben: Colleague) -> None:
    await claimed(case, ana)
    await replied(case, ana)


async def _to_a_colleague(case: Case, ana: Colleague, ben: Colleague) -> None:
    await claimed(case, ana)
    await transferred(case, ana, to="agent", agent_id=await id_of(case.client, "ben"))


async def _to_the_queue(case: Case, ana: Colleague, ben: Colleague) -> None:
    await claimed(case, ana)
    await transferred(case, ana, to="queue", need="privacy")


async def _resolved(case: Case, ana: Colleague, ben: Colleague) -> None:
    await claimed(case, ana)
    await replied(case, ana)
    await resolved(case, ana)


async def _with_the_bot(case: Case, ana: Colleague, ben: Colleague) -> None:
    await claimed(case, ana)
    await replied(case, ana)
    await resolved(case, ana, to_bot=True)


async def _reopened(case: Case, ana: Colleague, ben: Colleague) -> None:
    await _resolved(case, ana, ben)
    again = await ana.post(f"/api/handoffs/{case.handoff_id}/reopen")
    case.epoch, case.handoff_id = again["epoch"], again["handoff_id"]
    await annotated(case, ana)


async def _taken_over(case: Case, ana: Colleague, ben: Colleague) -> None:
    await _with_the_bot(case, ana, ben)
    path = f"/api/conversations/{case.conversation_id}/take-over"
    again = await ana.post(path)
    case.epoch, case.handoff_id = again["epoch"], again["handoff_id"]
    await annotated(case, ana)


async def _left(case: Case, ana: Colleague, ben: Colleague) -> None:
    await claimed(case, ana)
    await replied(case, ana)
    await case.patient.send("conversation.end")
    await case.patient.frame("conversation.ended")


STATES: dict[str, Callable[[Case, Colleague, Colleague], Awaitable[None]]] = {
    "waiting": _waiting,
    "claimed": _claimed,
    "with a colleague": _to_a_colleague,
    "back in the queue": _to_the_queue,
    "resolved": _resolved,
    "with the assistant": _with_the_bot,
    "reopened": _reopened,
    "taken over": _taken_over,
    "left by the patient": _left,
}
