"""Calculators: amounts of the law, worked out step by step with citations. Pure functions, no I/O."""
