"""First come, first served, worked out from the files alone: what is there is taken from the warehouses by priority, the rest waits; what
comes goes to whoever waits longest; what is reserved ships in the evening. As plain as it gets, and it knows no server."""
import collections
import math

import year


class Line:
    """Of an order: how many of its units wait, and how many are reserved in which warehouse."""

    def __init__(self, order, number, sku, units):
        self.order, self.number, self.sku, self.units, self.waits = order, number, sku, units, units
        self.reserved = collections.Counter()


class Order:
    def __init__(self, time_us, lines):
        self.time_us, self.lines = time_us, lines
        self.ready = False  # it was reserved whole once

    def waits(self):
        return any(line.waits for line in self.lines)

    def has_reserved(self):
        return any(line.reserved for line in self.lines)


class Shop:
    def __init__(self, folder):
        rows = sorted(year.rows_of(folder, "warehouses"), key=lambda row: (int(row["priority"]), row["warehouse"]))
        self.warehouses = [row["warehouse"] for row in rows]
        self.available = collections.defaultdict(collections.Counter)  # sku -> warehouse -> units
        self.on_hand = collections.Counter()                           # (sku, warehouse) -> units
        self.queues = collections.defaultdict(collections.deque)       # sku -> lines that wait
        self.orders, self.open = {}, {}                                # open: something waits or is reserved
        self.totals = collections.Counter()
        self.times = {"order_to_reserved": [], "order_to_shipped": [], "backorder_to_filled": []}
        self.vendors = collections.defaultdict(collections.Counter)
        self.out_us, self.out_since, self.seen = collections.Counter(), {}, set()
        self.incoming = collections.Counter()
        self.now = 0
        for row in year.rows_of(folder, "stock"):
            self.available[row["sku"]][row["warehouse"]] += int(row["on_hand"])
            self.on_hand[row["sku"], row["warehouse"]] += int(row["on_hand"])

    def run(self, events):
        self.now = year.microseconds(events[0].time) if events else 0
        for sku in list(self.available):
            self.mind(sku)
        for event in events:
            self.now = year.microseconds(event.time)
            getattr(self, event.kind)(event)
        for sku, since in self.out_since.items():
            self.out_us[sku] += self.now - since
        return self

    # What happens.

    def order(self, event):
        lines = [Line(event.id, number, sku, units) for number, (_, sku, units) in enumerate(event.rows, 1)]
        order = self.orders[event.id] = self.open[event.id] = Order(self.now, lines)
        for line in lines:
            if not self.queues[line.sku]:
                self.take(line)
            if line.waits:
                self.queues[line.sku].append(line)
            self.mind(line.sku)
        at_once = [line.units - line.waits for line in lines]
        self.totals.update({"orders": 1, "lines": len(lines), "units": sum(line.units for line in lines), "units_filled": sum(at_once),
                            "lines_filled": sum(not line.waits for line in lines), "lines_waiting": sum(line.waits > 0 for line in lines)})
        if not order.waits():
            self.totals["orders_filled"] += 1
            self.becomes_ready(order)
        self.totals["split" if order.waits() and any(at_once) else "backordered" if order.waits() else "reserved"] += 1

    def cancel(self, event):
        order, freed = self.orders[event.about["order"]], []
        for number, units in event.rows:
            line = order.lines[number - 1]
            waiting = min(units, line.waits)
            line.waits -= waiting
            left = units - waiting
            for warehouse in reversed(self.warehouses):
                given = min(left, line.reserved[warehouse])
                left -= given
                self.add(line.reserved, warehouse, -given)
                self.available[line.sku][warehouse] += given
            freed.append(line.sku)
            self.totals.update({"cancelled": units - left, "excess": left})
            if waiting and not line.waits:
                self.queues[line.sku].remove(line)
        for sku in freed:
            self.serve(sku)
        self.close_if_done(event.about["order"])

    def purchase(self, event):
        self.totals["purchases"] += 1
        for sku, units, warehouse, _ in event.rows:
            self.incoming[sku, warehouse] += units

    def arrival(self, event):
        vendor = self.vendors[event.about["vendor"]]
        for _, sku, units, warehouse, promised in event.rows:
            late = max(0, self.now - year.microseconds(promised))
            vendor.update({"units": units, "on_time": units if not late else 0, "late_us": late * units})
            self.totals["received"] += units
            self.incoming[sku, warehouse] -= units
            self.available[sku][warehouse] += units
            self.on_hand[sku, warehouse] += units
            self.serve(sku)

    def evening(self, _):
        for name, order in list(self.open.items()):
            if not order.has_reserved():
                continue
            for line in order.lines:
                for warehouse, units in line.reserved.items():
                    self.on_hand[line.sku, warehouse] -= units
                    self.totals["shipped"] += units
                line.reserved.clear()
            if not order.waits():
                self.times["order_to_shipped"].append(self.now - order.time_us)
            self.close_if_done(name)

    # How.

    @staticmethod
    def add(counter, key, units):
        counter[key] += units
        if not counter[key]:
            del counter[key]

    def take(self, line):
        """What is there and the line waits for."""
        there = self.available[line.sku]
        for warehouse in self.warehouses:
            units = min(line.waits, there[warehouse])
            if units:
                there[warehouse] -= units
                line.reserved[warehouse] += units
                line.waits -= units

    def serve(self, sku):
        queue = self.queues[sku]
        if any(self.available[sku].values()):
            self.seen.add(sku)  # counted from then on, also if all of it is taken at once
        while queue and any(self.available[sku].values()):
            line = queue[0]
            self.take(line)
            if line.waits:
                break
            queue.popleft()
            order = self.orders[line.order]
            self.times["backorder_to_filled"].append(self.now - order.time_us)
            if not order.waits():
                self.becomes_ready(order)
        self.mind(sku)

    def becomes_ready(self, order):
        if not order.ready:
            self.times["order_to_reserved"].append(self.now - order.time_us)
        order.ready = True

    def close_if_done(self, name):
        order = self.open.get(name)
        if order and not order.waits() and not order.has_reserved():
            del self.open[name]

    def mind(self, sku):
        """Since when nothing of a SKU is available, if something ever was."""
        if any(self.available[sku].values()):
            self.seen.add(sku)
            since = self.out_since.pop(sku, None)
            self.out_us[sku] += 0 if since is None else self.now - since
        elif sku in self.seen:
            self.out_since.setdefault(sku, self.now)

    # What it came to.

    def waiting(self):
        return [line for queue in self.queues.values() for line in queue]

    def by_product(self):
        """sku -> (units, lines, orders, since when the oldest waits) of what waits."""
        return {sku: (sum(line.waits for line in queue), len(queue), len({line.order for line in queue}),
                      min(self.orders[line.order].time_us for line in queue)) for sku, queue in self.queues.items() if queue}

    def by_age(self, buckets):
        """(first day, last day) -> (units, lines, orders)."""
        ages = collections.defaultdict(list)
        for line in self.waiting():
            days = (self.now - self.orders[line.order].time_us) // 86_400_000_000
            ages[next(bucket for bucket in buckets if bucket[0] <= days and (days <= bucket[1] or bucket[1] < 0))].append(line)
        return {bucket: (sum(line.waits for line in ages[bucket]), len(ages[bucket]), len({line.order for line in ages[bucket]})) for bucket in buckets}


def nearest_rank(values, percent):
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1] if values else 0
