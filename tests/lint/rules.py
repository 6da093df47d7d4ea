"""The rules of the lint. Each takes a Tree and yields Finding; CONTRIBUTING.md says why there are these rules."""
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from shapes import shapes
from source import project_files, text_of, without_comments, without_comments_and_literals

FUNCTION_WARNS, FUNCTION_FAILS = 60, 100
FILE_WARNS, FILE_FAILS = 400, 600
BAD_WORDS = {"util", "utils", "utility", "utilities", "common", "helper", "helpers", "manager", "misc", "impl"}
SYSTEM_ROOMS = {"reactor", "perf", "cli"}
THREAD_TAG = re.compile(r"Thread:\s*(shard|any|fixed)\b")


@dataclass
class Finding:
    path: Path
    line: int
    rule: str
    message: str
    fails: bool = True

    def __str__(self):
        return f"{self.path}:{self.line}: {'error' if self.fails else 'warning'}: {self.message} [{self.rule}]"


@dataclass
class Tree:
    """A project's files by path, with their text (None: not text); in a test, made of a few lines."""
    files: dict
    notes: list = field(default_factory=list)

    @classmethod
    def of(cls, root):
        return cls({path: text_of(root / path) for path in project_files(root)})

    @cached_property
    def texts(self):
        return {path: text for path, text in self.files.items() if text is not None}

    def sources(self):
        for path, text in self.texts.items():
            if path.suffix in (".h", ".cpp") and path.parts[0] in ("src", "fuzz"):
                yield path, text


def room(path):
    return path.parts[1] if path.parts[0] == "src" and len(path.parts) > 2 else path.parts[0]


def is_test(path):
    return path.stem.endswith(("_test", "_bench")) or path.parts[0] != "src"


def is_table(path, text):
    """A file that says so in its first lines: `// Table:` or `/// Table:` and what it lists."""
    return re.search(r"^//+ Table:", "\n".join(text.split("\n")[:40]), re.MULTILINE) is not None


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def sizes(tree):
    exempt = 0
    for path, text in tree.sources():
        lines = text.count("\n")
        if lines > FILE_WARNS and not is_table(path, text):
            yield Finding(path, 1, "size", f"{lines} lines; a file should stay below {FILE_WARNS}", lines > FILE_FAILS)
        for function in shapes(text)[0]:
            if function.lines <= FUNCTION_WARNS:
                continue
            if is_test(path) or is_table(path, text):
                exempt += 1
                continue
            yield Finding(path, function.first_line, "size",
                          f"{function.name} has {function.lines} lines; a function should stay below {FUNCTION_WARNS}",
                          function.lines > FUNCTION_FAILS)
    if exempt:
        tree.notes.append(f"size: {exempt} functions over {FUNCTION_WARNS} lines in tests, benches and tables, which are exempt")


def names(tree):
    for path, text in tree.texts.items():
        if path.parts[0] not in ("src", "fuzz", "tests"):
            continue
        for part in (*path.parts[:-1], path.stem):
            if BAD_WORDS & set(re.split(r"[_\-.]", part.lower())):
                yield Finding(path, 1, "name", f"'{part}' does not say what it is about; name the noun")
        if path.suffix not in (".h", ".cpp"):
            continue
        for match in re.finditer(r"\b(?:class|struct)\s+(\w+)", without_comments_and_literals(text)):
            if BAD_WORDS & {word.lower() for word in re.findall(r"[A-Z][a-z0-9]*|[a-z0-9]+", match.group(1))}:
                yield Finding(path, line_of(text, match.start()), "name",
                              f"class '{match.group(1)}' does not say what it is about; name the noun")


def comment_above(text, offset):
    """The comment lines that end right above an offset."""
    found = []
    for line in reversed(text[:offset].split("\n")[:-1]):
        if not line.lstrip().startswith(("//", "*", "/*")):
            break
        found.append(line)
    return "\n".join(reversed(found))


