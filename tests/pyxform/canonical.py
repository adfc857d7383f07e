"""An XForm as lines that are equal when two XForms mean the same to every client.

Left aside, and nothing else:
1. the order of attributes, and prefixes of namespaces (the names they stand for are compared);
2. white space between elements where no text may stand;
3. the order of the values of one itext, which are found by their form. pyxform's own differs from run to run.
"""

import xml.etree.ElementTree as ET
from xml.etree.ElementTree import ParseError  # noqa: F401 (for those who call `lines`)

# Elements that hold text: there, white space is shown.
TEXTS = {"label", "hint", "value", "title"}


def lines(xform):
    """One line for each element: its path, attributes and text."""
    found = []

    def visit(element, path):
        name = element.tag.rsplit("}", 1)[-1]
        here = f"{path}/{name}"
        shown = (lambda text: text or "") if name in TEXTS else (lambda text: (text or "").strip())
        attributes = " ".join(f"{key}={value!r}" for key, value in sorted(element.attrib.items()))
        found.append(f"{path}/{element.tag} [{attributes}] {shown(element.text)!r}")
        # By form, so that those of a text stand in one order.
        children = sorted(element, key=lambda value: value.get("form", "")) if name == "text" else element
        for child in children:
            visit(child, here)
            if shown(child.tail):
                found.append(f"{here} then {shown(child.tail)!r}")

    visit(ET.fromstring(xform), "")
    return found
