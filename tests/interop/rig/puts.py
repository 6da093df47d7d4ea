"""Random puts for a record type: a field, a DBR type and a value, by what the field is."""
import math

from rig import dbr, records

# Not put at random: what makes the outcome depend on the time, or prints; puts of these are in tests of their own.
LEFT_OUT = {"SCAN", "TPRO", "DTYP", "ASG", "SDLY", "TSE", "TSEL", "PINI", "NAME", "HIGH", "EVNT", "PHAS", "PRIO",
            "SIOL", "SIML", "SDIS", "DOL", "SVL", "FTVL", "NELM", "RTYP", "SIMM",
            "SHFT"}
NUMBERS = [0, 1, 2, 3, 5, -1, 7, 10, 50, 61, 79.5, 81, -61, -81, 0.1, 1.25, -2.5, 127, 128, 255, 256, -128, -129, 32767,
           32768, 65535, 65536, -32768, 2147483647, -2147483648, 2147483648, 4294967295, 1e10, -1e10, 1e300]
TEXTS = ["", "0", "1", "-1", "2.5", "1e3", " 4", "4 ", "0x10", "017", "x", "On", "Off", "one", "two", "zero", "NO_ALARM",
         "MINOR", "MAJOR", "INVALID", "On Change", "Always", "YES", "NO", "some text", "y" * 39, "65535", "-32769",
         "3000000000", "inf", "-5.75"]
LIMITS = {dbr.SHORT: (-32768, 32767), dbr.ENUM: (0, 65535), dbr.CHAR: (0, 255), dbr.LONG: (-2**31, 2**31 - 1)}


def _value(random, kind):
    if kind == dbr.STRING:
        return random.choice(TEXTS)
    if kind == dbr.DOUBLE and random.random() < 0.03:
        return random.choice([math.nan, math.inf, -math.inf])
    number = random.choice(NUMBERS) if random.random() < 0.7 else random.uniform(-100, 100)
    if kind in LIMITS:
        low, high = LIMITS[kind]
        return int(min(max(number, low), high))
    if kind == dbr.FLOAT and abs(number) > 1e38:
        return 1.5
    return number


def random_put(random, record_type, names):
    """(suffix of the cell's name, DBR type, values)."""
    known = [name for name, (kind, _) in records.fields(record_type).items()
             if not kind.endswith(("LINK", "NOACCESS")) and name not in LEFT_OUT and name in names]
    chance = random.random()
    if chance < 0.35:
        target = ".VAL"
    elif chance < 0.45:
        target = ".PROC"
    elif chance < 0.5:
        target = ":S.VAL"
    elif chance < 0.53 and record_type == "calc":
        target = ".CALC"
    else:
        target = "." + random.choice(known)
    kind = random.choice([dbr.STRING, dbr.STRING, dbr.DOUBLE, dbr.DOUBLE, dbr.DOUBLE, dbr.LONG, dbr.LONG, dbr.SHORT,
                          dbr.FLOAT, dbr.CHAR, dbr.ENUM])
    count = random.randrange(1, 5) if target == ".VAL" and record_type == "waveform" else 1
    return target, kind, [_value(random, kind) for _ in range(count)]
