"""One table of journeys, the same on every channel."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Knowledge
from tests.journeys.room import CHANNELS, Bridge, open_bridge

pytestmark = pytest.mark.asyncio(loop_scope="module")

Journey = Callable[[Bridge, Any], Awaitable[None]]
OLD_BUTTON = "Nút này thuộc tin nhắn cũ nên không còn dùng được. Anh/chị vui lòng hỏi lại."
NO_NUMBER = "Không có số 1. Anh/chị gõ một số có trong tin vừa rồi, hoặc gõ câu hỏi."
JOURNEYS: list[tuple[frozenset[str], Journey]] = []


def journey(*needs: str) -> Callable[[Journey], Journey]:
    """Puts a journey into the table; it runs on the channels that can do what it needs."""

    def enter(function: Journey) -> Journey:
        JOURNEYS.append((frozenset(needs), function))
        return function

    return enter


@journey()
async def start_by_a_deep_link(bridge: Bridge, person: Any) -> None:
    said = await person.start("u_47")
    assert "trợ lý của Công đoàn" in said.text
    assert "không cần cho biết tên" in said.text
    assert said.labels == [
        "Câu hay hỏi",
        "Tính thử",
        "Kiểm tra phiếu lương",
        "Vào công đoàn của tôi",
        "Tiếng Việt / English",
    ]
    assert "câu hay được hỏi" in (await person.taps("Câu hay hỏi")).text


@journey()
async def a_question_without_marks_and_deeper(bridge: Bridge, person: Any) -> None:
    said = await person.asks("tang ca chu nhat tinh sao")
    assert "200%" in said.text
    assert "Căn cứ:\n- Bộ luật Lao động" in said.text
    assert "Đúng theo luật ngày" in said.text
    deeper = await person.taps("Xem kỹ hơn")
    assert deeper.text != said.text
    assert "Căn cứ:" in deeper.text
    related = await person.taps("liên quan")
    title = related.labels[0]
    assert (await person.taps(title)).text.startswith(title)


@journey()
async def thumbs_up(bridge: Bridge, person: Any) -> None:
    await person.asks("luong toi thieu vung 3")
    assert "Cảm ơn" in (await person.taps("👍")).text


@journey()
async def thumbs_down_with_a_reason(bridge: Bridge, person: Any) -> None:
    await person.asks("luong toi thieu vung 3")
    assert "chưa ổn ở đâu" in (await person.taps("👎")).text
    assert "cần tìm" in (await person.taps("Lý do khác")).text
    assert "Cán bộ sẽ xem lại" in (await person.asks("xyzzy")).text


@journey()
async def choose_among_titles(bridge: Bridge, person: Any) -> None:
    said = await person.asks("thu viec")
    assert "muốn hỏi câu nào" in said.text
    assert (await person.taps(said.labels[1])).text.startswith(said.labels[1])


@journey()
async def type_the_number_of_a_title(bridge: Bridge, person: Any) -> None:
    said = await person.asks("thu viec")
    assert (await person.asks("số 2")).text.startswith(said.labels[1])


@journey()
async def unknown(bridge: Bridge, person: Any) -> None:
    said = await person.asks("thoi tiet hom nay the nao")
    assert "chưa có câu trả lời chắc chắn" in said.text
    assert "không kèm tên" in said.text


@journey("officer")
async def unknown_then_an_officer_replies(bridge: Bridge, person: Any) -> None:
    await person.asks("mua xe dap dien o dau re")
    await person.taps("cán bộ")
    assert "trả lời tại đây" in (await person.taps("Đồng ý")).text
    told = await bridge.officer_replies("mua xe dap dien", "Anh/chị ghé <công đoàn> nhé & hỏi chị Hoa.")
    assert "1 person(s)" in told
    assert (await person.hears()).text == "Anh/chị ghé <công đoàn> nhé & hỏi chị Hoa."


@journey("kinds")
async def impatient_taps_wish_once(bridge: Bridge, person: Any) -> None:
    await person.asks("mua tu lanh cu o dau")
    await person.taps("cán bộ")
    for _ in range(3):
        await person.tap_only("Đồng ý")
    assert "trả lời tại đây" in (await person.hears()).text
    assert {(await person.hears()).text for _ in range(2)} <= {OLD_BUTTON, NO_NUMBER}
    wishes = [row.chat for row in await bridge.rows(desk.callback)]
    assert wishes.count(person.chat) == 1


@journey()
async def a_follow_up_keeps_the_subject(bridge: Bridge, person: Any) -> None:
    await person.asks("lương tối thiểu vùng 3")
    assert "vùng iv" in (await person.asks("còn vùng 4?")).text.lower()


@journey()
async def a_calculation_from_words(bridge: Bridge, person: Any) -> None:
    said = await person.asks("lương 6tr5 tăng ca 12 tiếng chủ nhật được nhiêu")
    assert "6.500.000 đồng một tháng" in said.text
    assert "ban ngày hay ban đêm" in (await person.asks("26")).text
    said = await person.taps("Ban ngày")
    assert "31.250 × 200% × 12 = 750.000 đồng" in said.text
    assert "Điều 98" in said.text
    assert "Tiền lương là bao nhiêu" in (await person.taps("Thử số khác")).text
    assert "số âm" in (await person.asks("-6tr")).text
    assert "Đã hủy" in (await person.taps("Hủy")).text


@journey()
async def a_payslip_is_checked(bridge: Bridge, person: Any) -> None:
    await person.asks("/phieuluong")
    for answer in ("6tr5", "26", "26", "0"):
        await person.asks(answer)
    await person.taps("Không có")
    for answer in ("682.500", "0", "0", "5tr5", "0", "3"):
        await person.asks(answer)
    assert "còn thiếu của anh/chị 317.500 đồng" in (await person.taps("Không có")).text
    assert "Kính gửi Ban Giám đốc" in (await person.hears()).text


@journey()
async def change_the_language(bridge: Bridge, person: Any) -> None:
    await person.asks("/language")
    assert "English from now on" in (await person.taps("English")).text
    assert "Legal basis:" in (await person.asks("luong toi thieu vung 3")).text


@journey("kinds")
async def what_is_no_text(bridge: Bridge, person: Any) -> None:
    file = {"file_id": "f", "file_unique_id": "u"}  # Zalo's people send their own
    assert "cứ gõ vào đây" in (await person.sends(sticker=file | {"emoji": "🙂"})).text
    assert "tin nhắn thoại" in (await person.sends(voice=file | {"duration": 2})).text
    assert "loại tin nhắn này" in (await person.sends(dice={"emoji": "🎲", "value": 3})).text
    photo = [file | {"width": 9, "height": 9}]
    assert "200%" in (await person.sends(photo=photo, caption="tang ca chu nhat tinh sao")).text


@journey("files")
async def files_places_and_cards(bridge: Bridge, person: Any) -> None:
    assert "ảnh và tệp" in (await person.sends(document={"file_id": "f", "file_unique_id": "u"})).text
    assert "không lưu vị trí" in (await person.sends(location={"latitude": 12.6, "longitude": 108.0})).text
    assert "số điện thoại" in (await person.sends(contact={"phone_number": "1", "first_name": "A"})).text


@journey()
async def cancel_menu_and_back(bridge: Bridge, person: Any) -> None:
    await person.asks("luong toi thieu vung 3")
    await person.taps("👎")
    await person.taps("Lý do khác")
    assert "chưa ổn ở đâu" in (await person.taps("Quay lại")).text
    assert "Đã hủy" in (await person.taps("Hủy")).text
    assert "câu hay được hỏi" in (await person.taps("Menu")).text
    assert "không có việc gì để hủy" in (await person.asks("hủy")).text


@journey("edit")
async def an_edited_question_is_answered_again(bridge: Bridge, person: Any) -> None:
    message = person.person.write("luong toi thieu vung 3")
    assert "vùng iii" in (await person.hears()).text.lower()
    assert "vùng ii " in (await person.edits(message, "luong toi thieu vung 2")).text.lower()


@journey("block")
async def blocked_and_back(bridge: Bridge, person: Any) -> None:
    await person.asks("xin chào")
    await person.leaves()
    assert "200%" in (await person.asks("tang ca chu nhat tinh sao")).text


def table() -> Iterator[Any]:
    for channel, can in CHANNELS.items():
        if channel == "telegram webhook on postgresql":
            continue  # bad input only: tests/journeys/test_bad_input.py
        for needs, function in JOURNEYS:
            if needs <= can:
                yield pytest.param(channel, function, id=f"{channel}: {function.__name__}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bridge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge
) -> AsyncIterator[Bridge]:
    async with open_bridge(request.param, tmp_path_factory.mktemp("bridge"), knowledge) as opened:
        yield opened


@pytest.mark.parametrize(("bridge", "travel"), list(table()), indirect=["bridge"], scope="module")
async def test_journey(bridge: Bridge, travel: Journey) -> None:
    await travel(bridge, await bridge.person())
