"""Reaching patients who have left: consent, e-mail, one-time links and call backs."""
