"""Compares what our XLSForm compiler makes of many forms with what pyxform, the reference, makes of them.

usage: python compare.py CONVERT [--seeds N] [--only TEXT] [--no-validate]

CONVERT is `cargo build -p xlsform --example convert`: it reads paths of workbooks, a line each, and prints a JSON line
for each. Compared are the catalogue in packs/quoc_gia/forms/, the corpus (corpus/*.md), workbooks with more than text in their cells
(workbooks.py), entities in every pair of places (entity_matrix.py) and N generated forms (generate.py). Each form is
compared as Markdown; the catalogue and every third of the corpus also as .xlsx, every thirtieth as .csv, .xls and .ods.

For each form, both must make the same XForm (canonical.py) and the same itemsets.csv with the same warnings, by kind
and row; or both must refuse it. Our refusal lists all faults; the one that pyxform names must be among them, with its
sheet and row where pyxform tells them. ODK Validate must accept each of our XForms: those of the catalogue, and those of
the rest where it accepts pyxform's.

Accepted differences:
1. Where pyxform stops with an error of Python's, or writes what is no XML, it says nothing about the form: we may
   refuse it or not.
2. Where an entity's properties are saved at the root and its label or a condition asks about a repeat (a sum, say),
   pyxform leaves the entity out of the form without a word; we declare it at the root.
3. In itemsets.csv we leave a cell empty where a row has no value; pyxform moves the later values to the left.
4. In a settings sheet pyxform names row 1 for a bad `name`; the value is in row 2.

Prints each difference, then a line with the counts. Exit code: 0 all agree, 1 a difference, 2 wrong usage.
"""

import argparse
import csv
import difflib
import itertools
import json
import pathlib
import re
import subprocess
import sys
import tempfile
from collections import Counter

import canonical
import corpus
import entity_matrix
import generate
import reference
import validate
import workbooks

def write_forms(folder, seeds):
    """{path for us: (name, path for pyxform)}; they differ where pyxform can't read a format."""
    written = {}

    def path_of(name, extension):
        return folder / f"{len(written)}" / f"bieu_mau.{extension}"

    def add(name, extension, write, other=None):
        path = path_of(name, extension)
        path.parent.mkdir()
        write(path)
        written[str(path)] = (f"{name} ({extension})", str(other or path))
        return path

    def add_sheets(name, sheets, nth):
        markdown = corpus.to_markdown(sheets)
        add(name, "md", lambda path: path.write_text(markdown, encoding="utf-8"))
        if nth % 3 == 0:
            add_spreadsheets(name, sheets, nth % 30 == 0)

    def add_spreadsheets(name, sheets, all_formats):
        xlsx = add(name, "xlsx", lambda path: corpus.write_xlsx(sheets, path))
        if all_formats:
            add(name, "csv", lambda path: corpus.write_csv(sheets, path))
            add(name, "xls", lambda path: corpus.write_xls(sheets, path))
            # pyxform doesn't read .ods.
            add(name, "ods", lambda path: corpus.write_ods(sheets, path), other=xlsx)

    for name, sheets in corpus.catalogue():
        add_sheets(name, sheets, 0)
    for nth, (name, sheets) in enumerate(corpus.corpus()):
        add_sheets(name, sheets, nth)
    for name, book in workbooks.cases():
        add(f"workbook: {name}", "xlsx", book.save)
    for name, sheets in itertools.chain(entity_matrix.forms(), generate.forms(range(seeds))):
        add_sheets(name, sheets, 1)
    return written


def by_us(convert, paths):
    """{path: what our compiler prints about it}"""
    run = subprocess.run([convert], input="\n".join(paths), capture_output=True, text=True, check=True)
    return {answer["path"]: answer for answer in map(json.loads, run.stdout.splitlines())}


