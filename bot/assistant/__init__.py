"""The assistant: Rasa, embedded."""
