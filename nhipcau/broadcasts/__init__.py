"""Bulletins: from an officer's draft to proven reach."""
