"""Calculations about the wage: overtime, the minimum, net and gross, tax, insurance."""

from nhipcau.handlers.sum_fields import (
    BEFORE,
    DAY_TYPE,
    DEPENDANTS,
    NIGHT,
    NORMAL_DAYS,
    PAID_OUT,
    REGION,
    VALUE,
    WAGE,
    WAGE_RATE,
    Field,
    Sum,
)
from nhipcau.knowledge.calc.words import N_

EMPLOYER = (
    "Social insurance, employer",
    "Health insurance, employer",
    "Unemployment insurance, employer",
    "Insurance, employer",
)
"""Lines which say nothing about what reaches the worker."""

WAGES: dict[str, Sum] = {
    "overtime": Sum(
        "overtime_day",
        N_("Overtime and night pay"),
        r"tang ca|lam them|lam them gio|ot|tc|lam chu nhat|lam ngay le|lam dem|ca dem",
        (
            WAGE_RATE,
            NORMAL_DAYS,
            Field(
                "hours",
                "hours",
                N_("How many hours of overtime? For example: 12, or 2h30"),
                N_("Overtime hours"),
                cues=r"tang ca|lam them|lam them gio|ot|tc|lam|dem|chu nhat|le",
            ),
            DAY_TYPE,
            NIGHT,
            BEFORE,
        ),
        ("pay", N_("Overtime pay"), "VND"),
        "overtime-rates-all",
    ),
    "hourly": Sum(
        "hourly_wage_base",
        N_("Hourly wage from a monthly wage"),
        r"luong gio|luong mot gio|mot gio bao nhieu|tinh luong gio",
        (
            Field(
                "job_wage",
                "wage",
                N_("What is your monthly wage, with fixed allowances, without meals and petrol? For example: 6tr5"),
                N_("Monthly wage"),
                cues=WAGE,
            ),
            NORMAL_DAYS._replace(only=()),
        ),
        ("hourly_wage", N_("Hourly wage"), "VND"),
        "overtime-hourly-wage",
        unsaid=("Overtime pay",),
    ),
    "minimum": Sum(
        "minimum_wage",
        N_("Does my wage reach the minimum wage?"),
        r"luong toi thieu|muc toi thieu|toi thieu vung|toi thieu",
        (
            Field(
                "monthly_wage",
                "wage",
                N_("What is your monthly wage for full hours, without allowances and overtime? For example: 4tr2"),
                N_("Monthly wage"),
                cues=WAGE,
            ),
            REGION,
        ),
        ("minimum", N_("Minimum wage"), "VND"),
        "minimum-wage-below",
    ),
    "net": Sum(
        "gross_net",
        N_("Net pay from gross wage"),
        rf"(?:gross|luong)[a-z ]* {VALUE} .*(?:{PAID_OUT}|con lai)",
        (
            Field(
                "gross",
                "wage",
                N_("What is your wage before insurance and tax? For example: 15tr"),
                N_("Gross wage"),
                cues=r"gross|luong",
            ),
            DEPENDANTS,
        ),
        ("net", N_("Net pay"), "VND"),
        "tax-deductions",
        demanded=(REGION,),
        unsaid=EMPLOYER,
    ),
    "gross": Sum(
        "net_gross",
        N_("Gross wage from net pay"),
        rf"(?:{PAID_OUT})[a-z ]* {VALUE} .*(?:gross|truoc thue)",
        (
            Field(
                "net",
                "wage",
                N_("What is paid out to you each month? For example: 12tr"),
                N_("Net pay"),
                cues=PAID_OUT,
            ),
            DEPENDANTS,
        ),
        ("gross", N_("Gross wage"), "VND"),
        "tax-deductions",
        demanded=(REGION,),
        unsaid=EMPLOYER,
    ),
    "tax": Sum(
        "gross_net",
        N_("Income tax on a month's wage"),
        r"thue|thue thu nhap|thu nhap ca nhan",
        (
            Field(
                "gross",
                "wage",
                N_("What is your wage before insurance and tax, without overtime pay? For example: 20tr"),
                N_("Wage"),
                cues=r"luong|thu nhap|gross",
            ),
            DEPENDANTS,
        ),
        ("pit", N_("Income tax"), "VND"),
        "tax-brackets",
        demanded=(REGION,),
        unsaid=EMPLOYER,
    ),
    "insurance": Sum(
        "contribution",
        N_("Insurance paid from my wage"),
        r"(?:bi tru|tru|tinh|phai dong)(?: tien)? bao hiem|dong bao hiem(?: xa hoi)? (?:het )?bao nhieu|tien bao hiem",
        (
            Field(
                "wage",
                "wage",
                N_("On what monthly wage is your insurance paid? For example: 6tr5"),
                N_("Insured wage"),
                cues=WAGE,
            ),
        ),
        ("employee_total", N_("Insurance, worker"), "VND"),
        "si-rates",
        demanded=(REGION,),
    ),
}
