"""One notebook run: strict parameters, papermill, canonical output, nothing written half.

Papermill only warns about a misspelt parameter and runs on; here it is refused before a kernel
starts. A run happens in a folder of its own. On success, what it wrote is moved to where it
belongs, with everything that changes from run to run (times, ids, versions) taken out, so that two
runs of the same sources are the same bytes. On failure, nothing moves but the partial copy.
"""

import hashlib
import json
import logging
import re
import threading
import time
from collections import Counter
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from papermill.exceptions import PapermillExecutionError

from compendium import paths
from compendium.errors import CompendiumError, refuse
from compendium.runs import kernels, markup, records
from compendium.runs.notebooks import Run, find_sources
from compendium.runs.outputs import mark_title

# What it would say beside the sentence that a run ends with.
logging.getLogger("papermill").setLevel(logging.CRITICAL)
# What a page begins a picture with that came without words, as one drawn by hand may.
_UNTOLD = '<img alt="A picture that came without a description"'


class RunError(CompendiumError):
    """A notebook stopped; the message says where, why and where the partial copy lies."""


def run_notebook(run: Run, home: Path | None = None) -> None:
    """Execute one notebook and put its results in place: in a folder, or where the study has them.

    Raises
    ------
    SettingError
        Before a kernel starts, if the parameters do not fit.
    RunError
        If a cell fails, or the run wrote or read other files than the notebook declares.
    """
    run.check()
    began = time.monotonic()
    places = {"results": home or paths.RESULTS}
    places["processed"] = home / "processed" if home else paths.PROCESSED
    with kernels.run_folder() as folder:
        work, target = folder / "work", folder / f"{run.name}.ipynb"
        work.mkdir()
        (work / paths.RUN_LOG).touch()
        if not run.pictures:
            (work / paths.NO_PICTURES).touch()
        try:
            papermill.execute_notebook(
                run.source,
                target,
                run.given,
                # Not papermill's own cwd=, which moves the whole process, other threads included.
                resources={"metadata": {"path": str(work)}},
                progress_bar=False,
                request_save_on_cell_execute=False,
                kernel_name="python3",
                **kernels.settings(folder),
            )
        except PapermillExecutionError as error:
            kept = places["results"] / "failed" / target.name
            paths.write_file(kept, target.read_bytes())
            # Papermill counts from 0 and adds one cell with the parameters given.
            cell = error.cell_index + 1 - bool(run.given)
            last = f"{error.ename}: {error.evalue}" if error.evalue else error.ename
            raise RunError(
                f"{run.source.name} stopped in cell {cell} (In [{error.exec_count}]): {last}\n"
                f"the partly executed copy is {kept}"
            ) from None
        except DeadKernelError:
            raise RunError(
                f"{run.source.name} stopped: its kernel was ended, perhaps for want of memory; "
                "nothing of this run is kept: run the same command again"
            ) from None
        (work / paths.NO_PICTURES).unlink(missing_ok=True)
        log = records.read_log(work)
        _check_files(run, work, log)
        notebook = nbformat.read(target, as_version=4)
        notebook.cells[0].source = mark_title(notebook.cells[0].source)
        notebook = make_canonical(notebook)
        paths.write_file(work / run.about["executed"], nbformat.writes(notebook) + "\n")
        if run.pictures:
            page = make_page(notebook, run.name, with_code=not run.is_report)
            paths.write_file(work / run.about["page"], page)
        record = records.make_record(run.about, log, find_sources(run.source), work)
        text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        paths.write_file(work / run.record, text)
        # Apart, because it is never the same twice.
        seconds = (work / run.record).with_suffix(".seconds")
        paths.write_file(seconds, f"{time.monotonic() - began:.2f}\n")
        for name, path in records.list_made(work).items():
            place, _, rest = name.removeprefix("data/").partition("/")
            paths.write_file(places[place] / rest, path.read_bytes())


def _check_files(run: Run, work: Path, log: list[dict]) -> None:
    """Hold a run to the declaration that the task graph was built from."""
    written, declared = set(records.list_made(work)), set(run.files)
    problems = [f"wrote {name}, which it does not declare" for name in sorted(written - declared)]
    problems += [f"declares {name}, but did not write it" for name in sorted(declared - written)]
    problems += [
        f"read {name}, which it does not declare"
        for name in sorted({line["read"] for line in log if "read" in line})
        if not any(fnmatchcase(name, pattern) for pattern in run.declared.reads)
    ]
    said = Counter(line["answered"] for line in log if "answered" in line)
    problems += [f"answers {name!r} {n} times; allowed: once" for name, n in said.items() if n > 1]
    refuse(f"{run.source.name}: Reads and Writes lines", problems, RunError)


def make_canonical(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out of an executed notebook what changes from run to run.

    Times, durations, papermill's record and the Python patch version go; each cell's id is made
    from its place and its source; output streams that arrived in pieces are joined.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for position, cell in enumerate(notebook.cells):
        cell.metadata.pop("execution", None)
        cell.metadata.pop("papermill", None)
        digest = hashlib.sha256(f"{position}\n{cell.source}".encode()).hexdigest()
        cell["id"] = digest[:8]
    return CoalesceStreamsPreprocessor().preprocess(notebook, {})[0]


def make_page(notebook: nbformat.NotebookNode, name: str, with_code: bool = True) -> str:
    """An executed notebook as one page of HTML that asks the network for nothing.

    Without its code it is a report, and begins with its contents.
    """
    title = re.search(r"^# (.+)$", notebook.cells[0].source, flags=re.MULTILINE)
    # Its own way takes the whole page apart again, to look for pictures without words.
    page, _ = TemplateExporter.from_notebook_node(
        _find_exporter(with_code, threading.get_ident()),
        notebook,
        {"metadata": {"name": title[1] if title else name}},
    )
    page = markup.strip_looks(re.sub(r"<img(?![^>]*\salt=)", _UNTOLD, page))
    if with_code:
        return page
    # A report stands beside the folder of figures, and not in one of notebooks.
    return markup.add_contents(page.replace('href="../figures/', 'href="figures/'))


@cache
def _find_exporter(with_code: bool, _thread: int) -> HTMLExporter:
    """Made once a thread: its templates cost as much to read as a page to make."""
    exporter = HTMLExporter(
        template_name="compendium",
        extra_template_basedirs=[str(paths.PACKAGE / "templates")],
        exclude_input=not with_code,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        optimistic_validation=True,  # once a page, not after each of a dozen steps
    )
    colours = Highlight2HTML(pygments_lexer="ipython3", parent=exporter)
    exporter.register_filter("highlight_code", colours)
    return exporter
