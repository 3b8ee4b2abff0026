"""From runs to rows: medians of the rounds, how much a figure moves by itself, ratios, goals."""
from statistics import median

from cases import CASES, GOALS, PRODUCT

DISTURBED_CORES = 0.15  # taken by other programs: such a run is left out, if others are there
SHARE_TOLERANCE = 0.03
LINES_FOR_A_SHARE = 20_000  # with fewer, those that are answered first weigh too much


def runs_of(measurement, case, key):
    runs = []
    for name, line in measurement.runs.items():
        _, run_case, run_key, repeat = name.split("/")
        if (run_case, run_key) == (case, key):
            runs.append((int(name.split("/")[0]), int(repeat), line))
    return runs


def movement(runs):
    """How much the rate moves by itself, and how that was found: two runs of one thing in a round, or all rounds."""
    by_round = {}
    for number, _, line in runs:
        by_round.setdefault(number, []).append(line["rate"])
    pairs = [abs(rates[0] - rates[1]) / (sum(rates) / 2) for rates in by_round.values() if len(rates) == 2 and sum(rates) > 0]
    if pairs:
        return f"A/A {100 * median(pairs):.1f} %"
    rates = [line["rate"] for _, _, line in runs]
    if len(rates) < 2 or median(rates) == 0:
        return "one run"
    return f"rounds {100 * (max(rates) - min(rates)) / median(rates):.1f} %"


def row_of(measurement, case, entry):
    """The row of one contestant; none if it has no run."""
    runs = runs_of(measurement, case.name, entry.key)
    if not runs:
        return None
    quiet = [run for run in runs if run[2]["cores"]["others"] <= DISTURBED_CORES]
    used = quiet or runs
    lines = [line for _, _, line in used]
    middle = {name: median(line[name] for line in lines) for name in ("rate", "p50_us", "p99_us", "short")}
    cores = {who: median(line["cores"][who] or 0 for line in lines) for who in ("server", "client", "others")}
    verdicts = {line["verdict"] for _, _, line in runs}
    return {
        "case": case.name, "entry": entry.key, "system": entry.system, "connections": entry.connections, "pipeline": entry.pipeline,
        "mixed": entry.mixed, **middle, "lowest": min(line["rate"] for line in lines), "highest": max(line["rate"] for line in lines),
        "movement": movement(used), "cores": cores, "runs": len(runs), "used": len(used), "disturbed": not quiet,
        "beside": median(line["beside"] for line in lines) if entry.mixed else None,
        "verdict": "passed" if verdicts == {"passed"} else ", ".join(sorted(verdicts)),
        "examples": [example for _, _, line in runs for example in line["examples"]][:3],
        "lines": sum(line["lines"] for _, _, line in runs), "checked": sum(line["checked"] for _, _, line in runs), "durability": lines[-1]["durability"],
    }


def rows_of(measurement):
    """All rows by case, the product's first, with its ratio to each peer."""
    tables = {}
    for name in measurement.settings["cases"]:
        case = CASES[name]
        rows = [row_of(measurement, case, entry) for entry in case.entries(measurement.settings["peers"])]
        rows = [row for row in rows if row]
        product = next((row for row in rows if row["entry"] == PRODUCT), None)
        for row in rows:
            is_peer = product and row["system"] != PRODUCT
            row["ratio"] = product["rate"] / row["rate"] if is_peer and row["rate"] else None
            row["p50_ratio"] = product["p50_us"] / row["p50_us"] if is_peer and row["p50_us"] else None
        judged = [row for row in rows if case.operation == "order" and row["lines"] >= LINES_FOR_A_SHARE]
        shares = [case.short_share] + [row["short"] for row in judged if row["entry"] == PRODUCT]
        for row in rows:  # none: cannot be told
            row["alike"] = all(abs(row["short"] - share) <= SHARE_TOLERANCE for share in shares) if row in judged else None
        tables[name] = rows
    peak = next((row["rate"] for row in tables.get("50x64", []) if row["entry"] == PRODUCT), measurement.peak)
    for rows in tables.values():
        for row in rows:
            row["of_peak"] = row["beside"] / peak if row["mixed"] and peak else None
    return tables


def goals_of(tables):
    """Each goal with what was measured: held, floor held, below, or not measured."""
    def find(what):
        case, entry, name = what
        return next((row[name] for row in tables.get(case, []) if row["entry"] == entry), None)

    judged = []
    for goal in GOALS:
        value, base = find(goal.of), find(goal.to) if goal.to else 1
        measured = value / base if value is not None and base else None
        if measured is None:
            word = "not measured"
        elif goal.holds(measured, goal.goal):
            word = "goal held"
        elif goal.floor is None:
            word = "goal missed"
        else:
            word = "floor held" if goal.holds(measured, goal.floor) else "BELOW THE FLOOR"
        judged.append({"what": goal.text, "measured": measured, "is_ratio": goal.to is not None, "goal": goal.words(goal.goal),
                       "floor": goal.words(goal.floor), "word": word})
    return judged


def complaints_of(tables, settings):
    """What makes the comparison itself no good, whatever the figures are."""
    found = []
    for name, rows in tables.items():
        present = {row["entry"] for row in rows}
        found += [f"{name}: no run of {entry.key}" for entry in CASES[name].entries(settings["peers"]) if entry.key not in present]
        for row in rows:
            if row["verdict"] != "passed":
                found.append(f"{name}, {row['entry']}: verdict {row['verdict']} {'; '.join(row['examples'])}".rstrip())
            if row["alike"] is False:
                found.append(f"{name}, {row['entry']}: {100 * row['short']:.1f} % of the lines short, not "
                             f"{100 * CASES[name].short_share:.0f} +- {100 * SHARE_TOLERANCE:.0f} %: not the same work")
    return found
