"""What is compared: the cases of the table, who takes part in each, and what the product wants to reach there.

All of them: orders of 3 lines over 100,000 SKUs in 4 warehouses, 1 to 5 units a line, one preferred warehouse an order;
what is there is reserved, the shortage queued first come first served, the order recorded, the split answered.
"""
from dataclasses import dataclass, field

PRODUCT = "earmark"
PEERS = {
    "redis": "Redis, AOF always",
    "redis-everysec": "Redis, AOF every second",
    "postgres": "PostgreSQL, sync on",
}


@dataclass(frozen=True)
class Entry:
    """One contestant of a case: how many connections, and how many requests under way (PostgreSQL: in a call) on each."""
    system: str
    connections: int
    pipeline: int
    label: str = ""  # tells two entries of one system apart
    mixed: bool = False  # stock checks while orders run at half of their peak; the product only

    @property
    def key(self):
        return self.system + ("-" + self.label if self.label else "")


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    connections: int
    pipeline: int
    postgres: tuple  # of (connections, orders in a call, label)
    distribution: str = "uniform"
    short_share: float = 0.0  # of the lines; both sides leave the same SKUs without stock
    operation: str = "order"
    extra: tuple = field(default=())

    def entries(self, peers):
        """The product first; then the peers that take part."""
        chosen = [Entry(PRODUCT, self.connections, self.pipeline), *self.extra]
        for peer in peers:
            if peer == "postgres":
                chosen += [Entry(peer, connections, calls, label) for connections, calls, label in self.postgres]
            else:
                chosen.append(Entry(peer, self.connections, self.pipeline))
        return chosen

    @property
    def unit(self):
        return "checks/s" if self.operation == "check" else "orders/s"


# PostgreSQL syncs once for a call: many orders in a call are its counterpart of many under way on a connection.
BATCH = (32, 30, "")
CASES = {case.name: case for case in [
    Case("50x64", "50 connections x 64 under way, uniform", 50, 64, (BATCH,)),
    Case("50x16", "50 connections x 16 under way, uniform", 50, 16, (BATCH,)),
    Case("50x1", "50 connections x 1 under way, uniform", 50, 1, ((32, 1, ""),)),
    Case("1x1", "1 connection x 1 under way, uniform", 1, 1, ((1, 1, ""),)),
    Case("hot", "50 x 64, one SKU in every order, sold out: a third of the lines short", 50, 64, ((32, 1, ""), (32, 30, "batch")),
         "hot", 1 / 3),
    Case("zipf", "50 x 64, zipf 0.99, the most popular SKUs sold out: half of the lines short", 50, 64, (BATCH,), "zipf", 0.55),
    Case("check", "stock checks of 10 SKUs in 4 warehouses, 50 x 64", 50, 64, (BATCH,), operation="check",
         extra=(Entry(PRODUCT, 50, 64, "mixed", mixed=True),)),
]}


@dataclass(frozen=True)
class Goal:
    """A figure to reach. `of` and `to` are (case, entry key, figure); `to` may be none: then it is no ratio."""
    text: str
    of: tuple
    to: tuple
    goal: float
    floor: float  # none: there is only a goal
    at_least: bool = True

    def words(self, limit):
        if limit is None:
            return "-"
        sign = ">=" if self.at_least else "<="
        return f"{sign} {limit:g} x" if self.to else f"{sign} {limit:,.0f}"

    def holds(self, value, limit):
        return value >= limit if self.at_least else value <= limit


GOALS = [
    Goal("50x64: orders/s against Redis, AOF always", ("50x64", PRODUCT, "rate"), ("50x64", "redis", "rate"), 30, 15),
    Goal("50x16: orders/s against Redis, AOF always", ("50x16", PRODUCT, "rate"), ("50x16", "redis", "rate"), 12, 6),
    Goal("50x1: orders/s against Redis, AOF always", ("50x1", PRODUCT, "rate"), ("50x1", "redis", "rate"), 2, 1.25),
    Goal("1x1: p50 against Redis, AOF always", ("1x1", PRODUCT, "p50_us"), ("1x1", "redis", "p50_us"), 1.1, 1.5, False),
    Goal("hot: orders/s against uniform 50x64", ("hot", PRODUCT, "rate"), ("50x64", PRODUCT, "rate"), 0.9, 0.85),
    Goal("hot: orders/s against PostgreSQL hot, an order a call", ("hot", PRODUCT, "rate"), ("hot", "postgres", "rate"), 500, None),
    Goal("zipf: orders/s against uniform 50x64", ("zipf", PRODUCT, "rate"), ("50x64", PRODUCT, "rate"), 0.75, 0.5),
    Goal("check: checks/s", ("check", PRODUCT, "rate"), None, 3_000_000, 1_000_000),
    Goal("check: p99 while orders run at half peak against alone", ("check", PRODUCT + "-mixed", "p99_us"),
         ("check", PRODUCT, "p99_us"), 1.2, None, False),
]
