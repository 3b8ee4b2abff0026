"""The runs: in each round every case once, in each case the product and its peers one after the other, each on a fresh
server with the same seed; then the product once more, so that two runs of the same thing tell how much a figure moves by
itself. Every finished run is a line of a file, so that a comparison that was stopped can go on.
"""
import json
import os
import subprocess
import time
from dataclasses import dataclass

import machine
from cases import CASES, PRODUCT
from systems import Fault, start

OVERHEAD_SECONDS = 4.0  # of a run: starting the server, loading, reading back; the first guess
CLIENT_GRACE_SECONDS = 120  # for loading and judging; a run that takes longer is ended and counts as failed
ATTEMPTS = 5  # at one run


class TooShort(Fault):
    """Nothing was answered while it was measured."""


@dataclass(frozen=True)
class Run:
    round: int
    case: str
    entry: object
    repeat: int  # 1: the product's second run in the round

    @property
    def key(self):
        return f"{self.round}/{self.case}/{self.entry.key}/{self.repeat}"


def plan(settings):
    runs = []
    for number in range(1, settings["rounds"] + 1):
        for name in settings["cases"]:
            entries = CASES[name].entries(settings["peers"])
            runs += [Run(number, name, entry, 0) for entry in entries]
            if settings["again"]:
                runs.append(Run(number, name, entries[0], 1))
    return runs


def estimate(settings, runs):
    """Seconds that so many runs will take, and the most that they may."""
    each = settings["seconds"] + settings["warmup"] + OVERHEAD_SECONDS
    return each * runs, 2 * each * runs + 300


def outlook(settings, runs):
    usual, most = estimate(settings, runs)
    return (f"{runs} runs of {settings['seconds']:g} s after {settings['warmup']:g} s of warm-up: about {minutes(usual)}, at most "
            f"{minutes(most)}")


