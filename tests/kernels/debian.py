# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Finds and fetches the kernels that Debian's suites offer today, and keeps them in a cache.

Debian rotates its packages, so no version stands here: what a suite's signed index points to now is
resolved anew. apt knows the mirror and fetches from it, but no source of it is changed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import lzma
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUITES = {"5.10": ["bullseye-security", "bullseye"], "6.1": ["bookworm"], "6.12": ["trixie"],
          "newest": ["sid", "trixie-backports"]}
"""The kernels of the matrix: where each comes from, best first."""

FLAVOUR = "cloud-amd64"
KEYRINGS = [Path("/usr/share/keyrings", f"debian-archive-keyring.{end}") for end in ("gpg", "pgp")]
APT_HELPER = "/usr/lib/apt/apt-helper"
FRESH_S = 86400
"""For how long an index that was fetched is believed, unless asked for today's."""
_ATTEMPTS = 3


class KernelError(Exception):
    """There is no such kernel, or it cannot be had."""


class GoneError(KernelError):
    """The mirror does not have it, does not have it any more, or cannot be reached."""


@dataclass(frozen=True)
class Kernel:
    """A kernel in the cache."""

    name: str
    """As it was asked for."""
    directory: Path

    @property
    def release(self) -> str:
        """What uname -r says."""
        return self.directory.name

    @property
    def cache(self) -> Path:
        """What all kernels share."""
        return self.directory.parent

    @property
    def image(self) -> Path:
        """What is booted."""
        return self.directory / "vmlinuz"

    @property
    def modules(self) -> Path:
        """Where its modules are."""
        return self.directory / "modules"


Package = dict[str, str]


def say(message: str) -> None:
    """Tells people what takes so long, or what to know."""
    print(f"kernels: {message}", file=sys.stderr, flush=True)


