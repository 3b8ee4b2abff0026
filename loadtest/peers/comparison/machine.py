"""What the figures were measured on and with: one line each."""
import json
import os
import platform
import subprocess

from systems import Fault, postgres_programs


def output(*command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""
    except OSError:
        return ""


def field(path, name):
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key.strip() == name:
                    return value.strip()
    except OSError:
        pass
    return "unknown"


def disk(directory):
    """Type and device of the file system that the directory is on."""
    number = os.stat(directory).st_dev
    wanted = f"{os.major(number)}:{os.minor(number)}"
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        for line in file:
            parts = line.split()
            if parts[2] == wanted:
                after = parts[parts.index("-") + 1:]
                return f"{after[0]} on {after[1]}"
    return "unknown"


def commit():
    name = output("git", "rev-parse", "--short=12", "HEAD") or "unknown"
    changed = output("git", "status", "--porcelain", "--untracked-files=no")
    return name + (" with changes" if changed else "")


def describe(directory, peers):
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    facts = {
        "machine": f"{field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, "
                   f"kernel {platform.release()}, {disk(directory)}",
        "commit": commit(),
        "redis": " ".join(output("redis-server", "--version").split()[:3]) if any(peer.startswith("redis") for peer in peers) else "",
        "postgres": output(os.path.join(postgres_programs() or "", "postgres"), "--version") if "postgres" in peers else "",
    }
    return {name: value for name, value in facts.items() if value}


def probe_disk(programs, directory, seconds):
    text = output(os.path.join(programs, "earmark-disk-probe"), directory, str(seconds))
    if not text:
        raise Fault(f"cannot measure fdatasync in {directory}; run build/release/bin/earmark-disk-probe {directory} to see why")
    return json.loads(text)
