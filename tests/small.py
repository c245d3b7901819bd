"""A project of two notebooks that have run, small enough to check by hand.

One raw table of two sites; `01` judges its total, `02` draws it. The records are written out here
as the runner writes them, and hold the true checksums of the files.
"""

import hashlib
import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from compendium import paths

FILES = {
    "data/raw/items.csv": (
        "item_id,source_id,kind,label,section,line_start,line_end,completeness,cells,values,file,"
        "notebook\n"
        "s/table-1,s,table,Two sites,1,10,12,complete,6,3,s/table-1.csv,01-audit\n"
        "s/text,s,text,Numbers in text,2,20,20,complete,2,1,s/text.csv,01-audit\n"
    ),
    "data/raw/discrepancies.csv": (
        "discrepancy_id,items,lines,rule,verdict,printed,computed,what,cause,pdf_could_settle,consequence\n"
        "s/text/all,s/text,20,same,differs,8,7,One more in the text.,misprint,perhaps,None.\n"
    ),
    "data/raw/s/table-1.csv": "site,n,line\nA,3,10\nB,4,11\nTotal,7,12\n",
    "data/raw/s/text.csv": "quantity,printed,line\nall,8,20\n",
    "data/processed/cells.csv": (
        "value_id,file,row,column,text,unit\n"
        "s/table-1/A/n,s/table-1.csv,2,n,3,n\n"
        "s/table-1/B/n,s/table-1.csv,3,n,4,n\n"
        "s/table-1/Total/n,s/table-1.csv,4,n,7,n\n"
        "s/text/all,s/text.csv,2,printed,8,n\n"
    ),
    "results/verdicts.csv": (
        "value_id,item_id,quantity,printed,unit,role,rule,section,line,computed,verdict,"
        "evidence\n"
        "s/table-1/A/n,s/table-1,at A,3,n,input,,1,10,,transcribed,\n"
        "s/table-1/B/n,s/table-1,at B,4,n,input,,1,11,,transcribed,\n"
        "s/table-1/Total/n,s/table-1,in all,7,n,derived,sum s/table-1/A/n s/table-1/B/n,1,12,7,"
        "exact,recomputed\n"
        "s/text/all,s/text,in all,8,n,repeated,same s/table-1/Total/n,2,20,7,differs,"
        "cross-checked\n"
    ),
    "results/figures/table-1.svg": "<svg/>",
    "results/figures/table-1.csv": "site,n\nA,3\nB,4\n",
    "src/compendium/paths.py": "",
    "study.toml": 'title = "Two sites, counted"\n',
    "requirements.lock": "",
}
CODE = {
    "01-audit": ("from compendium import audit", "level = 1", "audit.judge()"),
    "02-draw": (
        "from compendium import figures, raw",
        "level = 1",
        "table = raw.read_table('s/table-1')",
        "other = raw.read_table('s/text')",
        "figures.draw(table, level)",
    ),
}
TOTAL = {"s/table-1/Total/n": ["s/table-1/A/n", "s/table-1/B/n"]}
JUDGED = {"s/table-1/A/n": [], "s/table-1/B/n": [], **TOTAL, "s/text/all": ["s/table-1/Total/n"]}
PLACES = {
    "RAW": "data/raw",
    "PROCESSED": "data/processed",
    "RESULTS": "results",
    "NOTEBOOKS": "notebooks",
    "PACKAGE": "src/compendium",
    "LOCK": "requirements.lock",
}
EVERY = ("s/table-1.csv", "s/text.csv")


def make_project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the project under `root` and point `paths` at it."""
    for name, text in FILES.items():
        write(root / name, text)
    for name, code in CODE.items():
        write(root / f"notebooks/{name}.ipynb", json.dumps(make_notebook(code)))
        write(root / f"results/notebooks/{name}.ipynb", '{"cells": []}')
        write(root / f"results/records/{name}.seconds", "2.50\n")
    read = [{"cell": 3, "file": f"data/raw/{name}", "how": "ledger"} for name in EVERY]
    named = [
        {"cell": cell, "file": f"data/raw/{name}", "how": "table"}
        for cell, name in zip((3, 4), EVERY)
    ]
    listed = [(3, "data/processed/cells.csv")]
    keep_record(root, "01-audit", read=read, wrote=listed, made=["verdicts.csv"], judged=JUDGED)
    wrote = [(5, "results/figures/table-1.svg")]
    made = ["figures/table-1.svg", "figures/table-1.csv"]
    keep_record(root, "02-draw", read=named, wrote=wrote, made=made, judged={})
    for name, place in PLACES.items():
        monkeypatch.setattr(paths, name, root / place)
    for name in ("ROOT", "STUDY"):
        monkeypatch.setattr(paths, name, root)
    return root


def make_notebook(code: tuple[str, ...]) -> dict:
    """A notebook whose second code cell holds its parameters."""
    cells = [{"cell_type": "markdown", "source": ["# Title\n"], "metadata": {}}]
    for number, text in enumerate(code, start=1):
        tags = ["parameters"] if number == 2 else []
        cells.append({"cell_type": "code", "source": [text], "metadata": {"tags": tags}})
    return {"cells": cells}


def keep_record(root: Path, run: str, *, read: list, wrote: list, made: list, judged: dict) -> None:
    """Write the record of one run."""
    executed = f"results/notebooks/{run}.ipynb"
    sources = [f"notebooks/{run}.ipynb", "requirements.lock", *{entry["file"] for entry in read}]
    results = [executed, *(f"results/{name}" for name in made)]
    record = {
        "run": run,
        "notebook": f"notebooks/{run}.ipynb",
        "title": run,
        "parameters": {"level": 1},
        "given": {},
        "page": f"results/notebooks/{run}.html",
        "executed": executed,
        "read": read,
        "wrote": [{"cell": cell, "file": file} for cell, file in wrote],
        "judged": [{"cell": 3, "values": judged}] if judged else [],
        "made_from": {name: digest(root / name) for name in sources},
        "made": {name: digest(root / name) for name in results},
    }
    write(root / f"results/records/{run}.json", json.dumps(record))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path: Path, text: str) -> None:
    """Write a file, its folders with it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_notebook(folder: Path, body: str, parameters: str = "x = 1", writes: str = "") -> Path:
    """A small notebook with a declared head, a parameters cell and one more cell."""
    head = f"# A test\n\n**Reads:** `data/raw/*`\n\n**Writes:** {writes}"
    notebook = new_notebook(
        cells=[
            new_markdown_cell(head),
            new_code_cell(parameters, metadata={"tags": ["parameters"]}),
            new_code_cell(body),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    path = folder / "01-test.ipynb"
    nbformat.write(notebook, path)
    return path


def spare_imports(folder: Path) -> dict[str, str]:
    """An environment in which a small study pays for no library that its notebooks do not use.

    The server of the kernels imports what notebooks are likely to: two of these, which take the
    most time, are empty modules here.
    """
    for name in ("seaborn.py", "statsmodels/__init__.py"):
        write(folder / name, "")
    before = [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
    return {"PYTHONPATH": os.pathsep.join([str(folder), *before])}
