"""Workbooks whose cells are more than text, or stand where a table in Markdown can't put them."""

import datetime

import openpyxl


def book(**sheets):
    """{sheet: [(cell reference, value)]} as a workbook."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, cells in sheets.items():
        sheet = made.create_sheet(name)
        for at, value in cells.items():
            sheet[at] = value
    return made


def survey(*rows, columns="type name label"):
    """Cells of a survey sheet from row 1 on."""
    table = [columns.split(), *rows]
    return {
        f"{chr(65 + column)}{row}": value
        for row, cells in enumerate(table, start=1)
        for column, value in enumerate(cells)
        if value is not None
    }


TEXT = ("text", "a", "A")
CHOICES = {"A1": "list_name", "B1": "name", "C1": "label", "A2": "c"}


def cases():
    """(name, workbook)"""
    yield "numbers as labels", book(survey=survey(("text", "a", 5), ("text", "b", 2.5), ("text", "c", 3.0)))
    yield "numbers as choices", book(
        survey=survey(("select_one c", "a", "A")), choices=CHOICES | {"B2": 1, "C2": 10, "A3": "c", "B3": 2.0, "C3": 0.1}
    )
    yield "long numbers", book(survey=survey(("text", "a", 12345678901234567890), ("text", "b", 1e-7), ("text", "c", 1e21)))
    yield "truth as values", book(
        survey=survey(("text", "a", "A", True, False), columns="type name label required readonly")
    )
    yield "dates", book(
        survey=survey(
            ("date", "a", "A", datetime.date(2024, 1, 31)),
            ("dateTime", "b", "B", datetime.datetime(2024, 1, 31, 8, 30)),
            ("time", "c", "C", datetime.time(8, 30)),
            columns="type name label default",
        )
    )
    yield "version as a number", book(survey=survey(TEXT), settings={"A1": "version", "A2": 20240101})
    yield "version with a fraction", book(survey=survey(TEXT), settings={"A1": "version", "A2": 1.5})
    yield "empty rows", book(survey=survey(TEXT, (), (), ("text", "b", "B")))
    yield "empty row, then a fault", book(survey=survey(TEXT, (), ("texxt", "b", "B"), ("text", None, "C")))
    yield "a gap of sixty rows", book(survey=survey(TEXT) | {"A62": "text", "B62": "z", "C62": "Z"})
    yield "a gap of seventy rows", book(survey=survey(TEXT) | {"A72": "text", "B72": "z", "C72": "Z"})
    yield "an empty column", book(survey={"A1": "type", "B1": "name", "D1": "label", "A2": "text", "B2": "a", "D2": "A"})
    yield "a value under no header", book(survey=survey(TEXT) | {"E2": "x"})
    yield "columns far away", book(survey=survey(TEXT) | {"Z1": "hint", "Z2": "Gợi ý", "AZ1": "relevant", "AZ2": "1"})
    yield "one column twice", book(survey=survey(("text", "a", "A", "B"), columns="type name label label"))
    yield "spaces in headers", book(survey=survey(("text", "a", "A", "B")) | {"C1": "  label :: vi ", "D1": "label::  en"})
    yield "spaces in cells", book(survey=survey(("  text ", " a ", "  A\n B ")))
    yield "hard spaces", book(survey=survey(("text", "a", "A\u00a0B"), ("select_one\u00a0c", "b", "B")), choices=CHOICES | {"B2": 1, "C2": "M\u00a0t"})
    yield "lines in a label", book(survey=survey(("text", "a", "A\nB\n\nC"), ("note", "b", "${a}\nB")))
    yield "tabs in a label", book(survey=survey(("text", "a", "A\tB")))
    yield "empty choices sheet", book(survey=survey(TEXT), choices={})
    yield "empty settings sheet", book(survey=survey(TEXT), settings={})
    yield "empty survey sheet", book(survey={})
    yield "gap in settings", book(survey=survey(TEXT), settings={"A1": "form_title", "A3": "Ba"})
    yield "gap in choices", book(
        survey=survey(("select_one c", "a", "A")), choices=CHOICES | {"B2": "1", "C2": "Một", "A4": "c", "B4": "2", "C4": "Hai"}
    )
    yield "fault after a gap in choices", book(
        survey=survey(("select_one c", "a", "A")), choices=CHOICES | {"B2": "1", "C2": "Một", "A5": "c", "C5": "Hai"}
    )
    yield "gap in entities", book(
        survey=survey(TEXT), entities={"A1": "list_name", "B1": "label", "A3": "tre", "B3": "${a}"}
    )
    yield "formula", book(survey=survey(("text", "a", '=CONCATENATE("A","B")')))
    yield "external choices", book(
        survey=survey(("select_one_external c", "a", "A", "x = 1"), columns="type name label choice_filter"),
        external_choices=CHOICES | {"B2": 1, "C2": 'Một "trích"', "D1": "x", "D2": 1, "A3": "c", "B3": "hai, ba", "C3": "Hai"},
    )
    yield "sheets in capitals", book(SURVEY=survey(("select_one c", "a", "A")), Choices=CHOICES | {"B2": 1, "C2": "x"})
    yield "one sheet of any name", book(Sheet1=survey(TEXT))
    yield "two sheets of other names", book(Sheet1=survey(TEXT), Sheet2=survey(TEXT))
