"""examples/retail-year on a real server: a small made-up year is driven through the command line, and each figure of its reports must be
what other code works out from the files; a server that was told something else must be found.
Usage: retail_year_test.py FOLDER-OF-PROGRAMS [--year FOLDER]      with --year that year is driven and checked, and nothing else
"""
import csv
import gzip
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLE = os.path.join(SOURCE, "examples", "retail-year")
PROGRAMS = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else os.path.join(SOURCE, "build", "release", "bin")


class Server:
    """earmarkd --clock commands on a new directory and a free port."""

    def __init__(self, *flags):
        self.directory = tempfile.mkdtemp(prefix="retail-year.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.process = subprocess.Popen([os.path.join(PROGRAMS, "earmarkd"), "--data", os.path.join(self.directory, "data"), "--listen", "127.0.0.1:0", *flags],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        ready = self.process.stdout.readline()
        self.address = ready.split("listen=")[1].split()[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        status = self.process.wait(60)
        self.process.stdout.close()
        shutil.rmtree(self.directory)
        assert status == 0, status

    def run(self, *words, show=False):
        environment = {**os.environ, "EARMARK_SERVER": self.address, "PATH": PROGRAMS + os.pathsep + os.environ.get("PATH", "")}
        return subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, stdout=None if show else subprocess.PIPE,
                              stderr=None if show else subprocess.STDOUT, text=True, check=False)

    def script(self, name, folder, show=False):
        return self.run(sys.executable, "-B", os.path.join(EXAMPLE, name), folder, show=show)

    def earmark(self, *words):
        done = self.run("earmark", *words)
        assert done.returncode == 0, done.stdout
        return done.stdout


def write(folder, name, header, rows):
    opener = gzip.open if name.endswith(".gz") else open
    with opener(os.path.join(folder, name), "wt", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def day(number):
    return f"2026-{1 + number // 28:02}-{1 + number % 28:02}"


def made_up_year(folder, seed):
    """Sixty days: two orders and more a day, SKUs that run short, purchase orders that come in parts, early, late or never, cancels."""
    draw = random.Random(seed)
    skus = [f"S{number}" for number in range(12)] + ["D'OR #1"]
    orders, cancels, restocks, name = [], [], [], 0
    for date in range(60):
        for _ in range(draw.randint(1, 4)):
            name += 1
            time = f"{day(date)} {draw.randint(6, 22):02}:{draw.randint(0, 59):02}:00"  # some behind the evening's shipping
            lines = [(name, time, draw.choice(["Okafor & Sons", "", "17850"]), "United Kingdom", line, draw.choice(skus), draw.choice([1, 2, 3, 6, 12, 48]), "1.25")
                     for line in range(1, draw.randint(2, 9))]
            orders += lines
            if draw.random() < 0.4:
                line, later = draw.choice(lines), f"{day(date + draw.randint(0, 4))} 23:{draw.randint(0, 59):02}:00"
                cancels += [(f"C{name}", later, name, line[4], line[5], draw.randint(1, line[6])) for _ in range(draw.randint(1, 2))]
        for sku in draw.sample(skus, draw.randint(0, 5)):
            eta, late = date + draw.randint(-2, 9), draw.choice([0, 0, 1, 3])
            received = "" if draw.random() < 0.1 else f"{day(max(date + 1, eta + late))} 07:00:00"
            restocks.append((f"R-{len(restocks)}", 1 + skus.index(sku) % 3, sku, draw.choice(["N", "M", "S"]), draw.choice([1, 5, 20, 60]), f"{day(date)} 18:00:00",
                             f"{day(max(0, eta))} 07:00:00", received))
    write(folder, "warehouses.csv", ["warehouse", "name", "priority"], [("N", "North", 2), ("S", "South", 3), ("M", "Main", 1)])
    write(folder, "vendors.csv", ["vendor", "name", "lead_days"], [(number, f"Vendor {number}", 4) for number in (1, 2, 3)])
    write(folder, "products.csv", ["sku", "description", "vendor", "lead_days", "reorder_point", "reorder_qty"],
          [(sku, f"Thing, {sku}", 1 + index % 3, 4, 20, 40) for index, sku in enumerate(skus)])
    write(folder, "stock.csv", ["sku", "warehouse", "on_hand"], [(sku, place, draw.choice([0, 0, 10, 40])) for sku in skus for place in "NMS"])
    write(folder, "order-lines.csv.gz", ["order", "time", "customer", "country", "line", "sku", "qty", "unit_price"], sorted(orders, key=lambda row: row[1]))
    write(folder, "cancellations.csv", ["cancellation", "time", "order", "line", "sku", "qty"], cancels)
    write(folder, "restocks.csv.gz", ["receipt", "vendor", "sku", "warehouse", "qty", "ordered", "eta", "received"], restocks)


class Year(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="made-up-year.")
        self.addCleanup(shutil.rmtree, self.folder)
        seed = int(os.environ.get("EARMARK_TEST_SEED", random.randrange(1 << 30)))
        print(f"retail year: seed {seed}; EARMARK_TEST_SEED={seed} repeats it", flush=True)
        made_up_year(self.folder, seed)

    def driven(self, server):
        done = server.script("drive", self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Refused: none", done.stdout)
        self.assertIn("$ earmark report fulfilment-time", done.stdout)

    def checked(self, server, status):
        done = server.script("check", self.folder)
        self.assertEqual(done.returncode, status, done.stdout)
        return [line for line in done.stdout.splitlines() if line.endswith("  NO")]

    def test_every_figure_is_what_the_files_lead_to(self):
        with Server("--clock", "commands", "--io-threads", "2") as server:
            self.driven(server)
            self.assertEqual(self.checked(server, 0), [])
            again = server.script("drive", self.folder)
            self.assertEqual((again.returncode, "start earmarkd" in again.stdout), (2, True), again.stdout)

    def test_a_server_that_was_told_something_else_is_found(self):
        with Server("--clock", "commands") as server:
            self.driven(server)
            for hour, (words, figure) in enumerate(((["ship", "1"], "told as of"), (["order", "--id", "X", "S1:5000"], "orders ordered"),
                                                    (["receive", "M", "S1:1"], "on hand in every cell"))):
                different = self.checked(server, 1) if hour else self.checked(server, 0)
                self.assertFalse(any(line.startswith(figure) for line in different), figure)
                server.earmark("--time", f"2026-12-01 {hour:02}:00:00", *words)
                self.assertTrue(any(line.startswith(figure) for line in self.checked(server, 1)), figure)

    def test_what_the_server_refuses_is_counted_and_the_others_go_on(self):
        with open(os.path.join(self.folder, "cancellations.csv"), "a", encoding="utf-8") as file:
            file.write("CX,2026-01-02 08:00:00,nobody,1,S1,4\nCY,2026-03-02 08:00:00,1,99,S1,4\n")
        with Server("--clock", "commands") as server:
            done = server.script("drive", self.folder)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("Refused: 1 cancel unknown_line, 1 cancel unknown_order", done.stdout)

    def test_bad_usage_is_one_line(self):
        with Server("--clock", "commands") as server:
            for name in ("drive", "check"):
                done = server.script(name, "/nowhere")
                self.assertEqual((done.returncode, done.stdout.count("\n")), (2, 1), done.stdout)
                self.assertIn("there is no", done.stdout)
        with Server() as server:
            done = server.script("drive", self.folder)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn("--clock commands", done.stdout)


def real_year(folder):
    if not os.path.isdir(folder):
        print(f"skipped  a year of a shop: no data in {folder}")
        return 0
    with Server("--clock", "commands", "--io-threads", "2") as server:
        return server.script("drive", folder, show=True).returncode or server.script("check", folder, show=True).returncode


if __name__ == "__main__":
    if sys.argv[1:2] == ["--year"]:
        sys.exit(real_year(sys.argv[2]))
    unittest.main(verbosity=2)
