"""What pyxform makes of a form: an XForm, a refusal or a crash, with its warnings by kind."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

ROW = re.compile(r"\[row : (\d+)\]")
SHEET = re.compile(r"[Oo]n the '(\w+)' sheet")

# Kind of a warning (the end of our code `xlsform.…`) and how pyxform words it.
WARNINGS = {
    "two-ids": r"form_id and id_string column headers are both",
    "sheet-name": r"When looking for a sheet named",
    "choice-column": r"On the 'choices' sheet, the '.*' value is invalid. Column headers",
    "choice-label": r"On the 'choices' sheet, the 'label' value is invalid",
    "missing-translation": r"Language '.*' is missing the (survey|choices)",
    "disabled-column": r"The 'disabled' column header is not part",
    "row-skipped": r"Row without name, text, or label is being skipped",
    "old-metadata": r"is no longer supported on most devices",
    "name-differs-in-case": r"case-insensitive match to another name",
    "repeat-without-label": r"Repeat has no label",
    "external-without-filter": r"select one external is only meant for filtered selects",
    "max-pixels": r"Use the max-pixels parameter",
    "or-other-untranslated": r"uses or_other and translations",
    "language-code": r"do not contain valid machine-readable codes",
}
# Those of which pyxform doesn't tell the row.
WITHOUT_ROW = {"two-ids", "sheet-name", "missing-translation", "or-other-untranslated", "language-code"}


@dataclass
class Outcome:
    """`xform` is None where the form is refused; `places` are the (sheet, row) that the refusal names, None unknown."""

    xform: str | None = None
    itemsets: str | None = None
    refusal: str | None = None
    crashed: bool = False
    places: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


def kind_of(warning):
    for kind, pattern in WARNINGS.items():
        if re.search(pattern, warning):
            return kind
    return f"unknown: {warning}"


def row_of(text):
    row = ROW.search(text)
    return int(row.group(1)) if row else None


def place_of(text):
    sheet = SHEET.search(text)
    sheet, row = sheet.group(1) if sheet else None, row_of(text)
    # The settings' values are in row 2; pyxform names row 1 for a bad name.
    return (sheet, None if (sheet, row) == ("settings", 1) else row)


def by_pyxform(path):
    said = []
    try:
        result = convert(path, warnings=said, validate=False, pretty_print=False)
        ElementTree.fromstring(result.xform)
        outcome = Outcome(xform=result.xform, itemsets=result.itemsets)
    except PyXFormError as problem:
        outcome = Outcome(refusal=str(problem), places=[place_of(line) for line in str(problem).splitlines()])
    except Exception as problem:  # Also where what it made is no XML: a fault of pyxform's, whatever it is.
        outcome = Outcome(refusal=repr(problem), crashed=True)
    # One warning tells of all languages, a line each.
    said = [line for w in said for line in (w.splitlines() if kind_of(w) == "missing-translation" else [w])]
    outcome.warnings = sorted(({"kind": kind_of(w), "row": row_of(w)} for w in said), key=str)
    return outcome
