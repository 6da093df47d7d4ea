"""The differential rig: the same database in base's IOC and in ours, and all that Channel Access shows of it compared:
fields in all DBR types and counts, random puts with their completions, errors and updates under each event mask.

IOCHRON_RIG_SEED and IOCHRON_RIG_PUTS (a record type) choose other and more puts. What differs on purpose is in
rig/explained.py, with the line of docs/differences.md that says why."""
import os
from random import Random

import pytest

from rig import dbr, explained, records
from rig.circuit import Circuit
from rig.pair import FENCE, Pair
from rig.puts import random_put
from rig.server import ROOT

SEED = int(os.environ.get("IOCHRON_RIG_SEED", "1"))
PUTS = int(os.environ.get("IOCHRON_RIG_PUTS", "300"))
PUTS_A_CELL = 25
CHOSEN = "IOCHRON_RIG_SEED" not in os.environ and "IOCHRON_RIG_PUTS" not in os.environ
RUN = set()


def cells(record_type, count):
    return FENCE + "".join(records.cell(record_type, f"C{at}") for at in range(count))


def read_all(server, names):
    """{(name, DBR type, count): answer} of every name, and {name: shape}."""
    circuit = Circuit(int(server.environment["EPICS_CA_SERVER_PORT"]))
    shapes, answers = {}, {}
    for channel in circuit.create(names):
        shapes[channel.name] = channel.shape
        if channel.sid is None:
            continue
        asked = [(kind, count) for kind in range(dbr.TYPES) for count in sorted({0, 1, 2, channel.count})
                 if not explained.harms_base(channel, kind, count)]
        for kind, count in asked:
            circuit.ask_read(channel, kind, count)
        circuit.send()
        for request, (kind, count, code, payload) in zip(asked, circuit.answers(len(asked))):
            what = dbr.decode(kind, count, payload) if code == 1 else "no value"
            if code == 1 and "stamp" in what:
                what["stamp"] = what["stamp"] == bytes(8)
            answers[channel.name, *request] = code, kind, count, what
    circuit.close()
    return shapes, answers


@pytest.mark.parametrize("record_type", records.TYPES)
def test_every_field_in_every_form(soft_ioc, iochron_ioc, record_type):
    RUN.add(("forms", record_type))
    database = cells(record_type, 1)
    fields = records.fields(record_type)
    names = [f"C0.{field}{long}" for field in [*fields, "RTYP"] for long in ("", "$")]
    base_shapes, base = read_all(soft_ioc(database), names)
    our_shapes, ours = read_all(iochron_ioc(database), names)
    differing = [f"{name}: exists, type, count, rights: base {base_shapes[name]}, ours {our_shapes[name]}"
                 for name in names if base_shapes[name] != our_shapes[name]]
    differing += [f"{name} as {dbr.name(kind)} count {count}:\n   base {base[name, kind, count]}\n   ours "
                  f"{ours[name, kind, count]}" for name, kind, count in base
                  if (name, kind, count) in ours and base[name, kind, count] != ours[name, kind, count]
                  and not explained.of_read(record_type, name, kind)]
    assert not differing, f"{len(differing)} answers differ\n" + "\n".join(differing[:40])
    assert len(base) > 5000


@pytest.mark.parametrize("record_type", records.TYPES)
def test_random_puts(soft_ioc, iochron_ioc, record_type):
    RUN.add(("puts", record_type))
    count = -(-PUTS // PUTS_A_CELL)
    database = cells(record_type, count)
    random = Random(f"{SEED} {record_type}")
    names = [f".{name}" for name, (kind, _) in records.fields(record_type).items() if kind != "NOACCESS" or name == "VAL"]
    names = [*names, ":S.VAL", ":S.SEVR", ":F.VAL", ":F.SEVR"]
    masks = [(name, mask) for name in (".VAL", ".SEVR", ".DESC") for mask in (1, 2, 4, 8, 5)]
    # VAL of an mbbo may have another type than it was declared with, so base looks at it when it sends.
    pair = Pair(soft_ioc(database), iochron_ioc(database), [".VAL"] if record_type == "mbbo" else [])
    failures = []
    try:
        for at in range(count):
            pair.look_at(f"C{at}", names, masks)
            history = []
            for _ in range(PUTS_A_CELL):
                put = random_put(random, record_type, [name[1:] for name in names])
                history.append(put)
                differing = pair.step([put])
                if not differing:
                    continue
                if not explained.of_put(record_type, put, differing, pair.codes):
                    failures.append((history, differing))
                break
    finally:
        pair.close()
    assert not failures, f"{len(failures)} of {count} cells differ\n" + "\n".join(map(told, failures[:12]))


def test_what_is_explained_occurs_and_is_written_down():
    page = (ROOT / "docs/differences.md").read_text()
    assert not explained.undocumented(page)
    if len(RUN) == 2 * len(records.TYPES) and CHOSEN:
        assert not explained.unused()


def told(failure):
    history, differing = failure
    puts = "\n".join(f"    put {name} as {dbr.name(kind)}: {values}" for name, kind, values in history[-5:])
    return puts + "\n" + "\n".join(f"  {what}\n      base {base}\n      ours {ours}" for what, base, ours in differing[:5])
