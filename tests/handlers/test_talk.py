"""A conversation is a function that runs again from the top."""

from collections.abc import Iterator

import pytest

from nhipcau.channels.message import FileRef, Kind
from nhipcau.handlers.talk import Option, Talk, begin, conversation, conversations
from nhipcau.knowledge import desk
from tests.handlers.room import NO_BUTTONS, TELEGRAM, Room

RUNS: list[str] = []
SIZES = [Option("small", "Nhỏ"), Option("large", "Lớn")]


@pytest.fixture(autouse=True)
def order(room: Room) -> Iterator[None]:
    """A conversation with every kind of question, started by the button "order"."""
    RUNS.clear()

    @conversation("test-order")
    async def take(talk: Talk) -> None:
        RUNS.append("run")
        talk.say("Chào mừng.")
        size = await talk.choose("size", "Cỡ nào?", SIZES)
        talk.say(f"Cỡ {size}.")
        note = await talk.collect("note", "Ghi chú?", longest=20)
        if not await talk.confirm("sure", f"Gửi {size}, {note.text}, {len(note.files)} tệp?"):
            talk.say("Thôi vậy.")
            return
        talk.change(desk.wish, desk.Wish(1, "telegram", "1", talk.event.chat))
        talk.say(f"Đã nhận {size}: {note.text}")

    async def start(talk: Talk, arguments: object) -> None:
        await begin(talk, "test-order", by="button")

    room.router.taps["order"] = start
    yield
    del conversations["test-order"]


async def answers(room: Room) -> dict[str, object]:
    running = await room.running()
    return dict(running.answers) if running else {}


async def test_only_answers_are_stored_and_the_function_runs_again(room: Room) -> None:
    await room.taps_payload("order")
    await room.taps("Lớn")
    await room.says("giao buổi sáng")
    assert await answers(room) == {"size": "large", "note": {"text": "giao buổi sáng", "files": []}}
    assert len(RUNS) == 3
    await room.taps("Đồng ý")
    assert room.last.text == "Đã nhận large: giao buổi sáng"
    assert await room.running() is None
    assert len(await room.rows(desk.callback)) == 1


async def test_what_was_said_before_an_answered_question_is_not_said_again(room: Room) -> None:
    await room.taps_payload("order")
    assert [one.text for one in room.replies] == ["Chào mừng.", "Cỡ nào?"]
    await room.taps("Nhỏ")
    assert [one.text for one in room.replies] == ["Cỡ small.", "Ghi chú?"]
    await room.says("không có gì")
    assert [one.text for one in room.replies] == ["Gửi small, không có gì, 0 tệp?"]


@pytest.mark.parametrize("words", ["Lớn", "lon", "LỚN ", "2", "2.", "số 2", "so 2", "hai", "số hai", "chọn 2"])
async def test_a_choice_by_word_or_number(room: Room, words: str) -> None:
    await room.taps_payload("order")
    await room.says(words)
    assert await answers(room) == {"size": "large"}


YES_WORDS = [
    "có",
    "co",
    "Đồng ý",
    "dong y",
    "ok",
    "ok em",
    "vâng",
    "vâng ạ",
    "dạ có",
    "đồng ý ạ",
    "dạ",
    "được",
    "1",
]
NO_WORDS = ["không", "ko", "Không ạ", "dạ không", "thôi", "thôi em", "dạ thôi ạ", "2"]


@pytest.mark.parametrize(("words", "said"), [(w, "Đã nhận") for w in YES_WORDS] + [(w, "Thôi vậy") for w in NO_WORDS])
async def test_a_confirmation_in_words(room: Room, words: str, said: str) -> None:
    await room.taps_payload("order")
    await room.taps("Lớn")
    await room.says("mau xanh nhe")
    await room.says(words)
    assert said in room.last.text


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "video"])
async def test_a_story_may_be_files_alone(room: Room, kind: str) -> None:
    await room.taps_payload("order")
    await room.taps("Nhỏ")
    await room.sends(kind)
    assert "1 tệp" in room.last.text
    stored = (await answers(room))["note"]
    assert stored == {"text": "", "files": [{"ref": "f1", "kind": kind, "mime": "", "size": 0}]}


