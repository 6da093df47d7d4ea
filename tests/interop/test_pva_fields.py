"""Every field of every record type over pvAccess, and the hints of info(Q:form) and info(Q:time:tag): what p4p sees of
ours is what it sees of softIocPVX."""
import pytest

from rig.client import run_python
from rig.records import START, TYPES, fields
from test_pva import LOOK, differences

FORMS = ["Default", "String", "Binary", "Decimal", "Hex", "Exponential", "Engineering", "hex", "", "Foo"]
ELEMENTS = "STRING CHAR UCHAR SHORT USHORT LONG ULONG INT64 UINT64 FLOAT DOUBLE ENUM".split()

# What differs and may; docs/differences.md has the reasons.
MAY_DIFFER = ("/changed/",  # QSRV 2 marks less of what was never set
              "/value/value/choices",  # of DTYP: the device kinds that are QSRV's own
              "/W3:ENUM")  # QSRV 2 cannot read an array of ENUM
NO_LIMITS = (2**63, -2**63)  # what QSRV 2 makes of a NaN in 64 bits; here 0


def database():
    """Records of each type with and without hints, and the names to look at."""
    text, names = "", []
    for kind in TYPES:
        start = START[kind].replace('field(INPA, "@:S") ', "")
        text += f'record({kind}, "{kind}") {{ {start} field(PINI, "YES") field(DESC, "words") }}\n'
        text += f'record({kind}, "F:{kind}") {{ {start} info(Q:form, "Hex") info(Q:time:tag, "nsec:lsb:30") }}\n'
        known = fields(kind)
        names += [f"{kind}.{field}" for field, (dbf, _) in known.items() if dbf != "NOACCESS" or field == "VAL"]
        names += [f"{kind}.{field}$" for field, (dbf, _) in known.items() if dbf == "STRING" or dbf.endswith("LINK")]
        names += [f"F:{kind}", f"F:{kind}.VAL", f"F:{kind}.UDF", f"{kind}.RTYP", f"{kind}.RTYP$", f"{kind}$"]
        names += [f"F:{kind}.{field}" for field in ("HOPR", "HIHI", "EGU") if field in known]
    for element in ELEMENTS:
        for count in (1, 3):
            name = f"W{count}:{element}"
            text += (f'record(waveform, "{name}") {{ field(FTVL, "{element}") field(NELM, "{count}") field(HOPR, "5") '
                     f'info(Q:form, "String") field(PINI, "YES") }}\n')
            names += [name, f"{name}.NORD"]
    for number, form in enumerate(FORMS):
        text += f'record(longin, "LI{number}") {{ info(Q:form, "{form}") }}\n'
        text += f'record(bi, "BI{number}") {{ info(Q:form, "{form}") }}\n'
        names += [f"LI{number}", f"BI{number}", f"LI{number}.HIHI"]
    return text, names


def test_every_field_of_every_type_looks_as_qsrv_shows_it(iochron_ioc, pvxs_ioc, tmp_path):
    text, names = database()
    (tmp_path / "names").write_text("\n".join(names))
    code = LOOK + """
names = open(sys.argv[1]).read().split("\\n")
def seen(value):
    if isinstance(value, Exception):
        return {"error": type(value).__name__}
    shape = value.todict()
    for part in ("secondsPastEpoch", "nanoseconds"):
        shape["timeStamp"].pop(part)
    return {"id": value.getID(), "value": plain(shape), "changed": dict.fromkeys(value.changedSet(), True),
            "type": repr(value.type().aspy())}
answer(dict(zip(names, map(seen, context.get(names, timeout=60, throw=False)))))
"""
    ours, theirs = (run_python(server.environment, code, tmp_path / "names", timeout=90)
                    for server in (iochron_ioc(text), pvxs_ioc(text)))
    differ = {path: pair for path, pair in differences(ours, theirs).items()
              if not any(part in path for part in MAY_DIFFER)
              and not ("/valueAlarm/" in path and pair[0] == 0 and pair[1] in NO_LIMITS)}
    assert not differ, "\n".join(f"{path}: {ours} here, {theirs} there" for path, (ours, theirs) in differ.items())
    assert ours["F:ai"]["value"]["display"]["form"]["index"] == 4
    assert ours["W3:CHAR"]["id"] == "epics:nt/NTScalar:1.0"


TAGGED = """
record(ai, "A") { field(TSE, "-2") info(Q:time:tag, "nsec:lsb:8") info(Q:form, "Engineering")
    info(Q:group, { "G": { "a": { +channel: "VAL" }, "": { +type: "meta", +channel: "VAL" } } }) }
record(waveform, "T") { field(FTVL, "CHAR") field(NELM, "80") info(Q:form, "String")
    info(Q:group, { "G": { "t": { +type: "plain", +channel: "VAL", +putorder: 1 } } }) }
record(ao, "O") { info(Q:time:tag, "nsec:lsb:4") field(PINI, "YES") }
"""


@pytest.mark.parametrize("kind", ["iochron_ioc", "pvxs_ioc"])
def test_hints_in_a_group_and_puts_of_text(request, kind):
    """A tag of 8 bits is cut off the nanoseconds; a text that is put to characters comes back as one."""
    server = request.getfixturevalue(kind)(TAGGED)
    code = LOOK + """
def stamp(of):
    return [of.timeStamp.nanoseconds, of.timeStamp.userTag]
got = {"stamps": [stamp(context.get("O")), stamp(context.get("G").a), stamp(context.get("G"))],
       "form": context.get("G").a.display.form.index}
context.put("T", {"value": "a text of characters"})
got["put"] = [context.get("T").value, context.get("G").t]
context.put("G", {"t": "another"})
got["group"] = [context.get("T").value, context.get("G").t]
got["count"] = context.get("T.NORD").value
answer(got)
"""
    got = run_python(server.environment, code, timeout=60)
    o, a, whole = got["stamps"]
    assert o[0] & 15 == 0 and 0 <= o[1] <= 15
    assert a[0] & 255 == 0 and whole == a
    assert got["form"] == 6
    assert got["put"] == ["a text of characters"] * 2 and got["group"] == ["another"] * 2
    assert got["count"] == len("another") + 1, "the NUL is an element, too"


def test_a_monitor_has_the_tag_too(iochron_ioc):
    """softIocPVX takes it off in gets and in groups alone."""
    server = iochron_ioc('record(calc, "C") { field(CALC, "A+1") field(INPA, "C NPP") field(SCAN, ".1 second") '
                         'info(Q:time:tag, "nsec:lsb:16") }')
    code = LOOK + """
import queue
updates = queue.Queue()
subscription = context.monitor("C", updates.put, notify_disconnect=False)
got = [updates.get(timeout=20) for _ in range(4)]
answer([[value.timeStamp.nanoseconds, value.timeStamp.userTag] for value in got])
"""
    got = run_python(server.environment, code, timeout=60)
    assert all(nanoseconds & 0xffff == 0 for nanoseconds, _ in got)
    assert len({tag for _, tag in got}) > 1


def test_a_hint_that_is_not_understood_is_told_with_its_place(iochron_ioc):
    server = iochron_ioc('record(ai, "A") {\n  info(Q:form, "hexadecimal")\n  info(Q:time:tag, "nsec:lsb:99") }\n')
    lines = "\n".join(server.process.lines)
    assert ':2:16: A: Q:form is one of Default, String' in lines
    assert ':3:20: A: Q:time:tag is "nsec:lsb:N" with N from 0 to 32, not "nsec:lsb:99"' in lines
