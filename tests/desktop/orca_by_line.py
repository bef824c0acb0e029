"""Runs Debian's Orca with a debug file that is written line by line: whoever is killed has said everything."""

import builtins
import runpy
import sys

opened = builtins.open


def by_line(file, mode="r", *rest, **named):
    if str(file).endswith(".orca.log"):
        return opened(file, mode, 1)
    return opened(file, mode, *rest, **named)


builtins.open = by_line
sys.argv[0] = "/usr/bin/orca"
runpy.run_path("/usr/bin/orca", run_name="__main__")
