"""What the certificate says, section by section, from the facts alone.

Each section is a function from facts to blocks. What was not run, and what cannot be reproduced,
gets as much room as what was.
"""

import pandas as pd

from compendium import codecheck, maturity, published
from compendium.documents import Block, Heading, Points, Table, Text
from compendium.facts import UNSIGNED, Facts, say_environment, summarise

BLANK = "____________________"
ROLES = ["derived", "repeated", "claim", "input"]
# What a run may leave among the results, and what it means when no file's name says so.
TRACES = {
    "drift": "Latest versions (`compendium verify --latest`): no report of it is among the "
    "results.",
    "perturbation": "Each raw value changed in turn (`compendium perturb`): no report of it is "
    "among the results.",
    "second-coder": "A second human coder (`compendium second-coder`): no comparison is among the "
    "results, and no reliability is claimed for the coding.",
    "double-entry": "A second transcription (`compendium audit --second`): no comparison is among "
    "the results.",
}
NEVER = [
    "The tests, those in a browser included, are not part of a run: nothing among the results "
    "says whether they passed.",
    "One machine only: another kind of machine may give other last digits.",
]
DOES_NOT_SAY = [
    "It does not say that inputs are right. They were typed in from print and are not reproduced.",
    "It does not say that the studies' findings hold. It says which printed numbers follow from "
    "other printed numbers, by which rule.",
    "It does not speak of interviews, field notes or documents: none is held.",
    "It does not say that print is wrong where a value differs: the register gives the likely "
    "cause, and whether the PDF could settle it.",
    "It does not replace a check by a person on another machine.",
]


def compose(facts: Facts, unmet: list[str]) -> list[Block]:
    """The whole certificate.

    Parameters
    ----------
    facts : Facts
        As `facts.gather` returns.
    unmet : list of str
        What ``codecheck.yml`` leaves to a person, as `codecheck.find_unmet` returns.
    """
    sections = [
        *(_opening, _environment, _times, _verdicts, _discrepancies, _claims, _levels, _maturity),
        *(_not_run, _folder),
    ]
    blocks = [block for section in sections for block in section(facts)]
    return [*blocks, *_signature(unmet), *_annexes(facts)]


def _opening(facts: Facts) -> list[Block]:
    about = facts.about
    what = {
        "Title": about["citation"]["title"],
        "Version": about["version"],
        "Git commit": f"`{about['commit']}`",
        "Date of the commit": about["date"],
        "Files in the commit": str(len(facts.tracked)),
        "Raw tables, each as its schema and checksum say": str(facts.n_tables),
        "Runs": str(len(facts.records)),
    }
    works = facts.sources[["source_id", "doi", "licence", "citation"]].replace("", "none known")
    return [
        Heading("Certificate of reproduction", 1),
        Text(
            f"For commit `{about['commit'][:12]}` of {about['date'][:10]}. This certificate was "
            f"{UNSIGNED}. What it says was read from files, from git and from the machine; "
            "nothing was typed."
        ),
        Heading("In short"),
        Points(summarise(facts)[:-1]),
        Heading("What was certified"),
        Table("The compendium", pd.DataFrame(what.items(), columns=["what", "value"])),
        Table("The works it re-examines", works),
    ]


def _environment(facts: Facts) -> list[Block]:
    here = facts.environment
    what = {
        "Python": facts.machine["python"],
        "Kind of machine": facts.machine["platform"],
        "Packages in the lock": str(facts.lock["packages"]),
        "SHA-256 of requirements.lock": f"`{facts.lock['sha256']}`",
    }
    direct = here[here.is_direct].drop(columns="is_direct")
    direct = direct.assign(same=(direct.pinned == direct.installed).map({True: "yes", False: "no"}))
    others = here[(here.pinned != here.installed) & ~here.is_direct]
    names = [f"{row.package} {row.installed or 'missing'}" for row in others.itertuples()]
    return [
        Heading("Environment"),
        Table("Where this command ran", pd.DataFrame(what.items(), columns=["what", "value"])),
        Text(
            f"Here {say_environment(facts)}. Not as locked, beside those in the table: "
            f"{', '.join(names) or 'none'}. A run's record holds the lock's checksum, not the "
            "installed versions: that the runs had these is inferred, not recorded."
        ),
        Table("Direct dependencies, locked and installed", direct),
    ]


def _times(facts: Facts) -> list[Block]:
    rows = [(run, f"{seconds:.1f}") for run, seconds in sorted(facts.seconds.items())]
    return [
        Heading("Times"),
        Text(
            f"{len(rows)} runs took {sum(facts.seconds.values()):.0f} seconds in all, wall clock, "
            "each with the start of its kernel. Runs side by side take less."
        ),
        Table("Seconds by run", pd.DataFrame(rows, columns=["run", "seconds"])),
    ]


def _verdicts(facts: Facts) -> list[Block]:
    verdicts = facts.verdicts.merge(facts.items[["item_id", "source_id"]], on="item_id")
    counted = verdicts[verdicts.role != "input"]
    by_role = published.summarise(verdicts, ["role"]).reindex(ROLES).dropna().astype(int)
    by_source = published.summarise(counted, ["source_id"]).drop(columns="transcribed")
    return [
        Heading("Verdicts"),
        Text(
            "`exact`: the same at the printed precision. `rounds`: cut off instead of rounded, or "
            "within what the rounding of the printed inputs leaves open. `differs`: neither. "
            "`not-derivable`: print does not hold the inputs. "
            "`not-recoverable`: the figure's image is missing. `transcribed`: an input, typed in "
            "and never counted as reproduced."
        ),
        Table("Printed values by role and verdict", by_role.reset_index()),
        Table("Printed values by source, inputs left out", by_source.reset_index()),
    ]


