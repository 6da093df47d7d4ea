"""The device kinds of base that reach for the host or tell the time, beside base's IOC: Soft Timestamp, General Time, getenv,
stdio."""
import time

import pytest

from rig.client import run_python

DATABASE = """
record(ai, "TIME") { field(DTYP, "General Time") field(INP, "@time") field(PREC, "3") }
record(ai, "STAMP") { field(DTYP, "Soft Timestamp") field(INP, "@") field(PREC, "3") }
record(ai, "WRONG") { field(DTYP, "General Time") field(INP, "@TIDE") }
record(longin, "ERRORS") { field(DTYP, "General Time") field(INP, "@GETERRCNT") }
record(bo, "RESET") { field(DTYP, "General Time") field(OUT, "@RSTERRCNT") field(VAL, "1") }
record(stringin, "BEST") { field(DTYP, "General Time") field(INP, "@BESTTCP") }
record(stringin, "TOP") { field(DTYP, "General Time") field(INP, "@TOPTCP") }
record(stringin, "EVENT") { field(DTYP, "General Time") field(INP, "@BESTTEP") }
record(stringin, "TEXT") { field(DTYP, "Soft Timestamp") field(INP, "@at %Y-%m-%dT%H:%M:%S.%03f %%") field(TSEL, "OLD.TIME") }
record(stringin, "LONG") { field(DTYP, "Soft Timestamp") field(INP, "@%Y and then many words that go on for long") field(TSEL, "OLD.TIME") }
record(stringin, "NEVER") { field(DTYP, "Soft Timestamp") field(INP, "@%Y") field(TSEL, "UNPROCESSED.TIME") }
record(ao, "UNPROCESSED") { }
record(ao, "OLD") { }
record(stringin, "SET") { field(DTYP, "getenv") field(INP, "@SOME_VARIABLE") }
record(stringin, "UNSET") { field(DTYP, "getenv") field(INP, "@NO_SUCH_VARIABLE") field(UDFS, "MAJOR") }
record(stringout, "OUT") { field(DTYP, "stdio") field(OUT, "@stdout") }
record(stringout, "ERR") { field(DTYP, "stdio") field(OUT, "@stderr") }
record(stringout, "LOG") { field(DTYP, "stdio") field(OUT, "@errlog") }
record(stringout, "NOWHERE") { field(DTYP, "stdio") field(OUT, "@STDOUT") }
"""
READ = ["TIME", "STAMP", "WRONG", "ERRORS", "RESET", "BEST", "TOP", "EVENT", "TEXT", "LONG", "NEVER", "SET", "UNSET"]
TIMES = ["TIME", "STAMP", "TEXT"]

CLIENT = """
import epics
from epics import ca
def channel(name):
    made = ca.create_channel(name, connect=False, auto_cb=False)
    ca.connect_channel(made, timeout=20)
    return made
def put(name, value):
    ca.put(channel(name), value, wait=True, timeout=20)
put("OLD", 1)
found = {}
for name in %r:
    if name != "WRONG":
        put(name + ".PROC", 1)
    found[name] = {field: ca.get(channel(name + "." + field), ftype=ca.dbr.STRING, timeout=20)
                   for field in ("VAL", "SEVR", "STAT", "AMSG", "UDF", "DTYP", "PACT")}
    found[name]["number"] = ca.get(channel(name + ".DTYP"), timeout=20)
    choices = ca.get_enum_strings(channel(name + ".DTYP"))
    choices = [choice.decode() if isinstance(choice, bytes) else choice for choice in choices]
    found[name]["choices"] = [choice for choice in choices if not choice.startswith("QSRV")]
for name, text in [("OUT", "words for stdout"), ("ERR", "words for stderr"), ("LOG", "words for errlog")]:
    put(name, text)
found["NOWHERE"] = ca.get(channel("NOWHERE.PACT"), timeout=20)
answer(found)
""" % (READ,)


def test_devices_read_as_those_of_base(soft_ioc, iochron_ioc, environment):
    found = []
    for start in soft_ioc, iochron_ioc:
        server = start(DATABASE, environment={**environment, "SOME_VARIABLE": "a value", "TZ": "XYZ-5:30"})
        found.append(run_python(server.environment, CLIENT, timeout=60))
        for words in ("words for stdout", "words for stderr", "words for errlog"):
            server.process.wait_for_line(words)
        server.close()
    base, ours = found
    for side in found:
        for name in TIMES:
            side[name]["shown"] = side[name].pop("VAL")
        assert abs(float(side["TIME"].pop("shown")) + 631152000 - time.time()) < 60
        assert abs(float(side["STAMP"].pop("shown")) + 631152000 - time.time()) < 60
        text = side["TEXT"].pop("shown")
        zoned = time.gmtime(time.time() + 5.5 * 3600)
        assert text.startswith(time.strftime("at %Y-%m-%dT%H:", zoned)) and text.endswith(" %") and len(text) == 28
    assert ours == base
