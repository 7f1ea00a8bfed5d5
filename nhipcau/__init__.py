"""Nhịp Cầu: a two-way bridge between a trade union and its members."""

__version__ = "0.1.0"
