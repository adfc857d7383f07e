"""Entities whose questions stand in every pair of places: pyxform and we must declare them in the same ones."""

import itertools

# Containers from the survey down: g a group, r a repeat. Equal names are one container.
PLACES = [[], ["g1"], ["r1"], ["g1", "r1"], ["r1", "g1"], ["g1", "g2"], ["r1", "r2"], ["r1", "g1", "r2"],
          ["r1", "g1", "g2"], ["r3"], ["g3"], ["r1", "g3"]]
# How each of two questions is tied to an entity: by a property (p) or the label (v), and of which lists.
TIES = [("p", "p", 1), ("v", "v", 1), ("p", "v", 1), ("v", "p", 1), ("p", "p", 2), ("v", "v", 2), ("p", "v", 2)]


def forms():
    """(name, sheets)"""
    for first, second in itertools.product(PLACES, PLACES):
        for tie in TIES:
            name = f"entities in /{'/'.join(first)} and /{'/'.join(second)}, {tie}"
            yield name, sheets(first, second, *tie)


def sheets(first, second, tie, other_tie, lists):
    tree = {"questions": [], "inside": {}}
    for question, place in (("a", first), ("b", second)):
        here = tree
        for name in place:
            here = here["inside"].setdefault(name, {"questions": [], "inside": {}})
        here["questions"].append(question)
    owner = {"a": "x", "b": "x" if lists == 1 else "y"}
    prefix = {question: f"{owner[question]}#" if lists > 1 else "" for question in owner}
    ties = {"a": tie, "b": other_tie}
    labels = {name: [f"${{{q}}}" for q in "ab" if owner[q] == name and ties[q] == "v"] for name in "xy"[:lists]}
    rows = []

    def write(node):
        for question in node["questions"]:
            saved = f"{prefix[question]}{question}" if ties[question] == "p" else None
            rows.append(["text", question, question, saved])
        for name, inside in node["inside"].items():
            kind = "repeat" if name.startswith("r") else "group"
            rows.append([f"begin {kind}", name, name, None])
            write(inside)
            rows.append([f"end {kind}", None, None, None])

    write(tree)
    declared = [[name, f"concat({', '.join(found)}, 'z')" if found else "'z'"] for name, found in labels.items()]
    return {
        "survey": [["type", "name", "label", "save_to"], *rows],
        "entities": [["list_name", "label"], *declared],
    }
