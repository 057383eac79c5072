"""The safety gate: emergencies, crises and clinical questions. No database, no Rasa, no network."""

from bot.safety.foreign import INTERPRETER, serve_only_reviewed, text_for_message
from bot.safety.gate import (
    Assessment,
    Tier,
    assess,
    clinical_text,
    load,
    only_sounds_dangerous,
    text_for,
)
from bot.safety.texts import SafetyText

__all__ = [
    "INTERPRETER",
    "Assessment",
    "SafetyText",
    "Tier",
    "assess",
    "clinical_text",
    "load",
    "only_sounds_dangerous",
    "serve_only_reviewed",
    "text_for",
    "text_for_message",
]
