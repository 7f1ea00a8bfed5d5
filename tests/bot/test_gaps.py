"""Questions that ask the same are one line of the curators' list."""

import time
from datetime import date, timedelta

import pytest

from nhipcau.bot.gaps import group
from nhipcau.knowledge.desk import Gap

DAY = date(2026, 11, 22)


def gap(number: int, text: str, *, days: int = 0, wishes: int = 0, entry: str | None = None) -> Gap:
    return Gap(number, DAY - timedelta(days=days), text, "answer" if entry else "unknown", entry, wishes)


SAME = [
    ("thuê nhà trọ cho công nhân", "Thuê nhà trọ cho công nhân?"),
    ("thuê nhà trọ cho công nhân", "thue nha tro cho cong nhan"),
    ("thue nha tro cho cong nhan", "cong nhan thue nha tro"),
    ("giu tre o khu cong nghiep", "giu tre khu cong nghiep o dau"),
]
DIFFERENT = [
    ("lương", "lương tối thiểu ở Campuchia năm sau"),
    ("bao hiem", "bao hiem xe may mua o dau"),
    ("thuê nhà trọ cho công nhân", "vay tiền mua xe máy"),
    ("nghỉ lễ ở Lào", "lương ở Lào"),
    ("🙂", "🙂🙂"),
    ("luong o lao vung 3 bao nhieu", "luong o lao vung 4 bao nhieu"),
    ("lương ở Lào vùng III bao nhiêu", "lương ở Lào vùng II bao nhiêu"),
    ("vay 5tr mua xe", "vay 50tr mua xe"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_question_in_other_words(one: str, other: str) -> None:
    assert len(group([gap(1, one), gap(2, other)])) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_questions_stay_apart(one: str, other: str) -> None:
    assert len(group([gap(1, one), gap(2, other)])) == 2
    assert len(group([gap(2, other), gap(1, one)])) == 2


def test_the_most_asked_come_first_with_counts_age_and_who_waits() -> None:
    found = group(
        [
            gap(1, "vay tiền mua xe máy"),
            gap(2, "Thuê nhà trọ cho công nhân"),
            gap(3, "thue nha tro cho cong nhan", days=5, wishes=1),
        ]
    )
    assert [(one.count, one.id, one.ids, one.waiting) for one in found] == [(2, 3, (2, 3), 1), (1, 1, (1,), 0)]
    line = found[0].line(DAY)
    assert "2 x  Thuê nhà trọ cho công nhân  [3; 5 days old, 1 waiting for a reply]" in line


def test_a_bad_answer_names_its_entry() -> None:
    (one,) = group([gap(1, "tăng ca", entry="overtime-rates-all")])
    assert "(answered with overtime-rates-all)" in one.line(DAY)


def test_nothing_asked_is_nothing_shown() -> None:
    assert group([]) == []


def test_two_thousand_questions_are_grouped_in_seconds() -> None:
    gaps = [gap(n, f"câu hỏi lạ số {n % 400} về chuyện {n % 37} {chr(97 + n % 26) * 5}") for n in range(2000)]
    began = time.monotonic()
    assert sum(one.count for one in group(gaps)) == 2000
    assert time.monotonic() - began < 5