def _discrepancies(facts: Facts) -> list[Block]:
    register = facts.register
    counts = pd.crosstab(register.cause, register.pdf_could_settle).reset_index()
    return [
        Heading("Discrepancies"),
        Text(
            f"{len(register)} places where print does not bear itself out. They are those the "
            "audit finds today: none is new, none has vanished. Each stands in Annex A."
        ),
        Table("Likely cause, and whether the PDF could settle it", counts),
    ]


def _claims(facts: Facts) -> list[Block]:
    counts = pd.crosstab(facts.claims.grade, facts.claims.ledger).reset_index()
    return [
        Heading("Claims"),
        Text(
            "Propositions of the works, graded by rule. `consistent with the coding` says that the "
            "text bears out itself, not that the proposition is true."
        ),
        Table("Claims by grade", counts),
    ]


def _levels(facts: Facts) -> list[Block]:
    levels = facts.levels.assign(level=facts.levels.with_this_compendium.replace("", "none"))
    counts = levels.groupby("level").agg(
        items=("item_id", "size"), printed=("printed", "sum"), computed=("computed", "sum")
    )
    columns = ["ACRe level", "display items", "printed values", "of them computed"]
    return [
        Heading("Level of computational reproducibility"),
        Text(
            "ACRe levels, 1 to 10 (BITSS, Guide for Accelerating Computational Reproducibility), "
            "for each table, figure, box and appendix. As published all are at level 1: no data "
            "and no code came with the works. With this compendium none passes 5: its analysis "
            "data are printed inputs, and raw material is not held. A level speaks of the computed "
            "values alone; an item that was only typed in has none. Annex B has each with its "
            "reason, [acre-levels.csv](acre-levels.csv) the same for a program."
        ),
        Table("Display items by level", counts.reset_index().set_axis(columns, axis=1)),
    ]


def _maturity(facts: Facts) -> list[Block]:
    counts = pd.crosstab(facts.checked.level, facts.checked.status)
    counts = counts.reindex(index=maturity.LEVELS, columns=maturity.STATUSES, fill_value=0)
    return [
        Heading("Maturity of the pipeline"),
        Text(
            "A self-check against the NHS levels of a reproducible analytical pipeline. Level "
            f"reached: {maturity.find_reached(facts.checked)}. The evidence for each criterion is "
            "in [rap-self-check.md](rap-self-check.md)."
        ),
        Table("Criteria by level", counts.reset_index()),
    ]


def _not_run(facts: Facts) -> list[Block]:
    verdicts, items = facts.verdicts, facts.items
    gaps = verdicts[verdicts.verdict.isin(["not-derivable", "not-recoverable"])]
    by_item = pd.crosstab(gaps.item_id, gaps.verdict).reset_index()
    partial = items[items.completeness != "complete"][["item_id", "label", "completeness"]]
    return [
        Heading("What was not run, or cannot be"),
        Points([*_missing_traces(facts), *NEVER]),
        Text(
            f"Items held in part: {(items.completeness == 'partial').sum()}; "
            f"missing: {(items.completeness == 'missing').sum()}."
        ),
        Table("Items that are not held whole", partial),
        Table("Values that cannot be computed, by item", by_item),
    ]


def _missing_traces(facts: Facts) -> list[str]:
    conda = (
        []
        if facts.machine["conda"] == "yes"
        else ["The conda route of `environment.yml`: this Python is not conda's."]
    )
    names = [name.rsplit("/", 1)[-1] for name in facts.results]
    return conda + [text for word, text in TRACES.items() if not any(word in n for n in names)]


def _folder(facts: Facts) -> list[Block]:
    del facts
    return [
        Heading("What this certificate does not say"),
        Points(DOES_NOT_SAY),
        Heading("This folder"),
        Points(
            [
                "`compendium/`: the files of the commit, with the results of the runs; every path "
                "in the lists below starts there",
                "[list-of-tables-and-programs.md](list-of-tables-and-programs.md): which cell "
                "makes which table, figure and number",
                "[codecheck.yml](codecheck.yml): for a CODECHECK, to be completed by a person",
                "[ro-crate-metadata.json](ro-crate-metadata.json): files and runs for a program",
                "[SHA256SUMS](SHA256SUMS): check with `sha256sum -c SHA256SUMS`",
            ]
        ),
    ]


def _signature(unmet: list[str]) -> list[Block]:
    fields = ["Name", "ORCID", "Machine and date of the check", "Certificate number", "Signature"]
    lines = pd.DataFrame({"to be filled in by hand": fields, "by a codechecker": BLANK})
    return [
        Heading("Who checked"),
        Text(f"Nobody yet: {UNSIGNED}."),
        Table("Signature of a codechecker", lines),
        Text(
            f"`codecheck.yml` follows [the specification]({codecheck.SPECIFICATION}), version 2.0, "
            "and leaves open what only a person can say:"
        ),
        Points(unmet),
    ]


def _annexes(facts: Facts) -> list[Block]:
    register = {
        "discrepancy_id": "where",
        "printed": "printed",
        "computed": "computed",
        "cause": "likely cause",
        "pdf_could_settle": "PDF settles it",
        "what": "what",
    }
    levels = {
        "item_id": "where",
        "item": "item",
        "printed": "values",
        "computed": "computed",
        "as_published": "level as published",
        "with_this_compendium": "level here",
        "reason": "reason",
    }
    shown = facts.levels.replace({"with_this_compendium": {"": "none"}})
    return [
        Heading("Annex A: every discrepancy"),
        Table("The discrepancy register", facts.register[list(register)].rename(columns=register)),
        Heading("Annex B: the level of each display item"),
        Table("ACRe levels", shown[list(levels)].rename(columns=levels)),
    ]
