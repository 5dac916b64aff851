"""What a program is as our child: it gives way as it is told to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from serve.supervisor.child import our_child

LOOK = """
import os
print(os.nice(0))
try:
    print(open("/proc/self/autogroup").read().rpartition(" ")[2])
except OSError:
    print(os.nice(0))
"""


@pytest.mark.parametrize("nice", [0, 5])
def test_a_child_gives_way_also_where_sessions_are_weighed(nice: int) -> None:
    command = our_child([sys.executable, "-c", LOOK], nice=nice)
    said = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=True).stdout
    own, of_session = said.split()
    assert int(own) == os.nice(0) + nice
    if Path("/proc/self/autogroup").exists():
        assert int(of_session) == nice
