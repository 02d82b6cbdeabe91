"""Could this be a Vietnamese syllable? The arbiter between a text and what an old encoding would make of it. Pure."""

import re
import unicodedata
from functools import lru_cache

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_INITIAL = r"(?:ngh|ng|nh|gh|gi|kh|ch|ph|th|tr|qu|[bcdđghklmnprstvx])?"
# nucleus and final as they are spelled; names of every people of the country have to pass, so it is wide
_RHYME = (
    r"(?:a(?:ch|nh|ng|[cimnoptuy])?|ă(?:ng|[cmnpt])|â(?:ng|[cmnptuy])"
    r"|e(?:ng|nh|[cmnopt])?|ê(?:ch|nh|ng|[cmnptu])?|i(?:ch|nh|ng|[acmnptu])?|iê(?:ng|[cmnptu])"
    r"|o(?:ng|[aceimnopt])?|oo(?:ng|[cn])|oa(?:ch|nh|ng|[cimnopty])?|oă(?:ng|[cmnt])|oe(?:[nmot])?"
    r"|ô(?:ng|[cimnpt])?|ơ(?:ng|[imnpt])?|u(?:ng|[aceimnpty])?|uâ(?:ng|[nty])|uê(?:ch|nh)?|uô(?:ng|[cimnt])|uơ|ua(?:ng|[inoty])?"
    r"|ư(?:ng|[acimntu])?|ươ(?:ng|[cimnptu])|uy(?:ch|nh|[aptu]|ê(?:[nt]))?"
    r"|y(?:nh|[mt])?|yê(?:ng|[mntu]))"
)
_INITIALS = re.compile("[a-zđ]{2,}")  # LĐTBXH, BTĐTN
_SYLLABLE = re.compile(f"{_INITIAL}{_RHYME}")


@lru_cache(maxsize=20_000)
def plausible(word: str) -> bool:
    """One syllable, one tone at most; plain ASCII (2024, CTXH) and initials (LĐTBXH) pass."""
    if word.isascii():
        return True
    tones, letters = 0, []
    for sign in unicodedata.normalize("NFD", word.lower()):
        if sign in _TONES:
            tones += 1
        else:
            letters.append(sign)
    bare = unicodedata.normalize("NFC", "".join(letters))
    return tones <= 1 and (_SYLLABLE.fullmatch(bare) is not None or _INITIALS.fullmatch(bare) is not None)
