"""The encoding of a text file: Unicode by its own signs, else the code page whose letters fit.

Nearly any bytes are legal Windows-1252, so that legality decides nothing. What decides is whether
the letters that come out belong to one writing system, and to its frequent part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from hcc2l.errors import InputError, UsageError

_SAMPLE = 262_144  # bytes that are judged
# Share of the characters that must fit: where Windows-1252 is possible too, and where it is not.
_FIT, _LEAST_FIT = 0.85, 0.6

# Codec -> its name in remarks.
_NAMES = {
    "cp949": "cp949", "gb18030": "GB18030", "big5": "Big5", "cp932": "Shift-JIS",
    "cp1252": "Windows-1252", "cp1254": "Windows-1254", "cp1250": "Windows-1250",
    "cp1251": "Windows-1251", "cp1253": "Windows-1253",
    "cp1256": "Windows-1256",
}  # fmt: skip

# The letters of a language beside a to z, by the code page that it is written in.
_LETTERS = (
    ("cp1252", "äöüß"), ("cp1252", "àâæçéèêëîïôœùûüÿ"), ("cp1252", "áéíóúüñ"),
    ("cp1252", "àèéìíîòóùú"), ("cp1252", "áâãàçéêíóôõúü"), ("cp1252", "àáèéëïíöóüú"),
    ("cp1252", "åäöéæøü"),
    ("cp1254", "çğıöşüâîû"),
    ("cp1250", "ąćęłńóśźż"), ("cp1250", "áčďéěíňóřšťúůýž"), ("cp1250", "áäčďéíĺľňóôŕšťúýž"),
    ("cp1250", "áéíóöőúüű"), ("cp1250", "ăâîșțşţ"), ("cp1250", "čćđšž"),
)  # fmt: skip
_SIGNS = frozenset("°µ±²³½¼·–—‘’“”„«»…€£§®™×÷•º¹¿¡№\xa0")


@dataclass(frozen=True)
class Encoding:
    """An encoding that was detected: its codec, its name, and the next best that reads otherwise.

    Attributes
    ----------
    rival
        The codec that fits about as well but gives other letters; None where there is none.
    """

    codec: str
    name: str
    rival: str | None = None


def detect_unicode(content: bytes) -> Encoding | None:
    """UTF-32 or UTF-16, by a byte-order mark or by the zeros of its characters."""
    if content[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return Encoding("utf-32", "UTF-32")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Encoding("utf-16", "UTF-16")
    for codec, width, kept in (
        ("utf-32-le", 4, 0), ("utf-32-be", 4, 3), ("utf-16-le", 2, 0), ("utf-16-be", 2, 1),
    ):  # fmt: skip
        head = content[: 4096 - 4096 % width]
        zeros = [head[i::width] for i in range(width) if i != kept]
        if head and all(part.count(0) > 0.8 * len(part) for part in zeros):
            name = codec.rpartition("-")[0].upper()
            return Encoding(codec, f"{name} without a byte-order mark")
    return None


def detect_code_page(content: bytes) -> Encoding | None:
    """The code page whose letters fit best; None when no code page can decode the bytes."""
    sample = content[:_SAMPLE]
    if len(content) > _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    scores = {codec: _fit(sample, codec) for codec in _NAMES}
    ranked = sorted((c for c in _NAMES if scores[c] >= _LEAST_FIT), key=lambda c: -scores[c])
    if scores["cp1252"] >= 0 and (not ranked or scores[ranked[0]] < _FIT):
        ranked.insert(0, "cp1252")  # no letters that say more: the commonest of the code pages
    best = next((codec for codec in ranked if _decodes(content, codec)), None)
    if best is None:
        return None
    text = sample.decode(best)
    close = (c for c in ranked if c != best and scores[c] > max(_FIT, scores[best] - 0.1))
    rival = next((c for c in close if sample.decode(c) != text), None)
    return Encoding(best, _NAMES[best], rival)


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _fit(sample: bytes, codec: str) -> float:
    """The share of the distinct characters beyond ASCII that fit the code page; -1 if illegal."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError:
        return -1.0
    beyond = {c for c in text if ord(c) > 127 and c not in _SIGNS}
    if codec in _FREQUENT:
        misfits = {c for c in beyond if not _frequent(c, codec)}
        misfits |= set(re.findall(r"([^\x00-\x7f])(?=[a-z])", text)) & beyond
    elif codec in _SCRIPTS:
        script = _SCRIPTS[codec]
        misfits = {c for c in beyond if not re.match(script, c)}
        within = "".join(re.findall(rf"[a-zA-Z]{script}|{script}[a-zA-Z]", text))
        inner_capitals = {b for a, b in pairwise(text) if a.islower() and b.isupper()}
        misfits |= (set(within) | inner_capitals) & beyond
    else:
        alphabets = [letters for page, letters in _LETTERS if page == codec]
        found = {c for c in beyond if c.isalpha()}
        strange = (beyond - found) | set(
            re.findall(r"(?<=[^\W\d])([²³½¼¹¿¡§±×·])(?=[^\W\d])", text)
        )
        if codec == "cp1252":  # Portuguese has õ before e alone: elsewhere it is a Hungarian ő
            strange |= set(re.findall("[õÕ](?![eE])", text))
        missed = min(
            (found - set(letters) - set(letters.upper()) - {"İ"}
             for letters in alphabets), key=len,
        )  # fmt: skip
        beyond |= strange
        misfits = missed | strange
    return 1.0 - len(misfits) / len(beyond) if beyond else 0.0


