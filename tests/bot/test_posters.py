"""Posters: every code opens the unit's chat, and whatever the unit is called, nothing covers anything."""

import asyncio
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
import segno
from PIL import Image
from typer.testing import CliRunner, Result

from nhipcau.bot import cli_poster
from nhipcau.bot.cli import app
from nhipcau.bot.config import Config, Database, Secrets, Server, Telegram, ZaloOa
from nhipcau.bot.links import entrances, links
from nhipcau.bot.posters import RED, WHITE, YELLOW, parameter, poster
from nhipcau.bot.samples import plant
from nhipcau.handlers.i18n import language
from nhipcau.paper.page import BASELINE, HEIGHT, LEAST_VERSION, POINT, RGB, WIDTH, Area, Box, Line, Page, measure
from nhipcau.paper.png import DPI
from nhipcau.union.units import Unit
from tests.conftest import KEY

PUBLIC = "https://hoi.congdoan.example.vn"
LONG = (
    "Công đoàn cơ sở Công ty Trách nhiệm hữu hạn Một thành viên Chế biến và Xuất nhập khẩu Nông sản Tây Nguyên "
    "Buôn Ma Thuột"
)
CONFIG = Config(
    telegram=Telegram(enabled=True),
    zalo_oa=ZaloOa(enabled=True, oa_id="77", app_id="1"),
    server=Server(public_url=PUBLIC),
)
ONLY_WEB = Config(server=Server(public_url=PUBLIC + "/"))
TWO = Config(telegram=Telegram(enabled=True), server=Server(public_url=PUBLIC))


def unit(name: str = "Công đoàn Trường Hoa Ban", code: str = "DL-TH") -> Unit:
    return Unit(1, code, name, "grassroots", None, "1/", "", "", "", "", date(2026, 1, 1), None, None, True)


def page(config: Config, one: Unit) -> Page:
    return poster(config.union.name, one, entrances(config, "CongDoanBot", parameter(one)))


def lines(made: Page) -> list[Line]:
    return [mark for mark in made.marks if isinstance(mark, Line)]


def codes(made: Page) -> list[Area]:
    return [mark for mark in made.marks if isinstance(mark, Area) and len(mark.boxes) > 9]


def outline(mark: Area | Line) -> Box:
    """What a mark covers."""
    if isinstance(mark, Line):
        top = mark.y - BASELINE * mark.style.size * POINT
        return Box(mark.x, top, measure(mark.text, mark.style), mark.style.height)
    left, top = min(one.x for one in mark.boxes), min(one.y for one in mark.boxes)
    right = max(one.x + one.width for one in mark.boxes)
    return Box(left, top, right - left, max(one.bottom for one in mark.boxes) - top)


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x + 0.01 or other.x + other.width <= one.x + 0.01
    return not (beside or one.bottom <= other.y + 0.01 or other.bottom <= one.y + 0.01)


def contrast(one: RGB, other: RGB) -> float:
    """As WCAG 2.2 defines it: 4.5 is enough for small text."""

    def luminance(colour: RGB) -> float:
        linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


# ---- what it leads to


def test_each_channel_that_is_on_has_an_entrance() -> None:
    assert [(one.channel, one.address, one.typed) for one in entrances(CONFIG, "CongDoanBot", "u_DL_p")] == [
        ("telegram", "https://t.me/CongDoanBot?start=u_DL_p", ""),
        ("zalo_oa", "https://zalo.me/77", "/start u_DL_p"),
        ("web", f"{PUBLIC}/chat?start=u_DL_p", ""),
    ]


def test_links_are_the_entrances_that_carry_the_parameter() -> None:
    assert links(CONFIG, "", "o_x") == links(ONLY_WEB, "", "o_x") == [f"{PUBLIC}/chat?start=o_x"]


def test_the_codes_are_those_of_the_addresses() -> None:
    made = page(CONFIG, unit())
    for area, one in zip(codes(made), entrances(CONFIG, "CongDoanBot", "u_DL-TH_p"), strict=True):
        expected = segno.make_qr(one.address, error="m", version=LEAST_VERSION)
        assert len(area.boxes) == sum(map(sum, expected.matrix))


# ---- how it looks


@pytest.mark.parametrize("config", [CONFIG, TWO, ONLY_WEB], ids=["three", "two", "one"])
@pytest.mark.parametrize("name", ["Tổ 1", LONG, LONG[:80] * 2, "Nghĩa" * 40], ids=len)
@pytest.mark.parametrize("code", ["D", "W" * 40], ids=len)
def test_nothing_covers_anything_whatever_the_unit_is_called(config: Config, name: str, code: str) -> None:
    made = page(config, unit(name, code))
    marks = [outline(one) for one in (*lines(made), *codes(made))]
    assert not [pair for pair in combinations(marks, 2) if overlap(*pair)]
    assert all(
        one.x >= 5 and one.y >= 5 and one.x + one.width <= WIDTH - 5 and one.bottom <= HEIGHT - 5 for one in marks
    )


