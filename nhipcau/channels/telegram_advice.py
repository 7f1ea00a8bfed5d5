"""What `nhipcau doctor` says about a webhook."""

from telegram import WebhookInfo

_MANY = 100  # updates waiting: more means that they are not taken in time


def advice(webhook: WebhookInfo, *, wanted: str) -> list[tuple[bool, str]]:
    """(well?, sentence) for what Telegram tells; `wanted` is our webhook's address, "" when polling."""
    pending = webhook.pending_update_count
    if webhook.url != wanted:
        return [(False, _elsewhere(webhook.url, wanted))]
    way = "webhook" if wanted else "polling"
    told = [(pending < _MANY, f"Telegram: receiving by {way}; {pending} updates are waiting.")]
    if wanted and webhook.last_error_message:
        when = f" at {webhook.last_error_date:%Y-%m-%d %H:%M} UTC" if webhook.last_error_date else ""
        said = f"Telegram's last failed delivery{when}: {webhook.last_error_message}. "
        told.append((False, said + "Check that the public address reaches this server."))
    return told


def _elsewhere(url: str, wanted: str) -> str:
    if not wanted:
        return "Telegram: a webhook is set, so polling receives nothing: start the bot, which removes it."
    return f"Telegram: updates go to {url or 'no address'}, not to {wanted}: start the bot, which sets it."
