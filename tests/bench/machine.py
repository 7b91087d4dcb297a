"""Which machine it ran on."""

import datetime
import os
import pathlib
import platform

from servers import output


def first_value(file, key, separator):
    for line in pathlib.Path(file).read_text().splitlines():
        name, _, value = line.partition(separator)
        if name.strip() == key:
            return value.strip().strip('"')
    return "unknown"


def describe():
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": first_value("/proc/cpuinfo", "model name", ":"),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "kernel": platform.release(),
        "os": first_value("/etc/os-release", "PRETTY_NAME", "="),
        "load_before": round(os.getloadavg()[0], 2),
        "wrk": output("bash", "-c", "wrk --version || true").split()[1],
    }


def sentence(machine):
    return ("{date}; {cpu}, {cores} cores, {memory_gb} GB; {os}, Linux {kernel}; wrk {wrk}; "
            "load before the run {load_before}").format(**machine)
