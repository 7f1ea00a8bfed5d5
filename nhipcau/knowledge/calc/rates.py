"""The percentages of overtime and night work, composed from the figures as the decree composes them."""

from fractions import Fraction

from nhipcau.knowledge.calc.sheet import HUNDRED, Sheet
from nhipcau.knowledge.calc.wage import DayType
from nhipcau.knowledge.calc.words import N_


def overtime_rate(sheet: Sheet, day: DayType) -> Fraction:
    """Daytime overtime, in percent of the hourly wage."""
    sheet.cite("145/2020/NĐ-CP", "55")
    return sheet.figure(f"overtime.rate.{day}")


def night_rate(sheet: Sheet) -> Fraction:
    """Night work within normal hours, in percent of the daytime hourly wage."""
    sheet.cite("145/2020/NĐ-CP", "56")
    return HUNDRED + sheet.figure("overtime.night.extra")


def night_overtime_rate(sheet: Sheet, day: DayType, after_day_overtime: bool) -> Fraction:
    """Overtime at night, in percent: the overtime rate, the night extra, and a share of the day's own rate.

    On an ordinary day the day's own rate is 100 %, or the overtime rate where daytime overtime came before.
    """
    sheet.cite("145/2020/NĐ-CP", "57")
    overtime = sheet.figure(f"overtime.rate.{day}")
    own = overtime if day != "weekday" or after_day_overtime else Fraction(HUNDRED)
    share = sheet.rate("overtime.night_overtime.extra") * own
    return overtime + sheet.figure("overtime.night.extra") + share


def rate(sheet: Sheet, day: DayType, *, night: bool, overtime: bool, after_day_overtime: bool = False) -> Fraction:
    """The percentage for any work. Work on a rest day or holiday is overtime whatever it is called."""
    if not overtime and day != "weekday":
        sheet.warn(N_("Work on a rest day or a public holiday counts as overtime."))
        overtime = True
    if overtime and night:
        return night_overtime_rate(sheet, day, after_day_overtime)
    if overtime:
        return overtime_rate(sheet, day)
    return night_rate(sheet) if night else Fraction(HUNDRED)
