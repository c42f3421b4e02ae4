from functools import singledispatch

from sla_engine.domain.errors import SlaError
from sla_engine.text.refusals.medium import Medium


@singledispatch
def sentence(refusal: SlaError, _medium: Medium) -> str:
    """The sentence for a refusal: what cannot be done, and where there is a remedy, what to do instead.

    Raises: TypeError for a refusal that has no sentence.
    """
    message = f"no sentence for {type(refusal).__name__}"
    raise TypeError(message)
