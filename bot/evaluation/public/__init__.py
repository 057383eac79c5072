"""Our recipe on public intent and FAQ sets, beside stock Rasa and a plain classifier."""
