"""Marks the sentences which handlers translate; the rooms below them return English message ids."""


def N_(message: str) -> str:
    """The message itself: translated only where it is shown."""
    return message
