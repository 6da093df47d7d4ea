"""Groups of records over pvAccess: the same database with info(Q:group, ...) in softIocPVX and in ours, and what p4p gets,
puts and monitors compared field by field."""
import random
import sys

import pytest

from rig.client import run_python, run_tool
from rig.server import ROOT, Server, iochron_program
from test_pva import LOOK, differences

# The table of the QSRV 2 documentation; an image; an NTEnum; a chain of records; several kinds of one record.
DATABASE = """
record(waveform, "T:Labels_") {
    field(FTVL, "STRING") field(NELM, "2") field(INP, {const:["Label A", "Label B"]}) field(PINI, "YES")
    info(Q:group, {
        "T:Tbl":{ +id:"epics:nt/NTTable:1.0", "labels":{+type:"plain", +channel:"VAL"} }
    })
}
record(waveform, "T:A") {
    field(FTVL, "DOUBLE") field(NELM, "10")
    info(Q:group, { "T:Tbl":{ "value.A":{+type:"plain", +channel:"VAL", +putorder:0} } })
}
record(waveform, "T:B") {
    field(FTVL, "DOUBLE") field(NELM, "10")
    info(Q:group, {
        "T:Tbl":{ "":{+type:"meta", +channel:"VAL"}, "value.B":{+type:"plain", +channel:"VAL", +putorder:1} }
    })
}
record(longout, "T:Save") {
    field(MDEL, "-1") # so that it always triggers
    info(Q:group, { "T:Tbl":{ "_save":{+type:"proc", +channel:"VAL", +putorder:2, +trigger:"*"} } })
}

record(longout, "I:Size0") {
    field(VAL, "3") field(PINI, "YES")
    info(Q:group, { "I:Array":{ "+atomic":true, "dimension[0].size":{+channel:"VAL", +type:"plain", +putorder:0} } })
}
record(longout, "I:Size1") {
    field(VAL, "2") field(PINI, "YES")
    info(Q:group, { "I:Array":{ "dimension[1].size":{+channel:"VAL", +type:"plain", +putorder:0} } })
}
record(waveform, "I:Data") {
    field(FTVL, "USHORT") field(NELM, "64")
    info(Q:group, {
        "I:Array":{
            +id:"epics:nt/NTNDArray:1.0",
            "value":{+type:"any", +channel:"VAL", +putorder:0, +trigger:"*"},
            "":{+type:"meta", +channel:"SEVR"},
            "x":{+type:"meta", +channel:"SEVR"}
        }
    })
}
record(stringin, "I:ColorMode_") {
    field(VAL, "ColorMode") field(PINI, "YES")
    info(Q:group, { "I:Array":{ "attribute[0].name":{+type:"plain", +channel:"VAL"} } })
}
record(mbbi, "I:ColorMode") {
    field(ZRST, "Mono") field(ONST, "Bayer") field(VAL, "0") field(PINI, "YES")
    info(Q:group, { "I:Array":{ "attribute[0].value":{+type:"any", +channel:"VAL"} } })
}
record(bo, "I:extra") {
    field(ZNAM, "foo") field(ONAM, "bar")
    info(Q:group, {
        "I:Array":{
            "attribute[1].value":{+type:"any", +channel:"VAL", +putorder:0, +trigger:"attribute[1].value,attribute[1]"},
            "attribute[1]":{+type:"meta", +channel:"SEVR"}
        }
    })
}

record(longout, "E:Index") {
    field(VAL, "1") field(PINI, "YES")
    info(Q:group, {
        "E:Enum":{
            +id:"epics:nt/NTEnum:1.0",
            "value":{+type:"structure", +id:"enum_t"},
            "value.index":{+type:"plain", +channel:"VAL", +putorder:0},
            "":{+type:"meta", +channel:"VAL"}
        }
    })
}
record(waveform, "E:Choices") {
    field(FTVL, "STRING") field(NELM, "64") field(INP, {const:["ZERO", "ONE"]}) field(PINI, "YES")
    info(Q:group, { "E:Enum":{ "value.choices":{+type:"plain", +channel:"VAL"} } })
}

record(ao, "B:A") { info(Q:group, { "B:all":{ "A":{+channel:"VAL", +putorder:0} } }) }
record(ao, "B:B") { field(FLNK, "B:SUM") field(EGU, "mm") field(PREC, "2") field(DRVH, "100") field(DRVL, "-100")
    info(Q:group, { "B:all":{ "B":{+channel:"VAL", +putorder:1} } }) }
record(ao, "B:C") { info(Q:group, { "B:all":{ "C":{+channel:"VAL"} } }) }
record(calc, "B:SUM") {
    field(INPA, "B:A NPP MSS") field(INPB, "B:B NPP MSS") field(INPC, "B:C NPP MSS") field(CALC, "A+B+C")
    info(Q:group, { "B:all":{ "SUM":{+channel:"VAL", +putorder:2, +trigger:"*"} } })
}

record(ai, "C:dummy") {
    info(Q:group, { "C:const":{ "s.i":{+type:"const", +const:14}, "s.d":{+type:"const", +const:1.5},
                                "s.s":{+type:"const", +const:"hello"} } })
}
record(bo, "K:bo") { field(ZNAM, "Off") field(ONAM, "On") field(PINI, "YES")
    info(Q:group, { "K:kinds":{ "scalar":{+channel:"VAL", +putorder:1}, "desc":{+channel:"DESC", +putorder:2},
                                "index":{+type:"plain", +channel:"VAL"}, "any":{+type:"any", +channel:"VAL"},
                                "scan":{+channel:"SCAN"}, "name":{+type:"plain", +channel:"NAME"},
                                "m":{+type:"meta", +channel:"VAL"} } }) }
record(ao, "N:one") { info(Q:group, { "N:none":{ "one":{+channel:"VAL", +putorder:1} } }) }
record(ao, "N:two") { info(Q:group, { "N:none":{ "two":{+channel:"VAL", +putorder:2} } }) }
"""

