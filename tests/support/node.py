"""Runs the modules of the labs under Node."""

import json
import shutil
import subprocess

import pytest

from posegcn.labs.bundle import SOURCES

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no Node.js on this machine (nodejs)")


def in_node(module, expression, more=None, **data):
    """What a JavaScript expression gives; ``m`` is the module, ``d`` the data.

    ``more`` names further modules.
    """
    modules = {"m": module, **(more or {})}
    imports = (
        f'import * as {name} from "{(SOURCES / file).as_uri()}";\n'
        for name, file in modules.items()
    )
    code = (
        f"{''.join(imports)}"
        'import { readFileSync } from "node:fs";\n'
        'const d = JSON.parse(readFileSync(0, "utf8"));\n'
        "const plain = (_, v) => (ArrayBuffer.isView(v) ? Array.from(v) : v);\n"
        f"console.log(JSON.stringify({expression}, plain));"
    )
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", code],
        input=json.dumps(data),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
