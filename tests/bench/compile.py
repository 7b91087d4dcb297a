"""Compiles C++ programs of one file against installed libraries."""

import shlex
import subprocess

from servers import WORK, Failed, output


def program(source):
    return WORK / source.stem


def compile_program(source, *packages):
    """Once, and again when the source has changed."""
    binary = program(source)
    if binary.exists() and binary.stat().st_mtime > source.stat().st_mtime:
        return
    flags = shlex.split(output("pkg-config", "--cflags", "--libs", *packages))
    done = subprocess.run(["c++", "-std=c++20", "-O3", "-DNDEBUG", "-o", binary, source, *flags, "-pthread"],
                          check=False, text=True, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise Failed(f"{source.name} does not compile:\n{done.stderr}")
