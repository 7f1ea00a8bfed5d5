"""The bots that are compared: ours, and the plain echo bots of two libraries. `bots.py KIND PORT API FOLDER`."""

import asyncio
import json
import sys

from aiohttp import web

TOKEN = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"
SECRET = "bench-secret"
KEY = "A" * 43 + "="  # any will do; the same for all series on one database


async def plain_ptb(api: str) -> web.Application:
    """python-telegram-bot as built by default: its own HTTP client, one update after another."""
    from telegram import Update
    from telegram.ext import Application, MessageHandler, filters

    bot = Application.builder().token(TOKEN).base_url(f"{api}/bot").updater(None).build()

    async def echo(update: Update, _context: object) -> None:
        await update.message.reply_text("Bạn hỏi: " + update.message.text)

    bot.add_handler(MessageHandler(filters.TEXT, echo))
    await bot.initialize()
    await bot.start()

    async def hook(request: web.Request) -> web.Response:
        await bot.update_queue.put(Update.de_json(await request.json(), bot.bot))
        return web.Response()

    app = web.Application()
    app.router.add_post("/telegram/123456", hook)
    return app


async def plain_aiogram(api: str, *, background: bool) -> web.Application:
    """aiogram with its own request handler, answering before or after the webhook's response."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler

    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api), limit=256))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer("Bạn hỏi: " + (message.text or ""))

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=background).register(app, "/telegram/123456")
    return app


async def serve_ours(port: int, api: str, folder: str, database: str) -> None:
    """The whole program: stores, searches, answers, sends."""
    from nhipcau.bot.config import Config, Database, Secrets, Server, Telegram, WebChat
    from nhipcau.bot.program import running
    from nhipcau.knowledge.answer import Knowledge

    config = Config(
        database=Database(url=database or f"sqlite:///{folder}/bench.db"),
        server=Server(port=port, public_url="https://bench.example"),
        web_chat=WebChat(enabled=False),
        telegram=Telegram(
            enabled=True,
            mode="webhook",
            messages_per_second=0,
            messages_per_second_per_chat=0,
            api_url=f"{api}/bot",
        ),
    )
    secrets = Secrets(telegram_token=TOKEN, telegram_secret=SECRET, key=KEY)
    async with running(config, secrets, Knowledge.load()):
        await asyncio.Event().wait()


def main(kind: str, port: int, api: str, folder: str, database: str = "") -> None:
    if kind == "ours":
        import uvloop

        uvloop.run(serve_ours(port, api, folder, database))
    elif kind == "ptb":
        web.run_app(plain_ptb(api), host="127.0.0.1", port=port, access_log=None, print=None)
    else:
        app = plain_aiogram(api, background=kind == "aiogram_background")
        web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    arguments = json.loads(sys.argv[1])
    main(**arguments)
