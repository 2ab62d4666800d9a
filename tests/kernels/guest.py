# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What a guest finds in its memory: this machine's programs, a kernel's modules, tree, command.

Programs and modules are kept in the cache and made anew when what they are made from has changed.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import mmap
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path

from cpio import Archive
from debian import Kernel, KernelError
from machine import Part

HERE = Path(__file__).resolve().parent
TREE = HERE.parents[1]

PROGRAMS = ("bash", "ip", "nft", "nsenter", "setpriv", "timeout", "unshare")
"""What the lab needs, beside busybox and python."""
SERVERS = ("nginx",)
"""Watched by the lab, whose scenarios say so where one is not installed."""
COMFORTS = ("bpftool", "ethtool", "jq", "ss", "strace", "sysctl", "tc", "tcpdump")
"""For people who look around with `make kernel`: taken along where they are installed."""

EAGER = ("veth", "nf_tables", "nft_ct", "nft_counter", "nft_reject_inet", "nft_reject_ipv4",
         "nft_reject_ipv6", "sch_netem", "tcp_diag")
"""Loaded before the command; what a kernel has built in, or has not, is passed over."""
ON_DEMAND = ("act_gact", "act_mirred", "af_packet_diag", "bridge", "cls_bpf", "cls_flower",
             "cls_matchall", "cls_u32", "dummy", "ip_vs", "ipvlan", "macvlan", "mptcp_diag",
             "nf_conntrack_netlink", "nf_nat", "nft_chain_nat", "nft_compat", "nft_limit", "nft_log", "nft_masq",
             "nft_meta_bridge", "nft_numgen", "nft_redir", "nft_reject_bridge", "nft_reject_netdev",
             "sch_htb", "sch_ingress", "sch_prio", "sch_tbf", "tcp_bbr", "tcp_dctcp", "tls", "tun",
             "udp_diag", "vrf", "vxlan", "xt_TCPMSS", "xt_comment", "xt_conntrack", "xt_tcpudp")

_DPKG_STATUS = Path("/var/lib/dpkg/status")
_STDLIB_WITHOUT = {"config", "dist-packages", "ensurepip", "idlelib", "lib2to3", "pydoc_data",
                   "site-packages", "sqlite3", "test", "tkinter", "turtledemo"}
_EXTENSIONS_WITHOUT = re.compile(r"_(test|xx|ssl|sqlite3|tkinter|dbm|gdbm|curses)|xx|ossaudio|nis")
_TREE_WITHOUT = re.compile(r"\.git$|build/(san/)?(deb|fuzz|kernels|libbpf|man|obj|rsttrace-static|static)$"
                           r"|build/.*\.([do]|skel\.h)$"
                           r"|.*/__pycache__$")
_MODINFO = re.compile(rb"(?:^|(?<=\0))(depends|alias)=([^\0]*)")


def _find(program: str) -> str | None:
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def _libraries(files: Iterable[str | Path]) -> set[str]:
    """The shared libraries that programs and libraries need."""
    command = ["ldd", *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return set(re.findall(r"(?:=> |^\t)(/\S+) \(0x", said, re.MULTILINE))


def _add_programs(archive: Archive) -> None:
    for link, target in (("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib"),
                         ("lib64", "usr/lib64")):
        archive.directory(target)
        archive.link(link, target)
    found = {name: _find(name) for name in ("busybox", *PROGRAMS, *SERVERS, *COMFORTS)}
    missing = [name for name in ("busybox", *PROGRAMS) if found[name] is None]
    if missing:
        raise KernelError(f"there is no {', '.join(missing)} here; run: sudo tools/setup kernels")
    python = Path(sys.executable).resolve()
    files = [Path(path) for path in (*found.values(), python) if path]
    # ldd does not know what is loaded by name: python's own, and what it ends threads with.
    extensions = Path(sysconfig.get_path("platstdlib"), "lib-dynload").glob("*.so")
    files += [path for path in extensions if not _EXTENSIONS_WITHOUT.match(path.name)]
    cached = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False)
    unwinder = re.findall(r"libgcc_s\.so\.1 \(.*x86-64.*\) => (/\S+)", cached.stdout)[:1]
    files += map(Path, unwinder)
    for path in (*files, *_libraries(files), "/etc/ld.so.cache"):
        archive.host(path)
    for link in ("python3", "python"):
        if not archive.has(f"usr/bin/{link}"):
            archive.link(f"usr/bin/{link}", str(python))
    archive.link("usr/bin/sh", "bash")


def _add_busybox_names(archive: Archive) -> None:
    """Everything that busybox can do and nobody else does here."""
    busybox = _find("busybox")
    names = subprocess.check_output([str(busybox), "--list"], text=True).split()
    for name in names:
        if not archive.has(f"usr/bin/{name}") and not archive.has(f"usr/sbin/{name}"):
            archive.link(f"usr/bin/{name}", "busybox")
    archive.link("usr/sbin/modprobe", "../bin/busybox")  # where the kernel looks for it


