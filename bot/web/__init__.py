"""The web: aiohttp handlers, frames and pages. No SQL, no Rasa."""
