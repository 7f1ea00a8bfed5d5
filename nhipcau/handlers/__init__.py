"""Conversations: one intention of a person per file."""