GROUPS = ["T:Tbl", "I:Array", "E:Enum", "B:all", "C:const", "K:kinds", "N:none"]

STRIP = """
def timeless(value):
    if isinstance(value, dict):
        return {name: timeless(part) for name, part in value.items()
                if name not in ("secondsPastEpoch", "nanoseconds", "queueSize")}
    return [timeless(part) for part in value] if isinstance(value, list) else value

def bare(value):
    return timeless(plain(value.todict()))
"""


@pytest.fixture
def both(iochron_ioc, pvxs_ioc):
    return iochron_ioc(DATABASE), pvxs_ioc(DATABASE)


def assert_alike(ours, theirs, may_differ=()):
    differ = {path: pair for path, pair in differences(ours, theirs).items()
              if not any(part in path for part in may_differ)}
    assert not differ, "\n".join(f"{path}: {ours} here, {theirs} there" for path, (ours, theirs) in differ.items())


def test_every_group_looks_as_qsrv_shows_it(both):
    code = LOOK + STRIP + f"""
def group(name):
    value = context.get(name, timeout=20)
    return {{"id": value.getID(), "value": bare(value), "type": repr(value.type().aspy())}}
answer({{name: group(name) for name in {GROUPS!r}}})
"""
    ours, theirs = (run_python(server.environment, code, timeout=60) for server in both)
    assert_alike(ours, theirs)


