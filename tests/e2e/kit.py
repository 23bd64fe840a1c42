"""What the end-to-end tests share: the demo's modules on the path, a root folder, checks that say what was expected."""

import contextlib
import os
import pathlib
import shutil
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DEMO = SOURCE / "scripts/demo"
sys.path.insert(0, str(DEMO))
sys.path.insert(0, str(SOURCE / "tests/support/services"))
SKIPPED = 77  # CTest's SKIP_RETURN_CODE
os.umask(0o077)


class Failure(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failure(what)


@contextlib.contextmanager
def temporary_root():
    root = pathlib.Path(tempfile.mkdtemp(prefix="sekisho-e2e-"))
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def parts(*arguments_and_parts):
    """Each part is tried with the arguments; what cannot be had is said, and the test is skipped only when nothing was left to try."""
    from packages import Unavailable

    missing, done = [], 0
    arguments = [a for a in arguments_and_parts if not callable(a)]
    for part in filter(callable, arguments_and_parts):
        try:
            part(*arguments)
            done += 1
        except Unavailable as reason:
            print(f"skipped: {part.__name__}: {reason}", flush=True)
            missing.append(str(reason))
    if done == 0:
        raise Unavailable("; ".join(missing))


def main(run):
    """Runs `run(root)`; 1 and the reason when something is not as it should be, 77 when what it needs cannot be had here."""
    from packages import Unavailable
    from report import DemoError

    with temporary_root() as root:
        try:
            run(root)
        except Unavailable as reason:
            print(f"SKIPPED: {reason}")
            return SKIPPED
        except (Failure, DemoError) as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
    return 0
