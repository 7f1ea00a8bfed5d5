"""Message types, and one adapter per platform."""
