"""Random forms with fixed seeds: mostly good ones, some with a slip in them."""

import random

LANGUAGES = ["Tiếng Việt (vi)", "English (en)", "Tày (tyz)"]
WORDS = ["Tuổi", "Họ tên", "Địa chỉ", "Có đi học không?", "Ai chăm trẻ?", "a < b", "x & y", "**đậm**", "Số người"]
PLAIN = ["text", "integer", "decimal", "date", "time", "dateTime", "geopoint", "geotrace", "geoshape", "image",
         "audio", "video", "file", "barcode", "acknowledge", "note", "range", "percentage"]
HIDDEN = ["start", "end", "today", "deviceid", "username", "calculate", "hidden", "start-geopoint"]
APPEARANCES = ["minimal", "quick", "multiline", "w1", "field-list", "signature", "month-year", "likert", "numbers"]
PARAMETERS = {
    "range": ["start=0 end=10 step=2", "start=0 end=1 step=0.25", "start=10 end=0"],
    "text": ["rows=3"],
    "image": ["max-pixels=1024", "max-pixels=640 app=vn.vi_du.anh"],
    "audio": ["quality=low", "quality=voice-only"],
    "geopoint": ["capture-accuracy=5", "allow-mock-accuracy=true"],
    "geotrace": ["incremental=true"],
}
SLIPS = 0.12


