"""One reviewed line of sympathy where somebody tells of a loss, a denial, a debt, a wait or fear.

The words say what moves the patient (`data/tone`), the answer says what it is about: "denied" alone
is a word of the trade. A line stands before an answer and never twice in a conversation. It is not
said to who is in danger, nor where the text already apologises.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache

from actions.support import Said, Turn, handoff_of, say
from bot import texts
from bot.effects import Line, Reason
from bot.safety.books import Phrases, read_phrases

# The weightiest first: whoever lost somebody is not told that waiting is hard.
SITUATIONS = ("death", "denial", "debt", "fear", "wait")
DISTRESS = "distress"
# Many an article begins with sympathy of its own.
SORRY = re.compile(
    r"\b(sorry|siento|sentimos|lamento|lamentamos|entiendo|understand)\b", re.IGNORECASE
)
OPENING = 80
ABOUT = {
    "denial": (
        *("cov.claim_denied", "cov.my_claim_denied", "cov.prior_auth_denied", "cov.appeal"),
        *("cov.prior_auth_refused", "cov.external_review", "cov.peer_to_peer"),
        *("cov.medical_necessity", "cov.retro_termination", "mcr.appeal"),
    ),
    "debt": ("bil.",),
    "wait": (
        *("cov.prior_auth_time", "cov.prior_auth_status", "cov.referral_status", "apt.earlier"),
        *(
            "apt.results_where",
            "apt.refill_status",
            "apt.clinic_cancelled",
            "bil.insurance_pending",
        ),
        *("meta.agent_wait", "bil.fap_status"),
    ),
}
# These begin with an apology or with thanks of their own.
APOLOGISED = frozenset(
    {Reason.COMPLAINT, Reason.NO_FOLLOWUP, Reason.REPEATED_FAILURE, Reason.EMERGENCY}
) | {Reason.CLINICAL}


@cache
def phrases() -> Phrases:
    """The patterns, read once."""
    return read_phrases("tone")


def situation(text: str, topics: Collection[str]) -> str | None:
    """What the patient is going through, given the topics of the answer; None when unclear."""
    meant = phrases().meanings(text)
    fitting = [
        one
        for one in SITUATIONS
        if one not in ABOUT or any(topic.startswith(ABOUT[one]) for topic in topics)
    ]
    told = next((one for one in fitting if one in meant), None)
    if told is None and DISTRESS in meant:
        told = next((one for one in fitting if one in ABOUT), "fear")
    return told


def with_tone(turn: Turn, said: Said) -> Said:
    """The same with a line of sympathy in front, where one is due and was not said before."""
    handoff = handoff_of(said)
    if turn.intent == "correct_answer" or (handoff and handoff.reason in APOLOGISED):
        return said
    lines = [reply.line for reply in said.replies if reply.line]
    if not any(line.article or line.options for line in lines) and not handoff:
        return said
    topics = {topic for line in lines if line.article for topic in line.article.topics}
    topics |= {topic for line in lines for option in line.options for topic in option.topics}
    if any(SORRY.search(line.text[:OPENING]) for line in lines):
        return said
    found = situation(turn.text, topics)
    before = turn.before.comforted or []
    if found is None or found in before:
        return said
    line = Line.fixed_words(texts.get(f"empathy.{found}", turn.language))
    after = replace(said.after, comforted=[*before, found])
    return Said((say(line), *said.replies), after)