# (group, {field: value}, pvRequest): the outcome, what is then read and what a monitor was told must be alike.
PUTS = [("T:Tbl", {"value.A": [1.0, 2.0, 3.0], "value.B": [4.0, 5.0, 6.0]}, None),
        ("T:Tbl", {"value.A": [7.5]}, "record[process=true]"),
        ("T:Tbl", {"labels": ["x", "y"]}, None),
        ("I:Array", {"value": [7, 8]}, None),
        ("E:Enum", {"value.index": 0}, None),
        ("E:Enum", {"value.index": 1}, "record[block=true]"),
        ("B:all", {"A.value": 1.0, "B.value": 2.0}, None),
        ("B:all", {"B.value": 500.0}, None),
        ("B:all", {"A.value": 3.0, "C.value": 4.0}, "record[process=false]"),
        ("B:all", {"C.value": 4.0}, None),
        ("B:all", {"SUM.value": 9.0}, "record[atomic=false]"),
        ("K:kinds", {"scalar.value.index": 1, "desc.value": "words"}, None),
        ("K:kinds", {"any": 0}, None),
        ("N:none", {"one.value": 1.0, "two.value": 2.0}, None),
        ("C:const", {"s.i": 3}, None)]

PUT = """
import numpy

def fill(values):
    def change(shape):
        for path, value in values.items():
            *inside, last = path.split(".")
            at = shape
            for name in inside:
                at = at[name]
            whole = isinstance(value, list) and not isinstance(value[0], str)
            at[last] = numpy.array(value) if whole else value
    return change

def put(name, values, request=None):
    try:
        context.put(name, fill(values), request=request, timeout=20, get=False)
        return "ok"
    except Exception as error:
        return type(error).__name__
"""


def test_puts_do_what_qsrv_does(both):
    code = LOOK + STRIP + PUT + f"""
answer([[name, values, request, put(name, values, request), bare(context.get(name, timeout=20))]
        for name, values, request in {PUTS!r}])
"""
    ours, theirs = (run_python(server.environment, code, timeout=60) for server in both)
    differ = [f"{mine} here\n{other} there" for mine, other in zip(ours, theirs) if mine != other]
    assert not differ, "\n\n".join(differ)


# (what is put: a group with fields, or a record with a value): each triggers one update.
STEPS = [("T:Tbl", {"value.A": [1.0, 2.0], "value.B": [3.0, 4.0]}), ("T:Save", 1), ("T:Tbl", {"value.B": [5.0]}),
         ("I:Data", [1, 2, 3, 4, 5, 6]), ("I:extra", 1), ("I:Array", {"value": [9, 9]}), ("B:B", 2.5),
         ("B:all", {"A.value": 1.0, "B.value": 2.0}), ("B:B.EGU", "m")]


def test_monitors_tell_what_qsrv_tells(both):
    code = LOOK + STRIP + PUT + f"""
import queue
seen = {{}}
news = {{}}
watched = ["T:Tbl", "I:Array", "B:all"]
subscriptions = []
for name in watched:
    news[name] = queue.Queue()
    subscriptions.append(context.monitor(name, news[name].put))
    news[name].get(timeout=20) # the first
groups = {{"T": "T:Tbl", "I": "I:Array", "B": "B:all"}}
told = []
for name, value in {STEPS!r}:
    if isinstance(value, dict):
        put(name, value)
    else:
        def fill_one(shape):
            if hasattr(shape.value, "choices"):
                shape.value.index = value
            else:
                shape.value = value
        context.put(name, fill_one, timeout=20)
    try:
        update = bare(news[groups[name[0]]].get(timeout=5))
    except queue.Empty:
        update = "nothing"
    told.append([name, update])
answer([told, [queue.qsize() for queue in news.values()]])
"""
    (ours, ours_left), (theirs, theirs_left) = (run_python(server.environment, code, timeout=60) for server in both)
    differ = [f"{mine} here\n{other} there" for mine, other in zip(ours, theirs) if mine != other]
    assert not differ, "\n\n".join(differ)
    assert not [name for name, update in ours if update == "nothing"]
    assert ours_left == theirs_left == [0, 0, 0]


