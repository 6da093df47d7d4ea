"""What record types have, from base's own descriptions (.dbd), and a cell of records for each type that the
differential rig runs: the record, something that it reads or writes, and something that it forwards to."""
import re
from pathlib import Path

import epicscorelibs

DBD = Path(epicscorelibs.__file__).parent / "dbd"
_FIELD = re.compile(r"field\((\w+),\s*DBF_(\w+)\)\s*\{(.*?)\n\s*\}", re.S)


def fields(record_type):
    """{field: (DBF type, menu or None)}, as base declares them, in its order."""
    text = (DBD / f"{record_type}Record.dbd").read_text()
    text = text.replace('include "dbCommon.dbd"', (DBD / "dbCommon.dbd").read_text())
    found = {}
    for name, kind, body in _FIELD.findall(text):
        menu = re.search(r"menu\((\w+)\)", body)
        found[name] = (kind, menu and menu.group(1))
    return found


# What each type's record begins with, besides its links.
ANALOG = 'field(PREC, "2") field(HIHI, "80") field(HIGH, "60") field(LOW, "-60") field(LOLO, "-80") ' \
         'field(HHSV, "MAJOR") field(HSV, "MINOR") field(LSV, "MINOR") field(LLSV, "MAJOR") field(EGU, "mm")'
INTEGRAL = ANALOG.replace('field(PREC, "2") ', "")
STATES = 'field(ZRVL, "1") field(ONVL, "2") field(TWVL, "5") field(ZRST, "zero") field(ONST, "one") ' \
         'field(TWST, "two") field(TWSV, "MAJOR") field(UNSV, "INVALID")'
BINARY = 'field(ZNAM, "Off") field(ONAM, "On") field(OSV, "MINOR") field(COSV, "MAJOR")'
START = {"ai": ANALOG, "ao": ANALOG, "longin": INTEGRAL, "longout": INTEGRAL, "int64in": INTEGRAL,
         "int64out": INTEGRAL, "bi": BINARY, "bo": BINARY, "mbbi": STATES, "mbbo": STATES, "stringin": "",
         "stringout": "", "calc": ANALOG + ' field(INPA, "@:S") field(CALC, "A+B*2")',
         "waveform": 'field(FTVL, "DOUBLE") field(NELM, "4") field(EGU, "V")'}
TYPES = list(START)


def cell(record_type, name):
    """The text of one cell: NAME is the record, NAME:S its partner, NAME:F what its FLNK processes."""
    start = START[record_type].replace("@", name)
    known = fields(record_type)
    links = ""
    if "OUT" in known:
        links += f'field(OUT, "{name}:S PP") '
    elif "INP" in known and record_type != "waveform":
        links += f'field(INP, "{name}:S PP") '
    source = "stringout" if record_type.startswith("string") else "ao"
    return f"""
record({record_type}, "{name}") {{ {start} {links} field(FLNK, "{name}:F") }}
record({source}, "{name}:S") {{ }}
record(calc, "{name}:F") {{ field(INPA, "{name}:F") field(INPB, "{name} NPP MS") field(CALC, "A+1") }}
"""