async def test_what_is_too_long_is_asked_again(room: Room) -> None:
    await room.taps_payload("order")
    await room.taps("Nhỏ")
    await room.says("x" * 21)
    assert "tối đa 20 ký tự" in room.last.text
    assert room.last.text.endswith("Ghi chú?")
    await room.says("x" * 20)
    assert "Gửi small" in room.last.text


UNFIT = [
    (Kind.TEXT, {"text": "xyzzy plugh"}),
    (Kind.EDIT, {"text": "xyzzy plugh"}),
    (Kind.STICKER, {}),
    (Kind.LOCATION, {"payload": "12.6,108.0"}),
    (Kind.CONTACT, {"payload": "0905123456"}),
    (Kind.FILES, {"files": (FileRef(ref="f", kind="voice"),)}),
    (Kind.OTHER, {"payload": "poll"}),
]


@pytest.mark.parametrize(("kind", "what"), UNFIT)
async def test_what_does_not_answer_a_choice_is_asked_again_with_a_hint(room: Room, kind: Kind, what: dict) -> None:
    await room.taps_payload("order")
    await room.does(kind, **what)
    assert "bấm một mục dưới đây, hoặc gõ số" in room.last.text
    assert room.last.text.endswith("Cỡ nào?")
    await room.says("1")
    assert await answers(room) == {"size": "small"}


@pytest.mark.parametrize("kind", [Kind.STICKER, Kind.LOCATION, Kind.OTHER])
async def test_what_does_not_answer_an_open_question_is_asked_again(room: Room, kind: Kind) -> None:
    await room.taps_payload("order")
    await room.says("1")
    await room.does(kind)
    assert "trả lời bằng chữ" in room.last.text
    assert await answers(room) == {"size": "small"}


async def test_back_removes_the_last_answer(room: Room) -> None:
    await room.taps_payload("order")
    assert room.labels == ["Nhỏ", "Lớn", "Hủy"]
    await room.says("1")
    assert room.labels == ["Quay lại", "Hủy"]
    await room.says("mau xanh nhe")
    await room.says("quay lại")
    assert room.last.text == "Ghi chú?"
    await room.taps("Quay lại")
    assert room.last.text == "Cỡ nào?"
    assert await answers(room) == {}


async def test_back_from_the_first_question_leads_to_the_menu(room: Room) -> None:
    await room.taps_payload("order")
    await room.says("quay lại")
    assert await room.running() is None
    assert "câu hay được hỏi" in room.last.text


@pytest.mark.parametrize("word", ["hủy", "Huỷ", "huy", "HUY", "thoát", "cancel", "/huy", "/cancel"])
async def test_cancel_leaves(room: Room, word: str) -> None:
    await room.taps_payload("order")
    await room.says(word)
    assert "Đã hủy" in room.last.text
    assert await room.running() is None


async def test_the_button_cancel_leaves(room: Room) -> None:
    await room.taps_payload("order")
    await room.taps("Hủy")
    assert "Đã hủy" in room.last.text


@pytest.mark.parametrize("word", ["menu", "/menu", "Menu", "/help", "/start", "/start@nhipcau_bot u_1"])
async def test_menu_and_commands_leave(room: Room, word: str) -> None:
    await room.taps_payload("order")
    await room.says(word)
    assert await room.running() is None
    assert room.last.buttons


async def test_a_new_question_is_answered_and_leaves(room: Room) -> None:
    await room.taps_payload("order")
    await room.says("luong toi thieu vung 3 bao nhieu")
    assert "Vùng III" in room.last.text or "vùng III" in room.last.text
    assert await room.running() is None


async def test_thirty_minutes_of_silence_end_it(room: Room) -> None:
    await room.taps_payload("order")
    room.waits(30)
    await room.taps("Lớn")
    assert room.last.text == "Ghi chú?"
    room.waits(31)
    await room.says("mau xanh nhe")
    assert await room.running() is None
    assert "Gửi" not in room.text


