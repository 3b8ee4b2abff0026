"""Starts and stops one server at a time, each from its program, in a directory of the comparison, on a free port of
127.0.0.1. No system service is used or touched. What was started is stopped by its process id, also when a run fails;
the kernel ends it should this process be killed.
"""
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

START_SECONDS = 60
STOP_SECONDS = 30


class Fault(Exception):
    """One line: what is wrong, and what to do."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def last_line(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file if line.strip()]
        return lines[-1] if lines else "it printed nothing"
    except OSError:
        return "it left no log"


class Server:
    """A process with a directory, a port and a log. Use it in a `with` statement: started on entry, stopped on exit."""
    keep_data = False
    stop_signal = signal.SIGTERM

    def __init__(self, directory, name):
        self.data = os.path.join(directory, name)
        self.log = os.path.join(directory, name + ".log")
        self.name, self.port, self.process = name, 0, None

    def command(self):
        raise NotImplementedError

    def user(self):
        """Flags of setpriv: as whom the server runs."""
        return []

    def is_ready(self):
        """Whether the process that was started, and no other, accepts connections at self.port."""
        raise NotImplementedError

    def prepare(self):
        shutil.rmtree(self.data, ignore_errors=True)
        os.makedirs(self.data, mode=0o700)

    def __enter__(self):
        self.prepare()
        for attempt in range(3):  # somebody may take the port before the server does
            self.port = free_port()
            with open(self.log, "wb") as log:
                self.process = subprocess.Popen(
                    ["setpriv", *self.user(), "--pdeathsig", "KILL", *self.command()], stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT, start_new_session=True)
            try:
                if self.wait_ready():
                    return self
            except BaseException:
                self.__exit__()
                raise
        fault = last_line(self.log)
        self.__exit__()
        raise Fault(f"{self.name} does not start: {fault}; all of it: {self.log}")

    def wait_ready(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            if self.is_ready():
                return True
            time.sleep(0.02)
        raise Fault(f"{self.name} was not ready within {START_SECONDS} s; see {self.log}")

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        if not self.keep_data:
            shutil.rmtree(self.data, ignore_errors=True)


class Earmark(Server):
    def __init__(self, directory, programs):
        super().__init__(directory, "earmark")
        self.programs = programs

    def prepare(self):
        shutil.rmtree(self.data, ignore_errors=True)  # earmarkd makes it

    def command(self):
        return [os.path.join(self.programs, "earmarkd"), "--data", self.data, "--listen", f"127.0.0.1:{self.port}"]

    def is_ready(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return any(line.startswith("ready ") and line.endswith("\n") for line in log)


class Redis(Server):
    def __init__(self, directory, fsync):
        super().__init__(directory, "redis")
        self.fsync = fsync

    def command(self):
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.data, "--save", "",
                "--appendonly", "yes", "--appendfsync", self.fsync, "--auto-aof-rewrite-percentage", "0", "--daemonize", "no"]

    def is_ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(b"INFO server\r\n")
                return f"process_id:{self.process.pid}\r".encode() in link.recv(65536)
        except OSError:
            return False


class Postgres(Server):
    """The cluster is made once and kept between the runs: its log files are used again, as in a server that runs for long."""
    keep_data = True
    stop_signal = signal.SIGINT  # does not wait for clients

    def __init__(self, directory):
        super().__init__(directory, "postgres")
        self.programs = postgres_programs()

    def user(self):
        # PostgreSQL refuses to run as root.
        return ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []

    def prepare(self):
        if os.path.exists(os.path.join(self.data, "PG_VERSION")):
            return
        os.makedirs(self.data, mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.data, user.pw_uid, user.pw_gid)
            if subprocess.run(["setpriv", *self.user(), "test", "-w", self.data], check=False).returncode != 0:
                raise Fault(f"user postgres cannot enter {self.data}; give a directory that it can: --directory DIR")
        made = subprocess.run(
            ["setpriv", *self.user(), os.path.join(self.programs, "initdb"), "-D", self.data, "-U", "postgres", "-A", "trust",
             "--no-sync"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, cwd="/")
        if made.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise Fault("initdb failed: " + (made.stderr.strip().splitlines() or ["no message"])[-1])

    def command(self):
        # A quarter of the memory is what its documentation advises; the rest keeps checkpoints out of the measurement.
        memory_mib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        settings = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "100", "jit": "off",
            "synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "wal_level": "minimal", "max_wal_senders": "0",
            "shared_buffers": f"{min(4096, memory_mib // 4)}MB", "wal_buffers": "64MB", "min_wal_size": "2GB", "max_wal_size": "16GB",
            "checkpoint_timeout": "30min",
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [os.path.join(self.programs, "postgres"), "-D", self.data, "-p", str(self.port), *flags]

    def is_ready(self):
        try:
            with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as file:
                lines = file.read().split("\n")
            return int(lines[0]) == self.process.pid and lines[7].strip() == "ready"
        except (OSError, ValueError, IndexError):
            return False


def postgres_programs():
    """The folder of the newest PostgreSQL; none if there is no PostgreSQL."""
    installed = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    if installed:
        return os.path.dirname(max(installed, key=lambda path: int(path.split("/")[4])))
    program = shutil.which("postgres")
    return os.path.dirname(os.path.realpath(program)) if program else None


def start(entry, directory, programs):
    """The server of an entry, not started yet."""
    if entry.system == "redis":
        return Redis(directory, "always")
    if entry.system == "redis-everysec":
        return Redis(directory, "everysec")
    if entry.system == "postgres":
        return Postgres(directory)
    return Earmark(directory, programs)
