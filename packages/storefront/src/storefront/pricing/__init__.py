"""The price of a bag: promotions, coupons, gift cards, taxes and delivery.

Owns promotions, coupons, coupon_redemptions, gift_cards, gift_card_entries, gift_card_holds, tax_rates
and delivery_methods. Calls no feature; discounts and totals are pure arithmetic.
"""
