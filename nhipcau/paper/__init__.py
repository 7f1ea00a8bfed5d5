"""Sheets to print: what stands on an A4 page, and the same page as PDF and PNG."""