def of_kind(problems):
    """Our warnings as pyxform's are told apart."""
    told = ({"kind": p["code"].removeprefix("xlsform."), "row": p["row"]} for p in problems)
    return sorted(({**w, "row": None} if w["kind"] in reference.WITHOUT_ROW else w for w in told), key=str)


def differences(expected, actual):
    """Lines that say how our answer differs from pyxform's."""
    errors = [p for p in actual["problems"] if p["severity"] == "error"]
    warnings = [p for p in actual["problems"] if p["severity"] == "warning"]
    if actual["xform"] is not None:
        try:
            made = canonical.lines(actual["xform"])
        except canonical.ParseError as problem:
            return [f"what we make is no XML: {problem}"]
    if expected.refusal:
        if actual["xform"] is not None:
            return [] if expected.crashed else [f"pyxform refuses it: {expected.refusal}"]
        if expected.crashed:
            return []
        missed = [place for place in expected.places if not any(matches(place, error) for error in errors)]
        ours = "; ".join(f"{e['sheet']}:{e['row']} {e['code']} {e['message']}" for e in errors)
        return [f"pyxform: {expected.refusal}\n  we: {ours}"] if missed else []
    if actual["xform"] is None:
        ours = "; ".join(f"{e['sheet']}:{e['row']} {e['code']} {e['message']}" for e in errors)
        return [f"we refuse it: {ours}"]
    if set(entity_lists(expected.xform)) < set(entity_lists(actual["xform"])):
        return []
    found = list(diff(canonical.lines(expected.xform), made))
    found += diff(cells(expected.itemsets), cells(actual["itemsets"]))
    found += diff([str(w) for w in expected.warnings], [str(w) for w in of_kind(warnings)])
    return found


def cells(itemsets):
    """The rows of itemsets.csv, without empty cells."""
    return [" | ".join(cell for cell in row if cell) for row in csv.reader((itemsets or "").splitlines())]


def entity_lists(xform):
    return re.findall(r'<entity [^>]*dataset="([^"]+)"', xform)


def matches(place, error):
    sheet, row = place
    return (sheet is None or sheet == error["sheet"]) and (row is None or row == error["row"])


def diff(expected, actual):
    lines = difflib.unified_diff(expected, actual, "pyxform", "xlsform", lineterm="", n=0)
    return (line for line in lines if not line.startswith(("---", "+++", "@@")))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("convert")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--only", default="", help="only forms with this in their name")
    parser.add_argument("--no-validate", action="store_true", help="without ODK Validate")
    arguments = parser.parse_args()
    counts = Counter()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        forms = write_forms(folder, arguments.seeds)
        forms = {path: form for path, form in forms.items() if arguments.only in form[0]}
        ours = by_us(arguments.convert, list(forms))
        made = {}
        for path, (name, readable) in forms.items():
            expected = reference.by_pyxform(readable)
            outcome = "crashed pyxform" if expected.crashed else "refused" if expected.refusal else "made"
            counts[outcome] += 1
            found = differences(expected, ours[path])
            counts["differ"] += bool(found)
            for line in [f"{name}:", *(f"  {line}" for line in found[:20])] if found else []:
                print(line)
            if ours[path]["xform"] and not name.startswith(("generated", "entities in")):
                made[name] = (ours[path]["xform"], expected.xform)
        if not arguments.no_validate:
            refused = validate.refused({name: xform for name, (xform, _) in made.items()}, folder)
            by_both = validate.refused({name: made[name][1] for name in refused if made[name][1]}, folder)
            shipped = {name for name, _ in corpus.catalogue()}
            for name, why in refused.items():
                if name not in by_both or name.rsplit(" (", 1)[0] in shipped:
                    counts["differ"] += 1
                    print(f"{name}:\n  ODK Validate refuses ours: {why}")
            counts["validated"] = len(made) - len(refused)
            counts["invalid from both"] = len(by_both)
    print(", ".join(f"{count} {what}" for what, count in counts.items()), f"of {len(forms)} forms")
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
