"""Where base and iochron differ on purpose, or not yet alike: each entry names words of docs/differences.md that say
why. An entry that occurs no more fails the rig (`unused`), so that the table and the page stay true."""
from rig import dbr, records

FOUND = set()
SELDOM = {"text"}  # comes with other seeds only: few texts are half a number


def harms_base(channel, kind, count):
    """Requests that base answers with memory it does not own. The native type of a text is STRING; read as ENUM, base
    looks for it among the record's states and puts what it found there into VAL."""
    return kind in (35, 36) or kind == dbr.CLASS_NAME and count != 1 or kind in (3, 10, 17, 24, 31) and channel.type == 0


def _field(name):
    return name.split(".")[1].rstrip("$")


def _kind(record_type, name):
    return records.fields(record_type).get(name, ("STRING", None))


def _is_text(kind):
    return kind % 7 == dbr.STRING if kind < 35 else kind == dbr.STSACK


# name, words of docs/differences.md, whether it explains (record type, name, DBR type)
READS = {
    "device kinds": ("Device kinds of QSRV",
                     lambda t, name, kind: name.endswith(".DTYP") and t in ("longin", "waveform") and kind in (24, 31)),
}


def of_read(record_type, name, kind):
    for entry, (_, explains) in READS.items():
        if explains(record_type, name, kind):
            FOUND.add(entry)
            return True
    return False


def _codes(differing):
    for what, base, ours in differing:
        if what == "completion":
            return base[0], ours[0]
    return None


# name, words of docs/differences.md, whether it explains (record type, put, differing)
PUTS = {
    "choices": ("A number that is no choice of a menu",
                lambda t, put, d: put[1] != dbr.STRING and _codes(d) == (1, 160)
                and _kind(t, put[0][1:])[0] in ("MENU", "DEVICE")),
    "expressions": ("A CALC that does not compile",
                    lambda t, put, d: put[0] == ".CALC" and put[1] == dbr.STRING),
    "text": ("Text that is no whole number of its type",
             lambda t, put, d: put[1] == dbr.STRING and _codes(d) == (1, 160)
             and _kind(t, put[0][1:])[0] in ("ULONG", "ENUM", "MENU", "DEVICE")),
    "flags": ("Flags are 0 or 1",
              lambda t, put, d: put[0][1:] in ("DISP", "TPRO", "UDF", "RPRO", "PUTF") and _codes(d) is None
              and put[2] not in ([0], [1], ["0"], ["1"])),
    "failed puts": ("A put that fails does not process",
                    lambda t, put, d: put[1] == dbr.STRING and _codes(d) is None),
}


def of_put(record_type, put, differing, codes):
    for entry, (_, explains) in PUTS.items():
        if entry == "failed puts" and codes != [160]:
            continue
        if explains(record_type, put, differing):
            FOUND.add(entry)
            return True
    return False


def unused():
    return sorted({*READS, *PUTS} - FOUND - SELDOM)


def undocumented(page):
    return [words for words, _ in [*READS.values(), *PUTS.values()] if words not in page]