_SCRIPTS = {"cp1251": "[А-яЁёІіЇїЄєҐґЎў]", "cp1253": "[Ά-ώ]", "cp1256": "[ء-ي]"}
# Lead bytes of the frequent characters of a standard, and the least trail byte.
_FREQUENT = {
    "cp949": (0xB0, 0xC8, 0xA1), "gb18030": (0xB0, 0xD7, 0xA1), "big5": (0xA4, 0xC6, 0x40),
    "cp932": (0x82, 0x97, 0x40),
}  # fmt: skip


def _frequent(character: str, codec: str) -> bool:
    """Whether a character is full-width ASCII or punctuation, or frequent in the standard."""
    if "\uff01" <= character <= "\uff5e" or "\u3000" <= character <= "\u3011":
        return True
    encoded = character.encode(codec)
    first, last, trail = _FREQUENT[codec]
    return len(encoded) == 2 and first <= encoded[0] <= last and encoded[1] >= trail


def decoded(content: bytes, given: str | None, name: str) -> tuple[str, str | None]:
    """The text of a file, and the name of its encoding where that had to be detected.

    Parameters
    ----------
    given
        The encoding that the user specifies; None to detect it.

    Raises
    ------
    InputError
        The file is not text, or its encoding cannot be detected.
    UsageError
        There is no encoding of the given name, or the file is a zip archive.
    """
    if content[:4] == b"PK\x03\x04":
        raise UsageError(
            "This is a zip archive, probably an Excel workbook, not a text file.",
            where=name,
            hint="Rename the file to .xlsx.",
        )
    if given:
        return _decoded_as(content, given, name), None
    unicode = detect_unicode(content)
    if unicode is not None:
        try:
            return content.decode(unicode.codec).removeprefix("\ufeff"), unicode.name
        except UnicodeDecodeError:
            raise _not_text(name) from None
    if b"\0" in content[:65536]:
        raise _not_text(name)
    try:
        return content.decode("utf-8").removeprefix("\ufeff"), None
    except UnicodeDecodeError:
        pass
    if sum(content[:65536].count(bytes([b])) for b in (*range(9), *range(14, 32), 127)) > 2:
        raise _not_text(name)
    page = detect_code_page(content)
    if page is None:
        raise _undetected(content, name)
    doubt = f" (or --encoding {page.rival}, if letters are wrong)" if page.rival else ""
    return content.decode(page.codec), page.name + doubt


def _undetected(content: bytes, name: str) -> InputError:
    try:
        content.decode("utf-8")
        line = 1
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    return InputError(
        "The encoding cannot be detected: the text is not valid UTF-8, UTF-16 or Windows-1252.",
        where=f"{name}, line {line}",
        hint="Specify it with --encoding, such as --encoding gb18030 or --encoding latin-1.",
    )


def _decoded_as(content: bytes, encoding: str, name: str) -> str:
    """The text, decoded as the user specifies."""
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except (LookupError, ValueError) as error:
        if isinstance(error, UnicodeError):  # of some codecs without a place
            line = content[: getattr(error, "start", 0)].count(b"\n") + 1
            raise InputError(
                f"The text is not valid {encoding}.",
                where=f"{name}, line {line}",
                hint="Omit --encoding to detect the encoding.",
            ) from None
        raise UsageError(
            f"Unknown encoding {encoding!r}.",
            where="--encoding",
            hint="Use one such as utf-8, latin-1 or gb18030, or omit --encoding to detect it.",
        ) from None


def _not_text(name: str) -> InputError:
    return InputError(
        "This is not a text file.",
        where=name,
        hint="Export the cohort as CSV, or rename the file to match its format (.xlsx, .sav).",
    )
