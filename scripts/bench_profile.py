"""What bounds a figure of `./dev bench dsp`: the disk's synced write, and where the processors' time of both nodes goes, by
sampling with perf where that is installed."""

import os
import re
import shutil
import signal
import subprocess
import time

# First fit wins: (what the table says, library, symbol).
KINDS = (
    ("kernel: network", r"kernel|unknown", r"tcp|\bip_|inet|skb|sock|net|unix_|loopback|softirq|csum|epoll|ep_"),
    ("kernel: files and synced writes", r"kernel|unknown", r"ext4|jbd2|blk|bio|virtblk|page_cache|folio|writeback|vfs_f|fsync|submit|iomap"),
    ("kernel: waking and switching threads", r"kernel|unknown", r"sched|futex|wake|switch|try_to_wake|pick_next|idle|raw_spin|rcu|entity"),
    ("kernel: other", r"kernel|unknown", r""),
    ("signatures (Ed25519)", r"sodium", r""),
    ("TLS records, digests, certificates (OpenSSL)", r"libssl|libcrypto", r""),
    ("RocksDB", r"rocksdb|snappy|lz4|zstd", r""),
    ("JSON", r"boost_json", r""),
    ("JSON", r"sekishod", r"json|Json|canonical"),
    ("memory (malloc, copies)", r"", r"malloc|free|calloc|realloc|_int_|arena|memcpy|memmove|memset|memcmp|operator new|operator delete|tcache|unlink_chunk|cfree"),
    ("Protobuf", r"protobuf", r""),
    ("policies: reading and deciding", r"sekishod", r"sekisho::policy"),
    ("coroutines and the event loop", r"sekishod", r"asio|awaitable|coroutine|sekisho::async"),
    ("HTTP", r"sekishod", r"sekisho::http|node::(Session|Router|Pipeline)"),
    ("log and statements", r"sekishod", r"sekisho::trust|node::(Batch|Writer|Tree|Postings|CommitQueue|Counters|encode_entry)"),
    ("processes, agreements, outbox", r"sekishod", r"sekisho::node"),
    ("sekishod, other (text, containers)", r"sekishod", r""),
    ("libraries, other", r"", r""),
)


def sync_ms(folder):
    """Median of appending 4 KiB and waiting until the disk has it, as one commit does."""
    path, times = folder / "sync-probe", []
    fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    for _ in range(101):
        at = time.perf_counter()
        os.write(fd, b"x" * 4096)
        os.fdatasync(fd)
        times.append(time.perf_counter() - at)
    os.close(fd)
    path.unlink()
    return sorted(times)[50] * 1000


class Sampler:
    """with Sampler(folder, {name: pid}) as s: …; s.report()"""

    def __init__(self, folder, pids):
        self.data, self.pids = folder / "perf.data", pids
        self.process = None

    def __enter__(self):
        if shutil.which("perf"):
            command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "-o", str(self.data), "-p", ",".join(map(str, self.pids.values()))]
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()

    def report(self):
        if not self.process:
            print("    perf is not installed: no profile")
            return
        command = ["perf", "report", "-i", str(self.data), "--stdio", "--sort", "dso,symbol", "-F", "overhead,dso,symbol", "-t", "\t",
                   "--percent-limit", "0"]
        text = subprocess.run(command, capture_output=True, text=True).stdout
        shares = {}
        for line in text.splitlines():
            fields = [field.strip() for field in line.split("\t")]
            if line.startswith("#") or len(fields) < 3 or not fields[0].endswith("%"):
                continue
            share, library, symbol = float(fields[0].rstrip("%")), fields[1], fields[2]
            kind = next(name for name, l, s in KINDS if re.search(l, library) and re.search(s, symbol))
            shares[kind] = shares.get(kind, 0.0) + share
        if not shares:
            print("    perf could not sample the nodes: no profile")
        for kind, share in sorted(shares.items(), key=lambda item: -item[1]):
            print(f"    {share:5.1f} %  {kind}", flush=True)
