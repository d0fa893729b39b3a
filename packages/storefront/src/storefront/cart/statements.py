"""The SQL of the bag: each statement is used once, by the service function of its purpose."""

from sqlalchemy import text

OPEN_FOR_VISITOR = text(
    """
    insert into shop.carts as cart (visitor_id, currency) values (:visitor_id, :currency)
    on conflict (visitor_id) where state = 'open' and customer_id is null
    do update set version = cart.version + 1, updated_at = now()
    returning id
    """
)

OPEN_FOR_CUSTOMER = text(
    """
    insert into shop.carts as cart (customer_id, currency) values (:customer_id, :currency)
    on conflict (customer_id) where state = 'open' and customer_id is not null
    do update set version = cart.version + 1, updated_at = now()
    returning id
    """
)

TOUCH = text(
    """
    update shop.carts set version = version + 1, updated_at = now()
    where state = 'open' and case
        when cast(:customer_id as bigint) is null
            then visitor_id = cast(:visitor_id as text) and customer_id is null
        else customer_id = :customer_id end
    returning id
    """
)

QUANTITIES = text("select sku_id, quantity from shop.cart_lines where cart_id = :cart_id")

IN_BAG = text(
    """
    select code as sku, quantity from shop.cart_lines join shop.skus on skus.id = sku_id
    where cart_id = :cart_id and not is_saved
    """
)

WRITE_LINE = text(
    """
    insert into shop.cart_lines (cart_id, sku_id, quantity, price_minor)
    values (:cart_id, :sku_id, :quantity, :price)
    on conflict (cart_id, sku_id) do update
    set quantity = excluded.quantity, price_minor = excluded.price_minor, is_saved = false
    """
)

DELETE_LINE = text("delete from shop.cart_lines where cart_id = :cart_id and sku_id = :sku_id")

REMOVE = text(
    """
    delete from shop.cart_lines using shop.skus
    where cart_id = :cart_id and skus.id = sku_id and skus.code = :sku
    returning quantity
    """
)

SET_SAVED = text(
    """
    update shop.cart_lines set is_saved = :is_saved from shop.skus
    where cart_id = :cart_id and skus.id = sku_id and skus.code = :sku
    returning sku_id
    """
)

SET_COUPON = text("update shop.carts set coupon_id = :coupon_id where id = :cart_id")

ADD_GIFT_CARD = text(
    """
    insert into shop.cart_gift_cards (cart_id, gift_card_id)
    select :cart_id, :gift_card_id
    where (select count(*) from shop.cart_gift_cards
        where cart_id = :cart_id and gift_card_id <> :gift_card_id) < :most
    on conflict (cart_id, gift_card_id) do update set added_at = now()
    returning gift_card_id
    """
)

REMOVE_GIFT_CARD = text(
    "delete from shop.cart_gift_cards where cart_id = :cart_id and gift_card_id = :gift_card_id"
)

LOCK_GUEST_CART = text(
    """
    select id from shop.carts
    where visitor_id = :visitor_id and customer_id is null and state = 'open' for update
    """
)

CUSTOMER_CART = text(
    """
    insert into shop.carts as cart (customer_id, currency)
    select :customer_id, currency from shop.carts
    where visitor_id = :visitor_id and customer_id is null and state = 'open'
    on conflict (customer_id) where state = 'open' and customer_id is not null
    do update set version = cart.version + 1, updated_at = now()
    returning id, (
        select coalesce(sum(quantity), 0) from shop.cart_lines
        where cart_id = cart.id and not is_saved) as pieces
    """
)

# In the bag wins over saved for later. 20: MOST_PER_LINE, which the constraint holds.
MERGE_LINES = text(
    """
    insert into shop.cart_lines as kept
        (cart_id, sku_id, quantity, is_saved, price_minor, added_at)
    select :into, sku_id, quantity, is_saved, price_minor, added_at
    from shop.cart_lines where cart_id = :merged order by sku_id
    on conflict (cart_id, sku_id) do update
    set quantity = least(kept.quantity + excluded.quantity, 20),
        is_saved = kept.is_saved and excluded.is_saved
    """
)

MERGE_GIFT_CARDS = text(
    """
    insert into shop.cart_gift_cards (cart_id, gift_card_id, added_at)
    select :into, gift_card_id, added_at from shop.cart_gift_cards where cart_id = :merged
    on conflict do nothing
    """
)

MERGE_COUPON = text(
    """
    update shop.carts set coupon_id = coalesce(carts.coupon_id, merged.coupon_id),
        version = carts.version + 1, updated_at = now()
    from shop.carts as merged where carts.id = :into and merged.id = :merged
    """
)

CLOSE_MERGED = text(
    """
    update shop.carts set state = 'merged', customer_id = :customer_id, updated_at = now()
    where id = :merged
    """
)

GIVE_TO_CUSTOMER = text("update shop.carts set customer_id = :customer_id where id = :into")

# The new bag is made from what the update returns: it is open only when the old one is not any more.
CLOSE = text(
    """
    with closed as (
        update shop.carts set state = 'ordered', updated_at = now() where id = :cart_id
        returning visitor_id, customer_id, currency
    ), rest as (
        select line.sku_id, is_saved, price_minor, added_at,
            case when is_saved then quantity else quantity - coalesce(pieces, 0) end as quantity
        from shop.cart_lines as line
        left join unnest(cast(:sku_ids as bigint[]), cast(:pieces as int[]))
            as bought (sku_id, pieces) on bought.sku_id = line.sku_id
        where cart_id = :cart_id and (is_saved or quantity > coalesce(pieces, 0))
    ), reopened as (
        insert into shop.carts (visitor_id, customer_id, currency)
        select visitor_id, customer_id, currency from closed where exists (select from rest)
        on conflict do nothing
        returning id
    )
    insert into shop.cart_lines (cart_id, sku_id, quantity, is_saved, price_minor, added_at)
    select id, sku_id, quantity, is_saved, price_minor, added_at from reopened, rest
    """
)

FOR_REPLACEMENT = text(
    """
    insert into shop.carts (visitor_id, customer_id, currency, state)
    values ('return ' || cast(:reference as text), :customer_id, :currency, 'ordered') returning id
    """
)

# 400 days: as long as a browser has the cookie that leads to it (`web/visitor.py`).
DELETE_OLD = text(
    """
    delete from shop.carts
    where (state = 'merged' or state = 'open' and customer_id is null)
    and updated_at < now() - interval '400 days'
    and not exists (select from shop.stock_reservations where cart_id = carts.id)
    and not exists (select from shop.checkouts where cart_id = carts.id)
    and not exists (select from shop.coupon_redemptions where cart_id = carts.id)
    and not exists (select from shop.gift_card_holds where cart_id = carts.id)
    """
)

ERASE = text(
    """
    delete from shop.cart_lines using shop.carts
    where carts.id = cart_id and customer_id = :customer_id and state <> 'ordered'
    """
)
