"""What a row of the table of calculations is made of, and the fields which several rows share."""

from typing import NamedTuple

from nhipcau.knowledge.calc.words import N_


class Choice(NamedTuple):
    """One option of a field; `words` (a pattern over folded words) choose it within a free text."""

    value: str
    label: str
    words: str = ""


class Field(NamedTuple):
    """One input. `question` asks for it, `label` names it in the result; a field without choices has a `kind`.

    `cues`: folded words, one of which stands shortly before the value in a free text. `only` names inputs which
    must be there (and, where a value is given, be that) for the question to make sense.
    """

    name: str
    kind: str
    question: str
    label: str
    cues: str = ""
    choices: tuple[Choice, ...] = ()
    only: tuple[tuple[str, object], ...] = ()


class Sum(NamedTuple):
    """A calculation. `words` is the pattern of its intention; `demanded` is asked only if the calculator insists.

    `headline` is the amount shown first, with its label and unit; `entry` answers the question behind it.
    """

    calculator: str
    title: str
    words: str
    fields: tuple[Field, ...]
    headline: tuple[str, str, str]
    entry: str
    demanded: tuple[Field, ...] = ()
    fixed: tuple[tuple[str, object], ...] = ()
    unsaid: tuple[str, ...] = ()


ANY = None
WAGE = r"luong|luong cb|luong co ban|lcb|muc luong|dong bao hiem|muc dong|binh quan|gross"
VALUE = r"zq[a-z][a-z]"  # where a value stood, see knowledge.calc.heard
PAID_OUT = r"net|thuc nhan|thuc linh|thuc lanh|cam ve|ve tay"
WORKED = r"lam|lam viec|lam duoc|da lam|tham nien|cong tac"

NORMAL_DAYS = Field(
    "normal_days",
    "month_days",
    N_("How many normal working days does that month have at your company? For example: 26"),
    N_("Normal working days"),
    cues="cong chuan|ngay cong|thang",
    only=(("monthly_wage", ANY),),
)
WAGE_RATE = Field(
    "wage",
    "rate",
    N_("What is your wage, without meals, petrol and bonus? For example: 6tr5 a month, or 30k/hour"),
    N_("Wage"),
    cues=WAGE,
)
DAY_TYPE = Field(
    "day_type",
    "",
    N_("On which kind of day?"),
    N_("Kind of day"),
    choices=(
        Choice("weekday", N_("Ordinary day"), "ngay thuong|trong tuan"),
        Choice("weekly_rest", N_("Weekly day of rest"), "chu nhat|cn|ngay nghi|cuoi tuan|ngay nghi hang tuan"),
        Choice("holiday", N_("Public holiday"), "ngay le|le tet|mung|quoc khanh|gio to|lam le|ca le|di lam tet"),
    ),
)
NIGHT = Field(
    "night",
    "",
    N_("By day or by night (22:00 to 6:00)?"),
    N_("Time of day"),
    choices=(
        Choice("no", N_("By day"), "ban ngay|ca ngay"),
        Choice("yes", N_("By night"), "ban dem|ca dem|lam dem|buoi dem|khuya"),
    ),
)
BEFORE = Field(
    "day_overtime_before",
    "",
    N_("Was there overtime by day on the same day before?"),
    N_("Daytime overtime before"),
    choices=(Choice("no", N_("No, there was not")), Choice("yes", N_("Yes, there was"))),
    only=(("night", True), ("day_type", "weekday")),
)
REGION = Field(
    "region",
    "region",
    N_("In which region is the workplace? Type 1, 2, 3 or 4, or the commune or ward, for example: Tuy Hoa"),
    N_("Region"),
)
DEPENDANTS = Field(
    "dependants",
    "people",
    N_("How many registered dependants do you have? For example: 0"),
    N_("Dependants"),
)
AVERAGE_6 = Field(
    "average_6_months",
    "wage",
    N_("What was the average wage of your insurance in the last six months? For example: 6tr5"),
    N_("Insured wage, average of six months"),
    cues=WAGE,
)
TOTAL_MONTHS = Field(
    "total_months_worked",
    "span",
    N_("How long have you worked for this employer? For example: 5 years 3 months"),
    N_("Time with this employer"),
    cues=WORKED,
)
INSURED_MONTHS = Field(
    "insured_months",
    "span_or_all",
    N_(
        "For how much of it was unemployment insurance paid? Type the time, or: all, or: none. "
        "Time that was insured does not count here."
    ),
    N_("Time insured against unemployment"),
    cues="bao hiem that nghiep",
)
AVG_WAGE = Field(
    "avg_wage_6_months",
    "wage",
    N_("What was your average contract wage in the last six months? For example: 7tr"),
    N_("Average contract wage"),
    cues=WAGE,
)
