"""A bot as readers of python-zalo-bot's manual write it. Arguments: the API's address, the token."""

import asyncio
import json
import sys

from zalo_bot import Update
from zalo_bot.ext import ApplicationBuilder, CommandHandler, MessageHandler, filters

API_URL, TOKEN = sys.argv[1:]
SECRET = "a-secret-of-eight"


async def start(update: Update, _context: object) -> None:
    await update.message.reply_text(f"Chào {update.effective_user.display_name}!")


async def echo(update: Update, _context: object) -> None:
    await update.message.reply_action("typing")
    await update.message.reply_text(f"Bạn nói: {update.message.text}")


async def photo(update: Update, _context: object) -> None:
    await update.message.reply_photo(update.message.photo_url, "Ảnh của bạn")


async def sticker(update: Update, _context: object) -> None:
    await update.message.reply_sticker(update.message.sticker)


async def told() -> dict[str, object]:
    """What the other methods give."""
    bot = application.bot
    async with bot:
        me = await bot.get_me()
        was_set = await bot._set_webhook_async("https://bot.example.vn/zalo", SECRET)
        webhook = await bot._get_webhook_info_async()
        removed = await bot._delete_webhook_async()
    return {"me": me.account_name, "id": me.id, "set": was_set, "url": webhook.url, "removed": removed}


application = ApplicationBuilder().token(TOKEN).base_url(API_URL).build()
application.add_handler(CommandHandler("start", start))
application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
application.add_handler(MessageHandler(filters.PHOTO, photo))
application.add_handler(MessageHandler(filters.STICKER, sticker))
print(json.dumps(asyncio.run(told())), flush=True)
application.run_polling()
