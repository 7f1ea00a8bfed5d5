"""`make bench`: every bench, one after another; `--quick` for a short look."""

import json
import sys

from tests.bench import answers, inbound

quick = "--quick" in sys.argv
print(json.dumps({"answers": answers.main(quick), "inbound": inbound.main(quick)}, indent=1))
