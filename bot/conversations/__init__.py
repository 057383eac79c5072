"""Conversations: messages in dense order, and one owner at a time."""
