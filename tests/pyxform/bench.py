"""How long pyxform takes from a workbook to its XForm, without validating it: `bench.py FILE.xlsx ROUNDS`.

Prints a line of JSON like core/xlsform/examples/bench-xlsform.rs, which writes the workbook.
"""

import json
import statistics
import sys
import time

from pyxform.xls2xform import convert

path, rounds = sys.argv[1], int(sys.argv[2])
times = []
# The first round warms up.
for _ in range(rounds + 1):
    start = time.perf_counter()
    form = convert(xlsform=path, validate=False).xform
    times.append((time.perf_counter() - start) * 1000)
assert "</h:html>" in form
print(json.dumps({"name": "pyxform.big_form_xlsx", "median_ms": statistics.median(times[1:]), "xml_bytes": len(form.encode())}))
