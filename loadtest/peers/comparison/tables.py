"""The page of a comparison: Markdown that reads as a table in a terminal, too, and the same as JSON."""
from statistics import median

from cases import CASES, PEERS, PRODUCT


def table(heading, rows):
    """Rows of text, all columns of one width, the first to the left and the others to the right."""
    widths = [max(len(row[column]) for row in [heading, *rows]) for column in range(len(heading))]

    def line(cells):
        return "| " + " | ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                                 for place, (cell, width) in enumerate(zip(cells, widths))) + " |"

    rule = "|" + "|".join("-" * (width + 2) if place == 0 else "-" * (width + 1) + ":" for place, width in enumerate(widths)) + "|"
    return "\n".join([line(heading), rule, *[line(row) for row in rows]])


def name_of(row, case):
    name = "Earmark" if row["system"] == PRODUCT else PEERS[row["system"]]
    if row["mixed"]:
        return f"{name}, beside {row['beside']:,.0f} orders/s" + (f", {100 * row['of_peak']:.0f} % of peak" if row["of_peak"] else "")
    if row["system"] != "postgres":
        return name
    return f"{name}, {row['connections']} x {row['pipeline']} {'checks' if case.operation == 'check' else 'orders'} a call"


def short_of(row, case):
    if case.operation != "order":
        return "-"
    return f"{100 * row['short']:.1f} %" + ("?" if row["alike"] is None else "")


def case_table(case, rows):
    heading = ["", case.unit, "lowest - highest", "moves by", "p50 us", "p99 us", "short", "cores of server, client, others",
               "Earmark is", "p50 is", "verdict"]
    cells = []
    for row in rows:
        cores = row["cores"]
        used = f"{row['verdict']}, {row['used']} of {row['runs']} runs" if row["used"] != row["runs"] else row["verdict"]
        cells.append([
            name_of(row, case), f"{row['rate']:,.0f}", f"{row['lowest']:,.0f} - {row['highest']:,.0f}", row["movement"],
            f"{row['p50_us']:,.0f}", f"{row['p99_us']:,.0f}", short_of(row, case),
            f"{cores['server']:.2f}  {cores['client']:.2f}  {cores['others']:.2f}" + ("!" if row["disturbed"] else " "),
            f"{row['ratio']:.2f} x" if row["ratio"] else "-", f"{row['p50_ratio']:.2f} x" if row["p50_ratio"] else "-", used,
        ])
    return f"### {case.name}: {case.title}\n\n" + table(heading, cells)


def goal_table(goals):
    rows = []
    for goal in goals:
        measured = "-" if goal["measured"] is None else f"{goal['measured']:.2f} x" if goal["is_ratio"] else f"{goal['measured']:,.0f}"
        rows.append([goal["what"], measured, goal["goal"], goal["floor"], goal["word"]])
    return table(["goal", "measured", "goal", "floor", ""], rows)


def disk_line(probes):
    if not probes:
        return "not measured"
    middle = {name: median(probe[name] for probe in probes) for name in probes[0]}
    return (f"fdatasync of 4 KiB p50 {middle['written_p50_us']:.0f} us, p99 {middle['written_p99_us']:.0f} us on a written file; "
            f"{middle['growing_p50_us']:.0f} and {middle['growing_p99_us']:.0f} us on a growing one (median of {len(probes)})")


def page(measurement, facts, tables, goals, complaints, command):
    settings = measurement.settings
    every_row = [row for rows in tables.values() for row in rows]
    disturbed = any(row["disturbed"] for row in every_row)
    few = any(row["alike"] is None and CASES[row["case"]].operation == "order" for row in every_row)
    lines = [f"## Earmark beside its peers, {facts['date']}", ""]
    lines += [f"- **Machine**: {facts['machine']}; the load clients share the cores", f"- **Disk**: {disk_line(measurement.disk)}",
              f"- **Commit**: {facts['commit']}"]
    lines += [f"- **{name}**: {facts[name]}" for name in ("redis", "postgres") if name in facts]
    durability = {row["system"]: row["durability"] for row in every_row}
    lines += [f"- **{system}** is durable by: {words}" for system, words in durability.items()]
    lines += [f"- **Rounds**: {settings['rounds']} of {settings['seconds']:g} s after {settings['warmup']:g} s of warm-up, interleaved, a fresh "
              f"server for each run; medians. A/A: two runs of the same in one round. Runs with more than 0.15 cores taken by others are left "
              f"out" + (", but where `!` stands there was no other" if disturbed else ""),
              f"- **Command**: `{command}`", ""]
    if few:
        lines += ["`?`: too few lines to judge their short share.", ""]
    for name, rows in tables.items():
        if rows:
            lines += [case_table(CASES[name], rows), ""]
    lines += ["### Goals", "", goal_table(goals), ""]
    lines += [f"- not good: {complaint}" for complaint in complaints] or ["Every verdict passed, and no share of short lines was off."]
    return "\n".join(lines) + "\n"
