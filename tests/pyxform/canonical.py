"""An XForm as lines that are equal when two XForms mean the same to every client.

Left aside, and nothing else:
1. the order of attributes, and prefixes of namespaces (the names they stand for are compared);
2. white space between elements where no text may stand;
3. the order of the values of one itext, which are found by their form. pyxform's own differs from run to run;
4. for the same reason, the order of secondary instances, which are found by their id.
"""

import xml.etree.ElementTree as ET
from xml.etree.ElementTree import ParseError  # noqa: F401 (for those who call `lines`)

# Elements that hold text: there, white space is shown.
TEXTS = {"label", "hint", "value", "title"}


def in_order(name, children):
    if name == "text":
        return sorted(children, key=lambda value: value.get("form", ""))
    if name == "model":
        # The primary instance is the first one, and has no id; it stays before the others.
        return sorted(children, key=lambda child: child.get("id", "") if child.tag.endswith("}instance") else "")
    return children


def lines(xform):
    """One line for each element: its path, attributes and text."""
    found = []

    def visit(element, path):
        name = element.tag.rsplit("}", 1)[-1]
        here = f"{path}/{name}"
        shown = (lambda text: text or "") if name in TEXTS else (lambda text: (text or "").strip())
        attributes = " ".join(f"{key}={value!r}" for key, value in sorted(element.attrib.items()))
        found.append(f"{path}/{element.tag} [{attributes}] {shown(element.text)!r}")
        for child in in_order(name, list(element)):
            visit(child, here)
            if shown(child.tail):
                found.append(f"{here} then {shown(child.tail)!r}")

    visit(ET.fromstring(xform), "")
    return found
