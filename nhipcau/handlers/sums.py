"""The calculations that people may ask for: which words mean them, what each asks, what it shows first.

A table, not functions: a new calculation is a new row.
"""

from nhipcau.handlers.sum_fields import Sum
from nhipcau.handlers.sums_benefits import BENEFITS
from nhipcau.handlers.sums_wages import WAGES

SUMS: dict[str, Sum] = {**WAGES, **BENEFITS}

COMPUTABLE = frozenset(one.calculator for one in SUMS.values()) | {"payslip"}
"""The calculators which a conversation can fill; an entry's calculator outside it has no button."""
