"""A bot as readers of pyzalo's manual write it. Arguments: the API's address, the token."""

import json
import sys

from pyzalo.main import PyZALO

API_URL, TOKEN = sys.argv[1:]

bot = PyZALO(TOKEN, base_url=API_URL)
told = {
    "me": bot.getMe(),
    "none": bot.getWebhookInfo(),
    "set": bot.setWebhook("https://bot.example.vn/zalo", "a-secret-of-eight"),
    "removed": bot.deleteWebhook(),
    "empty": bot.getUpdates(timeout=0),
    "wrong": PyZALO("1:wrong", base_url=API_URL).getMe(),
}
print(json.dumps(told), flush=True)
while True:
    update = bot.getUpdates(timeout=5)
    if not update["ok"]:
        assert update["error_code"] == 408, update
        continue
    message = update["result"]["message"]
    chat = message["chat"]["id"]
    bot.sendChatAction(chat)
    if "text" in message:
        bot.sendMessage(chat, f"Bạn nói: {message['text']}")
    elif "voice_url" in message:
        bot.sendVoice(chat, message["voice_url"])
    else:
        bot.sendPhoto(chat, message["photo_url"], message["caption"])
