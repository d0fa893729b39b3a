"""A network that onnxruntime runs in this process: the packaged one, or a file.

The packaged model is fashion-lite0; ``fashion_lite0/README.md`` is its card: training, measures, limits.
A custom model has the same input and outputs.
"""

import hashlib
import os
import threading
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from storefront.errors import NotOffered
from storefront.vision.encoder import VIEWS_VERSION, Model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_PACKAGED = "fashion_lite0"
_INPUT, _OUTPUT = "pixels", "embedding"
# A photograph's two views take 38 ms on one thread and 22 ms on two, for the same 40 ms of processor
# time: threads that wait do not spin, which would cost 66 ms.
_THREADS = min(2, os.cpu_count() or 1)
# Pictures in one run. More are hardly faster, and the network needs 12 MB for each while it runs.
_AT_ONCE = 4

NOT_INSTALLED = (
    "Search by photograph needs the package onnxruntime, which is not installed here. "
    "Install it with: pip install 'storefront[photo]'."
)


class LocalEncoder:
    """Pictures to vectors. Loads the network at its first use (80 ms, some 70 MB). Threads may share it.

    path: an ONNX file with the input ``pixels`` (float32 [n, 3, 224, 224], RGB, 0 to 255) and the output
    ``embedding`` (float32 [n, d], unit length); None for the packaged model.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._loading = threading.Lock()
        self._loaded: InferenceSession | None = None

    @cached_property
    def model(self) -> Model:
        """The file's name, and 12 hex digits of a digest of its content. Reads the file once.

        Raises NotOffered (501) where it cannot be read.
        """
        name = self._path.stem if self._path else _PACKAGED.replace("_", "-")
        return Model(name, hashlib.sha256(self._content() + VIEWS_VERSION).hexdigest()[:12])

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Unit vectors [n, d] of pictures [n, 224, 224, 3] (RGB). Some 13 ms of one core for each.

        Raises NotOffered (501) where onnxruntime is not installed or the model cannot be loaded.
        """
        session = self._session()
        parts = [pixels[first : first + _AT_ONCE] for first in range(0, len(pixels), _AT_ONCE)]
        found = [session.run([_OUTPUT], {_INPUT: _planes(part)})[0] for part in parts]
        return np.concatenate(found).astype(np.float32)

    def check(self) -> None:
        """Load the network now. Raises NotOffered (501) where that is not possible, with the reason."""
        self._session()

    def _session(self) -> "InferenceSession":
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> "InferenceSession":
        try:
            import onnxruntime  # noqa: PLC0415 - an extra; loading it takes 80 ms and 60 MB
        except ImportError as error:
            raise NotOffered(NOT_INSTALLED) from error
        options: Any = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = _THREADS, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(
                self._content(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own errors share no base class
            raise NotOffered(
                f"The picture model {self._named()} cannot be loaded: {error}"
            ) from error
        inputs = {one.name for one in session.get_inputs()}
        outputs = {one.name for one in session.get_outputs()}
        if inputs != {_INPUT} or _OUTPUT not in outputs:
            raise NotOffered(
                f"The picture model {self._named()} has inputs {sorted(inputs)} and outputs "
                f"{sorted(outputs)}; it must have the input {_INPUT!r} and the output {_OUTPUT!r}."
            )
        return session

    def _content(self) -> bytes:
        try:
            if self._path:
                return self._path.read_bytes()
            return (resources.files(__package__) / _PACKAGED / "encoder.onnx").read_bytes()
        except OSError as error:
            raise NotOffered(
                f"The picture model {self._named()} cannot be read: {error.strerror}. "
                "STORE_PICTURE_MODEL names it."
            ) from error

    def _named(self) -> str:
        return str(self._path) if self._path else _PACKAGED


def _planes(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32)
