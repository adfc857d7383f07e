"""ODK Validate, which pyxform's package carries, over many XForms in one process."""

import pathlib
import subprocess

from pyxform.validators import odk_validate

HERE = pathlib.Path(__file__).resolve().parent


def refused(xforms, folder):
    """{name: why} of those XForms ({name: XML}) that ODK Validate refuses."""
    paths = {}
    for number, (name, xform) in enumerate(xforms.items()):
        path = folder / f"{number}.xml"
        path.write_text(xform, encoding="utf-8")
        paths[str(path)] = name
    jar = pathlib.Path(odk_validate.__file__).parent / "bin" / "ODK_Validate.jar"
    command = ["java", "-Djava.awt.headless=true", "-cp", str(jar), str(HERE / "Validate.java")]
    run = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=True)
    lines = (line.partition("\t") for line in run.stdout.splitlines())
    return {paths[path]: why for path, _, why in lines}
