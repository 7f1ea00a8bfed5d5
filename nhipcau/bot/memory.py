"""Gives memory back that starting needed and running does not."""

import ctypes
import gc
import sys


def give_back() -> None:
    """Building the index frees about 16 MB which the C library keeps for itself unless told (Linux only)."""
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not look at it again
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
