# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Boots a kernel in QEMU, runs one command in it, and brings back what it said."""

from __future__ import annotations

import collections
import mmap
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from debian import Kernel, KernelError

QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
STATUS_NO_ANSWER = 125
STATUS_TIMEOUT = 124
_LOG_CHUNKS, _LOG_LINES = 10000, 40
"""Of the kernel's log: what is kept of it (a chunk may be one byte), and what is shown."""

Sink = Callable[[bytes], object]
Part = bytes | mmap.mmap
"""Of an initramfs: an archive."""


@dataclass(frozen=True)
class Options:
    """How to boot."""

    cpus: int = 1
    memory_mb: int = 2048
    limit_s: float = 2700.0


@dataclass(frozen=True)
class Answer:
    """What came of a command."""

    status: int
    complaint: str
    """Why there is no status of the command's own; empty: there is one."""
    files: bytes
    """A tar of what it left in /out."""
    log: str
    """The end of the kernel's log."""

    def keep_files(self, directory: Path) -> None:
        """Unpacks the files."""
        directory.mkdir(parents=True, exist_ok=True)
        command = ["tar", "-x", "-m", "--no-same-owner", "-C", str(directory)]
        subprocess.run(command, input=self.files, check=True)


def _qemu_major() -> int:
    try:
        said = subprocess.check_output([QEMU, "--version"], text=True)
    except OSError as error:
        raise KernelError(f"there is no {QEMU} here; run: sudo tools/setup kernels") from error
    found = re.search(r"version (\d+)", said)
    return int(found.group(1)) if found else 0


def _processor(kernel: Kernel) -> tuple[str, str]:
    """The processor, and what it needs on the kernel's command line.

    QEMU before 8 leaves garbage in the flags after cmpxchg16b: an interrupt just there kills the
    guest in its slab allocator. Without that instruction, 6.18 and later cannot allocate for BPF
    local storage from any context but by the allocator's slow path.
    """
    if _qemu_major() >= 8:
        return "max", ""
    version = [int(number) for number in re.findall(r"\d+", kernel.release)[:2]]
    return "max,cx16=off", "slub_debug=F" if version >= [6, 18] else ""


def _time(cpus: int) -> list[str]:
    """How time passes: with one processor by instructions, and idle time in no time.

    So a loaded host makes nothing in the guest time out. Several processors hang that way (5.10,
    6.1); they get real time.
    """
    if cpus == 1:
        return ["-accel", "tcg,thread=single", "-icount", "shift=1,sleep=off"]
    return ["-accel", "tcg,thread=multi"]


class Machine:
    """One guest; run() it once, from any thread."""

    def __init__(self, kernel: Kernel, parts: Iterable[Part], options: Options) -> None:
        self._kernel = kernel
        self._parts = list(parts)
        self._options = options
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False
        self._is_late = False

    def stop(self) -> None:
        """Ends the guest, or keeps it from starting."""
        with self._lock:
            self._is_over = True
            if self._process is not None:
                self._process.kill()

    def run(self, stdout: Sink, stderr: Sink) -> Answer:
        """Boots, gives away what the command says as it comes, and waits for the end."""
        log: collections.deque[bytes] = collections.deque(maxlen=_LOG_CHUNKS)
        status: list[bytes] = []
        with tempfile.NamedTemporaryFile(prefix="rsttrace-kernel.") as initrd:
            for part in self._parts:
                initrd.write(part)
            initrd.flush()
            complaint = self._boot(initrd.name, (log.append, stdout, stderr, status.append))
        lines = b"".join(log).decode("utf-8", "replace").splitlines()
        return self._answer(b"".join(status), complaint, "\n".join(lines[-_LOG_LINES:]))

    def _answer(self, said: bytes, complaint: str, log: str) -> Answer:
        first, _, files = said.partition(b"\n")
        number = re.fullmatch(rb"status (\d+)", first)
        if number is not None:
            return Answer(int(number.group(1)), "", files, log)
        if self._is_late:
            return Answer(STATUS_TIMEOUT, f"not done after {self._options.limit_s:.0f} s", b"", log)
        return Answer(STATUS_NO_ANSWER, complaint or "the guest ended without a status", b"", log)

    def _boot(self, initrd: str, ports: tuple[Sink, ...]) -> str:
        """Runs QEMU to its end, a pipe to each serial port; what QEMU complains of."""
        pipes = [os.pipe() for _ in ports]
        readers = [threading.Thread(target=_drain, args=(read, sink), daemon=True)
                   for (read, _), sink in zip(pipes, ports, strict=True)]
        writers = [write for _, write in pipes]
        complaint = ""
        try:
            with self._lock:
                if not self._is_over:
                    self._process = subprocess.Popen(
                        self._command(initrd, writers), stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=writers)
        finally:
            for write in writers:
                os.close(write)
            for reader in readers:
                reader.start()
        if self._process is not None:
            complaint = self._wait(self._process)
        for reader in readers:
            reader.join()
        return complaint

    def _wait(self, process: subprocess.Popen[bytes]) -> str:
        try:
            said, _ = process.communicate(timeout=self._options.limit_s)
        except subprocess.TimeoutExpired:
            self._is_late = True
            process.kill()
            said, _ = process.communicate()
        return said.decode("utf-8", "replace").strip()

    def _command(self, initrd: str, ports: list[int]) -> list[str]:
        cpu, remedy = _processor(self._kernel)
        append = ("console=ttyS0 panic=-1 quiet loglevel=4 mitigations=off random.trust_cpu=on"
                  f" net.ifnames=0 rootfstype=ramfs {remedy}")
        serial = [word for port in ports for word in ("-serial", f"file:/dev/fd/{port}")]
        # Whatever ends us ends the guest.
        return ["setpriv", "--pdeathsig", "KILL",
                QEMU, "-M", "pc", *_time(self._options.cpus), "-cpu", cpu,
                "-smp", str(self._options.cpus), "-m", str(self._options.memory_mb),
                "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
                "-kernel", str(self._kernel.image), "-initrd", initrd, "-append", append, *serial]


def _drain(descriptor: int, sink: Sink) -> None:
    while data := os.read(descriptor, 65536):
        sink(data)
    os.close(descriptor)
