#!/usr/bin/env bash
# write the tables of the code (error codes, settings, levels) into the documents: docs
#
# A test fails when a document differs from the code; this mends it.
. scripts/lib/common.sh
ensure_packages build run test
configure release -DSEKISHO_TESTS=ON
build release doc_tables
exec python3 scripts/gen_docs.py --tables build/release/tests/scripts/doc_tables
