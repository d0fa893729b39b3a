"""What can be drawn: for each article its cuts, its patterns, and the function that draws it."""

from collections.abc import Callable
from dataclasses import dataclass

from storefront.demo.drawing import (
    accessories,
    bags,
    beauty,
    bottoms,
    dresses,
    footwear,
    jewellery,
    outerwear,
    sandals,
    tops,
)
from storefront.demo.drawing.key import PictureKey
from storefront.demo.drawing.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Design:
    """One article. axes: the choices of its cut, one of each; patterns: those that suit it."""

    paint: Callable[[Sheet], None]
    patterns: tuple[str, ...]
    axes: tuple[tuple[str, ...], ...]

    def has(self, key: PictureKey) -> bool:
        """Whether the cut and the pattern of a key are among this article's."""
        return (
            key.pattern in self.patterns
            and len(key.cut) == len(self.axes)
            and all(choice in axis for choice, axis in zip(key.cut, self.axes, strict=True))
        )


def _design(paint: Callable[[Sheet], None], patterns: str, *axes: str) -> Design:
    return Design(paint, tuple(patterns.split()), tuple(tuple(axis.split()) for axis in axes))


WARDROBE: dict[str, Design] = {
    "tshirts": _design(
        tops.tshirt, "solid stripes melange dots block", "crew v henley polo", "short long"
    ),
    "shirts": _design(
        tops.shirt, "solid checks pinstripes stripes dots", "spread band", "long short elbow"
    ),
    "tops": _design(
        tops.top, "solid floral dots stripes", "scoop v boat square",
        "sleeveless cap short threequarter",
    ),
    "tunics": _design(tops.tunic, "solid floral dots", "notch v boat", "short threequarter"),
    "kurtas": _design(tops.kurta, "solid floral pinstripes", "band notch", "long threequarter short"),
    "sweaters": _design(tops.sweater, "solid rib melange stripes", "crew v roll", "pullover cardigan"),
    "sweatshirts": _design(tops.sweatshirt, "solid melange block", "hood crew", "plain pocket zip"),
    "innerwear-vests": _design(tops.vest, "solid rib melange", "scoop v"),
    "dresses": _design(
        dresses.dress, "solid floral dots stripes checks", "scoop v boat square",
        "sleeveless short puff long", "aline shift flared wrap", "knee mini midi maxi",
    ),
    "nightdress": _design(dresses.nightdress, "solid floral dots", "slip sleepshirt"),
    "skirts": _design(
        bottoms.skirt, "solid floral checks dots", "aline pencil pleated flared", "knee mini midi"
    ),
    "jeans": _design(bottoms.jeans, "denim", "slim skinny straight flare"),
    "trousers": _design(bottoms.trousers, "solid checks pinstripes", "slim straight wide"),
    "track-pants": _design(bottoms.track_pants, "solid melange", "striped cuffed"),
    "leggings": _design(bottoms.leggings, "solid melange floral", "full calf"),
    "capris": _design(bottoms.capris, "solid denim checks", "straight slim"),
    "shorts": _design(bottoms.shorts, "solid checks denim floral", "tailored drawstring cargo"),
    "swimwear": _design(bottoms.swimwear, "solid stripes floral dots", "swimsuit trunks"),
    "casual-shoes": _design(
        footwear.casual_shoe, "solid checks stripes", "sneaker hightop slipon chelsea"
    ),
    "sports-shoes": _design(footwear.sports_shoe, "solid", "runner trainer"),
    "formal-shoes": _design(footwear.formal_shoe, "solid", "oxford monk loafer"),
    "heels": _design(
        footwear.heel, "solid dots", "stiletto block kitten wedge", "pointed round peep"
    ),
    "flats": _design(footwear.flat, "solid quilted dots", "ballerina pointed"),
    "sandals": _design(sandals.sandal, "solid", "strappy wedge slide"),
    "flip-flops": _design(sandals.flip_flop, "solid stripes", "classic printed"),
    "jackets": _design(outerwear.jacket, "solid denim quilted", "bomber biker trucker parka"),
    "blazers": _design(outerwear.blazer, "solid checks pinstripes", "single double"),
    "handbags": _design(bags.handbag, "solid quilted checks", "tote satchel hobo"),
    "backpacks": _design(bags.backpack, "solid melange checks", "zipped flap"),
    "duffel-bag": _design(bags.duffel, "solid melange", "plain trimmed"),
    "clutches": _design(bags.clutch, "solid quilted floral", "envelope framed"),
    "wallets": _design(bags.wallet, "solid checks", "bifold long"),
    "belts": _design(bags.belt, "solid", "pin plate round"),
    "scarves": _design(accessories.scarf, "solid checks stripes floral", "fringed hemmed"),
    "ties": _design(accessories.tie, "solid stripes dots checks", "classic slim"),
    "caps": _design(accessories.cap, "solid denim checks", "plain contrast"),
    "hat": _design(accessories.hat, "solid", "fedora sun"),
    "socks": _design(accessories.socks, "solid stripes dots melange", "crew ankle knee"),
    "umbrellas": _design(accessories.umbrella, "solid dots checks", "crook straight"),
    "sunglasses": _design(accessories.sunglasses, "solid", "aviator round square cateye"),
    "watches": _design(accessories.watch, "solid", "round square chrono", "light dark tone"),
    "earrings": _design(jewellery.earrings, "solid", "hoop stud drop"),
    "necklace-and-chains": _design(jewellery.necklace, "solid", "stones beads"),
    "pendant": _design(jewellery.pendant, "solid", "drop round heart"),
    "ring": _design(jewellery.ring, "solid", "band solitaire"),
    "bracelet": _design(jewellery.bracelet, "solid", "bangle beads chain"),
    "perfume-and-body-mist": _design(beauty.perfume, "solid", "square round tall"),
    "deodorant": _design(beauty.deodorant, "solid", "spray stick"),
    "lipstick": _design(beauty.lipstick, "solid", "bullet gloss"),
    "nail-polish": _design(beauty.nail_polish, "solid", "square round"),
}  # fmt: skip
