"""The day in Vietnam, which decides which law is in force."""

from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam has kept UTC+7 without summer time since 1975; no time zone data is needed."""


def today() -> date:
    return datetime.now(VIETNAM).date()
