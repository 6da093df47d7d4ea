"""Structures of every type that pvAccess has, each field filled with a value of its own, for p4p. This file is run by
the clients too: it imports nothing of the rig."""
import math

import numpy
from p4p import Type, Value
from p4p.nt import NTEnum, NTNDArray, NTScalar, NTTable, NTURI

SCALARS = "?bBhHiIlLfds"
ALARM = ("alarm", ("S", "alarm_t", [("severity", "i"), ("status", "i"), ("message", "s")]))
TIME = ("timeStamp", ("S", "time_t", [("secondsPastEpoch", "l"), ("nanoseconds", "i"), ("userTag", "i")]))
WIDTH = {"b": 7, "B": 8, "h": 15, "H": 16, "i": 31, "I": 32, "l": 63, "L": 64}


def number(code, n):
    """A value that the code can hold: its ends, and such that none is that of the field beside it."""
    if code == "?":
        return n % 2 == 1
    if code == "s":
        return ["", "text %d" % n, "h\u00e4\u00f6 \u03b1", "long " * 70][n % 4]
    if code == "f":
        return [n + 0.5, -math.inf, 1e-40][n % 3]
    if code == "d":
        return [n + 1 / 3, math.inf, -0.0, 5e-324][n % 4]
    most = 2 ** WIDTH[code] - 1
    least = -most - 1 if code in "bhil" else 0
    return [n % 100, most, least][n % 3]


def filled(spec, n):
    """A value for a type code of p4p, different for different n."""
    if isinstance(spec, tuple):
        kind, _name, members = spec
        if kind == "S":
            return {name: filled(member, n + i) for i, (name, member) in enumerate(members)}
        if kind == "U":
            name, member = members[n % len(members)]
            return (name, filled(member, n))
        if kind == "aS":
            return [filled(("S", None, members), n + i) for i in range(n % 3 + 1)]
        return [filled(("U", None, members), n + i) for i in range(n % 4)]
    if spec == "v":
        return [n, "any %d" % n, numpy.arange(n, dtype="f8"),
                Value(Type([("inside", "d"), ("deeper", "v")]), {"inside": n, "deeper": "text"})][n % 4]
    if spec == "av":
        return ["any %d" % n, float(n), numpy.arange(3, dtype="i4")][:n % 3 + 1]
    if spec[0] == "a":
        return [number(spec[1], n + i) for i in range(n % 5 + 1)]
    return number(spec, n)


def of(members, n=1, name=None):
    """A structure with all its fields filled."""
    spec = ("S", name, members)
    return Value(Type(members, id=name), filled(spec, n))


def filled_as(value, n):
    """Another value of the type of a value, all filled."""
    return Value(value.type(), filled(value.type().aspy(), n))


def fill(value, n, only=None):
    """The same into a value that is there; of only some fields, by their paths."""
    everything = filled(value.type().aspy(), n)
    for path in everything if only is None else only:
        part = everything
        for name in path.split("."):
            part = part[name]
        value[path] = part


def cases():
    """{name: a value whose every field holds something}."""
    found = {}
    for code in SCALARS:
        found["NTScalar " + code] = filled_as(NTScalar(code, display=True, control=code not in "?s",
                                                       valueAlarm=code not in "?s").wrap(number(code, 0)), 1)
        found["NTScalarArray " + code] = filled_as(NTScalar("a" + code, display=True).wrap([]), 2)
    found["NTEnum"] = NTEnum(display=True).wrap({"index": 2, "choices": ["zero", "one", "two"]})
    found["NTTable"] = NTTable.buildType([(name, "a" + code) for name, code in zip("abcdefghijkl", SCALARS)])
    found["NTTable"] = filled_as(Value(found["NTTable"]), 3)
    image = numpy.arange(6 * 4, dtype="u2").reshape(4, 6)
    found["NTNDArray"] = NTNDArray().wrap(image)
    found["NTNDArray filled"] = filled_as(found["NTNDArray"], 1)
    found["NTMatrix"] = of([("value", "ad"), ("dim", "ai"), ("descriptor", "s"), ALARM, TIME], 4, "epics:nt/NTMatrix:1.0")
    found["NTURI"] = filled_as(NTURI([("x", "d"), ("y", "s")]).wrap("name", kws={"x": 1.5, "y": "why"}), 5)
    found["NTNameValue"] = of([("name", "as"), ("value", "ad"), ("descriptor", "s"), ALARM, TIME], 6,
                              "epics:nt/NTNameValue:1.0")
    choices = [("number", "d"), ("text", "s"), ("array", "al"), ("inside", ("S", "in_t", [("a", "i"), ("b", "as")]))]
    for n in range(4):
        found["NTUnion %d" % n] = of([("value", ("U", None, choices)), ("descriptor", "s"), ALARM, TIME], n,
                                     "epics:nt/NTUnion:1.0")
        found["NTUnion any %d" % n] = of([("value", "v"), ALARM, TIME], n, "epics:nt/NTUnion:1.0")
    found["NTMultiChannel"] = of([("value", ("aU", None, choices)), ("channelName", "as"), ALARM, TIME,
                                  ("severity", "ai"), ("isConnected", "a?")], 7, "epics:nt/NTMultiChannel:1.0")
    found["NTHistogram"] = of([("ranges", "ad"), ("value", "al"), ("descriptor", "s"), ALARM, TIME], 8,
                              "epics:nt/NTHistogram:1.0")
    found["NTAggregate"] = of([("value", "d"), ("N", "l"), ("dispersion", "d"), ("first", "d"),
                               ("firstTimeStamp", TIME[1]), ALARM, TIME], 9, "epics:nt/NTAggregate:1.0")
    found["NTContinuum"] = of([("base", "ad"), ("value", "ad"), ("units", "as"), ALARM, TIME], 10,
                              "epics:nt/NTContinuum:1.0")
    inner = [("n", "I"), ("u", ("U", "u_t", choices)), ("more", ("aS", "deep_t", [("v", "v"), ("as", "as")]))]
    found["arrays of structures"] = of([("value", ("aS", "row_t", inner)), ("other", ("aS", None, [("q", "d")]))], 11)
    found["structures inside"] = of([("a", ("S", "a_t", [("b", ("S", "b_t", [("c", ("S", "c_t", inner))]))])),
                                     ("z", "i")], 12)
    found["any and anys"] = of([("one", "v"), ("two", "av"), ("three", "v"), ("four", "v"), ("five", "v")], 0)
    found["nothing at all"] = Value(Type([("u", ("U", None, choices)), ("v", "v"), ("us", ("aU", None, choices)),
                                          ("vs", "av"), ("ss", ("aS", None, inner)), ("s", "s"), ("e", "ad")]), {"e": []})
    found["many fields"] = of([("field%d" % i, SCALARS[i % 12]) for i in range(300)], 1)
    return found


def plain(value):
    """All that a value says, as JSON: types and choices of unions too, NaN and the sign of zero kept."""
    return [repr(value.type().aspy()), _plain(value), value.tostr(0)]


def _plain(value):
    if isinstance(value, Value):
        return {name: _plain(value[name]) for name in value.keys()}
    if isinstance(value, numpy.ndarray):
        return [str(value.dtype), [_plain(part) for part in value.tolist()]]
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return repr(value)
