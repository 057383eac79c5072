"""Sections of the clinic profile on money: bills, prices, help, plans with rules of their own."""

from __future__ import annotations

from pydantic import Field

from bot.knowledge.profile_parts import (
    Count,
    Part,
    Percent,
    Phone,
    Phrase,
    Section,
    Sentence,
    Text,
    Url,
    Usd,
    entries,
    fact,
)


class Pay(Section):
    """How a bill is paid."""

    url: Url | None = fact("The page where bills are paid.")
    methods: Phrase | None = fact("Cards, cash, checks.")
    checks_to: Text | None = fact("Name and address for checks.")


class PaymentPlan(Section):
    """Paying in parts."""

    minimum_usd: Usd | None = fact("The least a month.")
    longest_months: Count | None = fact("The longest plan.")
    interest: Phrase | None = fact("Interest and set-up fee.")


class Assistance(Section):
    """The clinic's own help with bills."""

    name: Phrase | None = fact("What it is called.")
    offer: Sentence | None = fact("What it can do.")
    who: Sentence | None = fact("Who can get it.")
    documents: Phrase | None = fact("Papers to send.")
    url: Url | None = fact("Where to apply.")
    decision_business_days: Count | None = fact("How soon it is decided.")
    deadline_days: Count | None = fact("How long after the first bill one may apply.")


class SlidingFee(Section):
    """Fees by income, as at federal health centers."""

    offer: Sentence | None = fact("Whether there is a scale, and where one is if not here.")


class SelfPay(Section):
    """Patients without insurance, or who do not use it."""

    discount_percent: Percent | None = fact("The discount on list prices.")
    policy: Sentence | None = fact("Paying without using one's insurance.")


class Price(Part):
    """One price of one year."""

    name: Phrase = Field(description="What is paid for.")
    usd: Usd = Field(description="The price before any discount.")
    year: Count = Field(description="The year it holds for.")


class Prices(Section):
    """The price list. A price is shown in its own year only."""

    url: Url | None = fact("The page with all prices.")
    items: tuple[Price, ...] = entries("Each price, before any discount, with its year.")


class Estimates(Section):
    """Good-faith estimates."""

    how: Sentence | None = fact("How to ask for one.")


class Bills(Section):
    """Bills and statements."""

    first_days: Count | None = fact("When the first bill comes, after the plan has paid.")
    due_days: Count | None = fact("How long one has to pay.")
    statement: Sentence | None = fact("Where things stand on the statement.")
    itemized_business_days: Count | None = fact("How soon an itemized bill comes.")
    late: Sentence | None = fact("A bill that comes very late.")
    refund_days: Count | None = fact("How soon money paid twice is given back.")
    collections_after_days: Count | None = fact("The earliest a bill goes to collections.")
    before_collections: Sentence | None = fact(
        "What the clinic does first, help with bills above all."
    )
    agency: Text | None = fact("The collections agency.")
    credit_bureaus: Sentence | None = fact("Whether debt is reported.")
    separate: Sentence | None = fact("Who else may send a bill.")
    facility_fee: Sentence | None = fact("Whether there is a facility fee.")
    lab: Sentence | None = fact("Who bills for lab tests.")
    superbill: Sentence | None = fact("A paper for a claim of one's own.")
    copay: Sentence | None = fact("When the copay is due.")
    deposit: Sentence | None = fact("Paying before care.")
    fees: Sentence | None = fact("Interest, late fees, returned checks.")
    prompt_pay: Sentence | None = fact("A discount for paying at once.")
    paperless: Sentence | None = fact("Bills without paper.")
    failed: Sentence | None = fact("What to do when an online payment fails.")
    for_another: Sentence | None = fact("Paying another person's bill.")
    autopay: Sentence | None = fact("Automatic payments.")


class Disputes(Section):
    """A bill that looks wrong."""

    reply_business_days: Count | None = fact("How soon the clinic answers.")


class Enrollment(Section):
    """Help to get insurance."""

    help: Sentence | None = fact("Who helps with forms, and that it is free.")
    phone: Phone | None = fact("Their phone.")


class SpecialPlans(Section):
    """Coverage with rules of its own."""

    va: Sentence | None = fact("VA Community Care and CHAMPVA.")
    tricare: Sentence | None = fact("TRICARE.")
    ihs: Sentence | None = fact("Indian Health Service.")
    visitor: Sentence | None = fact("Travel and visitor insurance.")


class WorkInjury(Section):
    """Injuries at work."""

    policy: Sentence | None = fact("Whether they are seen, and what to bring.")


class Auto(Section):
    """Car accidents."""

    policy: Sentence | None = fact("Whether patients are seen, and who is billed.")


class Network(Section):
    """Changes in the plans the clinic works with."""

    leaving: Sentence | None = fact("What happens when the clinic leaves a network.")


class Referrals(Section):
    """Referrals, prior authorization, and appeals."""

    policy: Sentence | None = fact("When a referral is needed, and how to get one.")
    ready_business_days: Count | None = fact("How soon it is sent.")
    prior_auth: Sentence | None = fact("Who asks the plan for prior authorization, and how soon.")
    appeals: Sentence | None = fact("What the clinic does to help with an appeal.")
