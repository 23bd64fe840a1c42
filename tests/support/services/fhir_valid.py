"""Others' judgement whether resources are valid FHIR R4 (fhir_valid.mjs under Node 22)."""

import json
import subprocess

from servers import node_command


def judge(resources):
    """Answers (how many are valid, the invalid ones with the validator's errors)."""
    lines = "".join(json.dumps(r) + "\n" for r in resources)
    ran = subprocess.run(node_command("fhir_valid.mjs"), input=lines, capture_output=True, text=True, timeout=120)
    if ran.returncode != 0:
        raise RuntimeError(f"the FHIR validator failed: {ran.stderr[-1000:]}")
    result = json.loads(ran.stdout)
    return result["valid"], result["invalid"]
