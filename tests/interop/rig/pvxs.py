"""C++ programs on PVXS, built against the headers and libraries of the packages pvxslibs and epicscorelibs."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent.parent / "pvxs"


def _package(name):
    """Where a Python package lies, of the interpreter that runs the tests."""
    run = subprocess.run([sys.executable, "-c", f"import {name}; print(*{name}.__path__)"], capture_output=True, text=True,
                         timeout=30, check=False)
    if run.returncode != 0:
        pytest.skip(f"the package {name} is not installed")
    return Path(run.stdout.strip())


def build_pvxs_program(name, *sources, folder):
    """The path of a program, built into a folder. Skips the test, with the reason, where a compiler or headers lack."""
    compiler = os.environ.get("CXX", "g++")
    if shutil.which(compiler) is None:
        pytest.skip(f"there is no C++ compiler ({compiler})")
    pvxs, base = _package("pvxslibs"), _package("epicscorelibs")
    if not (pvxs / "include/pvxs/client.h").exists() or not (base / "include/epicsVersion.h").exists():
        pytest.skip("pvxslibs or epicscorelibs has no headers")
    includes = [pvxs / "include", *(base / "include" / part for part in ("", "os/Linux", "compiler/gcc"))]
    libraries = [pvxs / "lib", base / "lib"]
    program = Path(folder) / name
    command = [compiler, "-std=c++17", "-D_GLIBCXX_USE_CXX11_ABI=0",  # as manylinux wheels are built
               *(f"-I{path}" for path in includes), *(str(SOURCES / source) for source in sources), "-o", str(program),
               *(flag for path in libraries for flag in (f"-L{path}", f"-Wl,-rpath,{path}")), "-lpvxs", "-lCom", "-lpthread"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[:4000]
    return program
