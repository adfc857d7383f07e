"""The forms that are compared: those of corpus/*.md and of the catalogue, each written to a file of its own.

A file of the corpus holds many forms; `## name` begins one, as tables in Markdown (the sheet's name in the first
column). Whether a form is good or must be refused isn't written down: pyxform says so.
"""

import csv
import pathlib
import re

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

HERE = pathlib.Path(__file__).resolve().parent
CATALOGUE = HERE.parents[1] / "packs/quoc_gia/forms"
BAR = re.compile(r"(?<!\\)\|")


def corpus():
    """(name, sheets) of each form."""
    for path in sorted((HERE / "corpus").glob("*.md")):
        for part in path.read_text(encoding="utf-8").split("\n## ")[1:]:
            title, _, text = part.partition("\n")
            yield f"{path.stem}: {title.strip()}", sheets_of_markdown(text)


def sheets_of_markdown(text):
    """{sheet: rows of cells}; an empty cell is None."""
    sheets = {}
    rows = None
    for line in text.split("\n"):
        if not line.strip().startswith("|"):
            continue
        name, *cells = [cell.strip().replace("\\|", "|") for cell in BAR.split(line.strip()[1:-1])]
        if name:
            rows = sheets[name] = []
        if any(cells):
            rows.append([cell or None for cell in cells])
    return sheets


def sheets_of_folder(folder):
    """The CSV sheets of a catalogue form."""
    sheets = {}
    for path in sorted(folder.glob("*.csv")):
        with open(path, encoding="utf-8-sig", newline="") as file:
            sheets[path.stem] = [[cell or None for cell in row] for row in csv.reader(file)]
    return sheets


def catalogue():
    """(name, sheets) of each form that the project ships."""
    for path in sorted(CATALOGUE.glob("*/survey.csv")):
        yield path.parent.name, sheets_of_folder(path.parent)


def to_markdown(sheets):
    lines = []
    for name, rows in sheets.items():
        for number, row in enumerate(rows):
            cells = [name if number == 0 else "", *[(cell or "").replace("|", "\\|") for cell in row]]
            lines.append("|" + "|".join(cells) + "|")
    return "\n".join(lines) + "\n"


def write_csv(sheets, path):
    with open(path, "w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        for name, rows in sheets.items():
            lines.writerow([name])
            lines.writerows(["", *[cell or "" for cell in row]] for row in rows)


def write_xlsx(sheets, path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def write_xls(sheets, path):
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell)
    book.save(str(path))


def write_ods(sheets, path):
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for cell in row:
                holder = TableCell(valuetype="string") if cell is not None else TableCell()
                if cell is not None:
                    holder.addElement(P(text=cell))
                line.addElement(holder)
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(str(path))
