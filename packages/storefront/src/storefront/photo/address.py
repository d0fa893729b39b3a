"""A photograph's vector as a part of an address: the page of results is a link, the photograph is gone.

One byte a number and base64: 172 characters for 128 numbers. The rounding moves no neighbour that the
eye would miss: the cosine with the vector itself is above 0.999. Pure.
"""

import base64
import binascii

import numpy as np

from storefront.errors import InvalidInput
from storefront.vision.encoder import Model
from storefront.vision.index import Vector

_MARK = 6  # digits of the model's version, so that no other model's address is misread
_LONGEST = 2_000
_STEPS = 127


def like(vector: Vector, model: Model) -> str:
    """The value of the parameter ``like``: letters, digits, ``-`` and ``_``."""
    steps = np.rint(vector / max(float(np.abs(vector).max()), 1e-12) * _STEPS).astype(np.int8)
    return model.version[:_MARK] + base64.urlsafe_b64encode(steps.tobytes()).decode().rstrip("=")


def vector_of(text: str, model: Model, numbers: int) -> Vector:
    """The vector of such a value. numbers: that a vector of this model has.

    Raises InvalidInput (422) where it is not one of this model's.
    """
    try:
        if len(text) > _LONGEST or not text.startswith(model.version[:_MARK]):
            raise ValueError(text[:_MARK])
        coded = text[_MARK:]
        raw = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True)
        if len(raw) != numbers:
            raise ValueError(f"{len(raw)} numbers")
        vector = np.frombuffer(raw, np.int8).astype(np.float32)
        return vector / _length(vector)
    except (ValueError, binascii.Error) as error:
        reason = "is not of a photograph, or of one that an earlier model saw: upload it again"
        raise InvalidInput(
            f"The parameter like {reason}.", errors=[{"pointer": "#/like", "detail": reason}]
        ) from error


def _length(vector: Vector) -> float:
    length = float(np.linalg.norm(vector))
    if not length:
        raise ValueError("a vector without direction")
    return length