def threads(tree):
    for path, text in tree.sources():
        if path.suffix != ".h":
            continue
        for found in shapes(text)[1]:
            if found.private_data and not THREAD_TAG.search(comment_above(text, found.offset)):
                yield Finding(path, found.line, "thread",
                              f"{found.name} has state ({found.private_data[0]}), so its comment must say "
                              "`Thread: shard`, `Thread: any` or `Thread: fixed`")


SYSTEM_HEADERS = re.compile(
    r"(?:mutex|shared_mutex|thread|condition_variable|future|semaphore|latch|barrier|stop_token|unistd\.h|fcntl\.h|poll\.h"
    r"|pthread\.h|netdb\.h|ifaddrs\.h|sched\.h|signal\.h|csignal|(?:sys|netinet|arpa|net|linux)/.*)")
# An Ioc waits for its shards to stop, and for the signal that ends it. The client's public calls offer futures to
# threads that are not shards.
ROOM_MAY = {"ioc": {"future", "csignal"}, "client": {"future"}}
LIBRARY_HEADERS = re.compile(r"(?:boost/asio.*|nlohmann/.*|spdlog/.*|CLI/.*)")
# Including these is cheap and brings no machinery.
LIGHT_HEADERS = re.compile(r"nlohmann/json_fwd\.hpp")


def includes(tree):
    for path, text in tree.sources():
        for match in re.finditer(r'^[ \t]*#\s*include\s*[<"]([^>"]+)[>"]', without_comments(text), re.MULTILINE):
            header, where = match.group(1), room(path)
            line = line_of(text, match.start(1))
            if header.startswith(".") or header.endswith(".cpp"):
                yield Finding(path, line, "include", f"'{header}': include a header by its path from the room's root")
            if is_test(path):
                continue
            if SYSTEM_HEADERS.fullmatch(header) and where not in SYSTEM_ROOMS and header not in ROOM_MAY.get(where, ()):
                yield Finding(path, line, "include", f"<{header}>: threads, locks and system calls live in src/reactor")
            if LIBRARY_HEADERS.fullmatch(header) and not LIGHT_HEADERS.fullmatch(header):
                if path.suffix == ".h":
                    yield Finding(path, line, "include", f"<{header}> in a header makes everyone who includes it slow "
                                  "to compile; keep it in a .cpp")
                elif header.startswith("boost/asio") and where != "reactor":
                    yield Finding(path, line, "include", f"<{header}>: Asio is known in src/reactor alone")


CLOCK = re.compile(r"\b(?:steady_clock|system_clock|high_resolution_clock|utc_clock)\s*::\s*now\b|\bclock_gettime\s*\("
                   r"|\bgettimeofday\s*\(|\btimespec_get\s*\(|(?<![\w.:>])(?:std\s*::\s*|::\s*)?time\s*\(\s*(?:nullptr|NULL|0|&\s*\w+)\s*\)")
SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\(|(?<![\w.:>])(?:::\s*)?sleep\s*\(\s*\d")


def clocks(tree):
    for path, text in tree.sources():
        clean = without_comments_and_literals(text)
        allowed = room(path) in SYSTEM_ROOMS
        for match in CLOCK.finditer(clean):
            if not allowed:
                yield Finding(path, line_of(text, match.start()), "clock",
                              "reads a clock; time is handed in (`now`, base::Clock)")
        for match in SLEEP.finditer(clean):
            if not allowed or path.stem.endswith("_test"):
                yield Finding(path, line_of(text, match.start()), "clock", "sleeps; wait for the event itself")


MACHINE_PATH = re.compile(r"(?<![\w.~:/$)}>*-])/(?:home|root|work|tmp|mnt|Users)/[\w.]")


def machine_paths(tree):
    for path, text in tree.texts.items():
        if path.parts[:2] == ("fuzz", "corpus"):
            continue
        for match in MACHINE_PATH.finditer(text):
            yield Finding(path, line_of(text, match.start()), "path", "a path of one machine")


def fuzz_corpora(tree):
    listing = Path("fuzz/targets.cmake")
    listed = re.findall(r"^\s*fuzz_target\(\s*(\w+)", tree.texts.get(listing, ""), re.MULTILINE)
    for name in listed:
        if Path(f"fuzz/{name}.cpp") not in tree.texts:
            yield Finding(listing, 1, "fuzz", f"{name}: there is no fuzz/{name}.cpp")
        if not any(path.parts[:3] == ("fuzz", "corpus", name) for path in tree.files):
            yield Finding(listing, 1, "fuzz", f"{name}: fuzz/corpus/{name} is empty")
    for path in tree.texts:
        if path.parts[0] == "fuzz" and len(path.parts) == 2 and path.suffix == ".cpp" and path.stem != "replay_main":
            if path.stem not in listed:
                yield Finding(path, 1, "fuzz", f"{path.stem} is not in {listing}, so nobody runs it")


QUIRKS = Path("docs/wire-quirks.md")


def known_tests(tree):
    """Names of all tests: Suite.Name of GoogleTest, tests/interop/test_x.py::test_y of pytest."""
    found = set()
    for path, text in tree.texts.items():
        if path.suffix == ".cpp":
            for match in re.finditer(r"\bTEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)", text):
                found.add(f"{match.group(1)}.{match.group(2)}")
        if path.suffix == ".py" and path.parts[:2] == ("tests", "interop"):
            for match in re.finditer(r"^(?:async )?def (test_\w+)", text, re.MULTILINE):
                found.add(f"{path.as_posix()}::{match.group(1)}")
    return found


def quirks(tree):
    """Each entry (### heading) of docs/wire-quirks.md has a line `Test: ...` whose names exist."""
    text = tree.texts.get(QUIRKS, "")
    tests = known_tests(tree)
    for entry in re.finditer(r"^### (.+)\n((?:(?!^#).*\n?)*)", text, re.MULTILINE):
        line = line_of(text, entry.start())
        named = re.search(r"^Tests?: (.+)$", entry.group(2), re.MULTILINE)
        cited = re.findall(r"`([^`]+)`", named.group(1)) if named else []
        if not cited:
            yield Finding(QUIRKS, line, "quirk", f"'{entry.group(1)}' names no test (a line: Test: `Suite.Name`)")
        for test in cited:
            if test not in tests:
                yield Finding(QUIRKS, line, "quirk", f"'{entry.group(1)}' names {test}, which does not exist")


CONTRACT = Path("docs/lossless.md")


def contract(tree):
    """Each line of the table of docs/lossless.md names tests that exist: by Suite.Name, or test_y of tests/interop."""
    text = tree.texts.get(CONTRACT, "")
    tests = known_tests(tree)
    tests |= {test.split("::")[1] for test in tests if "::" in test}
    for row in re.finditer(r"^\| (?!---|promise)(.+?) \| (.*) \|$", text, re.MULTILINE):
        line = line_of(text, row.start())
        cited = [test for test in re.findall(r"`([^`]+)`", row.group(2)) if not test.startswith("iochron ")]
        if not cited:
            yield Finding(CONTRACT, line, "contract", f"no test of '{row.group(1)}'")
        for test in cited:
            if test not in tests:
                yield Finding(CONTRACT, line, "contract", f"there is no {test}")


def document_paths(tree):
    """A path of this project in a document, in backquotes or as the target of a link, exists. NAME, ROOM and test_file stand for any."""
    known = {path.as_posix() for path in tree.files} | {parent.as_posix() for path in tree.files for parent in path.parents}
    for path, text in tree.texts.items():
        if path.suffix != ".md":
            continue
        for match in re.finditer(r"`((?:src|tests|fuzz|docs|cmake|\.ci)/[\w./-]+)`|\]\(((?!\w+:)[^)#\s]+)", text):
            cited = match.group(1) or (path.parent / match.group(2)).as_posix()
            cited = os.path.normpath(cited.split("::")[0])
            if cited not in known and not re.search(r"\b(?:NAME|ROOM)\b|test_file\b", cited):
                yield Finding(path, line_of(text, match.start()), "document", f"there is no {cited}")


RULES = (sizes, names, threads, includes, clocks, machine_paths, fuzz_corpora, quirks, contract,
         document_paths)
