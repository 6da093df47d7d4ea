"""The differential rig over chains: random databases of several records, in base's IOC and in ours, that lead to each
other by FLNK and links of every kind, with random puts to values, links, SCAN and all else; and events. After each step
all fields of all records, all updates under each mask, their order and the completions are compared.

IOCHRON_RIG_SEED and IOCHRON_RIG_CELLS choose other and more cells ("40": so many; "17-17": that one), IOCHRON_RIG_STEPS how
many puts each gets: IOCHRON_RIG_SEED=7 IOCHRON_RIG_CELLS=200 pytest tests/interop/test_chains.py"""
import os
import time
from random import Random

import pytest

from rig import chains, dbr
from rig.settled import FENCE, Settled, told

SEED = int(os.environ.get("IOCHRON_RIG_SEED", "1"))
CELLS = os.environ.get("IOCHRON_RIG_CELLS", "0-18")
STEPS = int(os.environ.get("IOCHRON_RIG_STEPS", "20"))
WINDOW = chains.SLOW * 0.5  # s from the put that makes a slow record busy, in which others may follow
LINKED_LATER = ("CP", "CA", "NOT:")  # in the text of a link that base makes on another thread


def chosen_cells():
    first, dash, last = CELLS.partition("-")
    return range(int(first), int(last) + 1) if dash else range(int(CELLS))


def steps_of(cell):
    return [cell.step() for _ in range(STEPS)]


def run(pair, cell, steps):
    """None, or (steps so far, differences)."""
    differing = pair.look_at(cell)
    if differing:
        return [], differing
    since = None
    for at, step in enumerate(steps):
        text = str(step[3][0]) if step[0] == "put" and step[2] == dbr.STRING else ""
        if step[0] == "put" and step[2] == dbr.CHAR:
            text = bytes(step[3]).decode()
        slow = any(word in text for word in LINKED_LATER)
        quick = at % 3 != 2 and not slow and at + 1 < len(steps)
        now = time.monotonic()
        differing = pair.step(step, quick, 0.03 if slow else 0)
        if differing is None:
            return None
        busy = any(pair.busy())
        if differing:
            # What may follow from a put that fails is on the page: base processes all the same.
            return None if step[0] == "put" and step[4] and pair.refused else (steps[:at + 1], differing)
        if not busy:
            since = None
        else:
            since = since or now
            if time.monotonic() - since > WINDOW:
                differing = pair.compare(pair.finish(quick=False))
                if differing is None:
                    return None
                if differing:
                    return steps[:at + 1], differing
                since = None
    return None


def test_random_chains(soft_ioc, iochron_ioc):
    cells = [chains.Cell(Random(f"{SEED} {at}"), f"C{at}") for at in chosen_cells()]
    database = FENCE + "".join(cell.text for cell in cells)
    pair = Settled(soft_ioc(database), iochron_ioc(database))
    time.sleep(0.5)
    failures = []
    try:
        for cell in cells:
            found = run(pair, cell, steps_of(cell))
            if found:
                failures.append((cell, *found))
    finally:
        pair.close()
    assert not failures, f"{len(failures)} of {len(cells)} cells differ\n" + "\n".join(map(shown, failures[:8]))


def shown(failure):
    cell, steps, differing = failure
    lines = [f"== cell {cell.name}, after {len(steps)} steps", cell.text, *(f"  {step}" for step in steps[-6:])]
    lines += [f"  {what}\n      base {words(base)}\n      ours {words(ours)}" for what, base, ours in differing[:8]]
    return "\n".join(lines)


def words(what):
    return str([told(each) for each in what]) if isinstance(what, list) else told(what)