def random_puts(count):
    rng = random.Random(20261124)
    numbers = lambda: [rng.choice([rng.uniform(-9, 9), float(rng.randint(-9, 9))]) for _ in range(rng.randint(1, 12))]
    fields = {"T:Tbl": {"value.A": numbers, "value.B": numbers},
              "I:Array": {"value": lambda: [rng.randint(0, 60000) for _ in range(rng.randint(1, 64))]},
              "E:Enum": {"value.index": lambda: rng.randint(-3, 3)},
              "B:all": {"A.value": lambda: rng.uniform(-1e3, 1e3), "B.value": lambda: float(rng.randint(-200, 200)),
                        "C.value": lambda: 1.0, "SUM.value": lambda: 2.0},
              "K:kinds": {"scalar.value.index": lambda: rng.randint(0, 3), "desc.value": lambda: "d" * rng.randint(0, 39)}}
    for _ in range(count):
        group = rng.choice(list(fields))
        chosen = rng.sample(list(fields[group]), rng.randint(1, len(fields[group])))
        options = rng.choice([None, "record[process=true]", "record[process=false]", "record[atomic=false]",
                              "record[block=true]"])
        yield group, {name: fields[group][name]() for name in chosen}, options


def test_random_puts_do_what_qsrv_does(both):
    code = LOOK + STRIP + PUT + f"""
answer([[name, values, request, put(name, values, request), bare(context.get(name, timeout=20))]
        for name, values, request in {list(random_puts(120))!r}])
"""
    ours, theirs = (run_python(server.environment, code, timeout=60) for server in both)
    differ = [f"{mine} here\n{other} there" for mine, other in zip(ours, theirs) if mine != other]
    assert not differ, "\n\n".join(differ)


FILE = """/* the groups of a file */
{
    "$(P)tbl": { /* a table of numbers */
        "+id": "epics:nt/NTTable:1.0",
        "value.a": {"+type": "plain", "+channel": "T:A.VAL", "+putorder": 1},
        'value.b': {"+type": "plain", "+channel": "T:B", "+putorder": 0, "+trigger": "value.a,value.b"},
        "": {"+type": "meta", "+channel": "T:B.SEVR"},
        "n": {"+type": "const", "+const": 0x10},
    },
    "T:Tbl": {"extra.$(Q=x)": {"+channel": "B:SUM.VAL"}}
}
"""
START_PVXS = """
import sys
import pvxslibs.path
from epicscorelibs import ioc
init = ioc.iocInit
database, groups = sys.argv[1:]
ioc.iocInit = lambda: ioc.iocshCmd(f'dbLoadGroup("{groups}", "P=F:")'.encode()) or init()
sys.argv[1:] = ["-d", database]
ioc.main(extra_dbd_load=(("pvxsIoc.dbd", pvxslibs.path.dbd_path),), extra_dso_load=("pvxslibs.lib.pvxsIoc",))
"""


@pytest.fixture
def both_with_file(tmp_path):
    (tmp_path / "g.db").write_text(DATABASE)
    (tmp_path / "g.json").write_text(FILE)
    database, groups = str(tmp_path / "g.db"), str(tmp_path / "g.json")
    servers = []
    try:
        for command in ([iochron_program(), "ioc", "-d", database, "-m", "P=F:", "-G", groups],
                        [sys.executable, "-c", START_PVXS, database, groups]):
            servers.append(Server(command))
        yield servers
    finally:
        for server in servers:
            server.close()


def test_groups_of_a_file_look_as_qsrv_shows_them(both_with_file):
    code = LOOK + STRIP + PUT + """
done = put("F:tbl", {"value.a": [1.0], "value.b": [2.0, 3.0]})
def group(name):
    value = context.get(name, timeout=20)
    return {"id": value.getID(), "value": bare(value), "type": repr(value.type().aspy())}
answer([done, {name: group(name) for name in ["F:tbl", "T:Tbl"]}])
"""
    (our_put, ours), (their_put, theirs) = (run_python(server.environment, code, timeout=60) for server in both_with_file)
    assert our_put == their_put == "ok"
    assert_alike(ours, theirs)
    assert ours["F:tbl"]["value"]["value"] == {"a": [1.0], "b": [2.0, 3.0]}


