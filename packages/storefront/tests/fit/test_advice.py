"""Size advice: from measures, from what was kept and sent back, from what buyers say; else none."""

import pytest

from bench.sizes import CHART, Case, measured
from storefront.fit.advice import LEAST_VOICES, Voices, Worn, advise, bias, likelihood

ALL = range(len(CHART))
NOBODY = Voices()


def advised(**known: object) -> int | None:
    given = {"measures": {}, "worn": [], "voices": NOBODY} | known
    advice = advise(CHART, ALL, **given)  # type: ignore[arg-type]
    assert advice is not None
    return advice.size


def test_without_evidence_there_is_no_advice() -> None:
    assert advise(CHART, ALL, measures={}, worn=[], voices=NOBODY) is None
    assert advise(CHART, ALL, measures={"foot": 250}, worn=[], voices=Voices(9, 1, 0)) is None
    assert advise([{}] * 6, ALL, measures={"chest": 900}, worn=[], voices=NOBODY) is None


@pytest.mark.parametrize(
    ("measures", "size"),
    [
        ({"chest": 780, "waist": 620}, 0),
        ({"chest": 940, "waist": 780}, 2),
        ({"chest": 1_020, "waist": 860}, 3),
        ({"chest": 1_250}, 5),
    ],
)
def test_measures_find_the_size_of_the_chart(measures: dict[str, int], size: int) -> None:
    assert advised(measures=measures) == size


def test_a_body_beyond_the_chart_gets_no_size() -> None:
    assert advised(measures={"chest": 1_600, "waist": 1_500}) is None


def test_a_size_that_is_not_offered_is_not_advised() -> None:
    measures = {"chest": 940, "waist": 780}
    advice = advise(CHART, [0, 1, 3, 4], measures=measures, worn=[], voices=NOBODY)
    assert advice is not None
    assert advice.size in (1, 3)


def test_what_was_sent_back_moves_the_advice_away_from_it() -> None:
    assert advised(worn=[Worn(2, "true")] * 3) == 2
    assert advised(worn=[Worn(2, "small")] * 3) == 3
    assert advised(worn=[Worn(2, "large")] * 3) == 1


def test_a_product_that_runs_small_is_advised_one_size_up() -> None:
    measures = {"chest": 960, "waist": 800}  # M, towards L
    assert advised(measures=measures) == 2
    assert advised(measures=measures, voices=Voices(small=18, true=4)) == 3


def test_few_voices_move_little_and_say_nothing() -> None:
    assert abs(bias(Voices(small=1))[0]) < 0.3
    assert bias(NOBODY)[0] == pytest.approx(0)
    assert Voices(small=LEAST_VOICES - 1).runs is None
    assert Voices(small=LEAST_VOICES).runs == "small"
    assert Voices(small=4, true=1, large=4).runs is None
    assert Voices(small=1, true=5, large=9).runs == "large"


def test_outcomes_of_a_piece_are_all_that_can_happen() -> None:
    for distance in (-2.0, -0.3, 0.0, 1.1):
        chances = [likelihood(one, distance, 0.2) for one in ("small", "true", "large")]
        assert sum(chances) == pytest.approx(1)


def test_simulated_shoppers_gain_by_advice_and_words_are_calibrated() -> None:
    known = measured(Case("measures, 8 earlier pieces, 20 voices", True, 8, 20), shoppers=250)
    assert known.fits > known.usual_fits + 0.05
    assert known.by_word["high"][0] > known.by_word["medium"][0]
    assert measured(Case("nothing", False, 0, 0), shoppers=20).advised == 0
