"""Compares the XForms that rxform makes of the catalogue's forms with pyxform's, the reference.

usage: python compare.py XFORM_COMMAND [FORM_FOLDER ...]

XFORM_COMMAND is a program that takes a form folder and writes its XForm to stdout
(`cargo build -p casework --example xform`). Without folders, all of `forms/` are compared.
Exit code: 0 equivalent, 1 a difference (each is printed), 2 a form that one of them refuses.

Accepted differences, and nothing else:
1. Order of attributes, and white space between elements: XML gives them no meaning.
2. Order of `<text>` inside a `<translation>`: texts are found by id.
3. Order of `<bind>`s and of secondary `<instance>`s after the first: found by nodeset and by id.
4. In a bind inside a repeat pyxform writes `../name` where rxform writes `/data/member/name`. Clients read
   an absolute path to the repeat around it as that same instance, so both name one node; the relative
   path is resolved before comparing.
"""

import csv
import difflib
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

XFORMS = "{http://www.w3.org/2002/xforms}"
SHEETS = ("survey", "choices", "settings")
RELATIVE = re.compile(r"(?<![\w/.\])])((?:\.\./)+)([\w./-]*)")


def read_sheet(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [{key: value for key, value in row.items() if value} for row in csv.DictReader(file)]


def by_pyxform(folder):
    sheets = {name: read_sheet(folder / f"{name}.csv") for name in SHEETS}
    return convert(sheets, validate=False, form_name="data").xform


def by_rxform(command, folder):
    return subprocess.run([command, str(folder)], check=True, capture_output=True, text=True).stdout


def order_key(element):
    """What an element is found by, for those whose order means nothing."""
    return element.get("id") or element.get("nodeset") or ""


def sort_unordered(element):
    children = list(element)
    if element.tag == f"{XFORMS}translation":
        element[:] = sorted(children, key=order_key)
    elif element.tag == f"{XFORMS}model":
        instances = [c for c in children if c.tag == f"{XFORMS}instance"]
        binds = [c for c in children if c.tag == f"{XFORMS}bind"]
        others = [c for c in children if c not in instances and c not in binds]
        element[:] = others + instances[:1] + sorted(instances[1:], key=order_key) + sorted(binds, key=order_key)
    for child in element:
        sort_unordered(child)


def absolute(expression, nodeset):
    """The expression with `../name` as seen from `nodeset` written out."""

    def resolve(match):
        steps = nodeset.split("/")[: -match.group(1).count("../")]
        return "/".join([*steps, match.group(2)])

    return RELATIVE.sub(resolve, expression)


def attributes_of(element):
    if element.tag != f"{XFORMS}bind":
        return element.attrib
    return {key: absolute(value, element.get("nodeset")) for key, value in element.attrib.items()}


def lines(xml):
    """One line for each element: its path, attributes and text."""
    root = ET.fromstring(xml)
    sort_unordered(root)
    found = []

    def visit(element, path):
        here = f"{path}/{element.tag.rsplit('}', 1)[-1]}"
        attributes = " ".join(f'{key}="{value}"' for key, value in sorted(attributes_of(element).items()))
        found.append(f"{here} [{attributes}] {text_of(element.text)}")
        for child in element:
            visit(child, here)
            if text_of(child.tail):
                found.append(f"{here} text {text_of(child.tail)}")

    visit(root, "")
    return found


def text_of(text):
    """Text as it is shown; pure white space is layout."""
    return repr(text) if text and text.strip() else ""


def differences(expected, actual):
    diff = difflib.unified_diff(expected, actual, "pyxform", "rxform", lineterm="", n=0)
    return [line for line in diff if not line.startswith(("---", "+++", "@@"))]


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    command, *folders = arguments
    catalogue = pathlib.Path(__file__).resolve().parents[2] / "forms"
    folders = [pathlib.Path(f) for f in folders] or sorted(p.parent for p in catalogue.glob("*/survey.csv"))
    if not folders:
        print("no forms to compare", file=sys.stderr)
        return 2
    worst = 0
    for folder in folders:
        try:
            expected, actual = by_pyxform(folder), by_rxform(command, folder)
        except PyXFormError as problem:
            print(f"{folder.name}: pyxform refuses it: {problem}")
            worst = 2
            continue
        except subprocess.CalledProcessError as problem:
            print(f"{folder.name}: rxform refuses it: {problem.stderr.strip()}")
            worst = 2
            continue
        expected = lines(expected)
        found = differences(expected, lines(actual))
        print(f"{folder.name}: {len(expected)} elements, {len(found)} differing lines")
        for line in found[:40]:
            print(f"  {line}")
        worst = max(worst, 1 if found else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
