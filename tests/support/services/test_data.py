"""Where the shared test data lie."""

import os
import pathlib

import packages


def folder(part):
    data = pathlib.Path(os.environ.get("SEKISHO_TEST_DATA") or packages.SOURCE.parent / "shared/data")
    if not (data / part).is_dir():
        raise packages.Unavailable(f"no test data {part}: set SEKISHO_TEST_DATA")
    return data / part
