"""The audit names what does not add up; payments that nobody finished are settled."""

from packages.storefront.tests.checkout.conftest import Buyer, SellingShop
from storefront.audit import Finding, audit
from storefront.checkout.results import ConfirmationNeeded
from storefront.checkout.settling import Settled, settle_pending


async def test_the_audit_names_each_book_that_differs(
    shop: SellingShop, buyer: Buyer, captured: str
) -> None:
    assert await audit(shop.database) == []
    await shop.execute(
        "update shop.stock_levels set on_hand = on_hand + 1 where sku_id = :id", id=shop.sku_id
    )
    await shop.execute("update shop.payments set refunded_minor = 5")
    await shop.execute(
        "with card as (insert into shop.gift_cards (code_hash, last_four, currency, balance_minor) "
        "values ('x', 'ABCD', 'USD', 7) returning id) select id from card"
    )
    [(card_id,)] = await shop.rows("select id from shop.gift_cards")
    assert await audit(shop.database) == [
        Finding("on_hand", f"SKU {shop.sku_id} at location 1", 9, 8),
        Finding("gift_card", f"{card_id} (…ABCD)", 7, 0),
        Finding("order_payment_refunded", captured, 5, 0),
    ]


async def test_a_payment_that_was_confirmed_while_nobody_listened_becomes_an_order(
    shop: SellingShop, buyer: Buyer
) -> None:
    result = await buyer.pay("confirm")
    assert isinstance(result, ConfirmationNeeded)
    await shop.execute("update shop.test_payments set state = 'authorized'")
    assert await settle_pending(shop.database, shop.provider) == Settled()  # it is too young
    await shop.execute("update shop.payments set updated_at = now() - interval '2 minutes'")
    settled = await settle_pending(shop.database, shop.provider)
    [(number,)] = await shop.rows("select number from shop.orders")
    assert settled == Settled(placed=[str(number)])
    assert await settle_pending(shop.database, shop.provider) == Settled()
