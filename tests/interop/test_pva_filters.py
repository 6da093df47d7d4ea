"""Channel filters in names over pvAccess: what opens, what it is, what it reads and which updates pass, as from base's
IOC with QSRV 2 (softIocPVX)."""
import pytest

from rig.client import PLAIN, run_python

DATABASE = """
record(ao, "A") { field(HIGH, "50") field(HSV, "MINOR") field(EGU, "mm") field(PREC, "2") field(DESC, "words") }
record(mbbo, "M") { field(ZRST, "zero") field(ONST, "one") field(TWST, "two") }
record(stringout, "S") { field(VAL, "text") }
record(waveform, "W") { field(FTVL, "DOUBLE") field(NELM, "6") }
record(bo, "FLAG") { field(DTYP, "Db State") field(OUT, "@red") }
record(longout, "FENCE") { }
"""

READ = ["A.VAL{dbnd:{abs:1}}", "A.VAL{dec:{n:2}}", "A.VAL{sync:{first:'red'}}", "A.VAL{utag:{V:1}}", "A.VAL{ts:{num:'sec'}}",
        "A.VAL{ts:{num:'dbl'}}", "A.VAL{ts:{num:'ts'}}", "A.VAL{ts:{str:'iso'}}", "M.VAL{ts:{num:'nsec'}}", "M.VAL{dec:{n:2}}",
        "S.VAL{dec:{n:2}}", "S.VAL{ts:{num:'ts'},arr:{s:1}}", "W.VAL[1:2]", "W.VAL{arr:{s:-2}}", "W.VAL{ts:{num:'sec'}}",
        "W.VAL[0]", "W.VAL[5:1]", "A.VAL[0]", "A.DESC{dec:{n:2}}", "A.PREC{dec:{n:2}}", "A.HSV{dec:{n:2}}"]
REFUSED = ["A.VAL{dec:{n:0}}", "A.VAL{none:{}}", "A.VAL{sync:{while:'green'}}", "A.VAL{dbnd:{x:1}}", "A.VAL[", "A.VAL{"]
WATCHED = ["A", "A.VAL{dbnd:{abs:2}}", "A.VAL{dbnd:{rel:50}}", "A.VAL{dec:{n:3}}", "A.VAL{sync:{while:'red'}}",
           "A.VAL{sync:{first:'red'}}", "A.VAL{sync:{last:'red'}}", "A.VAL{sync:{unless:'red'}}", "A.VAL{utag:{V:1}}",
           "A.VAL{dbnd:{abs:2},dec:{n:2}}", "M.VAL{dec:{n:2}}", "W.VAL[1:2]", "W.VAL{dec:{n:2}}", "S.VAL{sync:{while:'red'}}"]

CLIENT = PLAIN + """
import os, sys, threading
from p4p.client.thread import Context
from p4p.util import ThreadedWorkQueue

work = ThreadedWorkQueue(maxsize=10000, workers=1)
work.start()
context = Context("pva", nt=False, queue=work)

def put(name, value):
    context.put(name, {"value": value}, request="record[block=true]", timeout=20)

put("A", 3); put("M", 1); put("W", [1, 2, 3, 4])
found = {}

# The work queue's thread would keep the process alive.
def done(value):
    answer(value)
    os._exit(0)

def fail(*what):
    sys.__excepthook__(*what)
    sys.stderr.flush()
    os._exit(1)

sys.excepthook = fail
"""

LOOK = CLIENT + """
for name in %r:
    value = context.get(name, timeout=20)
    whole = value.todict()
    stamp = whole.pop("timeStamp")
    seen = {"id": value.getID(), "type": repr(value.type().aspy()), "stamp": list(stamp)}
    if "{ts:" in name:
        whole["value"] = type(whole["value"]).__name__
    seen["value"] = plain(whole)
    found[name] = seen
for name in %r:
    try:
        context.get(name, timeout=1)
        found[name] = "opened"
    except TimeoutError:
        found[name] = "no channel"
    except Exception as error:
        found[name] = "refused"
done(found)
""" % (READ, REFUSED)

WATCH = CLIENT + """
lock = threading.Condition()
found = {name: [] for name in %r}
fences = []
def watch(name):
    def hear(value):
        with lock:
            if name == "FENCE":
                fences.append(value["value"])
            else:
                found[name].append([plain(value.todict().get("value")), sorted(value.changedSet()) if not found[name] else []])
            lock.notify_all()
    return context.monitor(name, hear)
number = 0
def fence():
    global number
    number += 1
    put("FENCE", number)
    with lock:
        assert lock.wait_for(lambda: number in fences, 20)
monitors = [watch(name) for name in [*found, "FENCE"]]
fence()
for name, value in [("A", 4), ("A", 5.5), ("A", 60), ("A", 61), ("FLAG", 1), ("A", 7), ("A", 2), ("M", 2), ("M", 0), ("S", "x"),
                    ("S", "y"), ("W", [5, 6, 7]), ("W", [8]), ("FLAG", 0), ("A", 3), ("A", 9), ("S", "z"), ("M", 1),
                    ("W", [1, 2, 3]), ("FLAG", 1), ("A", 1), ("FLAG", 0), ("A", 2)]:
    put(name, value)
    fence()
for monitor in monitors:
    monitor.close()
done(found)
""" % (WATCHED,)


def both(pvxs_ioc, iochron_ioc, code):
    return [run_python(start(DATABASE).environment, code, timeout=60) for start in (pvxs_ioc, iochron_ioc)]


def test_names_open_and_read_as_from_qsrv(pvxs_ioc, iochron_ioc):
    base, ours = both(pvxs_ioc, iochron_ioc, LOOK)
    for name in READ:
        if "num:'ts'" in name:  # an array, which has no alarm limits here; QSRV shows the record's
            base[name]["value"].pop("valueAlarm"), ours[name]["value"].pop("valueAlarm")
        for part in base[name]["value"]:
            assert ours[name]["value"][part] == base[name]["value"][part], (name, part)
        assert ours[name] == base[name], name
    assert all(base[name] != "opened" and ours[name] != "opened" for name in REFUSED)


def test_updates_pass_as_from_qsrv(pvxs_ioc, iochron_ioc):
    base, ours = both(pvxs_ioc, iochron_ioc, WATCH)
    for name in WATCHED:
        # QSRV does not tell of an alarm that came with an update which a filter held back, so only values are compared.
        assert [value for value, _ in ours[name]] == [value for value, _ in base[name]], name
        if base[name]:
            assert "display.units" in ours[name][0][1] or "value.choices" in ours[name][0][1], name
