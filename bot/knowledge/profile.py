"""What is true of this clinic: a typed file of facts, each said in the patient's language.

Articles name a fact as `{{ clinic.<key> }}`. A fact of a section has the key
`<section>_<field>` without the unit: `fee_usd` of `[no_show]` is `clinic.no_show_fee`.
"""

from __future__ import annotations

import tomllib
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import PositiveInt as Count
from pydantic import field_validator, model_validator

from bot.errors import Invalid
from bot.knowledge import wording
from bot.knowledge.hours import Day, Hours, Span, merge
from bot.knowledge.problems import explain

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NETWORK_WORDS = {
    "in_network": {"en": "in its network", "es": "dentro de su red"},
    "accepted": {"en": "we bill it, but we are not in its network", "es": "le facturamos, pero no estamos en su red"},
}
