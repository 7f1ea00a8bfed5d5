"""What an operator watches. Names follow Prometheus' habits; no label ever names a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

registry = CollectorRegistry()

received = Counter("nhipcau_received", "Messages stored, by channel.", ["channel"], registry=registry)
refused = Counter("nhipcau_refused", "Requests refused before storing, by cause.", ["cause"], registry=registry)
answered = Counter("nhipcau_turns", "Messages dealt with, by channel.", ["channel"], registry=registry)
faults = Counter("nhipcau_faults", "Messages whose handling or sending failed by a fault of ours.", registry=registry)
sent = Counter("nhipcau_sent", "Messages by channel and final state.", ["channel", "state"], registry=registry)
alarms = Gauge("nhipcau_alarms", "1: a person must act, see `nhipcau doctor`.", ["what"], registry=registry)
waiting = Gauge("nhipcau_waiting", "Messages accepted and not yet dealt with.", registry=registry)
quota = Gauge(
    "nhipcau_quota_used_ratio",
    "Share of a platform's limit that is used, by channel and limit; 1 is all of it.",
    ["channel", "limit"],
    registry=registry,
)
turn_seconds = Histogram(
    "nhipcau_turn_seconds",
    "From taking a message up to its replies being stored.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=registry,
)


def page() -> bytes:
    """The exposition text of GET /metrics."""
    return generate_latest(registry)
