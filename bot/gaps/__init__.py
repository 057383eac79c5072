"""Gaps: what patients asked and found no answer to, put together by what it means."""
