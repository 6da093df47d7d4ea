#!/usr/bin/env python3
"""Tests the walls between the rooms: what a room may include is found, and what it may not include is not.

usage: walls_test.py COMPILER ROOMS   (ROOMS: the folder of include roots that CMake makes in the build folder)
The rule is written here a second time, on purpose: who loosens it in CMakeLists.txt meets this test."""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

NEEDS = {
    "base": [], "pv": ["base"], "calc": ["base"], "wire": ["base", "pv"], "db": ["base", "pv", "calc"],
    "reactor": ["base"], "server": ["base", "pv", "calc", "wire", "reactor"], "client": ["base", "pv", "wire", "reactor"],
    "ioc": ["db", "server", "client"], "perf": ["ioc"], "cli": ["ioc", "perf"],
}


def reach(room):
    """A room and all that it sees."""
    return {room}.union(*(reach(need) for need in NEEDS[room]))


def file_of(rooms, room):
    """A file of a room, as others include it, a header if there is one. None: the room is empty."""
    files = sorted((path for path in (rooms / room / room).rglob("*") if path.is_file()), key=lambda p: (p.suffix != ".h", p))
    return f"{room}/{files[0].relative_to(rooms / room / room).as_posix()}" if files else None


def includes(compiler, roots, header, allowed):
    """Whether a file that sees these include roots can include a header; None where the compiler says something else.
    Where it may, finding it is enough: what the header itself includes is not of interest."""
    text = f'#if !__has_include("{header}")\n#error not found\n#endif\n' if allowed else f'#include "{header}"\n'
    run = subprocess.run([compiler, "-std=c++23", "-x", "c++", "-E", *(f"-I{root}" for root in roots), "-o", "/dev/null", "-"],
                         input=text, capture_output=True, text=True, check=False, timeout=60)
    if run.returncode == 0:
        return True
    said = ("#error not found", f"{header}: No such file", f"'{header}' file not found")
    return False if any(words in run.stderr for words in said) else None


def main():
    compiler, rooms = sys.argv[1], Path(sys.argv[2])
    made = sorted(path.name for path in rooms.iterdir() if (path / "roots.txt").exists())
    if made != sorted(NEEDS):
        print(f"the rooms are {made}, this test knows {sorted(NEEDS)}")
        return 1
    checks = []
    for room in made:
        roots = (rooms / room / "roots.txt").read_text().split()
        for other in made:
            if header := file_of(rooms, other):
                checks.append((room, other, roots, header, other in reach(room)))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda check: includes(compiler, *check[2:]), checks))
    wrong = 0
    for (room, other, _, header, allowed), found in zip(checks, results):
        if found is not allowed:
            wrong += 1
            print(f"src/{room} {'cannot include' if allowed else 'can include'} \"{header}\", which it "
                  f"{'may' if allowed else 'must not'} include")
    print(f"walls: {len(checks)} pairs of rooms tried, {sum(not c[4] for c in checks)} of them forbidden, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
