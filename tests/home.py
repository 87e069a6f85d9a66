"""Every test run has a home of its own, made before settings are read, so that no test can touch an installation."""

import os
import tempfile

os.environ["LIREN_HOME"] = tempfile.mkdtemp(prefix="liren-test-")
os.environ["LIREN_ZONE"] = "Asia/Shanghai"
