"""The processing core held to base's: records that lead to each other by all kinds of links, some of them slow, some
disabled, are put to at random on both IOCs, and every event, every result and every field that tells of processing is
compared."""
import json
import random

from rig.client import run_python

RECORDS = ["C", "D", "E", "F", "G", "H", "X", "SW", "B", "S", "S2", "L", "CPX"]
DATABASE = """
record(calc, "C") { field(CALC, "VAL+1") field(INPA, "X MS") field(SDIS, "SW") field(DISS, "MINOR") field(FLNK, "D")
                    field(HIGH, "20") field(HSV, "MINOR") }
record(calc, "D") { field(CALC, "VAL+1") field(FLNK, "E") }
record(ai, "E") { field(SDLY, "0.2") field(SVAL, "4") field(SIMS, "MAJOR") field(FLNK, "F") }
record(ao, "F") { field(OUT, "G PP MSS") field(OMSL, "closed_loop") field(DOL, "C MSS") field(IVOV, "-7") field(FLNK, "H")
                  field(IVOA, "Set output to IVOV") }
record(ai, "G") { field(HIHI, "6") field(HHSV, "INVALID") field(MDEL, "-1") }
record(longin, "H") { field(INP, "G MS") field(FLNK, "C") }
record(ai, "X") { field(HIGH, "5") field(HSV, "MINOR") field(HIHI, "8") field(HHSV, "INVALID") field(UDF, "0") }
record(bi, "SW") { field(ZNAM, "z") field(ONAM, "o") }
record(ai, "CPX") { field(INP, "X CPP MS") }
record(bo, "B") { field(HIGH, "0.15") field(OUT, "C.PROC") }
record(stringout, "S") { field(OUT, "S2 PP") field(OMSL, "closed_loop") field(DOL, "E") }
record(stringin, "S2") { }
record(longout, "L") { field(OUT, "X PP") field(OOPT, "On Change") }
"""

QUICK, QUIET = 0.02, 0.5  # s after a put; the slow records take 0.2 s, twice that when they process again

# What may be put: to any record, or to one field.
ANYWHERE = {"PROC": [1, 1, 1, 1], "DISA": [0, 0, 1], "DISV": [0, 1, 1, 1], "DISS": [0, 1, 2, 3], "UDF": [0, 1],
            "DESC": ["a", "b"]}
ALONE = {"X": [1, 6, 9], "SW": [0, 0, 1], "E.SIMM": ["NO", "YES"], "E.SDLY": [-1, 0.2], "G": [1, 7], "L": [1, 6, 9],
         "B": [0, 1], "F": [3, 7], "C": [0], "F.IVOA": [0, 1, 2], "F.OMSL": [0, 1], "X.HYST": [0, 2], "X.MDEL": [-1, 0, 2],
         "C.INPA": ["X", "X MS", "X MSS", "X PP MSI", "3", ""], "F.DOL": ["C MSS", "C", "5", "G MS"],
         "C.FLNK": ["D", "", "E"], "H.FLNK": ["C", "", "G"], "H.INP": ["G MS", "X MSS", "G"],
         "S.DOL": ["E", "X", "D.DESC"], "F.OUT": ["G PP MSS", "G", "X PP MS", "G.HIGH"], "F.TSEL": ["X.TIME", "", "L"],
         "CPX.INP": ["X CPP MS", "X CP", "X"], "D.SCAN": ["Passive", "Passive", "Event"], "X.EGU": ["e", "f"],
         "G.HHSV": [0, 1, 2, 3], "C.PREC": [0, 1], "L.OOPT": [0, 1, 2]}

CODE = """
import asyncio
from aioca import *
records, steps = json.loads(sys.argv[1])
told = ("VAL", "STAT", "SEVR", "AMSG", "NSTA", "NSEV", "NAMSG", "ACKS", "UDF", "PACT", "PUTF", "RPRO", "LCNT", "DISA", "TSE")
names = [f"{record}.{field}" for record in records for field in told]
events, states = {}, []
def watch(name, mask):
    heard = events.setdefault(f"{name} {mask}", [])
    camonitor(name, lambda value: heard.append([str(value), value.severity, value.status]), datatype=DBR_STRING,
              events=mask, format=FORMAT_TIME, all_updates=True)
async def main():
    for record in records:
        for mask in (DBE_VALUE, DBE_ALARM, DBE_LOG, 8):
            watch(record, mask)
        for field in ("SEVR", "STAT", "AMSG", "ACKS", "DISA", "UDF", "DESC"):
            watch(f"{record}.{field}", DBE_VALUE | DBE_ALARM)
    await asyncio.sleep(1.5)
    for name, value, wait, pause in steps:
        result = await caput(name, value, wait=wait, timeout=10, throw=False)
        await asyncio.sleep(pause)
        states.append([bool(result), *map(str, await caget(names, datatype=DBR_STRING, timeout=10))])
    return [events, states, names]
answer(asyncio.run(main()))
"""


def random_puts(seed, count):
    chosen = random.Random(seed)
    puts = []
    for _ in range(count):
        if chosen.random() < 0.4:
            field = chosen.choice(list(ANYWHERE))
            name, values = f"{chosen.choice(RECORDS)}.{field}", ANYWHERE[field]
        else:
            name = chosen.choice(list(ALONE))
            values = ALONE[name]
        # Some come while a slow record is busy still, but not so many in a row that one of them meets its end.
        quick = chosen.random() < 0.5 and not (len(puts) > 1 and puts[-1][3] == puts[-2][3] == QUICK)
        puts.append([name, chosen.choice(values), chosen.random() < 0.4, QUICK if quick else QUIET])
    return puts


def test_random_puts_do_the_same_on_both(soft_ioc, iochron_ioc):
    puts = random_puts(seed=7, count=60)
    found = [run_python(ioc(DATABASE).environment, CODE, json.dumps([RECORDS, puts]), timeout=120)
             for ioc in (soft_ioc, iochron_ioc)]
    (base_events, base_states, names), (events, states, _) = found
    for put, before, after in zip(puts, base_states, states):
        if put[3] == QUICK:
            continue  # something may go on
        differ = {name: (was, is_) for name, was, is_ in zip(["result", *names], before, after) if was != is_}
        assert not differ, f"after {put}: softIoc and iochron have {differ}"
    for name, heard in base_events.items():
        assert events[name] == heard, name
