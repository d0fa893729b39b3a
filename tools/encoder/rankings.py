"""Ways to make one vector of what a network and a histogram say about a picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.encoder.catalogue import Shot
from tools.encoder.measures import Vectors, unit

_TEXT_RIDGE, _PICTURE_RIDGE = 0.02, 0.3
_RARE = 3  # words of fewer products say nothing


@dataclass(frozen=True)
class Seen:
    """What is known of pictures, a row each: features, embedding and histogram."""

    features: Vectors
    embedding: Vectors
    colours: Vectors


@dataclass(frozen=True)
class Projection:
    """A linear map of what stands above the mean."""

    mean: Vectors
    weights: Vectors

    def __call__(self, values: Vectors) -> Vectors:
        """[n, d in] to unit vectors [n, d out]."""
        return unit(np.asarray((values - self.mean) @ self.weights, np.float32))


def joint_space(
    said: NDArray[np.float64], seen: Vectors, dimensions: int, *, copies: int
) -> Projection:
    """The directions of pictures that words tell apart best: canonical correlation, regularised.

    said: [n, words] of products; seen: [n × copies, d], each product's pictures one after the other's
    block (Hotelling 1936; weighted by the correlations).
    """
    words = np.tile(said, (copies, 1))
    words = words - words.mean(axis=0)
    mean = seen.mean(axis=0)
    pictures = (seen - mean).astype(np.float64)
    count = len(words)
    of_words = _inverse_root(words.T @ words / count, _TEXT_RIDGE)
    of_pictures = _inverse_root(pictures.T @ pictures / count, _PICTURE_RIDGE)
    _, strengths, directions = np.linalg.svd(
        of_words @ (words.T @ pictures / count) @ of_pictures, full_matrices=False
    )
    weights = of_pictures @ directions[:dimensions].T * strengths[:dimensions]
    return Projection(mean, weights.astype(np.float32))


def words_of(shots: Sequence[Shot]) -> NDArray[np.float64]:
    """What is said about products, [n, words]: rare words weigh more; rows of length 1."""
    texts = [f"{one.name} {one.attributes}".lower().split() for one in shots]
    counts: dict[str, int] = {}
    for text in texts:
        for word in set(text):
            counts[word] = counts.get(word, 0) + 1
    known = {word: column for column, word in enumerate(
        sorted(word for word, count in counts.items() if count >= _RARE))}  # fmt: skip
    table = np.zeros((len(texts), len(known)))
    for row, text in zip(table, texts, strict=True):
        for word in set(text) & known.keys():
            row[known[word]] = np.log(len(texts) / counts[word])
    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)


def reduced(vectors: Vectors, dimensions: int) -> Projection:
    """The directions in which these vectors differ most."""
    mean = vectors.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov((vectors - mean).T))
    return Projection(mean, directions[:, ::-1][:, :dimensions].astype(np.float32))


def _inverse_root(matrix: NDArray[np.float64], ridge: float) -> NDArray[np.float64]:
    matrix = matrix + ridge * np.trace(matrix) / len(matrix) * np.eye(len(matrix))
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors / np.sqrt(values)) @ vectors.T)
