#!/usr/bin/env python3
"""Checks the habits that a machine can check. Warnings are printed; errors make it fail. No dependencies."""
import sys

from rules import RULES, Tree
from source import ROOT


def main():
    tree = Tree.of(ROOT)
    findings = [finding for rule in RULES for finding in rule(tree)]
    for finding in sorted(findings, key=lambda f: (f.fails, str(f.path), f.line)):
        print(finding)
    for note in tree.notes:
        print(f"note: {note}")
    errors = sum(finding.fails for finding in findings)
    print(f"lint: {len(tree.files)} files, {errors} errors, {len(findings) - errors} warnings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
