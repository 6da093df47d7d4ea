#!/usr/bin/env python3
"""Checks that C++ files are as clang-format-19 would have them. Exit status 77 (skipped) where there is no such program."""
import shutil
import subprocess
import sys

from source import ROOT, project_files


def main():
    program = shutil.which("clang-format-19")
    if program is None:
        print("format: skipped, no clang-format-19 on this machine (another version would disagree)")
        return 77
    files = [str(path) for path in project_files() if path.suffix in (".h", ".cpp")]
    if "--fix" in sys.argv[1:]:
        return subprocess.run([program, "-i", *files], cwd=ROOT, check=False).returncode
    run = subprocess.run([program, "--dry-run", "--Werror", *files], cwd=ROOT, capture_output=True, text=True, check=False)
    wrong = sorted({line.split(":")[0] for line in run.stderr.split("\n") if "-Wclang-format-violations" in line})
    if run.returncode != 0 and not wrong:
        print(run.stderr)
    for path in wrong:
        print(f"{path}: not formatted; tests/lint/format.py --fix")
    print(f"format: {len(files)} files, {len(wrong)} to be formatted")
    return 1 if run.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
