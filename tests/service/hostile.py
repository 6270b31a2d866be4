"""Ten thousand hostile strings, the same ones in every run."""

import base64
import json
import random
from collections.abc import Callable, Iterator

COUNT = 10_000
JANE = "jane.smith@example.com"

PLAIN = [
    "",
    " ",
    "\0",
    "\t\r\n",
    "@",
    ".",
    "%",
    "_",
    "\\",
    "'",
    '"',
    "null",
    "None",
    "NaN",
    "Infinity",
    "-1",
    "1e400",
    "0x7f",
    "9" * 400,
    "[]",
    "{}",
    "true",
    "../../etc/passwd",
    "C:\\con",
    "jane.smith@example.com\0",
    "jane.smith@example.com\x0b",
    "jane.smith@example.com,other@example.com",
    "<jane.smith@example.com>",
    "JANE.SMITH@EXAMPLE.COM\u200b",
    "\ufeff1001",
    "1001\u0000",
    "1001\u00a0",
    "\u0661\u0660\u0660\u0661",
    "\uff11\uff10\uff10\uff11",
    "\u00b2",
    "\u00bd",
    "\ufdfa" * 100,
    "\U0001242b" * 100,
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "$(reboot)",
    "`id`",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "\x1b[2J",
    "\u2028",
    "\u202e1001",
    "\U000e0001",
    "\uffff",
    "\U0010ffff",
    "\ud800",
    "\udfff\ud800",
]
SQL = [
    "' OR '1'='1",
    "'; DROP TABLE portal_link; --",
    "1001' --",
    '" OR ""="',
    "') UNION SELECT * FROM portal_mailbox --",
    "%' ESCAPE '!",
    "_%",
    "\\'",
    ":user_id",
    "?1",
    "@p1",
    "$1",
    "%(user_id)s",
    "/*",
    "*/",
    "GLOB '*'",
    "x'00'",
    "1001;PRAGMA writable_schema=1",
    "' || sqlite_version() || '",
]
FORMATS = [
    "%s",
    "%n%n%n",
    "{}",
    "{0.__class__}",
    "{user.email}",
    "%(name)s",
    "{:>99999999}",
    "%99999999d",
    "f'{x}'",
    "$x",
]
LOOK_ALIKES = (
    "\u0430\u0435\u043e\u0441\u0440\u0445\u0443\u0456\u0458\u0455\u0501\u0261\u04bb\u217c\uff11\uff10"
    "\uff21\uff41\u212a\u037e\u1fef\u0130\u0131\u017f\u00df\ufb01\u1e9e\u039a\u039f"
)
SPECIAL = (
    "\0\x01\x7f\x85\xa0\xad\u0300\u0344\u061c\u180e\u200b\u200d\u200e\u202a\u202e\u2066\u2069"
    "\ufeff\ufffd\ufffe\ud800\udc00\U000e0041"
)
MARKS = "\u0300\u0301\u0308\u0327\u0331\u0345\u20e3\u0488\ufe0f\u0f71\u1ab0"


def _noise(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(1, 40)))


def _ascii(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x80)) for _ in range(chance.randrange(1, 60)))


def _pieces(chance: random.Random) -> str:
    return "".join(chance.choice([*SQL, *FORMATS, JANE, "1001", "Smith"]) for _ in range(chance.randrange(1, 4)))


def _spoiled(chance: random.Random) -> str:
    text = list(chance.choice([JANE, "1001", "Smith, Jane", "u1", "acme", "1200.00"]))
    for _ in range(chance.randrange(1, 4)):
        text.insert(chance.randrange(len(text) + 1), chance.choice(SPECIAL))
    return "".join(text)


def _look_alike(chance: random.Random) -> str:
    text = chance.choice([JANE, "Smith, Jane", "acme", "1001"])
    return "".join(chance.choice(LOOK_ALIKES) if chance.random() < 0.3 else letter for letter in text)


def _marked(chance: random.Random) -> str:
    flood = "".join(chance.choice(MARKS) for _ in range(chance.randrange(1, 300)))
    return chance.choice(["H", "jane", "1001", "", "é"]) + flood + chance.choice(["", "@example.com"])


def _huge(chance: random.Random) -> str:
    return chance.choice(["a", "9", "@", "%", "é", "\u202e", "\U0001f600", "a@", ". ", "ΐ"]) * chance.randrange(
        200, 5_000
    )


def _encoded(chance: random.Random) -> str:
    octets = chance.randbytes(chance.randrange(1, 60))
    codec: Callable[[bytes], bytes] = chance.choice([base64.b64encode, base64.urlsafe_b64encode, base64.b32encode])
    return codec(octets).decode()


def _cursor_like(chance: random.Random) -> str:
    parts = [_ascii(chance), str(chance.randrange(-(10**20), 10**20)), "2026-02-30", JANE]
    return base64.urlsafe_b64encode("\0".join(chance.sample(parts, chance.randrange(1, 5))).encode()).decode()


def _bomb(chance: random.Random) -> str:
    depth = chance.randrange(1, 400)
    return chance.choice(["[" * depth + "]" * depth, '{"a":' * depth + "0" + "}" * depth, json.dumps([JANE] * depth)])


def _harmless(text: str) -> bool:
    """Whether it truly names something of the world that is attacked."""
    return text.strip(" \t\r\n").casefold() in {JANE, "1001", "acme", "u1", "smith", "smith, jane"}


KINDS = [_noise, _ascii, _pieces, _spoiled, _look_alike, _marked, _huge, _encoded, _cursor_like, _bomb]


def hostile_strings() -> Iterator[str]:
    """Ten thousand of them: NULs, surrogates, RTL, SQL, formats, floods, look-alikes, garbage and bombs."""
    yield from PLAIN
    yield from SQL
    yield from FORMATS
    chance = random.Random(1001)
    for number in range(COUNT - len(PLAIN) - len(SQL) - len(FORMATS)):
        text = KINDS[number % len(KINDS)](chance)
        yield f"{text}\0" if _harmless(text) else text
