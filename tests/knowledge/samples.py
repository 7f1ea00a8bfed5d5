"""Small bases in the shipped form, for tests which must not change with the content."""

from datetime import date
from decimal import Decimal

from nhipcau.knowledge.documents import Document, Documents
from nhipcau.knowledge.entries import Citation, Entry, Review
from nhipcau.knowledge.figures import Figure, Figures, Value

TODAY = date(2026, 11, 22)

RATE = Figure(
    name="rate.sunday",
    title="Tiền làm thêm ngày nghỉ hằng tuần",
    unit="percent",
    series=(Value(since=date(2021, 1, 1), value=Decimal(200), document="1/2019/QH", article="98", confidence="V2"),),
)
WAGE = Figure(
    name="wage.month",
    title="Lương tháng",
    unit="VND",
    series=(
        Value(since=date(2024, 7, 1), value=Decimal(3860000), document="2/2024/NĐ", article="3", confidence="V2"),
        Value(since=date(2026, 1, 1), value=Decimal(4140000), document="2/2025/NĐ", article="3", confidence="V2"),
    ),
)
FIGURES = Figures([RATE, WAGE])
DOCUMENTS = Documents(
    {
        "1/2019/QH": Document(title="Bộ luật", short="Bộ luật 2019", valid_from=date(2021, 1, 1)),
        "2/2024/NĐ": Document(
            title="Nghị định lương",
            short="Nghị định 2/2024",
            valid_from=date(2024, 7, 1),
            valid_to=date(2025, 12, 31),
            replaced_by="2/2025/NĐ",
        ),
        "2/2025/NĐ": Document(title="Nghị định lương", short="Nghị định 2/2025", valid_from=date(2026, 1, 1)),
    }.items()
)

MARKDOWN = """+++
title = "Làm chủ nhật được trả bao nhiêu"
questions = ["làm chủ nhật trả sao", "lam chu nhat duoc may tien"]
citations = [{document = "1/2019/QH", article = "98", clause = "1"}]
valid_from = 2021-01-01
reviewed = {date = 2026-11-22, by = "Ban biên tập"}
review_by = 2027-06-30
related = []
confidence = "V2"
+++

## short
Anh/chị được trả ít nhất {rate.sunday} lương giờ.

## steps
1. Giữ bảng chấm công.
2. Hỏi phòng nhân sự.

## deep
Ví dụ: lương giờ 30.000 đồng thì mỗi giờ chủ nhật được 60.000 đồng.
"""


def entry(entry_id: str = "sunday", **changes: object) -> Entry:
    """A faultless entry, but for what the test changes."""
    fields: dict[str, object] = {
        "id": entry_id,
        "topic": "overtime",
        "title": f"Làm chủ nhật {entry_id}",
        "questions": tuple(f"câu hỏi {word} về {entry_id}" for word in ("một", "hai", "ba", "tư", "năm", "sáu")),
        "short": "Được trả {rate.sunday} lương giờ.",
        "steps": ("Giữ bảng chấm công.",),
        "deep": "Ví dụ: 30.000 đồng.",
        "citations": (Citation(document="1/2019/QH", article="98", clause="1"),),
        "valid_from": date(2021, 1, 1),
        "reviewed": Review(date=TODAY, by="Ban biên tập"),
        "review_by": date(2027, 6, 30),
        "confidence": "V2",
    }
    return Entry(**(fields | changes))  # type: ignore[arg-type]
