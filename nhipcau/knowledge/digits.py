"""Numbers written as bare digits where a figure of the law is expected."""

import re
from collections.abc import Iterator

_EXAMPLE = re.compile(r"^[-\s]*Ví dụ")

# What may be written in digits: nobody would look it up in a dated series.
_NAMES = re.compile(
    r"""(?ix)
      \{[^{}]*\}                                                        # a figure reference
    | \b\d{1,4}/\d{4}(?:/[A-ZĐ][\w-]*|-TT\w*)+                            # 145/2020/NĐ-CP
    | \b\d{1,3}/\d{4}/QH\d+
    | \b(?:nghị\s định|thông\s tư|nghị\s quyết|quyết\s định|luật|công\s văn)\s(?:số\s)?\d{1,4}(?:/\d{4})?
    | \b\d{1,2}[/.-]\d{1,2}[/.-]\d{4} | \b\d{1,2}/\d{4} | \b\d{1,2}/\d{1,2}(?!\d)       # 24/11/2026, 7/2026, 24/11
    | \b(?:ngày|mùng|mồng|rằm)
        \s\d{1,2}(?:\stháng\s\d{1,2}|[/.-]\d{1,2}(?:[/.-]\d{4})?)?\b
    | \b\d{1,2}\stháng\s\d{1,2}\b | \btháng\s\d{1,2}\b
    | \b(?:19|20)\d\d\b(?![.,]?\d|\s*(?:đồng|giờ|ngày|%))
    | \bgiai\sđoạn\s\d{4}\s?[-–]\s?\d{4}
    | \b\d{1,2}\s?(?:giờ|h|g)(?:\s?\d\d)?(?:\s(?:sáng|trưa|chiều|tối|đêm|hôm|ngày))*
        \s?(?:đến|tới|-|–)\s(?:khoảng\s)?\d{1,2}\s?(?:giờ|h|g)(?:\s?\d\d)?              # 22 giờ đến 6 giờ
    | \b\d{1,2}\s?(?:giờ|h|g)(?:\s?\d\d)?\s(?:sáng|trưa|chiều|tối|đêm|hôm)\b
    | \b(?:lúc|trước|sau|đến|từ)\s\d{1,2}\s?(?:giờ|h|g)(?:\s?\d\d)?\s(?:sáng|trưa|chiều|tối|đêm|hôm)
    | \b\d{1,2}[:hg]\d\d\b | \b22\s?(?:giờ|h)\b                          # the night's begin, never a duration
    | \btháng\slương\s(?:thứ\s)?\d+ | \blương\stháng\s(?:thứ\s)?\d+ | \btháng\s(?:thứ\s)?13\b
    | \bvùng\s(?:[IVX]+|\d)\b | \b(?:thứ|ca|bước|cách|loại|trường\shợp|việc|điều|ý|câu|nhóm|phần|tết)\s\d+\b
    | \bmẫu\s(?:số\s)?[\w-]+ | \b[A-ZĐ]+\d+[\w-]*
    | \b(?:gọi|số|tổng\sđài|đường\sdây\snóng|hotline|phím)\s(?:điện\sthoại\s|số\s)?[\d. ]*\d
    | \b(?:1800|1900|0\d)[\d. ]{4,}\d
    | \b24/7\b
    | \b13th[ -]month\b | \b\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\b | \bregion\s\d\b                  # translations
    | \b\d{1,2}\s(?:january|february|march|april|may|june|july|august|september|october|november|december)\b
    | \b(?:call|hotline|phone|dial)\s(?:\w+\s)?[\d. ]*\d
    """
)
_NUMBER = re.compile(
    r"\d[\d.,]*(?:\s?(?:%|phần trăm|đồng|triệu|nghìn|ngày|giờ|tháng|năm|tuổi|lần|người|phút"
    r"|percent|VND|million|days?|hours?|weeks?|months?|years?|times|people|minutes?))?"
)


def bare_numbers(text: str, *, examples: bool) -> Iterator[str]:
    """Every number in the text which should be a figure reference, with its unit.

    `examples`: lines which begin with "Ví dụ" are worked examples and may use digits.
    """
    for line in text.splitlines():
        if examples and _EXAMPLE.match(line):
            continue
        yield from _NUMBER.findall(_NAMES.sub(" ", line))
