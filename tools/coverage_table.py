"""Prints the coverage of engine/ and storage/ from gcovr's summary: coverage_table.py SUMMARY.json LINE_GOAL BRANCH_GOAL

A row for each folder, the files with most uncovered lines, and a line with the figures of both together. Exit 1 below the goals.
"""
import json
import sys


def share(covered, total):
    return 100.0 * covered / total if total else 100.0


def add(sums, file):
    for key in ("line_covered", "line_total", "branch_covered", "branch_total"):
        sums[key] = sums.get(key, 0) + file[key]
    return sums


def row(name, sums):
    lines = share(sums["line_covered"], sums["line_total"])
    branches = share(sums["branch_covered"], sums["branch_total"])
    print(f"{name:<34}{sums['line_covered']:>7} of {sums['line_total']:<6} {lines:5.1f} %"
          f"{sums['branch_covered']:>8} of {sums['branch_total']:<6} {branches:5.1f} %")
    return lines, branches


def main():
    summary, line_goal, branch_goal = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    with open(summary, encoding="utf-8") as source:
        files = json.load(source)["files"]
    folders = {}
    for file in files:
        add(folders.setdefault(file["filename"].split("/")[0], {}), file)
    print(f"{'':<34}{'lines':>24}{'branches':>25}")
    for name in sorted(folders):
        row(name + "/", folders[name])
    print("with most left:")
    missed = sorted(files, key=lambda file: file["line_total"] - file["line_covered"] + file["branch_total"] - file["branch_covered"])
    for file in reversed(missed[-8:]):
        row("  " + file["filename"], file)
    if not {"engine", "storage"} <= folders.keys():
        sys.exit("coverage: no figures for engine/ and storage/; did the tests run?")
    both = {}
    for name in ("engine", "storage"):
        add(both, folders[name])
    lines, branches = row("engine/ and storage/", both)
    print(f"coverage: {lines:.1f} % of lines (goal {line_goal:.0f}), {branches:.1f} % of branches (goal {branch_goal:.0f})")
    sys.exit(0 if lines >= line_goal and branches >= branch_goal else 1)


main()
