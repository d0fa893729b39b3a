"""What `make relevance` measures with: metrics and judgements."""

from types import SimpleNamespace
from typing import Any

import pytest

from bench import judgements, judgements_fresh, judgements_kinds, judgements_people
from bench.judgements import Rule
from bench.relevance import all_queries, grades_of, ndcg, recall

NAMES = dict.fromkeys(range(100_000), "Some Women Red Dress")


def product(**changes: Any) -> Any:
    return SimpleNamespace(
        **{
            "product_id": "1",
            "product_display_name": "Aura Women Printed Red Dress",
            "article_type": "Dresses",
            "sub_category": "Dress",
            "master_category": "Apparel",
            "base_color": "Red",
            "gender": "Women",
            "usage": "Casual",
            "season": "Summer",
            "brand": "Gini and Jony",
            "price": 40.0,
        }
        | changes
    )


def test_there_are_enough_judged_queries_of_every_kind_and_many_are_held_out() -> None:
    to_tune_on = (*judgements_fresh.JUDGED, *judgements_kinds.JUDGED)
    queries = [one for one in all_queries(NAMES) if one not in to_tune_on]
    assert len(queries) >= 290
    for kinds, share, least in ((judgements.KINDS, 3, 20), (judgements_people.KINDS, 2, 16)):
        for kind in kinds:
            held_out = [judged.is_held_out for judged in queries if judged.kind == kind]
            assert len(held_out) >= least
            assert sum(held_out) == len(held_out) // share
    assert all(judged.grades or judged.kind == "nothing" for judged in queries)


@pytest.mark.parametrize(
    ("rule", "is_met"),
    [
        (Rule(), True),
        (Rule(kind=["Dresses"], colour=["Red"], gender=["Women"]), True),
        (Rule(kind=["Dresses"], colour=["Blue"]), False),
        (Rule(brand=["Gini & Jony"]), True),
        (Rule(brand=["Gini"]), False),
        (Rule(word="print"), True),
        (Rule(word="rint"), False),
        (Rule(below=39.99), False),
        (Rule(above=40, below=40), True),
        (Rule(named=5), False),
        (Rule(number=1), True),
        (Rule(not_colour=["Red"]), False),
        (Rule(not_word="print"), False),
        (Rule(not_brand=["Gini & Jony"]), False),
        (Rule(not_gender=["Men"]), True),
    ],
)
def test_a_rule_is_met_where_all_of_it_holds(rule: Rule, is_met: bool) -> None:
    assert rule.is_met(product(), "some women red dress") is is_met


def test_a_product_gets_the_best_grade_that_it_meets() -> None:
    judged = next(one for one in all_queries(NAMES) if one.query == "red dress")
    products = [
        product(),
        product(product_id="2", base_color="Maroon"),
        product(product_id="3", base_color="Blue"),
        product(product_id="4", article_type="Heels"),
    ]
    assert grades_of(judged, products, NAMES) == {"1": 3, "2": 2, "3": 1}


def test_ndcg_is_one_for_the_best_order_and_falls_with_places_lost() -> None:
    grades = {"a": 3, "b": 1}
    assert ndcg(["a", "b"], grades) == 1
    assert ndcg(["x", "a"], grades) == pytest.approx(4.4165 / 7.6309, abs=0.001)
    assert ndcg([], grades) == 0


def test_recall_counts_the_good_ones_only_and_fifty_at_most() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert recall(["a", "c"], grades) == 0.5
    assert recall(["c"], {"c": 1}) is None
    many = {str(number): 3 for number in range(100)}
    assert recall([str(number) for number in range(50)], many) == 1
