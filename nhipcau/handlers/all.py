"""Everything a bot understands, in one table."""

from nhipcau.handlers import (
    again,
    ask,
    call_back,
    choose_language,
    compute,
    erase_me,
    joining,
    link_chats,
    me,
    my_bulletins,
    my_details,
    officer,
    officer_absence,
    officer_invite,
    officer_remove,
    officer_words,
    other_kinds,
    payslip,
    prove,
    renewal,
    start,
    unhelpful,
)
from nhipcau.handlers.heard_sums import is_value, requested
from nhipcau.handlers.member_talk import alone
from nhipcau.handlers.member_words import spoken
from nhipcau.handlers.router import Handler, Router
from nhipcau.handlers.services import Services

MEMBERS: dict[str, Handler] = {
    "join": joining.command,
    "vao": joining.command,
    "me": me.show,
    "toi": me.show,
    "mydata": me.data,
    "dulieu": me.data,
    "export": me.export,
    "withdraw": me.withdraw,
    "bulletins": me.bulletins,
    "correct": my_details.command,
    "sua": my_details.command,
    "stop": my_bulletins.stop,
    "dung": my_bulletins.stop,
    "resume": my_bulletins.resume,
    "tieptuc": my_bulletins.resume,
    "topics": my_bulletins.topics,
    "chude": my_bulletins.topics,
    "quiet": my_bulletins.quiet,
    "yenlang": my_bulletins.quiet,
    "link": link_chats.command,
    "noi": link_chats.command,
    "link-code": link_chats.give_code,
    "link-have": link_chats.have_code,
    "prove": prove.command,
    "erase": erase_me.command,
    "xoa": erase_me.command,
}
"""What concerns one person, by command and by button; never in a group."""


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
    router.commands |= {name: alone(handler) for name, handler in MEMBERS.items()}
    router.spoken = spoken
    router.afterwards = renewal.remind
    router.officers_commands = {
        "officer": officer.home,
        "canbo": officer.home,
        "officer-invite": officer_invite.command,
        "officer-remove": officer_remove.command,
        "officer-away": officer_absence.command,
    }
    router.is_officer = officer_words.is_officer
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
        "unit": joining.chosen,
        "unit-none": joining.none_of_these,
        "agree": joining.agree,
        "terms": joining.terms,
        "decline": joining.decline,
        "move": joining.move,
        "unlink": link_chats.unlink,
        "slip-new": payslip.new,
        "slip-read": payslip.read_again,
        "slip-drop": payslip.forget_kept,
        "of-see": officer_invite.look,
        "of-yes": officer_invite.confirm,
        "of-no": officer_invite.refuse,
        "of-back": officer_absence.back,
    }
    router.kinds = other_kinds.KINDS
    router.free_text = joining.free_text
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