class Form:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.languages = self.random.sample(LANGUAGES, self.random.choice([0, 0, 1, 2, 3]))
        self.lists = {}
        self.rows = []
        self.visible = []
        self.all = []
        self.repeats = []
        self.count = 0
        self.entities = self.random.random() < 0.2
        # With several lists, the list that a property belongs to must be said.
        self.owner = self.random.choice(["", "tre#"])

    def chance(self, share):
        return self.random.random() < share

    def name(self, stem):
        self.count += 1
        return f"{stem}{self.count}"

    def reference(self):
        if not self.all:
            return "1"
        return "${" + self.random.choice(self.all) + "}"

    def expression(self):
        pick = self.random.choice
        shapes = [
            lambda: f"{self.reference()} = 1",
            lambda: f"{self.reference()} > {self.reference()}",
            lambda: f"selected({self.reference()}, '1')",
            lambda: f"count({self.reference()}) + 1",
            lambda: f"if({self.reference()} != '', {self.reference()}, 'không')",
            lambda: f"coalesce({self.reference()}, {self.reference()}) < 5 and true()",
            lambda: f"instance('{pick(list(self.lists))}')/root/item[name = {self.reference()}]/label"
            if self.lists else "1",
            lambda: f"pulldata('{pick(['ho', 'huyen'])}', 'ten', 'ma', {self.reference()})",
            lambda: f"indexed-repeat({self.reference()}, {pick(self.repeats)}, 1)" if self.repeats else "2 * 3",
            lambda: "${last-saved#" + pick(self.visible) + "}" if self.visible else "now()",
        ]
        return pick(shapes)()

    def label(self):
        text = self.random.choice(WORDS)
        return f"{text} {self.reference()}" if self.all and self.chance(0.25) else text

    def texts(self, row, column, share):
        if not self.chance(share):
            return
        if not self.languages or self.chance(0.1):
            row[column] = self.label()
            return
        for language in self.languages:
            if self.chance(0.9):
                row[f"{column}::{language}"] = self.label()

    def choices(self):
        if self.lists and self.chance(0.6):
            return self.random.choice(list(self.lists))
        name = self.name("ds")
        rows = []
        for value in range(1, self.random.randint(2, 5)):
            row = {"list_name": name, "name": str(value)}
            self.texts(row, "label", 1)
            if self.chance(0.2):
                row["media::image"] = f"{value}.png"
            if self.chance(0.5):
                row["nhom"] = self.random.choice("ab")
            rows.append(row)
        self.lists[name] = rows
        return name

    def question(self):
        row = {}
        kind = self.random.random()
        if kind < 0.55:
            row["type"] = self.random.choice(PLAIN)
        elif kind < 0.8:
            row["type"] = self.random.choice(["select_one", "select_multiple", "rank"]) + " " + self.choices()
            if self.chance(0.2) and not row["type"].startswith("rank"):
                row["type"] += " or_other"
            elif self.chance(0.4):
                row["choice_filter"] = f"nhom = {self.reference()}"
            if self.chance(0.2):
                row["parameters"] = "randomize=true" + self.random.choice(["", " seed=7"])
        elif kind < 0.85:
            row["type"] = self.random.choice(["select_one_from_file ho.csv", "select_multiple_from_file xa.xml"])
        else:
            row["type"] = self.random.choice(HIDDEN)
        kind = row["type"].split()[0]
        row["name"] = name = self.name("c")
        if kind in PARAMETERS and self.chance(0.5):
            row["parameters"] = self.random.choice(PARAMETERS[kind])
        if kind == "calculate":
            row["calculation"] = self.expression()
        elif kind not in HIDDEN:
            self.texts(row, "label", 1)
            self.texts(row, "hint", 0.2)
            self.texts(row, "guidance_hint", 0.05)
            if not any(key.startswith(("label", "hint")) for key in row):
                row["label"] = "Câu hỏi"
            for column, share in [("relevant", 0.3), ("constraint", 0.2), ("calculation", 0.08)]:
                if self.chance(share):
                    row[column] = self.expression()
            if "constraint" in row:
                self.texts(row, "constraint_message", 0.6)
            if self.chance(0.2):
                row["required"] = self.random.choice(["yes", "true()", "no", self.expression()])
                self.texts(row, "required_message", 0.3)
            if self.chance(0.1):
                row["readonly"] = "yes"
            if self.chance(0.15):
                row["appearance"] = self.random.choice(APPEARANCES)
            if self.chance(0.1):
                row["media::image"] = "anh.png"
            if self.chance(0.12) and kind != "image":
                row["default"] = self.random.choice(["1", "today()", self.reference(), "2024-01-01", "a-b", "uuid()"])
            if self.visible and "calculation" in row and self.chance(0.5):
                row["trigger"] = ", ".join("${" + t + "}" for t in self.random.sample(self.visible, 1))
            self.visible.append(name)
        if self.chance(0.05):
            row["bind::odk:thu"] = self.random.choice(["1", self.reference()])
        if self.chance(0.05):
            row["instance::thu"] = "x"
        if self.chance(0.05):
            row["body::thu"] = "x"
        if self.entities and kind in ("text", "integer", "decimal", "date") and self.chance(0.4):
            row["save_to"] = self.owner + name
        self.all.append(name)
        self.rows.append(row)

    def section(self, depth):
        kind = self.random.choice(["group", "repeat"])
        name = self.name("n" if kind == "group" else "l")
        row = {"type": f"begin {kind}", "name": name}
        self.texts(row, "label", 0.9)
        if self.chance(0.3):
            row["relevant"] = self.expression()
        if kind == "repeat" and self.chance(0.4):
            row["repeat_count"] = self.random.choice(["3", self.reference(), self.expression()])
        if kind == "group" and self.chance(0.3):
            row["appearance"] = "field-list"
        self.rows.append(row)
        if kind == "repeat":
            self.repeats.append("${" + name + "}")
        self.body(depth + 1, self.random.randint(1, 5))
        self.rows.append({"type": f"end {kind}"})

    def body(self, depth, rows):
        for _ in range(rows):
            if depth < 4 and self.chance(0.22):
                self.section(depth)
            else:
                self.question()

    def slip(self):
        """One mistake such as authors make."""
        row = self.random.choice(self.rows)
        slips = [
            lambda: row.update(type=row["type"][:-1]),
            lambda: row.pop("name", None),
            lambda: row.update(name="tên có dấu cách"),
            lambda: row.update(relevant="${khong_co} = 1"),
            lambda: row.update(relevant="${c1 = 1"),
            lambda: row.update(parameters="la=1"),
            lambda: self.rows.remove(row),
            lambda: self.rows.append(dict(row)),
            lambda: row.update(name=row.get("name", "c1").upper()),
            lambda: self.rows.append({"type": "end group"}),
        ]
        self.random.choice(slips)()

    def sheets(self):
        self.body(0, self.random.randint(4, 14))
        if self.chance(SLIPS):
            self.slip()
        sheets = {"survey": table(self.rows)}
        if self.lists:
            sheets["choices"] = table([row for rows in self.lists.values() for row in rows])
        settings = {}
        if self.chance(0.5):
            settings.update(form_title="Biểu mẫu", form_id="bieu_mau", version="3")
        if self.languages and self.chance(0.5):
            settings["default_language"] = self.random.choice(self.languages)
        if self.visible and self.chance(0.3):
            settings["instance_name"] = "${" + self.random.choice(self.visible) + "}"
        if self.chance(0.1):
            settings["style"] = "pages"
        if settings:
            sheets["settings"] = table([settings])
        if self.entities:
            entities = [{"list_name": "tre", "label": self.reference()}]
            if self.chance(0.3):
                entities[0].update(entity_id=self.reference(), update_if=self.expression())
            if self.owner and self.chance(0.4):
                entities.append({"list_name": "ho", "label": self.reference()})
            sheets["entities"] = table(entities)
        return sheets


def table(rows):
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return [columns, *[[row.get(column) or None for column in columns] for row in rows]]


def forms(seeds):
    for seed in seeds:
        yield f"generated {seed}", Form(seed).sheets()
