"""An XForm as lines that are equal when two XForms mean the same to every client.

Left aside, and nothing else:
1. the order of attributes, and prefixes of namespaces (the names they stand for are compared);
2. white space between elements where no text may stand.
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
        for child in element:
            visit(child, here)
            if shown(child.tail):
                found.append(f"{here} then {shown(child.tail)!r}")

    visit(ET.fromstring(xform), "")
    return found