@pytest.mark.parametrize("config", [CONFIG, TWO, ONLY_WEB], ids=["three", "two", "one"])
def test_it_is_read_from_two_metres(config: Config) -> None:
    made = page(config, unit())
    assert max(line.style.size for line in lines(made)) >= 48
    assert min(outline(area).width for area in codes(made)) >= 60
    assert all(contrast(RED, colour) >= 4.5 for colour in (WHITE, YELLOW))


@pytest.mark.parametrize("config", [CONFIG, TWO, ONLY_WEB], ids=["three", "two", "one"])
def test_every_code_has_a_white_margin_of_four_modules(config: Config) -> None:
    made = page(config, unit(code="A" * 40))
    for area in codes(made):
        place, margin = outline(area), 4 * area.boxes[0].width
        wide = Box(place.x - margin, place.y, place.width + 2 * margin, place.height)
        assert not [one for one in codes(made) if one is not area and overlap(wide, outline(one))]


def test_a_long_name_is_shown_whole() -> None:
    assert LONG in " ".join(line.text for line in lines(page(CONFIG, unit(LONG))))


def test_what_is_typed_on_zalo_is_shown_whole() -> None:
    texts = [line.text for line in lines(page(CONFIG, unit(code="W" * 40)))]
    assert len([text for text in texts if text.endswith(f"/start u_{'W' * 40}_p")]) == 1


def test_it_speaks_the_language_that_is_set() -> None:
    before = language.set("en")
    assert "Unit code: DL-TH" in [line.text for line in lines(page(TWO, unit()))]
    language.reset(before)
    assert "Mã đơn vị: DL-TH" in [line.text for line in lines(page(TWO, unit()))]


# ---- the command


async def run(folder: Path, text: str, *words: object) -> Result:
    """The command, with the demo's units and this configuration."""
    file, url = folder / "config.toml", f"sqlite:///{folder / 'posters.db'}"
    file.write_text(f'{text}\n[database]\nurl = "{url}"\n', encoding="utf-8")
    await plant(Config(database=Database(url=url)), Secrets(key=KEY))
    line = ["poster", *map(str, words), "--config", str(file)]
    return await asyncio.to_thread(CliRunner().invoke, app, line)


WEB = f'[server]\npublic_url = "{PUBLIC}"'
TELEGRAM = '[telegram]\nenabled = true\napi_url = "http://127.0.0.1:9/bot"'


async def test_the_command_writes_both_files(tmp_path: Path) -> None:
    result = await run(tmp_path, WEB, "mau-may", "--out", tmp_path / "may.pdf", "--png")
    assert result.stdout.split() == [str(tmp_path / "may.pdf"), str(tmp_path / "may.png")]
    assert (tmp_path / "may.pdf").read_bytes().startswith(b"%PDF-")
    with Image.open(tmp_path / "may.png") as image:
        assert [round(side / DPI * 25.4) for side in image.size] == [WIDTH, HEIGHT]


async def test_a_missing_address_is_told_and_the_rest_is_made(tmp_path: Path) -> None:
    result = await run(tmp_path, TELEGRAM, "MAU", "--out", tmp_path / "a.pdf", "--telegram", "@CongDoanBot")
    assert (result.exit_code, result.stderr) == (0, f"{cli_poster.NO_ADDRESS}\n")


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("", ["MAU"], cli_poster.NO_CHAT),
        (TELEGRAM, ["MAU"], cli_poster.NO_NAME),
        (WEB, ["NO-SUCH"], "There is no unit with the code NO-SUCH."),
        (WEB, ["MAU", "--language", "fr"], "There is no language 'fr'; choose one of vi, en."),
        (WEB, ["MAU", "--out", "/nowhere/a.pdf"], "[Errno 2] No such file or directory: '/nowhere/a.pdf'"),
    ],
    ids=["no chat", "no name", "no unit", "no language", "no folder"],
)
async def test_what_cannot_be_made_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: list[str], said: str
) -> None:
    monkeypatch.setenv("NHIPCAU_TELEGRAM_TOKEN", "123:abc")
    result = await run(tmp_path, text, *words)
    assert (result.exit_code, result.stderr) == (2, f"nhipcau poster: {said}\n")


async def test_a_closed_unit_has_no_poster(tmp_path: Path) -> None:
    await run(tmp_path, WEB, "MAU-YT", "--out", tmp_path / "a.pdf")
    close = ["units", "close", "MAU-YT", "--why", "Giải thể", "--config", str(tmp_path / "config.toml")]
    await asyncio.to_thread(CliRunner().invoke, app, close)
    result = await run(tmp_path, WEB, "MAU-YT", "--out", tmp_path / "b.pdf")
    assert result.stderr == "nhipcau poster: The unit MAU-YT is not open, so nobody can join it; name another.\n"
    assert not (tmp_path / "b.pdf").exists()
