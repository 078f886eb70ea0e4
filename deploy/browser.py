"""See to the browser that the tests of the pages need: Debian's chromium, installed where we may."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Install it as root on Debian; else say what is missing. Whether that fails a test is the test's."""
    if any(map(shutil.which, NAMES)):
        return 0
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        print("Installing Debian's chromium for the browser tests ...", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            step = subprocess.run(
                [apt, "-qq", *words],
                env=env,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if step.returncode:
                print(step.stdout[-2000:], file=sys.stderr)
                break
        else:
            return 0
    print(
        "No browser: the tests of the pages cannot run. On Debian: apt-get install chromium (as root).",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
