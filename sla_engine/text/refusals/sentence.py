from functools import singledispatch

from sla_engine.domain.errors import SlaError
from sla_engine.text.refusals.medium import Medium


@singledispatch
def sentence(refusal: SlaError, _medium: Medium) -> str:
    """What cannot be done, what it is about, and what to do instead, for the one person who asked.

    Raises: TypeError for a refusal that has no sentence.
    """
    message = f"no sentence for {type(refusal).__name__}"
    raise TypeError(message)