def cache_directory() -> Path:
    """$RSTTRACE_KERNELS, or a directory among the caches of this user."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("RSTTRACE_KERNELS") or home / "rsttrace-kernels")


@contextlib.contextmanager
def locked() -> Iterator[Path]:
    """The cache, for this process alone."""
    cache = cache_directory()
    (cache / ".index").mkdir(parents=True, exist_ok=True)
    with open(cache / ".lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield cache


def _mirror(suite: str) -> str:
    """Where this machine's apt gets Debian from; security updates have a place of their own."""
    wanted = "Debian-Security" if suite.endswith("-security") else "Debian"
    command = ["apt-get", "indextargets", "--format", "$(LABEL)\t$(REPO_URI)",
               "Created-By: Packages"]
    try:
        known = subprocess.check_output(command, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise GoneError(f"apt cannot say where Debian's mirror is: {error}") from error
    for line in known.splitlines():
        label, _, address = line.partition("\t")
        if label == wanted:
            return address.rstrip("/")
    raise GoneError(f"apt here knows no mirror with the label {wanted}; run: sudo apt-get update")


def _fetch(address: str, target: Path) -> None:
    """Downloads with apt's own means: its proxy, its certificates, its patience."""
    target.unlink(missing_ok=True)
    # apt's own user may not write into somebody's cache, and says so at length when it is asked to.
    command = [APT_HELPER, "-q", "-o", "Acquire::Retries=3", "-o", "APT::Sandbox::User=root",
               "download-file", address, str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise KernelError(f"apt cannot fetch: {error}") from error
    if done.returncode != 0 or not target.exists():
        reasons = re.findall(r"^E: (.+)$", done.stderr, re.MULTILINE)
        raise GoneError(reasons[0] if reasons else f"{address} cannot be fetched")


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path, sha256: str) -> None:
    if _sha256(path) != sha256:
        path.unlink()
        raise GoneError(f"{path.name} is not what the index says (SHA256)")


def _signed_text(suite: str, path: Path) -> str:
    """What Debian signed of an InRelease file; all of it where nobody can tell."""
    keyring = next((keyring for keyring in KEYRINGS if keyring.exists()), None)
    if keyring is None or shutil.which("gpgv") is None:
        say(f"no debian-archive-keyring or no gpgv here: nobody checks who signed {suite}")
        return path.read_text(encoding="utf-8")
    command = ["gpgv", "--quiet", "--keyring", str(keyring), "--output", "-", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        path.unlink()
        raise KernelError(f"{suite} is not signed by Debian: {done.stderr.strip()}")
    return done.stdout


class Index:
    """The kernel packages of one suite."""

    def __init__(self, suite: str, cache: Path, max_age_s: float) -> None:
        self.suite = suite
        self._release = cache / ".index" / f"{suite}.InRelease"
        self._stanzas = cache / ".index" / f"{suite}.kernels"
        age_s = time.time() - self._release.stat().st_mtime if self._release.exists() else None
        if age_s is None or age_s > max_age_s or not self._stanzas.exists():
            self.refresh()
        self.packages = self._read()

    def refresh(self) -> None:
        """Fetches it anew; without a network what is there has to do."""
        try:
            self._refresh()
        except GoneError as error:
            if not self._stanzas.exists():
                raise
            say(f"{error}; going on with what is known of {self.suite}")
        self.packages = self._read()

    def _refresh(self) -> None:
        top = f"{_mirror(self.suite)}/dists/{self.suite}"
        release = self._release.with_suffix(".new")
        _fetch(f"{top}/InRelease", release)
        text = _signed_text(self.suite, release)
        if not re.search(rf"^(Suite|Codename): {re.escape(self.suite)}$", text, re.MULTILINE):
            raise KernelError(f"the mirror gives another suite for {self.suite}")
        listed = re.search(r"^SHA256:$(?:\n .*)*?\n ([0-9a-f]{64}) +\d+ "
                           r"main/binary-amd64/Packages\.xz$", text, re.MULTILINE)
        if listed is None:
            raise KernelError(f"{self.suite} has no packages for amd64")
        sha256 = listed.group(1)
        if not self._stanzas.exists() or self._stanzas.read_text("utf-8").split("\n")[0] != sha256:
            self._take_packages(f"{top}/main/binary-amd64/by-hash/SHA256/{sha256}", sha256)
        release.rename(self._release)

    def _take_packages(self, address: str, sha256: str) -> None:
        """Keeps the few kilobytes about kernels of what is 60 MB."""
        packed = self._stanzas.with_suffix(".xz")
        _fetch(address, packed)
        _check(packed, sha256)
        stanzas = lzma.decompress(packed.read_bytes()).decode("utf-8").split("\n\n")
        wanted = re.compile(r"Package: linux-(image|binary|modules|base)-")
        kept = [stanza for stanza in stanzas if wanted.match(stanza)]
        self._stanzas.write_text("\n\n".join([sha256, *kept]), encoding="utf-8")
        packed.unlink()

    def _read(self) -> dict[str, Package]:
        packages: dict[str, Package] = {}
        for stanza in self._stanzas.read_text("utf-8").split("\n\n")[1:]:
            fields = dict(re.findall(r"^([A-Za-z0-9-]+): (.*)$", stanza, re.MULTILINE))
            packages[fields["Package"]] = fields
        return packages

    def fetch(self, package: Package, target: Path) -> None:
        """Downloads a package."""
        _fetch(f"{_mirror(self.suite)}/{package['Filename']}", target)
        _check(target, package["SHA256"])


def _version_key(text: str) -> list[tuple[int, str]]:
    """Sorts 6.9 before 6.12."""
    return [(int(digits or 0), rest) for digits, rest in re.findall(r"(\d*)(\D*)", text)]


def _depends(package: Package) -> list[str]:
    """The packages that one depends on, alternatives included, without their versions."""
    parts = re.split(r"[,|]", package.get("Depends", ""))
    return [part.split()[0] for part in parts if part.strip()]


def _holders(index: Index, image: str) -> list[Package] | None:
    """The packages that hold an image's kernel and modules; None when one is not there."""
    if image not in index.packages:
        return None
    names = [name for name in _depends(index.packages[image])
             if re.match(r"linux-(binary|modules)-\d", name)]
    if not any(name.startswith("linux-binary-") for name in names):
        names.insert(0, image)  # to 6.18 they are in the image package itself; from 7.0 it is empty
    if any(name not in index.packages for name in names):
        return None  # a suite that is just being changed
    return [index.packages[name] for name in names]


def _resolve(index: Index, version: str) -> tuple[str, list[Package]]:
    """The kernel's release and its packages: what the suite recommends, or else its newest."""
    pattern = re.compile(rf"linux-image-(\d.*-{re.escape(FLAVOUR)})")
    images = [name for name in index.packages if pattern.fullmatch(name)]
    images.sort(key=_version_key, reverse=True)
    if version:
        images = [name for name in images
                  if re.match(rf"linux-image-{re.escape(version)}(?!\d)", name)]
    else:
        recommended = _depends(index.packages.get(f"linux-image-{FLAVOUR}", {}))
        images = [*(name for name in recommended if pattern.fullmatch(name)), *images]
    for image in images:
        packages = _holders(index, image)
        if packages is not None:
            return image.removeprefix("linux-image-"), packages
    raise KernelError(f"{index.suite} has no complete kernel {version or FLAVOUR}")


def _install(index: Index, packages: list[Package], directory: Path) -> None:
    """Downloads and unpacks packages into one layout for all kernels: vmlinuz, config, modules/."""
    partial = directory.with_name(f".{directory.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for package in packages:
        say(f"fetching {Path(package['Filename']).name} of {index.suite}")
        archive = partial / "package.deb"
        index.fetch(package, archive)
        subprocess.run(["dpkg-deb", "-x", str(archive), str(partial / "unpacked")], check=True)
        archive.unlink()
    _gather(partial / "unpacked", partial)
    (partial / ".done").write_text(f"{index.suite} {packages[0]['Version']}\n", encoding="ascii")
    shutil.rmtree(directory, ignore_errors=True)
    partial.rename(directory)


def _gather(unpacked: Path, to: Path) -> None:
    """Where the files are has changed over the years, and will again."""
    for name in ("vmlinuz", "config"):
        for path in unpacked.rglob(f"{name}*"):
            if path.is_file() and re.fullmatch(rf"{name}(-\d.*)?", path.name):
                path.rename(to / name)
                break
    modules = next((path for path in unpacked.rglob("lib/modules/*/kernel") if path.is_dir()), None)
    if modules is None or not (to / "vmlinuz").exists():
        raise KernelError("its packages hold no kernel, or no modules")
    modules.parent.rename(to / "modules")
    shutil.rmtree(unpacked)


def _from_suite(name: str, spec: str, cache: Path, max_age_s: float) -> Kernel:
    """Spec is a suite, or suite:version for another kernel than the one it recommends."""
    suite, _, version = spec.partition(":")
    index = Index(suite, cache, max_age_s)
    for attempt in range(_ATTEMPTS):
        release, packages = _resolve(index, version)
        kernel = Kernel(name, cache / release)
        if (kernel.directory / ".done").exists():
            break
        try:
            _install(index, packages, kernel.directory)
            break
        except GoneError as error:
            if attempt == _ATTEMPTS - 1:
                raise
            say(f"{error}; asking {suite} anew")
            index.refresh()
    return kernel


def find(name: str, cache: Path, max_age_s: float = FRESH_S) -> Kernel:
    """A kernel of the matrix, or one by suite[:version]; needs the lock."""
    errors: list[KernelError] = []
    for spec in SUITES.get(name, [name]):
        if not re.fullmatch(r"[a-z][a-z0-9-]*(:[0-9][0-9.]*)?", spec):
            raise KernelError(f"no kernel is called {name!r}: it is one of {', '.join(SUITES)},"
                              " or a suite, or suite:version")
        try:
            return _from_suite(name, spec, cache, max_age_s)
        except KernelError as error:
            errors.append(error)
    kind = GoneError if all(isinstance(error, GoneError) for error in errors) else KernelError
    raise kind("; ".join(map(str, errors)))
