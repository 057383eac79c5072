"""The assistant was wrong here: reported by agents, looked into by editors, without the patient."""

from __future__ import annotations

from bot.staff.models import Role
from tests.web.colleagues import join
from tests.web.desk_cases import CLIENT, audited, held_by_bot

REMARK = "It is not a bill. Tell Jane Miller, her number is 217-555-0101."


async def test_a_reported_answer_is_a_task_with_question_version_and_remark_redacted(
    client: CLIENT,
) -> None:
    ana, eva = await join(client, "ana"), await join(client, "eva", Role.EDITOR)
    conversation_id = await held_by_bot(client, "what is an eob? call me at 217-555-0188")
    path = f"/api/conversations/{conversation_id}/reports"
    made = await ana.post(path, seq=2, remark=REMARK)
    (shown,) = (await eva.get("/api/reported-answers"))["open"]
    assert shown["id"] == made["id"]
    assert (shown["detail"]["slug"], shown["detail"]["version_id"]) == ("eob", 1)
    assert shown["title"]
    assert shown["note"]["question"].startswith("what is an eob?")
    assert "217-555" not in str(shown)
    assert "conversation_id" not in shown
    assert shown["created_by"] == "Ana"
    assert await audited(client, "follow_up.opened") == [conversation_id]


async def test_only_what_the_assistant_said_is_reported_and_only_once(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    path = f"/api/conversations/{await held_by_bot(client)}/reports"
    await ana.post(path, 422, seq=1)
    await ana.post(path, 404, seq=9)
    await ana.post(path, seq=2)
    error = (await ben.post(path, 409, seq=2, remark="again"))["error"]
    assert error["code"] == "conflict"


async def test_an_editor_closes_a_report_with_an_outcome_and_opens_it_again(
    client: CLIENT,
) -> None:
    ana, eva = await join(client, "ana"), await join(client, "eva", Role.EDITOR)
    path = f"/api/conversations/{await held_by_bot(client)}/reports"
    task_id = (await ana.post(path, seq=2, remark="wrong plan"))["id"]
    task = f"/api/follow-ups/{task_id}"
    await eva.post(f"{task}/done", 422, outcome="reached")
    await eva.post(f"{task}/done", outcome="corrected")
    found = await eva.get("/api/reported-answers")
    assert found["open"] == []
    assert found["done"][0]["outcome"] == "corrected"
    await eva.post(f"{task}/reopen")
    assert len((await eva.get("/api/reported-answers"))["open"]) == 1
    assert await audited(client, "follow_up.reopened")


async def test_editors_tasks_are_not_the_agents_and_the_other_way_round(client: CLIENT) -> None:
    ana, eva = await join(client, "ana"), await join(client, "eva", Role.EDITOR)
    path = f"/api/conversations/{await held_by_bot(client)}/reports"
    task_id = (await ana.post(path, seq=2))["id"]
    tasks = await ana.get("/api/follow-ups")
    assert tasks == {"due": [], "planned": [], "done": []}
    await ana.post(f"/api/follow-ups/{task_id}/done", 404, outcome="corrected")
    await ana.get("/api/reported-answers", 403)
    await eva.post(path, 403, seq=2)
