"""`python -m emotion.locale`: collect the texts of the code into the Spanish catalogue.

New texts appear in the `.po` file without translation, texts that are gone are dropped,
and the `.mo` file that the app reads is written. With `--check` nothing is written, and
the exit code is 1 when the files are not up to date or a translation is missing.
"""

import ast
import io
import sys
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from emotion import errors
from emotion.locale import DOMAIN, LOCALE_DIR
from emotion.settings import PROJECT_DIR

ERROR_NAMES: Final = [
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.EmotionError)
]
KEYWORDS: Final = {"_", "translate", "marked", *ERROR_NAMES}
"""Calls whose first argument is a text for people."""
PO_FILE: Final = LOCALE_DIR / "es" / "LC_MESSAGES" / f"{DOMAIN}.po"


def collect() -> Catalog:
    """All texts of the code, also those within f-strings."""
    catalog = Catalog(project="Semblante", charset="utf-8")
    app, *folders = (PROJECT_DIR / name for name in ("app.py", "pages", "emotion"))
    for path in [app, *(path for folder in folders for path in sorted(folder.rglob("*.py")))]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (text := _text(node)):
                catalog.add(text, None, [(path.relative_to(PROJECT_DIR).as_posix(), 1)])
    return catalog


def _text(call: ast.Call) -> str | None:
    """The text for people that is the first argument of `call`; None for other calls."""
    called = call.func
    name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", None)
    match call.args[:1]:
        case [ast.Constant(value=str(text))] if name in KEYWORDS:
            return text
    return None


def updated() -> tuple[bytes, bytes, list[str]]:
    """The `.po` and `.mo` files as they should be, and the texts without translation."""
    with PO_FILE.open("rb") as file:
        catalog = read_po(file, locale="es", domain=DOMAIN)
    catalog.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    missing = [str(message.id) for message in catalog if message.id and not message.string]
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, width=100, no_location=True, sort_output=True, omit_header=False)
    write_mo(mo, catalog)
    return po.getvalue(), mo.getvalue(), missing


def main() -> int:
    """Write or check the catalogue; the exit code."""
    po, mo, missing = updated()
    for text in missing:
        print(f"not translated: {text}")
    files = {PO_FILE: po, PO_FILE.with_suffix(".mo"): mo}
    if "--check" in sys.argv:
        stale = [path.name for path, data in files.items() if path.read_bytes() != data]
        print(f"not up to date: {stale}" if stale else "up to date")
        return 1 if stale or missing else 0
    for path, data in files.items():
        path.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
