"""Chooses the encoder that the settings ask for."""

from storefront.settings import Settings
from storefront.vision.encoder import Encoder
from storefront.vision.local_encoder import LocalEncoder
from storefront.vision.served_encoder import ServedEncoder


def picture_encoder(settings: Settings) -> Encoder:
    """The network behind picture_endpoint, the file picture_model, or the packaged one. No I/O."""
    if settings.picture_endpoint:
        return ServedEncoder(settings.picture_endpoint)
    return LocalEncoder(settings.picture_model)
