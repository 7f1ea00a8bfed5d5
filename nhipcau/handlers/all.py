"""Everything a bot understands, in one table."""

from nhipcau.handlers import again, ask, call_back, choose_language, compute, other_kinds, payslip, start, unhelpful
from nhipcau.handlers.heard_sums import is_value, requested
from nhipcau.handlers.router import Router
from nhipcau.handlers.services import Services


def build_router(services: Services) -> Router:
    """A router that knows every conversation of this program."""
    router = Router(services)
    router.commands = {
        "start": start.start,
        "help": start.show_help,
        "trogiup": start.show_help,
        "menu": start.menu,
        "language": choose_language.command,
        "ngonngu": choose_language.command,
        "tinh": compute.command,
        "calc": compute.command,
        "phieuluong": payslip.command,
        "payslip": payslip.command,
    }
    router.taps = {
        "deep": ask.deep,
        "rel": ask.show_related,
        "pick": ask.pick,
        "none": ask.none_of_these,
        "up": ask.helpful,
        "down": unhelpful.not_helpful,
        "call": call_back.ask_for_reply,
        "again": again.again,
        "calc": compute.tapped,
        "try": compute.from_entry,
    }
    router.kinds = other_kinds.KINDS
    router.free_text = compute.free_text
    router.is_question = lambda text: _surely_a_question(router.services, text)
    return router


SURE = 0.8  # confidence above which a text in the middle of a conversation is taken for a new question


def _surely_a_question(services: Services, text: str) -> bool:
    if len(text) > ask.LONGEST or is_value(text):
        return False
    if requested(text):
        return True
    answer = services.knowledge.ask(text, services.today())
    return bool(answer.outcome == "answer" and answer.confidence >= SURE)
