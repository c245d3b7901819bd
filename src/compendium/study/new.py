"""Studies: make a new one.

A study is a folder of raw data and notebooks in the format of this project, which is itself one
(see `paths`): whatever is run goes through the same checks, the same runner and the same report.
A new study comes with a few made-up rows, so that all of it runs before the first row is replaced.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from compendium import paths
from compendium.errors import SettingError, refuse
from compendium.runs.notebooks import slug

TEMPLATE = paths.PACKAGE / "templates" / "study"
SITES, ACTORS = ("Site A", "Site B"), ("Body X", "Body Y")
# Names stand in value ids, rules and file names: nothing in them may mean something there.
NAME = re.compile(r"[^\W_][\w .&'()-]*")


def make_study(folder: Path, sites: list[str] = SITES, actors: list[str] = ACTORS) -> None:
    """Write a new study: tables with their schemas, example rows, notebooks, a README.

    Sites and actors come in the order in which tables and drawings are to have them. A SettingError
    if the folder holds something, or a name will not do: all of it at once.
    """
    problems = [*_wrong_names("site", sites, 1), *_wrong_names("actor", actors, 2)]
    try:
        paths.check_new(folder)
    except SettingError as error:
        problems.append(str(error))
    refuse("this study cannot be made", problems, SettingError)
    marks = _fill_in(sites, actors)
    with paths.new_folder(folder) as draft:
        for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file()):
            text = source.read_text(encoding="utf-8")
            for mark, name in marks.items():
                text = text.replace(mark, name)
            paths.write_file(draft / source.relative_to(TEMPLATE), text)


def _wrong_names(kind: str, names: list[str], least: int) -> Iterator[str]:
    if len(names) < least:
        yield f"found {len(names)} {kind}; allowed: {least} or more"
    for place, name in enumerate(names):
        if not NAME.fullmatch(name) or not slug(name) or name in ("all", "unnamed", "Total"):
            yield f"found {kind} {name!r}; allowed: letters, digits, blanks, . & ' ( ) -"
        elif slug(name) in map(slug, names[:place]):
            yield f"found {kind} {name!r} after one like it; allowed: names that files can tell"


def _fill_in(sites: list[str], actors: list[str]) -> dict[str, str]:
    """What stands for each mark of the template; a rule has ``*`` for a blank."""
    marks = {"{sites}": "; ".join(sites), "{actors}": "; ".join(actors)}
    named = {"site_1": sites[0], "site_2": sites[-1], "actor_1": actors[0], "actor_2": actors[1]}
    for mark, name in named.items():
        marks |= {f"{{{mark}}}": name, f"{{{mark}*}}": name.replace(" ", "*")}
    return marks
