"""Size advice in a sentence, with a confidence in words and what it is based on."""

from storefront.fit.advice import Confidence, Voices
from storefront.fit.service import Found
from storefront.texts import N_, _, name_of, ngettext

_SAYS: dict[Confidence, str] = {
    "high": N_("Size %(size)s very likely fits you."),
    "medium": N_("Size %(size)s probably fits you."),
    "low": N_("Size %(size)s may fit you; we are not sure."),
}
_BASES = {
    "height": N_("your height"),
    "chest": N_("your chest"),
    "underbust": N_("your underbust"),
    "waist": N_("your waist"),
    "hip": N_("your hip"),
    "finger": N_("your finger"),
    "foot": N_("the length of your foot"),
}


def sentences(found: Found) -> list[str]:
    """The advice; what it is based on; and how the product runs, if that is clear. Empty without any."""
    said: list[str] = []
    advice = found.advice
    if advice is not None:
        if found.size is None:
            said.append(_("None of its sizes is likely to fit you."))
        else:
            said.append(_(_SAYS[advice.confidence], size=name_of(found.size)))
            if found.second is not None:
                said.append(_("Size %(size)s is about as likely.", size=name_of(found.second)))
        said.append(_("We look at: %(what)s.", what=", ".join(_basis(found))))
    note = runs(found.voices)
    return [*said, note] if note else said


def runs(voices: Voices) -> str | None:
    """How a product runs, with how many buyers say so; None where too few do, or they disagree."""
    match voices.runs:
        case "small":
            return _(
                "It runs small: %(some)s of %(all)s buyers say so.",
                some=voices.small,
                all=voices.count,
            )
        case "large":
            return _(
                "It runs large: %(some)s of %(all)s buyers say so.",
                some=voices.large,
                all=voices.count,
            )
    return None


def _basis(found: Found) -> list[str]:
    assert found.advice is not None
    basis = [_(_BASES[name]) for name in found.advice.measures]
    if worn := found.advice.worn:
        basis.append(
            ngettext(
                "%(num)s piece that you kept or sent back",
                "%(num)s pieces that you kept or sent back",
                worn,
            )
            % {"num": worn}
        )
    return basis