def _write_programs(archive: Archive) -> None:
    """The same for every kernel."""
    _add_programs(archive)
    _add_busybox_names(archive)
    library = Path(sysconfig.get_path("stdlib"))
    archive.tree(library, str(library),
                 lambda path: path.split("/")[0].partition("-3")[0] not in _STDLIB_WITHOUT
                 and not path.startswith("lib-dynload"))
    for name in ("dev", "proc", "sys", "run", "tmp", "root", "out", "tree", "var/run"):
        archive.directory(name)
    for path in ("/etc/iproute2", "/usr/share/iproute2"):
        if os.path.isdir(path):
            archive.tree(Path(path), path, lambda _: True)
    archive.file("etc/passwd", b"root:x:0:0:root:/root:/bin/bash\n")
    archive.file("etc/group", b"root:x:0:\n")
    archive.file("etc/hosts", b"127.0.0.1 localhost\n::1 localhost\n")
    archive.file("init", (HERE / "init").read_bytes(), 0o755)


def _module_bytes(path: Path) -> bytes:
    """A module, unpacked: the guest would have to do it anew at each start."""
    content = path.read_bytes()
    return lzma.decompress(content) if path.suffix == ".xz" else content


def _module_name(name: str) -> str:
    return name.partition(".ko")[0].replace("-", "_")


class _Modules:
    """The modules of a kernel, read as far as they are wanted."""

    def __init__(self, kernel: Kernel) -> None:
        self._paths = {_module_name(path.name): path for path in kernel.modules.rglob("*.ko*")}
        self.content: dict[str, bytes] = {}
        self.needs: dict[str, list[str]] = {}
        self.aliases: dict[str, list[str]] = {}

    def want(self, name: str) -> None:
        """Reads a module and what it depends on, those first."""
        if name in self.content or name not in self._paths:
            return
        content = _module_bytes(self._paths[name])
        info = [(key, value.decode("utf-8", "replace")) for key, value in
                _MODINFO.findall(content)]
        needs = [value.split(",") for key, value in info if key == b"depends" and value]
        self.needs[name] = [_module_name(need) for need in needs[0]] if needs else []
        self.aliases[name] = [value for key, value in info if key == b"alias"]
        for need in self.needs[name]:
            self.want(need)
        self.content[name] = content

    def closure(self, name: str) -> list[str]:
        """What a module depends on, directly or not: each before what it needs itself."""
        found: list[str] = []

        def visit(module: str) -> None:
            for need in self.needs.get(module, []):
                if need in self.content and need not in found:
                    visit(need)
                    found.append(need)

        visit(name)
        return found[::-1]


def _write_modules(archive: Archive, kernel: Kernel) -> None:
    """Modules, the lists that modprobe reads (the kernel calls it), and the one that init reads."""
    modules = _Modules(kernel)
    for name in EAGER:
        modules.want(name)
    archive.file("modules", "".join(f"{name}\n" for name in modules.content).encode())
    for name in ON_DEMAND:
        modules.want(name)
    top = f"usr/lib/modules/{kernel.release}"
    for name, content in modules.content.items():
        archive.file(f"{top}/{name}.ko", content)
    needs = {name: " ".join(f"{need}.ko" for need in modules.closure(name))
             for name in modules.content}
    archive.file(f"{top}/modules.dep", "".join(
        f"{name}.ko: {needs[name]}\n" for name in needs).encode())
    archive.file(f"{top}/modules.alias", "".join(
        f"alias {alias} {name}\n" for name in modules.content
        for alias in modules.aliases[name]).encode())


def _kept(path: Path, origins: Iterable[Path], write: Callable[[Archive], None]) -> Path:
    """An archive in the cache, made anew when it is not of these origins any more."""
    marks = [f"{origin} {origin.stat().st_mtime_ns}" for origin in origins if origin.exists()]
    code = b"".join((HERE / name).read_bytes() for name in ("guest.py", "cpio.py", "init"))
    mark = hashlib.sha256(code + "\n".join(marks).encode()).hexdigest()
    path = path.with_name(f"{path.name}-{mark[:16]}.cpio")
    if path.exists():
        return path
    for old in path.parent.glob(f"{path.name.rpartition('-')[0]}-*.cpio"):
        old.unlink()
    partial = path.with_suffix(".new")
    with open(partial, "wb") as file, Archive(file) as archive:
        write(archive)
    return partial.rename(path)


def _mapped(path: Path) -> Part:
    """A file's content, which stays though somebody else replaces the file."""
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def initramfs_parts(kernel: Kernel) -> list[Part]:
    """The archives that stay: this machine's programs, the kernel's modules. Needs the lock."""
    programs = _kept(kernel.cache / "programs", [_DPKG_STATUS, Path(sys.executable)],
                     _write_programs)
    modules = _kept(kernel.directory / "guest-modules", [kernel.modules],
                    lambda archive: _write_modules(archive, kernel))
    return [_mapped(programs), _mapped(modules)]


def tree_archive() -> bytes:
    """The tree as it is now, build/ included, and the libraries that the build needs."""
    file = io.BytesIO()
    build = TREE / "build"
    built = [path for path in (*build.glob("*"), *build.glob("test/*"))
             if path.is_file() and os.access(path, os.X_OK)]
    with Archive(file) as archive:
        archive.tree(TREE, "tree", lambda path: not _TREE_WITHOUT.match(path))
        for library in _libraries(built):
            archive.host(library)
    return file.getvalue()


def command_archive(command: list[str]) -> bytes:
    """The command, which comes last: init takes it for the sign that everything was unpacked."""
    file = io.BytesIO()
    variables = "RSTTRACE=/tree/build/rsttrace BUILD=/tree/build OUT=/out"
    with Archive(file) as archive:
        archive.file("command", f"#!/bin/bash\nexport {variables}\n"
                                f"exec {shlex.join(command)}\n".encode(), 0o755)
    return file.getvalue()
