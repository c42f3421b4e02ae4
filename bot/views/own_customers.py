"""The week of the customers one service manager answers for, as a direct message beside the digest."""

from bot.text import more_than
from bot.views.digest import VOICE
from bot.views.parts import sections
from bot.views.rendered import Rendered
from sla_engine.domain.reporting.customers_to_call import CustomerWeek
from sla_engine.notifications.notices import OwnCustomersMessage
from sla_engine.text.digest_lines import cause_words
from sla_engine.text.digest_shares import dates, whole_percent

CUSTOMERS_MOST = 20
HINT = "`/sla misses last week` lists what was late"


def own_customers(message: OwnCustomersMessage) -> Rendered:
    """One line a customer, those to call first."""
    rows = message.customers[:CUSTOMERS_MOST]
    lines = [f"*Your customers, {dates(message.first, message.last)}*", *map(_line, rows)]
    lines += more_than(len(rows), len(message.customers), HINT)
    return Rendered(text="\n".join(lines), blocks=sections(lines))


def _line(row: CustomerWeek) -> str:
    kept = f"{row.met} of {row.of} kept, {whole_percent(row.met, row.of)} %" if row.of else "no promise came due"
    cause = "" if row.call is None else f" · *call them:* {cause_words(row.call, VOICE, is_current=True)}"
    return f"• {VOICE.customer(row.customer)}: {kept}{cause}"
