"""The comparison with other systems: its arithmetic on made-up runs, and the whole of it once, quickly, on real servers.
No figure is judged: only that every row is there, that each side's verdict is one, and that a peer that loses work is found.
Usage: peers_comparison_test.py FOLDER-OF-PROGRAMS      what is not installed is named in a line beginning with "skipped:"
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEERS = os.path.join(SOURCE, "loadtest", "peers")
sys.path.insert(0, os.path.join(PEERS, "comparison"))

from cases import CASES, GOALS, PRODUCT  # noqa: E402
from judge import complaints_of, goals_of, rows_of  # noqa: E402
from measure import Measurement, TooShort, plan  # noqa: E402
from systems import Fault, Postgres, Redis, postgres_programs  # noqa: E402
from tables import case_table  # noqa: E402

PROGRAMS = sys.argv.pop(1) if len(sys.argv) > 1 else os.path.join(SOURCE, "build", "release", "bin")


def settings(**changed):
    return {"rounds": 3, "seconds": 1.0, "warmup": 0.0, "cases": ["50x64", "hot"], "peers": ["redis", "postgres"], "again": True,
            "commit": "abc", **changed}


def made_up(chosen):
    """A comparison whose runs are all there: the product 1,000 orders/s, peers 100; zero, one, two more in later rounds."""
    measurement = Measurement(chosen, "", "", "")
    for run in plan(chosen):
        rate = (1000.0 if run.entry.system == PRODUCT else 100.0) + run.round - 1
        measurement.runs[run.key] = {
            "rate": rate, "p50_us": 5.0, "p99_us": 9.0, "lines": 30_000, "short": CASES[run.case].short_share, "beside": 50.0 if run.entry.mixed else None,
            "cores": {"server": 1.0, "client": 0.5, "others": 0.01}, "verdict": "passed", "examples": [], "checked": 10, "durability": "yes"}
    return measurement


class Arithmetic(unittest.TestCase):
    def test_plan_interleaves_the_product_and_its_peers_and_runs_the_product_again(self):
        keys = [run.key for run in plan(settings(rounds=2, cases=["50x64"]))]
        self.assertEqual(keys, ["1/50x64/earmark/0", "1/50x64/redis/0", "1/50x64/postgres/0", "1/50x64/earmark/1",
                                "2/50x64/earmark/0", "2/50x64/redis/0", "2/50x64/postgres/0", "2/50x64/earmark/1"])

    def test_medians_ratios_and_movement(self):
        measurement = made_up(settings())
        measurement.runs["2/50x64/earmark/1"]["rate"] = 1101.0
        rows = {row["entry"]: row for row in rows_of(measurement)["50x64"]}
        self.assertEqual(rows["redis"]["rate"], 101)
        self.assertAlmostEqual(rows["redis"]["ratio"], 1001.5 / 101)
        self.assertEqual(rows["redis"]["movement"], "rounds 2.0 %")
        self.assertEqual(rows["earmark"]["movement"], "A/A 0.0 %")  # the median of 0, 9.5 and 0
        self.assertEqual(complaints_of(rows_of(measurement), measurement.settings), [])

    def test_disturbed_runs_are_left_out_where_others_are_there(self):
        measurement = made_up(settings())
        measurement.runs["1/50x64/redis/0"]["cores"]["others"] = 0.5
        row = rows_of(measurement)["50x64"][1]
        self.assertEqual((row["rate"], row["used"], row["runs"], row["disturbed"]), (101.5, 2, 3, False))
        for number in (2, 3):
            measurement.runs[f"{number}/50x64/redis/0"]["cores"]["others"] = 0.5
        row = rows_of(measurement)["50x64"][1]
        self.assertEqual((row["rate"], row["used"], row["disturbed"]), (101, 3, True))
        self.assertIn("!", case_table(CASES["50x64"], rows_of(measurement)["50x64"]))

    def test_goals(self):
        measurement = made_up(settings())
        words = {goal["what"]: goal["word"] for goal in goals_of(rows_of(measurement))}
        self.assertEqual(len(words), len(GOALS))
        self.assertEqual(words["50x64: orders/s against Redis, AOF always"], "BELOW THE FLOOR")
        self.assertEqual(words["hot: orders/s against uniform 50x64"], "goal held")
        self.assertEqual(words["hot: orders/s against PostgreSQL hot, an order a call"], "goal missed")
        self.assertEqual(words["check: checks/s"], "not measured")
        for number in (1, 2, 3):
            measurement.runs[f"{number}/50x64/redis/0"]["rate"] = 60.0
        self.assertEqual(goals_of(rows_of(measurement))[0]["word"], "floor held")

    def test_what_makes_a_comparison_no_good_is_said(self):
        measurement = made_up(settings())
        measurement.runs["2/hot/redis/0"]["verdict"] = "failed"
        measurement.runs["2/hot/redis/0"]["examples"] = ["oversold: SKU 1"]
        for number in (1, 2, 3):
            measurement.runs[f"{number}/hot/postgres/0"]["short"] = 0.28
            del measurement.runs[f"{number}/50x64/redis/0"]
        text = "\n".join(complaints_of(rows_of(measurement), measurement.settings))
        self.assertIn("hot, redis: verdict failed, passed oversold: SKU 1", text)
        self.assertIn("hot, postgres: 28.0 % of the lines short", text)
        self.assertIn("50x64: no run of redis", text)

    def test_a_run_too_short_for_an_answer_is_made_longer_and_another_fault_tried_once_more(self):
        run, said, lengths = plan(settings())[0], [], []
        measurement = Measurement(settings(), "", "", "")

        def measure(_, seconds):
            lengths.append(seconds)
            if len(lengths) < 3:
                raise TooShort("nothing")
            return {"rate": 7}

        measurement.measure = measure
        self.assertEqual(measurement.attempt(run, said.append), {"run": run.key, "seconds": 4.0, "rate": 7})
        self.assertEqual((lengths, len(said)), ([1.0, 2.0, 4.0], 2))

        def lose(_, seconds):
            lengths.append(seconds)
            raise Fault("lost")

        lengths.clear()
        measurement.measure = lose
        self.assertEqual(measurement.attempt(run, said.append), {"run": run.key, "fault": "lost"})
        self.assertEqual(lengths, [1.0, 1.0])

    def test_orders_beside_checks_are_told_as_a_share_of_the_peak(self):
        measurement = made_up(settings(cases=["50x64", "check"]))
        row = rows_of(measurement)["check"][1]
        self.assertEqual((row["entry"], row["beside"]), ("earmark-mixed", 50))
        self.assertAlmostEqual(row["of_peak"], 50 / 1001)
        self.assertEqual(goals_of(rows_of(measurement))[-1]["word"], "goal held")

    def test_a_share_of_few_lines_is_not_judged_and_marked(self):
        measurement = made_up(settings())
        for number in (1, 2, 3):
            measurement.runs[f"{number}/hot/redis/0"].update(short=0.2, lines=100)
        rows = rows_of(measurement)
        self.assertEqual([row["alike"] for row in rows["hot"]], [True, None, True, True])
        self.assertEqual(complaints_of(rows, measurement.settings), [])
        self.assertIn("20.0 %?", case_table(CASES["hot"], rows["hot"]))

    def test_resume_keeps_finished_runs_and_refuses_other_settings(self):
        with tempfile.TemporaryDirectory() as directory:
            first = Measurement(settings(), directory, "", "")
            first.begin(False)
            first.write({"run": "1/50x64/redis/0", "rate": 1})
            first.write({"run": "1/hot/redis/0", "fault": "lost"})
            with open(first.path, "a", encoding="utf-8") as file:
                file.write('{"run": "1/hot/pos')  # it was killed here
            second = Measurement(settings(), directory, "", "")
            second.begin(True)
            self.assertEqual(list(second.runs), ["1/50x64/redis/0"])
            second.write({"run": "1/hot/redis/0", "rate": 2})
            third = Measurement(settings(), directory, "", "")
            third.begin(True)
            self.assertEqual(list(third.runs), ["1/50x64/redis/0", "1/hot/redis/0"])
            with self.assertRaises(Fault):
                Measurement(settings(rounds=4), directory, "", "").begin(True)


def missing():
    needed = {name: os.path.join(PROGRAMS, name) for name in ("earmark-peer-redis", "earmark-peer-postgres", "earmarkd", "earmark-load")}
    absent = [name for name, path in needed.items() if not os.path.exists(path)]
    absent += [] if shutil.which("redis-server") else ["redis-server"]
    absent += [] if postgres_programs() else ["postgres"]
    return absent


def in_a_directory(test):
    """On the disk of the project, where user postgres can enter, too."""
    os.makedirs(os.path.join(SOURCE, ".run"), exist_ok=True)
    directory = tempfile.mkdtemp(prefix="peers-test.", dir=os.path.join(SOURCE, ".run"))
    os.chmod(directory, 0o755)
    test.addCleanup(shutil.rmtree, directory, ignore_errors=True)
    return directory


class Servers(unittest.TestCase):
    def setUp(self):
        absent = missing()
        if absent:
            print(f"skipped: the comparison with other systems on real servers: {', '.join(absent)} not there; "
                  "loadtest/peers/install.sh installs what it needs, then build again", flush=True)
            self.skipTest("not installed")
        self.directory = in_a_directory(self)

    def test_the_quick_comparison_has_every_row_and_a_verdict_on_each_side(self):
        page = os.path.join(self.directory, "page.md")
        done = subprocess.run(
            [sys.executable, "-B", os.path.join(PEERS, "comparison"), "--quick", "--out", page, "--directory", self.directory,
             "--programs", PROGRAMS],
            cwd=SOURCE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        with open(page[:-3] + ".json", encoding="utf-8") as file:
            report = json.load(file)
        for name, case in CASES.items():
            rows = {row["entry"]: row for row in report["tables"][name]}
            wanted = [entry.key for entry in case.entries(["redis", "redis-everysec", "postgres"])]
            self.assertEqual(list(rows), wanted, name)
            for key, row in rows.items():
                self.assertEqual(row["verdict"], "passed", (name, key))
                self.assertGreater(row["rate"], 0, (name, key))
                self.assertIsNot(row["alike"], False, (name, key))
                if case.operation == "order":
                    self.assertGreater(row["checked"], 0, (name, key))
        self.assertNotIn("not measured", [goal["word"] for goal in report["goals"]])
        with open(page, encoding="utf-8") as file:
            text = file.read()
        for name in CASES:
            self.assertIn(f"### {name}: ", text)

    def client(self, peer, server, script):
        done = subprocess.run(
            [os.path.join(PROGRAMS, f"earmark-peer-{peer}"), "--port", str(server.port), "--server-pid", str(server.process.pid), "--script",
             script, "--connections", "4", "--pipeline", "4", "--seconds", "0.3", "--warmup", "0", "--skus", "1000", "--distribution", "hot",
             "--short-share", "0.333333"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
        return done.returncode, json.loads(done.stdout)["verdict"]

    def planted(self, script, right, wrong):
        with open(os.path.join(PEERS, script), encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(text.count(right), 1, right)
        path = os.path.join(self.directory, os.path.basename(script))
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(right, wrong))
        return path

    def test_a_redis_that_forgets_who_waits_fails(self):
        script = self.planted("redis/stock.lua", "redis.call('RPUSH', 'b:' .. sku, id .. ':' .. line .. ':' .. wanted)", "sku = sku")
        with Redis(self.directory, "everysec") as server:
            status, verdict = self.client("redis", server, script)
        self.assertEqual((status, verdict["result"], list(verdict["violations"])), (1, "failed", ["wrong_final_backorders"]))

    def test_a_postgres_that_sells_what_it_keeps_fails(self):
        script = self.planted("postgres/schema.sql", "available[preferred + 1] - wanted\n", "available[preferred + 1] - wanted + 1\n")
        with Postgres(self.directory) as server:
            status, verdict = self.client("postgres", server, script)
        self.assertEqual((status, verdict["result"], list(verdict["violations"])), (1, "failed", ["wrong_final_stock"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
