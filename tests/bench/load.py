"""A bounded load of Telegram updates over raw sockets: as little work of its own as possible."""

import asyncio
import json
import statistics
import sys
import time
import urllib.request
from pathlib import Path

from tests.bench.bots import SECRET

QUESTIONS = Path(__file__).parents[1] / "knowledge" / "questions.jsonl"
CHATS = 997


def questions() -> list[str]:
    """The in-scope questions of the published test set: all different, so that no cache flatters."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [row["question"] for row in rows if row["expect"]]


def update(number: int, texts: list[str]) -> bytes:
    person = {"id": 5000 + number % CHATS, "first_name": "Nguyễn Văn A", "username": "nva"}
    message = {
        "message_id": number,
        "date": 1790000000,
        "chat": person | {"type": "private"},
        "from": person | {"is_bot": False, "language_code": "vi"},
        "text": texts[number % len(texts)],
    }
    body = json.dumps({"update_id": number, "message": message}, ensure_ascii=False).encode()
    head = (
        "POST /telegram/123456 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def sent(api: str) -> int:
    with urllib.request.urlopen(f"{api}/stats", timeout=5) as answer:
        return int(json.loads(answer.read())["sent"])


async def post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> float:
    began = time.perf_counter()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head[:20], head[:60]
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
    return time.perf_counter() - began


async def run(port: int, api: str, first: int, count: int, lanes: int, rate: float) -> dict[str, float]:
    """Posts `count` updates over `lanes` connections, at most `rate` a second (0: as fast as they are taken)."""
    texts = questions()
    requests = [update(first + n, texts) for n in range(count)]
    numbers, delays, before, began = iter(range(count)), [], sent(api), time.perf_counter()

    async def lane() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for n in numbers:
            if rate and (early := began + n / rate - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            delays.append(await post(reader, writer, requests[n]))
        writer.close()

    await asyncio.gather(*(lane() for _ in range(lanes)))
    ended, last = time.perf_counter(), (-1, time.perf_counter())
    while (done := sent(api) - before) < count and time.perf_counter() - last[1] < 10:
        last = (done, time.perf_counter()) if done != last[0] else last
        await asyncio.sleep(0.02)
    whole = time.perf_counter() - began
    delays.sort()
    return {
        "updates": count,
        "replies": sent(api) - before,
        "accepted_per_s": round(count / (ended - began)),
        "replies_per_s": round((sent(api) - before) / whole),
        "ack_p50_ms": round(statistics.median(delays) * 1000, 1),
        "ack_p99_ms": round(delays[int(len(delays) * 0.99)] * 1000, 1),
    }


if __name__ == "__main__":
    import uvloop

    print(json.dumps(uvloop.run(run(**json.loads(sys.argv[1])))))
