"""How good size advice is, on simulated shoppers whose size is known; writes bench/relevance-sizes.md.

A shopper has a place z on the scale of six sizes, drawn from the normal distribution around its middle;
a product is made b sizes too small (deviation 0.45). A size fits where z + b is within 0.6 of it, the
shopper judging with a deviation of 0.4. Body measures follow from z through the chart of women's
clothing, each with an error of half a size. Voices about a product, and the outcome of earlier
purchases (always of the usual size, which is the nearest to z), are drawn from the same judgement. That
is the model of ``storefront.fit.advice``, with a wider b than its prior; z, b and errors are unknown to
it. So the figures say what evidence is worth, not how people's bodies are.

Compared with always recommending the usual size, which the simulation knows and the shop does not.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from storefront.fit.advice import Advice, Outcome, Voices, Worn, advise, likelihood

RESULTS = Path(__file__).with_name("relevance-sizes.md")
SHOPPERS = 1_000
SIZES = 6
_CHEST = (740, 820, 900, 980, 1_070, 1_190, 1_310)  # limits of XS to XXL, women's clothing
_WAIST = (580, 660, 740, 820, 910, 1_030, 1_150)
CHART: list[Mapping[str, tuple[int, int]]] = [
    {"chest": (_CHEST[n], _CHEST[n + 1]), "waist": (_WAIST[n], _WAIST[n + 1])} for n in range(SIZES)
]
_BIAS_SCATTER = 0.45
_MEASURE_ERROR = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a shopper and a product."""

    name: str
    has_measures: bool
    pieces: int
    voices: int


CASES = (
    Case("nothing", False, 0, 0),
    Case("20 voices about the product", False, 0, 20),
    Case("two body measures", True, 0, 0),
    Case("two body measures, 20 voices", True, 0, 20),
    Case("3 earlier pieces", False, 3, 0),
    Case("8 earlier pieces", False, 8, 0),
    Case("8 earlier pieces, 20 voices", False, 8, 20),
    Case("measures, 8 earlier pieces, 20 voices", True, 8, 20),
)


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of all shoppers: who gets advice; of those, for whom the advised, the usual and
    the best size fit.

    by_word: share that fits, and number, by the confidence in words.
    """

    case: Case
    advised: float
    fits: float
    usual_fits: float
    best_fits: float
    by_word: Mapping[str, tuple[float, int]]


def measured(case: Case, *, seed: int = 1, shoppers: int = SHOPPERS) -> Result:
    """The outcome of a case. The same for the same seed."""
    chance = random.Random(f"{seed} {case.name}")
    outcomes: list[tuple[Advice, bool, bool, bool]] = []
    for _ in range(shoppers):
        z = min(5.4, max(-0.4, chance.gauss(2.5, 1.2)))
        usual = min(SIZES - 1, max(0, round(z)))
        b = chance.gauss(0, _BIAS_SCATTER)
        advice = _advice(case, chance, z, usual, b)
        if advice is None or advice.size is None:
            continue
        judged = chance.random()
        best = max(range(SIZES), key=lambda size: likelihood("true", z + b - size))
        fits, usual_fits, best_fits = (
            judged < likelihood("true", z + b - size) for size in (advice.size, usual, best)
        )
        outcomes.append((advice, fits, usual_fits, best_fits))
    count = max(1, len(outcomes))
    words = {
        word: [one[1] for one in outcomes if one[0].confidence == word]
        for word in ("high", "medium", "low")
    }
    return Result(
        case,
        len(outcomes) / shoppers,
        sum(fits for _advice, fits, _usual, _best in outcomes) / count,
        sum(usual for _advice, _fits, usual, _best in outcomes) / count,
        sum(best for _advice, _fits, _usual, best in outcomes) / count,
        {word: (sum(fits) / max(1, len(fits)), len(fits)) for word, fits in words.items()},
    )


def _advice(case: Case, chance: random.Random, z: float, usual: int, b: float) -> Advice | None:
    measures = {}
    if case.has_measures:
        measures = {
            name: _value(limits, z + chance.gauss(0, _MEASURE_ERROR))
            for name, limits in (("chest", _CHEST), ("waist", _WAIST))
        }
    worn = []
    for _ in range(case.pieces):
        theirs = chance.gauss(0, _BIAS_SCATTER)
        voices = _voices(chance, theirs, case.voices)
        worn.append(Worn(usual, _judged(chance, z + theirs - usual), voices))
    return advise(
        CHART,
        range(SIZES),
        measures=measures,
        worn=worn,
        voices=_voices(chance, b, case.voices),
    )


def _voices(chance: random.Random, b: float, count: int) -> Voices:
    """Of buyers who each had the size that is nearest to them."""
    said = [_judged(chance, b + chance.uniform(-0.5, 0.5)) for _ in range(count)]
    return Voices(said.count("small"), said.count("true"), said.count("large"))


def _judged(chance: random.Random, distance: float) -> Outcome:
    weights = [likelihood(one, distance) for one in ("small", "true", "large")]
    found: Outcome = chance.choices(("small", "true", "large"), weights)[0]
    return found


def _value(limits: tuple[int, ...], place: float) -> int:
    """The measure in mm of somebody at this place."""
    number = min(SIZES - 1, max(0, round(place)))
    low, high = limits[number], limits[number + 1]
    return round((low + high) / 2 + (place - number) * (high - low))


def page(results: list[Result]) -> str:
    """The results as Markdown."""
    lines = [
        "# Size advice on simulated shoppers",
        "",
        "Written by `make relevance`; `bench/sizes.py` says how the shoppers are simulated, "
        f"{SHOPPERS:,} in each row.",
        "Share for whom the advised size fits, against always recommending the usual size, and against",
        "the best that can be had by knowing body and product exactly; then the share that fits by the",
        "confidence that the sentence expresses, with how many shoppers heard it.",
        "",
        "| what is known | get advice | advice fits | usual size fits | best | very likely | probably "
        "| may |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    show: Callable[[float], str] = "{:.1%}".format
    for one in results:
        words = [
            f"{show(share)} of {count}" if count else "–"
            for share, count in (one.by_word[word] for word in ("high", "medium", "low"))
        ]
        shares = (one.fits, one.usual_fits, one.best_fits)
        fits = [show(share) if one.advised else "–" for share in shares]
        lines.append(
            f"| {one.case.name} | {show(one.advised)} | {' | '.join(fits)} | {' | '.join(words)} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure every case, and write the page."""
    written = page([measured(case) for case in CASES])
    RESULTS.write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
