"""Every test runs in a home of its own, so that no test can touch an installation."""

import os
import tempfile

os.environ["LIREN_HOME"] = tempfile.mkdtemp(prefix="liren-test-")
os.environ.setdefault("LIREN_ZONE", "Asia/Shanghai")
