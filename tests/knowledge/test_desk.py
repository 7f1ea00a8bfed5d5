"""The curators' desk: what was asked, by nobody in particular."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge import desk
from nhipcau.knowledge.desk import Asked, Choice, Verdict, Wish
from nhipcau.store.store import Store
from nhipcau.store.writer import Change

DAY = date(2026, 11, 22)

HIDDEN = [
    ("gọi 0905123456 nhé", "gọi [number] nhé"),
    ("gọi 0905 123 456", "gọi [number]"),
    ("gọi 0905.123.456.", "gọi [number]."),
    ("gọi 0905.12.34.56", "gọi [number]"),
    ("gọi 090-512-3456", "gọi [number]"),
    ("sđt:0905123456", "sđt:[number]"),
    ("+84905123456", "[number]"),
    ("+84 905 123 456", "[number]"),
    ("(0262) 385 1234", "[number]"),
    ("cccd 066099012345 của em", "cccd [number] của em"),
    ("cmnd 240912345", "cmnd [number]"),
    ("sổ BHXH 7916012345", "sổ BHXH [number]"),
    ("stk 0071 0009 8765 4321", "stk [number]"),
    ("a.b+c@congty.vn hỏi", "[email] hỏi"),
    ("https://facebook.com/hen.nie?x=1 có thật không", "[link] có thật không"),
    ("HTTPS://ZALO.ME/0905", "[link]"),
    ("www.congty.vn/luong", "[link]"),
    ("zalo.me/0905123456", "[link]"),
    ("facebook.com/hen.nie", "[link]"),
    ("t.me/hennie", "[link]"),
    ("hỏi @hen_nie xem", "hỏi [account] xem"),
]
KEPT = [
    "lương 1.250.000.000đ một năm",
    "lương 6.500.000 hay 7.000.000",
    "5.310.000-4.730.000đ",
    "10.500.000.000 đồng",
    "8,5 triệu",
    "lương 12000000",
    "Điều 98 Bộ luật 45/2019/QH14",
    "nghị định 145/2020/NĐ-CP",
    "từ 01/01/2026 đến 31/12/2026",
    "từ 01-01-2026",
    "làm 12 tiếng 30 ngày",
    "lúc 22:30",
    "1800 1091",
    "lương/tháng bao nhiêu",
    "đóng 10,5% lương",
    "ca 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
]


@pytest.mark.parametrize(("said", "kept"), HIDDEN)
def test_what_could_name_a_person_is_masked(said: str, kept: str) -> None:
    assert desk.mask(said) == kept


@pytest.mark.parametrize("text", KEPT)
def test_amounts_dates_and_law_stay_readable(text: str) -> None:
    assert desk.mask(text) == text


@given(st.text())
def test_masking_never_fails(text: str) -> None:
    assert len(desk.mask(text)) <= desk.LONGEST_TEXT


@given(st.from_regex(r"0\d{9}", fullmatch=True), st.text(alphabet="abc đươ,.!? ", max_size=20))
def test_no_mobile_number_passes(number: str, around: str) -> None:
    assert number not in desk.mask(f"{around} {number} {around}")


HOSTILE = ["a", "1 ", "@", "a.", "0-", "a@", "0.", "(0", "a-", "a@b.", "@a.", "www.", "http://", "1-", "0 ."]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_holds_the_writer(piece: str) -> None:
    began = time.perf_counter()
    desk.mask(piece * (4000 // len(piece)) + "!")
    assert time.perf_counter() - began < 0.2


def asked(number: int, text: str = "thời tiết", **more: object) -> Asked:
    row = Asked(number, DAY, "telegram", "vi", text, "unknown", None, 0.1)
    return row._replace(**more)


async def keep(store: Store, *questions: Asked) -> None:
    await store.writer.commit(*(Change(desk.log, one) for one in questions))


async def found(store: Store, since: date = DAY) -> dict[int, desk.Gap]:
    async with store.read() as conn:
        return {gap.id: gap for gap in await desk.gaps(conn, since)}


async def test_the_log_keeps_the_masked_text(store: Store) -> None:
    await keep(store, asked(1, "gọi 0905123456"))
    assert (await found(store))[1].text == "gọi [number]"


async def test_gaps_are_the_unanswered_and_the_badly_answered(store: Store) -> None:
    answered = {"outcome": "answer", "entry": "si-one-off", "confidence": 0.9}
    await keep(store, asked(1), asked(2, **answered), asked(3, **answered), asked(4, outcome="choose"))
    await store.writer.commit(Change(desk.judge, Verdict(2, True)), Change(desk.judge, Verdict(3, False, "wrong")))
    assert set(await found(store)) == {1, 3}


async def test_gaps_are_newest_first_and_since_a_day(store: Store) -> None:
    await keep(store, *(asked(n, asked_on=DAY - timedelta(days=n)) for n in (9, 2, 5)))
    assert list(await found(store, DAY - timedelta(days=5))) == [2, 5]


async def test_the_last_thumb_counts(store: Store) -> None:
    await keep(store, asked(1, outcome="answer"))
    for helpful in (False, True, False):
        await store.writer.commit(Change(desk.judge, Verdict(1, helpful)))
    assert set(await found(store)) == {1}


async def test_who_waits_stays_on_the_list_whatever_the_thumb(store: Store) -> None:
    await keep(store, asked(1, outcome="answer"))
    await store.writer.commit(Change(desk.wish, Wish(1, "web", "web", "7")))
    await store.writer.commit(Change(desk.judge, Verdict(1, True)))
    assert (await found(store))[1].wishes == 1


async def test_one_person_waits_once_and_two_persons_twice(store: Store) -> None:
    await keep(store, asked(1))
    for chat in ("7", "7", "8"):
        await store.writer.commit(Change(desk.wish, Wish(1, "web", "web", chat)))
    async with store.read() as conn:
        waiting = await desk.waiting(conn, [1])
    assert sorted(wish.chat for wish in waiting) == ["7", "8"]
    assert (await found(store))[1].wishes == 2


async def test_a_wish_after_the_question_was_settled_is_seen(store: Store) -> None:
    await keep(store, asked(1))
    await store.writer.commit(Change(desk.settle, 1))
    assert await found(store) == {}
    await store.writer.commit(Change(desk.wish, Wish(1, "web", "web", "7")))
    assert (await found(store))[1].wishes == 1


async def test_who_waits_is_seen_however_old_the_question(store: Store) -> None:
    await keep(store, asked(1, asked_on=DAY - timedelta(days=400)))
    await store.writer.commit(Change(desk.wish, Wish(1, "web", "web", "7")))
    assert set(await found(store)) == {1}


async def test_who_waits_for_two_like_questions_is_told_once(store: Store) -> None:
    await keep(store, asked(1), asked(2))
    await store.writer.commit(*(Change(desk.wish, Wish(n, "web", "web", "7")) for n in (1, 2)))
    async with store.read() as conn:
        assert [wish.chat for wish in await desk.waiting(conn, [1, 2])] == ["7"]
        assert await desk.waiting(conn, []) == []


async def test_settling_deletes_the_addresses_and_closes_the_question(store: Store) -> None:
    await keep(store, asked(1), asked(2))
    await store.writer.commit(*(Change(desk.wish, Wish(n, "web", "web", "7")) for n in (1, 2)))
    await store.writer.commit(Change(desk.settle, 1))
    async with store.read() as conn:
        assert await desk.waiting(conn, [1]) == []
        assert len(await desk.waiting(conn, [2])) == 1
    assert set(await found(store)) == {2}


async def test_choices_and_counts(store: Store) -> None:
    await keep(store, asked(1, outcome="choose"), asked(2), asked(3))
    await store.writer.commit(Change(desk.choose, Choice(1, "si-one-off")))
    async with store.read() as conn:
        assert await desk.counts(conn) == {"choose": 1, "unknown": 2}


async def test_verdicts_on_nothing_are_no_fault(store: Store) -> None:
    await store.writer.commit(Change(desk.judge, Verdict(404, True)), Change(desk.choose, Choice(404, "x")))
    assert await found(store) == {}


def test_ids_are_random_and_fit_a_browser() -> None:
    ids = {desk.new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert max(ids) < 2**53
