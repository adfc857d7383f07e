"""Writes workbooks to upload: the household visit as one .xlsx, and a broken copy of it.

usage: python workbooks.py FORM_FOLDER OUT_FOLDER

good.xlsx   all sheets of the folder, its record table and lists, under a version of its own
broken.xlsx the same with an unknown function, an unknown type and two questions that calculate each other

usage: python workbooks.py --pack PACK.xlsx OUT_FILE

OUT_FILE    a pack's workbook whose field `depth` has a type that there isn't
"""

import csv
import pathlib
import sys

from openpyxl import Workbook, load_workbook

VERSION = "2026120199"


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def sheets_of(folder):
    names = ["survey", "choices", "settings", "records"]
    sheets = {name: rows_of(folder / f"{name}.csv") for name in names}
    # A pack has its lists once for all forms.
    for path in sorted([*folder.glob("*.csv"), *(folder.parent.parent / "lists").glob("*.csv")]):
        if path.stem not in names:
            sheets[path.name] = rows_of(path)
    column = sheets["settings"][0].index("version")
    sheets["settings"][1][column] = VERSION
    return sheets


def write(sheets, path):
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def break_survey(rows):
    head = rows[0]

    def row(**cells):
        return [cells.get(name, "") for name in head]

    return rows + [
        row(type="calculate", name="wrong", calculation="no_such_function(1)"),
        row(type="calculate", name="one", calculation="${two} + 1"),
        row(type="calculate", name="two", calculation="${one} + 1"),
        row(type="holograph", name="picture", **{"label::Tiếng Việt (vi)": "Ảnh nổi"}),
    ]


def break_pack(source, out):
    book = load_workbook(source)
    sheet = book["fields"]
    head = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[head.index("field")].value == "depth":
            row[head.index("type")].value = "sonar"
    book.save(out)


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "--pack":
        break_pack(arguments[1], arguments[2])
        return 0
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder, out = map(pathlib.Path, arguments)
    out.mkdir(parents=True, exist_ok=True)
    sheets = sheets_of(folder)
    write(sheets, out / "good.xlsx")
    sheets["survey"] = break_survey(sheets["survey"])
    write(sheets, out / "broken.xlsx")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
