"""Every row of the measuring sets, put to the whole trained assistant: gate, second opinion,
Rasa, actions, knowledge. Each row has a conversation of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.evaluation.ask import Question, ask_each, desk, report
from bot.evaluation.ends import Ended
from bot.evaluation.sets import LANGUAGES, Row
from bot.knowledge.topics import Topics
from bot.settings import Settings

Progress = Callable[[int], None]


async def ask_rows(
    settings: Settings, rows: Sequence[Row], topics: Topics, progress: Progress
) -> list[Ended]:
    """The end of every turn of every row. `progress` is told how many rows are done.

    Raises `NoModel` when nothing is trained.
    """
    ended: list[Ended] = []
    async with desk(settings) as core:
        for done, row in enumerate(rows, 1):
            page = row.language if row.language in LANGUAGES else LANGUAGES[0]
            question = Question(row.id, tuple(turn.text for turn in row.turns), page)
            for turn, asked in zip(row.turns, await ask_each(core, question), strict=True):
                fixed = tuple(one.fixed_id for one in asked.messages if one.fixed_id)
                ended.append(Ended(row, turn, report(question, asked), fixed, topics))
            progress(done)
    return ended