async def test_a_button_after_the_silence_says_that_it_is_old(room: Room) -> None:
    await room.taps_payload("order")
    room.waits(31)
    await room.taps("Lớn")
    assert "tin nhắn cũ" in room.last.text


async def test_a_button_of_an_older_run_leaves_the_running_one_untouched(room: Room) -> None:
    await room.taps_payload("order")
    old = room.payload("Nhỏ")
    await room.taps_payload("order")
    await room.taps("Lớn")
    before = await room.running()
    await room.taps_payload(old)
    assert "tin nhắn cũ" in room.last.text
    assert await room.running() == before
    await room.says("mau xanh nhe")
    assert "Gửi large" in room.last.text


async def test_a_button_of_an_earlier_question_of_this_run_is_not_taken_for_an_answer(room: Room) -> None:
    await room.taps_payload("order")
    first = room.payload("Nhỏ")
    await room.taps_payload(first)
    await room.says("mau xanh nhe")
    await room.taps_payload(first)  # a second, impatient tap on the first question
    assert await answers(room) == {"size": "small", "note": {"text": "mau xanh nhe", "files": []}}


async def test_a_second_tap_on_yes_does_not_answer_the_next_question_too(room: Room) -> None:
    @conversation("test-twice")
    async def twice(talk: Talk) -> None:
        talk.say(str([await talk.confirm(name, f"{name}?") for name in ("first", "second")]))

    async def start(talk: Talk, arguments: object) -> None:
        await begin(talk, "test-twice")

    room.router.taps["twice"] = start
    await room.taps_payload("twice")
    yes = room.payload("Đồng ý")
    await room.taps_payload(yes)
    await room.taps_payload(yes)
    assert await answers(room) == {"first": "yes"}
    del conversations["test-twice"]


async def test_a_tap_repeated_at_the_end_has_no_second_effect(room: Room) -> None:
    await room.taps_payload("order")
    await room.says("1")
    await room.says("mau xanh nhe")
    yes = room.payload("Đồng ý")
    await room.taps_payload(yes)
    await room.taps_payload(yes)
    assert "tin nhắn cũ" in room.last.text
    assert len(await room.rows(desk.callback)) == 1


async def test_without_buttons_choices_are_numbered_and_numbers_choose(room: Room) -> None:
    room.limits = NO_BUTTONS
    await room.taps_payload("order")
    assert room.last.buttons == ()
    assert "[1] Nhỏ\n[2] Lớn\n\nAnh/chị gõ số để chọn, hoặc gõ: hủy." in room.last.text
    await room.says("2")
    assert await answers(room) == {"size": "large"}
    await room.says("mau xanh nhe")
    await room.says("1")
    assert "Đã nhận large" in room.last.text


@pytest.mark.parametrize("limits", [TELEGRAM, NO_BUTTONS])
async def test_a_number_answers_an_open_question_and_does_not_cancel_it(room: Room, limits: object) -> None:
    room.limits = limits
    await room.taps_payload("order")
    await room.says("1")
    await room.says("2")
    assert "Gửi small, 2, 0 tệp?" in room.text
    await room.says("quay lại")
    await room.says("hủy")
    assert "Đã hủy" in room.text


async def test_a_number_beyond_the_choices_is_asked_again(room: Room) -> None:
    await room.taps_payload("order")
    await room.says("9")
    assert "bấm một mục" in room.last.text


async def test_a_question_outside_a_conversation_is_a_fault_of_ours(room: Room) -> None:
    async def wrong(talk: Talk, arguments: object) -> None:
        await talk.choose("size", "Cỡ nào?", SIZES)

    room.router.taps["wrong"] = wrong
    with pytest.raises(RuntimeError, match="inside a conversation"):
        await room.taps_payload("wrong")


async def test_a_conversation_that_a_release_removed_is_simply_over(room: Room) -> None:
    await room.taps_payload("order")
    taken = conversations.pop("test-order")
    await room.says("xyzzy plugh")
    conversations["test-order"] = taken
    assert room.replies
    assert await room.running() is None
