"""The tables of how costs grow, each once and small, on a real server. No figure is judged: only that each row is there, has
numbers in every cell, and that nothing is left behind.
Usage: scale_test.py FOLDER-OF-PROGRAMS
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = sys.argv.pop(1) if len(sys.argv) > 1 else os.path.join(SOURCE, "build", "release", "bin")


class Scale(unittest.TestCase):
    def setUp(self):
        os.makedirs(os.path.join(SOURCE, ".run"), exist_ok=True)
        scratch = tempfile.TemporaryDirectory(prefix="scale-test.", dir=os.path.join(SOURCE, ".run"))
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name

    def run_it(self, *arguments):
        return subprocess.run(
            [sys.executable, "-B", os.path.join(SOURCE, "loadtest", "scale"), *arguments, "--directory", self.directory,
             "--programs", PROGRAMS], cwd=SOURCE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def rows(self, *arguments):
        done = self.run_it(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        table = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if line.startswith("|")]
        self.assertGreaterEqual(len(table), 3, done.stdout)
        head, rows = table[0], table[2:]
        for row in rows:
            self.assertEqual(len(row), len(head), done.stdout)
            for cell in row:
                self.assertRegex(cell, r"\d", done.stdout)
        self.assertFalse(os.path.exists(os.path.join(self.directory, "earmark")), "the data directory is left behind")
        return [row[0] for row in rows], done.stdout

    def test_a_row_for_each_size_of_the_catalogue(self):
        first, _ = self.rows("skus", "1000", "2000", "--rounds", "1")
        self.assertEqual(first, ["1,000", "2,000"])

    def test_a_row_for_each_number_of_connections(self):
        first, _ = self.rows("connections", "1", "7", "--rounds", "1")
        self.assertEqual([re.sub(" x .*", "", cell) for cell in first], ["1", "7"])

    def test_open_orders_grow_to_what_was_asked_and_come_back(self):
        first, printed = self.rows("open", "3000", "--rounds", "1")
        self.assertEqual(first[-1], "3,000")
        self.assertRegex(printed, r"A start with them takes \d")

    def test_a_long_run_tells_what_it_felt(self):
        first, _ = self.rows("long", "--rate", "500", "--seconds", "2")
        self.assertEqual(len(first), 1)

    def test_what_cannot_be_run_is_said(self):
        self.assertIn("1 or more", self.run_it("skus", "0").stderr)
        done = subprocess.run([sys.executable, "-B", os.path.join(SOURCE, "loadtest", "scale"), "skus", "--programs", self.directory],
                              cwd=SOURCE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("earmarkd is not built", done.stderr)


if __name__ == "__main__":
    unittest.main()