def test_mistakes_in_groups_are_told_with_their_place(tmp_path):
    (tmp_path / "g.db").write_text('record(ai, "A") {\n  info(Q:group, {"g": {"x": {+channel:"NONE"}}})\n}\n')
    (tmp_path / "bad.json").write_text('{"g": {\n  "x": {"+type": "plian"}}}')
    server = Server([iochron_program(), "ioc", "-d", str(tmp_path / "g.db")])
    try:
        assert "g.db:2:24: group \"g\", field \"x\": there is no 'A.NONE'" in server.process.output
    finally:
        server.close()
    refused = run_tool({}, "iochron", "ioc", "-d", tmp_path / "g.db", "-G", tmp_path / "bad.json", check=False)
    assert refused.returncode == 1
    assert "bad.json:2:18: group \"g\", field \"x\": +type is one of scalar, plain" in refused.stderr



def test_every_update_of_a_running_group_is_whole(iochron_ioc):
    """COUNT counts, COPY and TWICE follow in its chain: each update has all three of one count, and no count is missing."""
    server = iochron_ioc("""
record(calc, "COUNT") { field(INPA, "COUNT") field(CALC, "A+1") field(SCAN, ".1 second") field(FLNK, "COPY")
    info(Q:group, {"g":{"count":{+type:"plain", +channel:"VAL"}}}) }
record(calc, "COPY") { field(INPA, "COUNT") field(CALC, "A") field(FLNK, "TWICE")
    info(Q:group, {"g":{"copy":{+type:"plain", +channel:"VAL"}}}) }
record(calc, "TWICE") { field(INPA, "COPY") field(CALC, "A*2")
    info(Q:group, {"g":{"twice":{+channel:"VAL", +trigger:"*"}}}) }
""")
    code = LOOK + """
import queue
news = queue.Queue()
subscription = context.monitor("g", news.put, request="field(count,copy,twice.value)record[pipeline=true,queueSize=8]")
def numbers(value):
    return [value["count"], value["copy"], value["twice"]["value"]]
seen = [numbers(news.get(timeout=20)) for _ in range(15)]
gets = [numbers(context.get("g", timeout=20)) for _ in range(20)]
answer([seen, gets])
"""
    seen, gets = run_python(server.environment, code, timeout=60)
    assert all(count == copy == twice / 2 for count, copy, twice in seen + gets)
    assert [count for count, _, _ in seen] == [seen[0][0] + i for i in range(len(seen))]


def test_a_group_is_found_listed_and_shown_by_tools(iochron_ioc):
    server = iochron_ioc(DATABASE)
    assert "Label A" in run_tool(server.environment, "pvget", "T:Tbl").stdout
    server.process.type("pvxgl 1 T:*")
    index = server.process.wait_for_line("T:Tbl")
    server.process.wait_for_line("5 fields, 0 monitors", after=index)
    listed = run_tool(server.environment, "pvlist", "127.0.0.1:" + server.environment["EPICS_PVA_SERVER_PORT"]).stdout
    assert "T:Tbl" in listed.split()


def test_the_example_of_the_documentation(tmp_path):
    _, database, _, groups, _ = (ROOT / "docs/groups.md").read_text().split("```")
    (tmp_path / "table.db").write_text(database)
    (tmp_path / "table.json").write_text(groups)
    server = Server([iochron_program(), "ioc", "-d", tmp_path / "table.db", "-G", tmp_path / "table.json"])
    try:
        code = LOOK + STRIP + PUT + """
done = put("T:Tbl", {"value.A": [1.0, 2.0], "value.B": [3.0, 4.0]})
answer([done, bare(context.get("T:Tbl", timeout=20))["value"], bare(context.get("T:Tbl2", timeout=20))["value"]])
"""
        done, table, other = run_python(server.environment, code)
        shown = run_tool(server.environment, "pvget", "T:Tbl").stdout
    finally:
        server.close()
    assert done == "ok" and table == other == {"A": [1.0, 2.0], "B": [3.0, 4.0]}
    assert [line.split() for line in shown.splitlines()[-3:]] == [["A", "B"], ["1", "3"], ["2", "4"]]
    assert "group" not in server.process.output
