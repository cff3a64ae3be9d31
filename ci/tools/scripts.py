"""Hands the scripts (`run`) of a GitHub workflow or action to shellcheck: scripts.py SHELLCHECK RECIPE.

A name of the recipe stands before each complaint. `${{ … }}` does not occur in our scripts, because a value that is
pasted into a script can end it; zizmor refuses it.
"""

import subprocess
import sys

from ruamel.yaml import YAML


def scripts(node, place=""):
    """Every `run` below a node, with the place where it is."""
    if isinstance(node, dict):
        if isinstance(node.get("run"), str):
            yield place, node["run"]
        for key, value in node.items():
            yield from scripts(value, f"{place}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            name = value.get("name", number) if isinstance(value, dict) else number
            yield from scripts(value, f"{place}/{name}")


def main(shellcheck, recipe):
    with open(recipe, encoding="utf-8") as file:
        found = list(scripts(YAML(typ="safe").load(file)))
    failed = 0
    for place, script in found:
        # GitHub starts bash with these options.
        command = [shellcheck, "--shell=bash", "-"]
        outcome = subprocess.run(command, input=f"set -eo pipefail\n{script}", text=True, capture_output=True)
        if outcome.returncode:
            failed = 1
            print(f"{recipe}: {place}\n{outcome.stdout}{outcome.stderr}")
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
