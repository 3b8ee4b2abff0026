"""The files of a year as events in the order of their times. What happens when, and nothing of what comes of it: `drive` sends these
events to a server, `check` works out by itself what they must lead to. Python's standard library only."""
import collections
import csv
import datetime
import gzip
import os

EVENING = "21:00:00"

# kind: what it is of; rows: see events()
Event = collections.namedtuple("Event", "time kind id rows about")

# What goes first of what happens at one moment.
RANK = {"arrival": 0, "cancel": 1, "order": 2, "purchase": 3, "evening": 4}


class Problem(Exception):
    """One line that says what is wrong and what to do."""


def rows_of(folder, name):
    """The rows of NAME.csv or NAME.csv.gz, as dictionaries."""
    path = os.path.join(folder, name + ".csv")
    opener = open
    if not os.path.exists(path):
        path, opener = path + ".gz", gzip.open
    if not os.path.exists(path):
        raise Problem(f"{folder}: there is no {name}.csv (or {name}.csv.gz) in it")
    with opener(path, "rt", newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def grouped(rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def order_events(folder):
    for name, lines in grouped(rows_of(folder, "order-lines"), lambda row: row["order"]).items():
        first = lines[0]
        yield Event(first["time"], "order", name, [(line["line"], line["sku"], int(line["qty"])) for line in lines],
                    {"customer": first["customer"], "ship_to": first["country"]})


def cancel_events(folder, places):
    """`places`: (order, line of the file) -> number of the line as the server has it. What is not in it stays, and is refused."""
    for (name, order), rows in grouped(rows_of(folder, "cancellations"), lambda row: (row["cancellation"], row["order"])).items():
        yield Event(rows[0]["time"], "cancel", f"{name}-{order}", [(places.get((order, row["line"]), int(row["line"])), int(row["qty"])) for row in rows],
                    {"order": order})


def purchase_events(folder):
    """What was ordered from one vendor at one time is a purchase order; what arrives of it at one time is an arrival."""
    for (vendor, ordered), lines in grouped(rows_of(folder, "restocks"), lambda row: (row["vendor"], row["ordered"])).items():
        name = f"PO-{vendor}-{''.join(letter for letter in ordered[2:16] if letter.isdigit())}"
        yield Event(ordered, "purchase", name, [(line["sku"], int(line["qty"]), line["warehouse"], line["eta"]) for line in lines], {"vendor": vendor})
        numbered = [(number, line) for number, line in enumerate(lines, 1) if line["received"]]
        for count, (received, arrived) in enumerate(sorted(grouped(numbered, lambda entry: entry[1]["received"]).items()), 1):
            yield Event(received, "arrival", f"{name}-R{count}", [(number, line["sku"], int(line["qty"]), line["warehouse"], line["eta"]) for number, line in arrived],
                        {"purchase": name, "vendor": vendor})


def events(folder):
    """All events, and at the end of each day that has any an evening, at which everything ships that is reserved. Rows are
         order     (line of the file, sku, units)
         cancel    (line, units)
         purchase  (sku, units, warehouse, promised)
         arrival   (line of the purchase order, sku, units, warehouse, promised)"""
    orders = list(order_events(folder))
    places = {(order.id, line): place for order in orders for place, (line, _, _) in enumerate(order.rows, 1)}
    all_events = orders + list(cancel_events(folder, places)) + list(purchase_events(folder))
    latest = {}  # of each day
    for event in all_events:
        latest[event.time[:10]] = max(latest.get(event.time[:10], ""), event.time[11:])
    all_events += [Event(f"{day} {max(EVENING, time)}", "evening", f"{day}", [], {}) for day, time in latest.items()]
    return sorted(all_events, key=lambda event: (event.time, RANK[event.kind]))


def microseconds(time):
    moment = datetime.datetime.strptime(time, "%Y-%m-%d %H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp()) * 1_000_000
