"""How a server is started, looked at and stopped."""

import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
from http.client import HTTPConnection, HTTPException
from typing import Callable

import jobs

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "tests/bench/peers"
WORK = ROOT / "build/bench"


class Failed(Exception):
    """A server could not be installed or started, or answered wrongly."""


@functools.cache
def answers_file(count):
    """A file with that many answers, as a JSON array."""
    file = WORK / f"answers-{count}.json"
    jobs.write_answers(file, count)
    return file


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a server is to serve, and where: the first `jobs` jobs on 127.0.0.1:`port`. `folder` is its own."""

    folder: pathlib.Path
    port: int
    jobs: int

    @property
    def answers(self):
        return answers_file(self.jobs)


@dataclasses.dataclass(frozen=True)
class Server:
    name: str
    version: Callable[[], str]
    prepare: Callable[[Setting], list]  # writes its configuration and returns the command that starts it
    note: str  # how it is set up
    install: Callable[[], None] = lambda: None


def output(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def npm_folder(package):
    return WORK / "npm" / package.lstrip("@").replace("/", "-")


def npm_install(package):
    """Installs `package`, a name with a version, once; returns a function for Server.install."""
    folder = npm_folder(package)

    def install():
        if (folder / "installed").exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["npm", "install", "--prefix", folder, "--no-save", "--no-package-lock", "--no-audit",
                               "--no-fund", "--ignore-scripts", "--fetch-retries", "1", "--fetch-timeout", "60000",
                               package], check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise Failed(f"npm cannot install {package}: {done.stdout.strip().splitlines()[0]}")
        (folder / "installed").touch()

    return install


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment():
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "NODE_ENV": "production"}


class Running:
    """A server from its start to the end of the `with`."""

    def __init__(self, server, job_count, patience=60):
        self.server = server
        self.job_count = job_count
        folder = WORK / "run" / server.name
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.log = folder / "log"
        self.command = [str(word) for word in server.prepare(Setting(folder, self.port, job_count))]
        with open(self.log, "wb") as log:
            begin = time.perf_counter()
            self.process = subprocess.Popen(self.command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        try:
            self.start_ms = self._wait_for_answer(begin, patience)
            self._check_answers()
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def shown_command(self):
        """Without the paths of this machine."""
        return " ".join(self.command).replace(f"{ROOT}/", "").replace(str(self.port), "PORT")

    def processes(self):
        """The ids of all processes that its start led to."""
        found = []
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
        return found

    def memory_mb(self, field="VmRSS"):
        """Resident memory of all its processes; with VmHWM, the most there was."""
        total = 0
        for process in self.processes():
            status = pathlib.Path(f"/proc/{process}/status").read_text()
            total += int(status.split(f"{field}:")[1].split()[0])
        return total / 1024

    def stop(self):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait()

    def _wait_for_answer(self, begin, patience):
        request = (f"GET {jobs.path(0)} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                   f"Authorization: Bearer {jobs.TOKEN}\r\n\r\n").encode()
        while not self._answers(request):
            if self.process.poll() is not None:
                raise Failed(f"it ended with status {self.process.returncode}: {self._last_words()}")
            if time.perf_counter() - begin > patience:
                raise Failed(f"not ready after {patience:g} s")
            time.sleep(0.001)
        return (time.perf_counter() - begin) * 1000

    def _answers(self, request):
        with socket.socket() as client:
            client.settimeout(10)
            try:
                client.connect(("127.0.0.1", self.port))
                client.sendall(request)
                return client.recv(4096).startswith(b"HTTP/1.1 200 ")
            except OSError:
                return False

    def _check_answers(self):
        for number in {0, self.job_count - 1}:
            status, body = self.request("GET", jobs.path(number), jobs.TOKEN)
            if status != 200 or json.loads(body) != jobs.answer(number):
                raise Failed(f"job {number} is answered with {status}: {body[:200]!r}")
        status, _ = self.request("GET", jobs.path(0), None)
        if status != 401:
            raise Failed(f"a request without a token is answered with {status}")

    def request(self, method, path, token):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, headers={"Authorization": f"Bearer {token}"} if token else {})
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException) as error:
            raise Failed(f"{method} {path} has no answer: {error!r}") from error
        finally:
            connection.close()

    def _last_words(self):
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "it said nothing"
