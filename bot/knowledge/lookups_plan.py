"""Whether the clinic takes the plans that a question names.

To accept a plan is never said as being in its network, and neither is said as the plan paying.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.knowledge import wording
from bot.knowledge.plans import Named
from bot.knowledge.profile_parts import Plan

if TYPE_CHECKING:
    from bot.knowledge.lookups import ProfileFacts

MOST_PLANS = 3
# Payers with rules of their own, and where the clinic states how it works with them.
STATED = {
    "TRICARE": "special_plans_tricare",
    "CHAMPVA": "special_plans_va",
    "VA health care": "special_plans_va",
    "Indian Health Service": "special_plans_ihs",
    "travel insurance": "special_plans_visitor",
    "workers' compensation": "work_injury_policy",
    "auto insurance": "auto_policy",
}
# A question of what a plan pays: a "yes" to it would be heard as a promise.
_COVERS = re.compile(
    r"\b(?:cover\w*|pays?|paid|paying|cubr\w+|cubiert\w+|cobertura|paga\w*|benefits?|beneficios?"
    r"|approv\w+|aprueb\w+|autori\w+|authori\w+|deductible|deducible|free|gratis|cost\w*|cuesta\w*)\b",
    re.IGNORECASE,
)
_NETWORK = re.compile(r"\b(?:network|contract\w*|red|participat\w+|contrat\w+)\b", re.IGNORECASE)


def plan(facts: ProfileFacts) -> str | None:
    """What the list says of each plan named; else what to tell us."""
    named = facts.plans.named(facts.question, facts.entities, facts.language)
    if not named:
        unknown = facts.plans.names_another(facts.question)
        return facts.say("plan_unknown" if unknown else "plan_unnamed")
    if all(one.generic for one in named):
        return facts.say("plan_unnamed")
    said = [sentence for one in named[:MOST_PLANS] for sentence in _named(one, facts)]
    if len(said) == 1 and (plans := named[0].plans):
        said = [_with_yes_or_no(said[0], plans[0], facts)]
    if any(one.plans for one in named) and _COVERS.search(facts.question):
        said.append(facts.say("plan_coverage"))
    return " ".join(said)


def unlisted(facts: ProfileFacts) -> bool:
    """Whether the question names a plan that neither the list nor another fact speaks of."""
    named = facts.plans.named(facts.question, facts.entities, facts.language)
    return any(one.unlisted and _stated(one, facts) is None for one in named)


def _named(one: Named, facts: ProfileFacts) -> list[str]:
    if one.plans:
        return [_listed(plan, facts) for plan in one.plans]
    if not one.name:
        return [facts.say("plan_unknown")]
    if stated := _stated(one, facts):
        return [stated]
    akin = [plan.said(facts.language) for plan in one.akin if plan.network != "not_accepted"]
    if akin:
        listed = wording.listing(akin, facts.language)
        return [facts.say("plan_akin", plan=one.name, listed=listed)]
    return [facts.say("plan_unlisted", plan=one.name)]


def _listed(plan: Plan, facts: ProfileFacts) -> str:
    verified = wording.day(plan.last_verified, facts.language)
    return facts.say(_text_of(plan), plan=plan.said(facts.language), verified=verified)


def _stated(one: Named, facts: ProfileFacts) -> str | None:
    key = STATED.get(one.payer)
    return facts.clinic(key) if key else None


def _with_yes_or_no(said: str, plan: Plan, facts: ProfileFacts) -> str:
    """A "yes" to what was asked only: is the plan taken, are we in its network."""
    if plan.network == "not_accepted":
        return facts.say("plan_no", said=said)
    asks_more = _COVERS.search(facts.question) or (
        plan.network == "accepted" and _NETWORK.search(facts.question)
    )
    return said if asks_more else facts.say("plan_yes", said=said)


def _text_of(plan: Plan) -> str:
    # Medicare and Medicaid run by the state have no network to be outside of.
    if plan.network == "accepted" and plan.line in ("medicare", "medicaid"):
        return "plan_public"
    return f"plan_{plan.network}"
