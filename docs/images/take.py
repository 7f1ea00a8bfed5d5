"""Takes the pictures of this folder from a running demo: `.venv/bin/python docs/images/take.py`."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

HERE = Path(__file__).parent
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]

PHONE = {"width": 360, "height": 740}
QUESTIONS = {
    "chat-360": "tang ca ngay thuong tinh sao",
    "choose-360": "tro cap that nghiep",
    "unknown-360": "lai suat vay mua nha o xa hoi",
}

UNION_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Công đoàn</title>
<style>
  body { margin: 0; font: 17px/1.6 system-ui, sans-serif; color: #1b2a3a; background: #f6f8fb; }
  header { background: #b3261e; color: #fff; padding: 22px 56px; font-size: 24px; font-weight: 600; }
  nav { background: #fff; padding: 12px 56px; border-bottom: 1px solid #dde3ea; color: #52606d; }
  main { max-width: 560px; margin: 36px 56px; }
  article { background: #fff; border: 1px solid #dde3ea; border-radius: 10px; padding: 18px 24px; }
  article + article { margin-top: 20px; }
  h2 { font-size: 20px; margin: 0 0 6px; } p { margin: 0; }
</style>
<header>Công đoàn cơ sở</header>
<nav>Trang chủ &nbsp; Tin tức &nbsp; Văn bản &nbsp; Liên hệ</nav>
<main>
  <article><h2>Hỏi đáp về lương, giờ làm, bảo hiểm</h2>
    <p>Bấm nút ở góc dưới bên phải để hỏi. Không cần cho biết tên.</p></article>
  <article><h2>Lịch tiếp đoàn viên</h2>
    <p>Cán bộ công đoàn tiếp đoàn viên vào chiều thứ năm hằng tuần.</p></article>
  <article><h2>Gia nhập công đoàn</h2>
    <p>Nhận mẫu đơn tại văn phòng công đoàn hoặc hỏi tổ trưởng công đoàn.</p></article>
</main>
<script src="/embed.js" defer></script></html>"""


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo of its own, on a free port."""
    command = [Path(sys.executable).with_name("nhipcau"), "demo", "--port", "0"]
    with tempfile.TemporaryDirectory() as folder:
        running = subprocess.Popen([*command, "--data", folder], stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            ready = running.stdout.readline() if running.stdout else ""
            yield next(word for word in ready.split() if word.startswith("http")).removesuffix("/chat")
        finally:
            running.terminate()
            running.wait(20)


def browser(playwright: Playwright) -> Browser:
    """The system's Chromium."""
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)


def ask(page: Page, question: str) -> None:
    """Asks, and waits for the answer below the greeting."""
    expect(page.locator(".row")).to_have_count(1)
    page.fill("#text", question)
    page.press("#text", "Enter")
    expect(page.locator(".row")).to_have_count(3)
    expect(page.locator(".row").nth(1).locator(".state")).to_have_text("Đã gửi")


def phone(chromium: Browser, address: str, name: str, question: str) -> None:
    """One question on a phone, scrolled so that it stands above its answer."""
    page = chromium.new_page(viewport=PHONE, device_scale_factor=2, locale="vi-VN")
    page.goto(f"{address}/chat")
    ask(page, question)
    page.evaluate("$('scroll').scrollTop = document.querySelector('.mine').offsetTop - $('scroll').offsetTop - 8")
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(400)
    page.screenshot(path=HERE / f"{name}.png")
    page.close()


def embedded(chromium: Browser, address: str) -> None:
    """A union's page with the chat opened in its corner."""
    page = chromium.new_page(viewport={"width": 1200, "height": 760}, locale="vi-VN")
    page.route(f"{address}/union", lambda route: route.fulfill(body=UNION_PAGE, content_type="text/html"))
    page.goto(f"{address}/union")
    page.get_by_role("button", name="Hỏi công đoàn").click()
    chat = page.frame_locator("iframe")
    expect(chat.locator(".row")).to_have_count(1)
    page.wait_for_timeout(600)
    page.screenshot(path=HERE / "embed.png")
    page.close()


def main() -> None:
    with demo() as address, sync_playwright() as playwright:
        chromium = browser(playwright)
        for name, question in QUESTIONS.items():
            phone(chromium, address, name, question)
        embedded(chromium, address)
        chromium.close()


if __name__ == "__main__":
    main()
