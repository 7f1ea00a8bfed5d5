"""Which conversation gets a message, and what a typed number means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhipcau.channels.contract import Limits
from nhipcau.channels.message import UNANSWERED, Button, FileRef, Kind, Outgoing
from nhipcau.handlers.words import bare, fold, number, yes_or_no
from tests.handlers.room import NO_BUTTONS, Room

ONE_TO_TEN = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]
NUMBERS = [
    *[(text, 2) for text in ("2", " 2 ", "2.", "2)", "so 2", "Số 2", "số hai", "hai", "chọn 2", "chon so 2", "số 2 ạ")],
    *[(text, 2) for text in ("[2]", "(2)", "#2", "2,", "câu 2", "mục số 2", "Chọn câu số 2 ạ", "HAI", "2 nhé", "two")],
    *[(text, None) for text in ("", "2 ngày", "hai ngày", "22a", "-2", "2.5", "²", "②", "٢", "123", "so", "chọn")],
    *[(text, None) for text in ("2 triệu", "hai triệu", "2tr", "2k", "2h", "2/9", "thứ 2", "thứ hai", "vùng 2")],
    *[(text, None) for text in ("bà", "tạm", "bây", "chọn cái", "số mấy", "lương 2", "tháng 2", "2 năm")],
    *[(word, value) for value, word in enumerate(ONE_TO_TEN, 1)],
    *[(fold(word), value) for value, word in enumerate(ONE_TO_TEN, 1)],
    ("12", 12),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), NUMBERS)
def test_numbers_as_people_type_them(text: str, meant: int | None) -> None:
    assert number(text) == meant


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Dạ có ạ", "co"),
        ("ĐỒNG Ý nha", "dong y"),
        ("ạ", "a"),
        ("dạ", "da"),
        ("em", "em"),
        ("", ""),
        ("ok em nhé", "ok"),
    ],
)
def test_politeness_changes_nothing(text: str, plain: str) -> None:
    assert bare(text) == plain


@given(st.text())
def test_reading_words_never_fails(text: str) -> None:
    assert number(text) is None or number(text) in range(100)
    assert yes_or_no(text) in ("yes", "no", None)
    assert fold(fold(text)) == fold(text)


COMMANDS = [
    ("/start", "trợ lý của Công đoàn Thử"),
    ("/start@nhipcau_bot", "trợ lý của Công đoàn Thử"),
    ("/START", "trợ lý của Công đoàn Thử"),
    ("/help", "Gặp cán bộ: 0262 000 000"),
    ("/trogiup", "Gặp cán bộ: 0262 000 000"),
    ("/menu", "câu hay được hỏi"),
    ("menu", "câu hay được hỏi"),
    ("  MENU. ", "câu hay được hỏi"),
    ("trang chủ", "câu hay được hỏi"),
    ("/ngonngu", "tiếng nào"),
    ("/language xin chao", "tiếng nào"),
    ("quay lại", "câu hay được hỏi"),
    ("hủy", "không có việc gì để hủy"),
]


async def test_commands_and_words(room: Room) -> None:
    for text, said in COMMANDS:
        await room.says(text)
        assert said in room.text, text


@pytest.mark.parametrize("text", ["/", "/ ", "//", "/unknown", "/unknown luong", "/\u2028x"])
async def test_an_unknown_command_still_gets_an_answer(room: Room, text: str) -> None:
    assert (await room.says(text)).text


async def test_a_deep_link_greets_whatever_it_carries(room: Room) -> None:
    for payload in ("", "u_47", "../..", "x" * 64):
        await room.does(Kind.START, text="/start", payload=payload)
        assert "Công đoàn Thử" in room.last.text
        assert "30 ngày" in room.last.text


async def test_the_menu_opens_answers(room: Room) -> None:
    await room.says("menu")
    assert len(room.last.buttons) == 10  # eight questions, the row of calculations, the row of the union and help
    for payload in [payload for payload in room.payloads if payload.startswith("pick:")]:
        await room.taps_payload(payload)
        assert "Căn cứ:" in room.last.text


async def test_a_number_typed_after_the_menu_opens_that_answer(room: Room) -> None:
    room.limits = NO_BUTTONS
    await room.says("menu")
    title = room.last.text.split("[2] ")[1].split("\n")[0]
    await room.says("số 2")
    assert room.last.text.startswith(title)


async def test_few_buttons_are_kept_and_too_many_are_numbered(room: Room) -> None:
    room.limits = Limits(text=2000, buttons=5)
    await room.says("luong toi thieu vung 3")
    assert len(room.labels) == 5
    await room.says("menu")
    assert room.last.buttons == ()
    assert "[12] Trợ giúp" in room.last.text


async def test_a_message_without_buttons_forgets_the_numbers(room: Room) -> None:
    await room.says("luong toi thieu vung 3")
    assert len((await room.session()).offered) == 5
    await room.taps("Hữu ích")
    assert (await room.session()).offered == ()


@pytest.mark.parametrize("payload", ["", ":", "c:", "c:abc-0:yes", "nonsense", "x:y:z", "pick", "KHÔNG", "🙂", "c"])
async def test_a_button_nobody_knows(room: Room, payload: str) -> None:
    await room.taps_payload(payload)
    assert "không còn dùng được" in room.text or "đã được gỡ" in room.text


async def test_blocking_and_returning_are_kept_and_not_answered(room: Room) -> None:
    await room.says("xin chao")
    assert (await room.contact()).reachable  # type: ignore[union-attr]
    assert (await room.does(Kind.BLOCKED)).text == ""
    assert not (await room.contact()).reachable  # type: ignore[union-attr]
    assert (await room.does(Kind.RETURNED)).text == ""
    assert (await room.contact()).reachable  # type: ignore[union-attr]


async def test_who_writes_after_a_block_is_reachable_again(room: Room) -> None:
    await room.does(Kind.BLOCKED)
    await room.says("xin chao")
    assert (await room.contact()).reachable  # type: ignore[union-attr]


LANGUAGES = [("", "vi"), ("vi", "vi"), ("en", "en"), ("en-GB", "en"), ("rade", "vi"), ("EN", "vi"), ("🙂", "vi")]


@pytest.mark.parametrize(("reported", "spoken"), LANGUAGES)
async def test_the_first_language_is_that_of_the_platform(room: Room, reported: str, spoken: str) -> None:
    room.language = reported
    await room.says("menu")
    assert (await room.contact()).language == spoken  # type: ignore[union-attr]


async def test_changing_the_language_lasts(room: Room) -> None:
    await room.says("/help")
    await room.taps("English")
    assert room.labels == ["Tiếng Việt", "English", "Hủy"]
    await room.taps("English")
    assert room.last.text == "I will speak English from now on."
    await room.says("menu")
    assert "often asked" in room.last.text
    await room.says("/language")
    await room.says("tieng viet")
    assert room.last.text == "Từ giờ em sẽ dùng tiếng Việt."


# ---- whatever people do, they get an answer

WORDS = [
    "menu", "hủy", "quay lại", "1", "2", "hai", "có", "không", "/start", "/language", "xin chào", "khác",
    "tang ca chu nhat", "luong", "còn vùng 4?", "thoi tiet", "lương tối thiểu vùng 3 năm 1990", "",
]  # fmt: skip
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
NAMES = ["pick", "deep", "rel", "none", "up", "down", "call", "again", "c", "menu", "start", ""]
ENTRIES = ["minimum-wage-region-3", "overtime-rates-all", "no-such-entry", "si-one-off"]
DAYS = ["20261122", "20200101", "19000101", "00010101", "99991231", "20261350", "2026"]
typed_payload = st.lists(
    st.one_of(st.sampled_from(NAMES), st.sampled_from(ENTRIES), st.sampled_from(DAYS), anything), max_size=5
).map(":".join)
well_formed = st.tuples(
    st.sampled_from(["pick", "deep", "rel"]),
    st.sampled_from(ENTRIES),
    st.sampled_from(["0", "zz"]),
    st.sampled_from(DAYS),
).map(":".join)
one_file = st.builds(FileRef, ref=anything, kind=st.sampled_from(["voice", "photo", "nonsense"]))
Step = tuple[str, dict[str, object]]
steps = st.one_of(
    st.tuples(st.just("tap-shown"), st.fixed_dictionaries({"place": st.integers(0, 12)})),
    st.tuples(st.just(Kind.TEXT), st.fixed_dictionaries({"text": st.one_of(st.sampled_from(WORDS), anything)})),
    st.tuples(st.just(Kind.EDIT), st.fixed_dictionaries({"text": st.one_of(st.sampled_from(WORDS), anything)})),
    st.tuples(st.just(Kind.TAP), st.fixed_dictionaries({"payload": st.one_of(typed_payload, well_formed)})),
    st.tuples(st.just(Kind.FILES), st.fixed_dictionaries({"text": anything, "files": st.tuples(one_file)})),
    st.tuples(
        st.sampled_from(
            [kind for kind in Kind if kind not in (Kind.TEXT, Kind.EDIT, Kind.TAP, Kind.FILES, *UNANSWERED)]
        ),
        st.fixed_dictionaries({"text": anything, "payload": anything}),
    ),
    st.tuples(st.just("wait"), st.fixed_dictionaries({"minutes": st.sampled_from([1, 31])})),
)


def sound(message: Outgoing) -> bool:
    """What every platform can show."""
    buttons = [button for row in message.buttons for button in row]
    return bool(message.text.strip()) and all(map(fits, buttons)) and all(message.buttons)


def fits(button: Button) -> bool:
    return bool(button.label.strip()) and 1 <= len(button.payload.encode()) <= 64


async def test_a_platforms_word_about_our_own_messages_disturbs_nothing(room: Room) -> None:
    await room.says("menu")
    session = await room.session()
    for kind in UNANSWERED:
        assert (await room.does(kind, payload="m1 m2")).text == ""
    assert await room.session() == session


@settings(max_examples=40)
@given(st.lists(steps, max_size=8))
async def test_whatever_a_person_does_gets_an_answer(room_on_both: Room, done: list[Step]) -> None:
    room = room_on_both
    room.chat += "1"
    room.replies = []
    for what, how in done:
        if what == "wait":
            room.waits(how["minutes"])  # type: ignore[arg-type]
            continue
        if what == "tap-shown":
            shown = room.payloads if room.replies else []
            what, how = Kind.TAP, {"payload": (shown or ["menu"])[how["place"] % (len(shown) or 1)]}  # type: ignore[operator]
        await room.does(Kind(what), **how)
        assert room.replies or what in (Kind.BLOCKED, Kind.RETURNED), (what, how)
        assert all(map(sound, room.replies)), (what, how)


async def test_every_entry_can_be_opened_for_any_day(room: Room) -> None:
    """Buttons live long: a day of the past must not be a fault."""
    for entry in room.knowledge.entries:
        for day in ("20100101", "20261122", "20991231"):
            for name in ("deep", "rel"):
                event = room.event(Kind.TAP, payload=f"{name}:{entry}:zz:{day}")
                turn = await room.router.handle(event, None, None, room.limits, room.now)
                assert all(map(sound, turn.messages)), event.payload
