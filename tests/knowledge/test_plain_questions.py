"""The commonest questions in the fewest words are answered at once; scraps of talk are not."""

import pytest

from nhipcau.knowledge.answer import Knowledge
from tests.knowledge.samples import TODAY


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("lương cơ sở bao nhiêu", "base-salary"),
        ("nghỉ phép năm bao nhiêu ngày", "annual-leave-days"),
        ("thử việc bao lâu", "probation-length"),
        ("trợ cấp thất nghiệp bao nhiêu", "ui-amount"),
        ("cách tính tiền tăng ca", "overtime-rates-all"),
        ("công ty phạt tiền đi trễ", "wage-fine"),
        ("đóng bảo hiểm xã hội bao nhiêu phần trăm", "si-rates"),
        ("thai sản được bao nhiêu tiền", "maternity-pay"),
        ("nghi thai san may thang", "maternity-leave-length"),
        ("lương hưu bao nhiêu", "pension-amount"),
        ("đoàn phí bao nhiêu", "union-dues"),
        ("bị sa thải", "dismissal-grounds"),
    ],
)
def test_a_plain_question_is_answered_at_once(knowledge: Knowledge, question: str, entry: str) -> None:
    assert knowledge.ask(question, TODAY).entry == entry


@pytest.mark.parametrize(
    "scrap", ["không cần", "dạ không", "ok em", "thôi", "không", "dạ", "vâng ạ", "rồi", "được", "không phải", "sao vậy"]
)
def test_a_scrap_of_talk_is_no_question(knowledge: Knowledge, scrap: str) -> None:
    assert knowledge.ask(scrap, TODAY).outcome == "unknown"
