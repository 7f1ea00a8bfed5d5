"""Members find their unit by what they type of its name."""

import pytest

from nhipcau.union import unit_tree
from nhipcau.union.unit_search import find
from nhipcau.union.unit_tree import Founding
from tests.union.forest import Forest, decided

MORE = [
    Founding("DL-MAY-DP", "Công đoàn cơ sở Công ty Cổ phần May Đại Phát", "grassroots", "DL-KCN"),
    Founding("DL-GO", "Công đoàn cơ sở Công ty TNHH Gỗ Tân An", "grassroots", "DL-KCN"),
    Founding("DL-TH-1", "Công đoàn cơ sở Trường Tiểu học Lê Hồng Phong", "grassroots", "DL-GD"),
    Founding("DL-MN-1", "Công đoàn cơ sở Trường Mầm non Hoa Hồng", "grassroots", "DL-GD"),
    Founding("DL-BV", "Công đoàn cơ sở Bệnh viện Đa khoa vùng Tây Nguyên", "grassroots", "DL"),
]


@pytest.fixture
async def grown(forest: Forest) -> Forest:
    await forest.does(unit_tree.create_many, MORE, decided())
    return forest


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Công ty May Đại Phát", "DL-MAY-DP"),
        ("cong ty may dai phat", "DL-MAY-DP"),
        ("cty cp may đại phát", "DL-MAY-DP"),
        ("dai phat", "DL-MAY-DP"),
        ("may hoa binh", "DL-MAY"),
        ("hòa bình", "DL-MAY"),
        ("hoà bình", "DL-MAY"),
        ("cao su buon h", "DL-CAO-SU"),
        ("tieu hoc le hong phong", "DL-TH-1"),
        ("tieu hocj le hong phonh", "DL-TH-1"),
        ("mam non hoa hong", "DL-MN-1"),
        ("benh vien tay nguyen", "DL-BV"),
        ("bv tây nguyên", "DL-BV"),
        ("go tan an", "DL-GO"),
        ("dl-go", "DL-GO"),
        (" DL-KCN ", "DL-KCN"),
        ("khu cong nghiep", "DL-KCN"),
        ("em làm ở cty may đại phát", "DL-MAY-DP"),
    ],
)
async def test_what_is_typed_finds_the_unit(grown: Forest, typed: str, first: str) -> None:
    found = await grown.sees(find, typed)
    assert found[0].unit.code == first, [(one.unit.code, one.score) for one in found]


@pytest.mark.parametrize("typed", ["", "  ", "🙂", "?!", "xyzzy", "thủy điện sơn la", "x" * 5000, "NO-SUCH"])
async def test_nothing_like_it_is_nothing_found(grown: Forest, typed: str) -> None:
    assert await grown.sees(find, typed) == []


async def test_common_words_give_a_few_with_the_unit_above(grown: Forest) -> None:
    found = await grown.sees(find, "công ty may")
    assert {one.unit.code for one in found[:2]} == {"DL-MAY", "DL-MAY-DP"}
    assert found[0].parent == "Công đoàn các Khu công nghiệp"
    assert len(await grown.sees(find, "công đoàn", limit=3)) == 3


async def test_a_closed_unit_is_found_no_more_and_a_new_name_is(grown: Forest) -> None:
    await grown.does(unit_tree.close, "DL-BV", decided())
    await grown.does(unit_tree.rename, "DL-GO", "Công đoàn cơ sở Công ty Nội thất Ban Mê", decided())
    assert await grown.sees(find, "benh vien tay nguyen") == []
    assert await grown.sees(find, "DL-BV") == []
    assert [one.unit.code for one in await grown.sees(find, "noi that ban me")] == ["DL-GO"]
    assert await grown.sees(find, "go tan an") == []