class Measurement:
    def __init__(self, settings, directory, programs, source):
        self.settings, self.directory, self.programs, self.source = settings, directory, programs, source
        self.runs, self.disk, self.check_share, self.peak = {}, [], None, None
        self.path = os.path.join(directory, "runs.jsonl")

    # --- the file ---

    def begin(self, resume):
        lines = [{"settings": self.settings}]
        if resume and os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                lines = [json.loads(line) for line in file if line.endswith("\n")] or lines  # the last one may be cut off
            if lines[0] != {"settings": self.settings}:
                raise Fault("--resume: the comparison that was stopped had other settings, or another commit; give the same, or start "
                            "anew without --resume")
        with open(self.path, "w", encoding="utf-8"):
            pass
        for line in lines:
            self.take(line)
            self.write(line)

    def write(self, line):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def take(self, line):
        if "run" in line and "fault" not in line:  # failed runs are tried again
            self.runs[line["run"]] = line
        elif "disk" in line:
            self.disk.append(line["disk"])
        elif "check_share" in line:
            self.check_share, self.peak = line["check_share"], line["peak"]

    # --- one run ---

    def client(self, run, server, operation, seconds, extra=()):
        case, entry = CASES[run.case], run.entry
        name = "earmark-load" if entry.system == PRODUCT else "earmark-peer-" + entry.system.split("-")[0]
        # The client draws the seed's orders; both sides the same.
        command = [os.path.join(self.programs, name), "--connections", str(entry.connections), "--pipeline", str(entry.pipeline),
                   "--seconds", str(seconds), "--warmup", str(self.settings["warmup"]), "--op", operation,
                   "--distribution", case.distribution, "--short-share", f"{case.short_share:.6f}", "--seed", str(1000 + run.round),
                   "--server-pid", str(server.process.pid), *extra]
        if entry.system == PRODUCT:
            command += ["--server", f"127.0.0.1:{server.port}", "--json"]
        else:
            script = "redis/stock.lua" if entry.system.startswith("redis") else "postgres/schema.sql"
            command += ["--port", str(server.port), "--script", os.path.join(self.source, script)]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                                  timeout=seconds + self.settings["warmup"] + CLIENT_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            raise Fault(f"{name} did not end in time") from None
        lines = done.stdout.strip().splitlines()
        if not lines:
            raise Fault((done.stderr.strip().splitlines() or [f"{name} ended with exit status {done.returncode}"])[-1])
        return json.loads(lines[-1])  # a failed verdict is part of it

    def measure(self, run, seconds):
        operation, extra = CASES[run.case].operation, ()
        if run.entry.mixed:
            operation, extra = "mixed", ("--check-share", f"{self.calibrated_share(run):.4f}")
        os.sync()  # what earlier runs left to write is not this one's work
        with start(run.entry, self.directory, self.programs) as server:
            answer = self.client(run, server, operation, seconds, extra)
        return figures(answer, operation)

    def calibrated_share(self, run):
        """The share of checks at which orders run at half of their peak, found by short runs on servers of their own."""
        if self.check_share is not None:
            return self.check_share
        seconds = min(2.0, self.settings["seconds"])

        def short_run(operation, *extra):
            with start(run.entry, os.path.join(self.directory, "calibration"), self.programs) as server:
                answer = self.client(run, server, operation, seconds, extra)
            return rate_of(answer, "orders"), rate_of(answer, "checks")

        os.makedirs(os.path.join(self.directory, "calibration"), exist_ok=True)
        peak = max(short_run("order")[0], 1.0)
        share = 0.75
        for _ in range(3):
            orders, checks = short_run("mixed", "--check-share", f"{share:.4f}")
            if abs(orders / peak - 0.5) < 0.05:
                break
            # Orders take orders/peak of the time, checks the rest; then both shall take half.
            check_seconds = max(1 - orders / peak, 0.02) / max(checks, 1.0)
            checks_at_half = 0.5 / check_seconds
            share = min(max(checks_at_half / (checks_at_half + peak / 2), 0.02), 0.98)
        self.check_share, self.peak = share, peak
        self.write({"check_share": share, "peak": peak})
        return share

    def attempt(self, run, say):
        """The run's line. What fails is tried once more; what was too short for any answer, with twice the length."""
        seconds = self.settings["seconds"]
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return {"run": run.key, "seconds": seconds, **self.measure(run, seconds)}
            except TooShort as fault:
                line = {"run": run.key, "fault": str(fault)}
                seconds *= 2
            except (Fault, OSError, ValueError, KeyError) as fault:
                line = {"run": run.key, "fault": str(fault) or repr(fault)}
                if attempt > 1:
                    break
            if attempt < ATTEMPTS:
                say(f"{describe(run, line)}; once more, for {seconds:g} s")
        return line

    # --- all of them ---

    def all(self, say):
        planned = plan(self.settings)
        left = [run for run in planned if run.key not in self.runs]
        say(outlook(self.settings, len(left)))
        limit = estimate(self.settings, len(left))[1]
        faults, begun, probed = [], time.monotonic(), set()
        for number, run in enumerate(left):
            if time.monotonic() - begun > limit:
                faults.append(f"time is up: {len(left) - number} runs are left out; --resume does them")
                break
            if run.round not in probed:
                probed.add(run.round)
                self.disk.append(machine.probe_disk(self.programs, self.directory, min(0.5, self.settings["seconds"])))
                self.write({"disk": self.disk[-1]})
            line = self.attempt(run, say)
            if "fault" in line:
                faults.append(f"{run.key}: {line['fault']}")
            else:
                self.runs[run.key] = line
            self.write(line)
            done = number + 1
            remaining = (time.monotonic() - begun) / done * (len(left) - done)
            say(f"[{done}/{len(left)}] {describe(run, line)}; {minutes(remaining)} left")
        return faults


def minutes(seconds):
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def describe(run, line):
    what = f"round {run.round}, {run.case}, {run.entry.key}"
    if "fault" in line:
        return f"{what}: FAILED: {line['fault']}"
    return (f"{what}: {line['rate']:,.0f} {CASES[run.case].unit}, p50 {line['p50_us']:,.0f} us, p99 {line['p99_us']:,.0f} us, "
            f"{100 * line['short']:.1f} % short, verdict {line['verdict']}")


def rate_of(answer, what):
    return answer.get(what, {}).get("per_second", 0)


def figures(answer, operation):
    """What the tables need of one run's report."""
    what = answer.get("orders" if operation == "order" else "checks")
    if not what:
        raise TooShort("nothing was answered while it was measured")
    return {
        "rate": what["per_second"], "p50_us": what["p50_us"], "p99_us": what["p99_us"],
        "beside": rate_of(answer, "orders") if operation == "mixed" else None,
        "lines": answer["lines"], "short": answer["short_line_share"], "cores": answer["cores"],
        "verdict": answer["verdict"]["result"], "examples": answer["verdict"].get("examples", []),
        "checked": answer["verdict"].get("decisions", 0) + answer["verdict"].get("observations", 0),
        "durability": answer.get("durability", "a group commit of LMDB with its two syncs before each answer"),
    }
