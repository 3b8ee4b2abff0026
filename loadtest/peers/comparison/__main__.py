"""Compares Earmark with what a user would run instead. See `loadtest/peers/compare --help`, which starts this."""
import argparse
import json
import os
import shutil
import signal
import sys
import time

import machine
from cases import CASES, PEERS
from judge import complaints_of, goals_of, rows_of
from measure import Measurement, outlook, plan
from systems import Fault
from tables import page

DESCRIPTION = "Earmark beside Redis and PostgreSQL on the same work, interleaved, as tables with goals."
EPILOG = """Examples:
  loadtest/peers/compare                                    the whole table: 5 rounds of 5 s, about half an hour
  loadtest/peers/compare --quick                            one round of 1 s: shows that it works, no figures to keep
  loadtest/peers/compare --cases 50x1,1x1 --peers redis     a part of it
  loadtest/peers/compare --out table.md                     the page into a file, and table.json beside it
  loadtest/peers/compare --resume                           go on with a comparison that was stopped (same settings)

Installs redis-server and postgresql-15 when they are missing (root needed for that), builds the programs, starts each server
on a free port of 127.0.0.1 with its data below .run/peers, and stops it. System services are left alone. Let nothing else
run beside it: runs with more than 0.15 cores taken by others are left out of the medians.

Exit status: 0 all runs done, every verdict passed, the same share of short lines on both sides; 1 not so (the page says
what); 2 bad usage; 130 stopped. Figures and goals never change it."""


def names(known, what):
    def parse(text):
        chosen = list(dict.fromkeys(part for part in text.split(",") if part))
        unknown = [part for part in chosen if part not in known]
        if unknown or not chosen:
            raise argparse.ArgumentTypeError(f"no {what} is called {', '.join(unknown) or 'so'}; there are: {','.join(known)}")
        return [name for name in known if name in chosen]
    return parse


def number(kind, lowest, highest):
    def parse(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(f"{text} is no number from {lowest} to {highest}")
        return value
    return parse


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"compare: {message}; see loadtest/peers/compare --help\n")


def arguments():
    parser = Parser("compare", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=number(int, 1, 100), help="rounds, each with every case (5)")
    parser.add_argument("--seconds", type=number(float, 0.2, 600), help="length of a run (5)")
    parser.add_argument("--warmup", type=number(float, 0, 60), help="load before it (2)")
    parser.add_argument("--cases", type=names(list(CASES), "case"), default=list(CASES), help=",".join(CASES))
    parser.add_argument("--peers", type=names(list(PEERS), "peer"), default=list(PEERS), help=",".join(PEERS))
    parser.add_argument("--quick", action="store_true", help="1 round x 1 s after 0.2 s, the product once in each round")
    parser.add_argument("--resume", action="store_true", help="keep the finished runs of a comparison that was stopped")
    parser.add_argument("--plan", action="store_true", help="only say what would run and how long it takes")
    parser.add_argument("--out", metavar="FILE.md", help="the page, and FILE.json beside it (.run/peers/comparison.md)")
    parser.add_argument("--directory", default=".run/peers", help="where the servers' data go: on the disk to measure (.run/peers)")
    parser.add_argument("--programs", default="build/release/bin", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.out and not chosen.out.endswith(".md"):
        parser.error("--out wants a name that ends in .md")
    for name, quick, usual in (("rounds", 1, 5), ("seconds", 1.0, 5.0), ("warmup", 0.2, 2.0)):
        if getattr(chosen, name) is None:
            setattr(chosen, name, quick if chosen.quick else usual)
    return chosen


def stopped(number_of_signal, _):
    raise SystemExit(128 + number_of_signal)


def command_line(chosen):
    parts = ["loadtest/peers/compare"]
    parts += ["--quick"] if chosen.quick else []
    parts += [f"--rounds {chosen.rounds}", f"--seconds {chosen.seconds:g}", f"--warmup {chosen.warmup:g}"]
    parts += [f"--cases {','.join(chosen.cases)}", f"--peers {','.join(chosen.peers)}"]
    return " ".join(parts)


def main():
    chosen = arguments()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stopped)
    settings = {"rounds": chosen.rounds, "seconds": chosen.seconds, "warmup": chosen.warmup, "cases": chosen.cases, "peers": chosen.peers,
                "again": not chosen.quick}
    if chosen.plan:
        print(f"{outlook(settings, len(plan(settings)))}\n{command_line(chosen)}")
        return 0
    directory = os.path.abspath(chosen.directory)
    os.makedirs(directory, exist_ok=True)
    facts = {"date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), **machine.describe(directory, chosen.peers)}
    settings["commit"] = facts["commit"]
    source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    measurement = Measurement(settings, directory, os.path.abspath(chosen.programs), source)
    try:
        measurement.begin(chosen.resume)
        faults = measurement.all(lambda line: print(line, flush=True))
    except Fault as fault:
        print(f"compare: {fault}", file=sys.stderr)
        return 1
    except SystemExit as end:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one does not keep it from tidying up
        print(f"compare: stopped; {len(measurement.runs)} finished runs are kept: go on with {command_line(chosen)} --resume", file=sys.stderr)
        return end.code
    finally:
        for name in ("postgres", "calibration"):  # what is kept between runs
            shutil.rmtree(os.path.join(directory, name), ignore_errors=True)
    tables = rows_of(measurement)
    goals = goals_of(tables)
    complaints = faults + complaints_of(tables, settings)
    text = page(measurement, facts, tables, goals, complaints, command_line(chosen))
    path = chosen.out or os.path.join(directory, "comparison.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    with open(path[:-3] + ".json", "w", encoding="utf-8") as file:
        json.dump({"facts": facts, "settings": settings, "command": command_line(chosen), "disk": measurement.disk,
                   "check_share": measurement.check_share, "tables": tables, "goals": goals, "complaints": complaints,
                   "runs": list(measurement.runs.values())}, file, indent=1)
        file.write("\n")
    print("\n" + text + f"\nThe page is in {path}, all figures in {path[:-3]}.json")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
