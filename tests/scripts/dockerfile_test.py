#!/usr/bin/env python3
"""The image's build stage copies all that its configuration reads: tried in a folder that holds those files alone."""

import fnmatch
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Dockerfile(unittest.TestCase):
    def test_what_it_copies_can_be_configured(self):
        stage = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8").split("\nFROM ")[1]
        configure = re.search(r"^RUN (cmake --preset .*?)(?: \\)?$", stage, re.M).group(1)
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder)
            ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
            for line in re.findall(r"^COPY (.+)$", stage, re.M):
                *names, target = line.split()
                for name in names:
                    self.assertFalse(any(fnmatch.fnmatch(name.split("/")[0], i) for i in ignored), f"{name} is in .dockerignore")
                    place = source / target / (os.path.basename(name) if target.endswith("/") else "")
                    place.parent.mkdir(parents=True, exist_ok=True)
                    copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                    copy(ROOT / name, place)
            done = subprocess.run(configure, shell=True, cwd=source, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])


if __name__ == "__main__":
    unittest.main()
