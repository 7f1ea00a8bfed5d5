"""Servers that behave as the platforms do, on this computer: for tests, and to try the program without an account."""
