"""Text typed in the fonts of the nineties: TCVN3 (ABC, `.VnTime`) and VNI (`VNI-Times`), turned into Unicode. Pure.

The name of the cell's font says which; where no font is known, the text does: as it stands it is no Vietnamese, converted it is.
Tables: TCVN 5712:1993 (VN3) and the VNI encoding for Windows.
"""

import re
from collections.abc import Sequence

from lms.kernel.vietnamese import nfc
from lms.people.roster.reader.syllables import plausible

TCVN3, VNI = "tcvn3", "vni"

_TCVN3_CODES = (
    "¡¢£¤¥¦§¨©ª«¬\u00ad®"  # Ă Â Ê Ô Ơ Ư Đ ă â ê ô ơ ư đ
    "µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"
)
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TCVN3_TABLE = str.maketrans(_TCVN3_CODES, _TCVN3_LETTERS)
# Codes of TCVN3 that stand for no letter of Vietnamese when they are read as Unicode
_TCVN3_MARKS = re.compile("[¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇËÎÏÐÑÖ×ØÜÞßäåæçëîïñö÷øûüþ]")

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_SINGLE = {"ñ": "đ", "ö": "ư", "ô": "ơ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}


def _vni_pairs() -> dict[str, str]:
    pairs = {}
    for base, letter in {**dict(zip("aeouy", "aeouy", strict=True)), "ô": "ơ", "ö": "ư"}.items():
        for code, tone in _VNI_TONES.items():
            pairs[base + code] = nfc(letter + tone)
    for base in "aeo":
        for code, tone in _VNI_CIRCUMFLEX.items():
            pairs[base + code] = nfc(base + "\u0302" + tone)
    for code, tone in _VNI_BREVE.items():
        pairs["a" + code] = nfc("a\u0306" + tone)
    pairs |= _VNI_SINGLE
    pairs |= {key[0].upper() + key[1:]: value.upper() for key, value in pairs.items()}
    return pairs | {key.upper(): value.upper() for key, value in pairs.items()}


_VNI_PAIRS = _vni_pairs()
_VNI_SIGNS = re.compile("|".join(sorted(map(re.escape, _VNI_PAIRS), key=len, reverse=True)))
# What might be VNI: a vowel with its sign behind it, or one of the letters that Vietnamese does not have
_VNI_MARKS = re.compile("[aeouyôöAEOUYÔÖ][ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]|[ñæîÑÆÎ]|[öÖ]")
_WORD = re.compile(r"[^\W\d_]+")
_WHOLE_WORD = re.compile(r"[^\s()/,.;:&+'’\"–—“”„…•-]+")  # in TCVN3 a letter may be a sign such as § or ·


def encoding_of_font(name: str) -> str:
    """tcvn3, vni, or empty for a font of today: `.VnTimeH`, `.VnArial NarrowH`; `VNI-Times`, `VNI Helve`."""
    font = name.strip().lower()
    if font.startswith(".vn"):
        return TCVN3
    return VNI if re.match(r"vni[ -]", font) else ""


def from_tcvn3(text: str) -> str:
    """Signs that are no codes of TCVN3 stay as they are: such cells hold both."""
    return text.translate(_TCVN3_TABLE)


def from_vni(text: str) -> str:
    return _VNI_SIGNS.sub(lambda found: _VNI_PAIRS[found[0]], text)


def mended(text: str, hint: str = "", order: Sequence[str] = (TCVN3, VNI)) -> tuple[str, str]:
    """The text in Unicode, and the encoding it was in (empty: it was Unicode). `hint` comes from the cell's font or its column; `order`:
    which encoding is tried first."""
    if text.isascii():
        return text, ""
    if not hint and not _TCVN3_MARKS.search(text) and not _VNI_MARKS.search(text):
        return text, ""
    composed = nfc(text)
    if hint and _could_be(composed, hint):
        return _CONVERT[hint](composed), hint
    if _readable(composed):
        return text, ""
    for encoding in order:
        if _MARKS[encoding].search(composed) and _readable(converted := _CONVERT[encoding](composed)):
            return converted, encoding
    return text, ""


def only_in(text: str) -> str:
    """The one encoding this can be in; empty when it is Unicode, or can be in both or neither."""
    found = {encoding for order in ((TCVN3, VNI), (VNI, TCVN3)) if (encoding := mended(text, order=order)[1])}
    return found.pop() if len(found) == 1 else ""


_CONVERT = {TCVN3: from_tcvn3, VNI: from_vni}
_MARKS = {TCVN3: _TCVN3_MARKS, VNI: _VNI_MARKS}


def _could_be(text: str, hint: str) -> bool:
    """A font's name is believed unless the text shows that it is Unicode: letters that the old codes do not have, and none of theirs."""
    if _MARKS[hint].search(text):
        return hint == TCVN3 or not _readable(text) or _readable(from_vni(text))
    return all(ord(sign) < 0x100 for sign in text) and _readable(_CONVERT[hint](text))


def _readable(text: str) -> bool:
    """Every word could be Vietnamese."""
    return all(
        plausible(word) and _WORD.fullmatch(word) is not None
        for word in _WHOLE_WORD.findall(text)
        if not word.isascii()
    )
