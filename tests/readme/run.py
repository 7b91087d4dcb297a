#!/usr/bin/env python3
"""Runs what README.md and fixtures/README.md show: tests/readme/run.py SDK_WORK_DIR.

Every block of the README has a word for its language and, where needed, one for how it is run:

    sh               run; must succeed
    sh background    run until the next such block; goes on once it prints its ready line
    sh tests         not run: it is the command that runs this test
    sh container     not run here: tests/container builds that image and runs that client
    yaml NAME        written to NAME
    js, python       run with the SDK that tests/sdk installed into SDK_WORK_DIR
    js NAME, python NAME  written to NAME, for a command that runs it with the SDK
    json, text       what the block before it printed; timestamps, ports and milliseconds may differ

Exit status 77: an SDK is not installed, and this is not CI.
"""

import glob
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VARIES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z|(?<=http://127\.0\.0\.1:)\d+|\d+(\.\d+)?ms")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Session:
    """One reader of the README, in a folder of their own."""

    def __init__(self, folder, sdks):
        self.folder = folder
        self.sdks = sdks
        self.port = free_port()
        path = f"{pathlib.Path(sdks['python']).parent}:{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        pathlib.Path(folder, "node_modules").symlink_to(sdks["js"])
        self.server = None
        self.printed = None

    def localise(self, text):
        return text.replace("server/run", f"'{ROOT}/server/run'").replace("8080", self.port)

    def run(self, *command):
        done = subprocess.run(command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True,
                              timeout=600, check=False)
        if done.returncode != 0:
            raise SystemExit(f"status {done.returncode} from: {' '.join(command)}\n{done.stdout}")
        self.printed = done.stdout

    def start(self, text):
        self.stop()
        environment = {**self.environment, "JOBMOCK_PORT": self.port}
        self.server = subprocess.Popen(["bash", "-c", "exec " + text], cwd=self.folder, env=environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.server.stdout.readline()
        if not line.startswith(f"jobmock listening on http://127.0.0.1:{self.port} "):
            raise SystemExit(f"not ready: {line!r}")

    def stop(self):
        if self.server:
            self.server.terminate()
            if self.server.wait(timeout=30) != 0:
                raise SystemExit("the server did not end well")
            self.server = None

    def run_js(self, text):
        pathlib.Path(self.folder, "example.mjs").write_text(text)
        self.run("node", "example.mjs")

    def run_python(self, text):
        pathlib.Path(self.folder, "example.py").write_text(text)
        self.run(self.sdks["python"], "example.py")

    def compare(self, shown):
        if VARIES.sub("X", self.printed).strip() != VARIES.sub("X", shown).strip():
            raise SystemExit(f"the README shows:\n{shown}\nprinted was:\n{self.printed}")

    def play(self, language, word, text):
        text = self.localise(text)
        if language == "sh" and word in ("tests", "container"):
            return
        if language == "sh" and word == "background":
            self.start(text)
        elif language == "sh" and word is None:
            self.run("bash", "-e", "-o", "pipefail", "-c", text)
        elif language in ("yaml", "js", "python") and word:
            pathlib.Path(self.folder, word).write_text(text)
        elif language == "js":
            self.run_js(text)
        elif language == "python":
            self.run_python(text)
        elif language in ("json", "text"):
            self.compare(text)
        else:
            raise SystemExit(f"a block that no rule fits: {language} {word}")


def installed_sdks(folder):
    modules = glob.glob(f"{folder}/writer-sdk-npm-*/node_modules")
    pythons = glob.glob(f"{folder}/writer-sdk-python*/bin/python")
    if modules and pythons:
        return {"js": modules[0], "python": pythons[0]}
    print("skipped: an SDK is not installed; tests/sdk says why")
    raise SystemExit(1 if os.environ.get("CI") else 77)


def main():
    sdks = installed_sdks(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        session = Session(folder, sdks)
        blocks = BLOCK.findall((ROOT / "README.md").read_text())
        assert len(blocks) > 15, "the README has lost its blocks"
        try:
            for language, word, text in blocks:
                print(f"--- {language} {word}", flush=True)
                session.play(language, word or None, text)
        finally:
            session.stop()

        format_page = BLOCK.findall((ROOT / "fixtures/README.md").read_text())
        (example,) = [text for language, _, text in format_page if language == "yaml"]
        pathlib.Path(folder, "format.yaml").write_text(example)
        session.run(f"{ROOT}/server/run", "check", "format.yaml")


main()
