"""The safety gate: emergencies, crises and clinical questions. No database, no Rasa, no network."""

from bot.safety.gate import Assessment, Tier, assess, clinical_text, load, text_for
from bot.safety.texts import SafetyText

__all__ = ["Assessment", "SafetyText", "Tier", "assess", "clinical_text", "load", "text_for"]
