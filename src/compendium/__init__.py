"""An instrument for holding a published study against its own print.

It knows no study. A study is a folder with `study.toml`, raw data and notebooks; this package reads
what is printed there, judges it value by value, runs the notebooks and says what it cannot know.
Rooms, from the ground up; each knows only those before it (`lint-imports` holds them to it):

- `errors`, `paths`, `settings`: whose fault it is; where things are; what a study declares;
- `printed`: tables as printed, quantities, the ledger, rules, the audit, the register;
- `models`, `figures`: numbers in, numbers or pictures out; no file is opened there;
- `coding`: statements, cases, grades, the second coder;
- `runs`: what a notebook declares, how it is executed, what it leaves;
- `review`, `publish`, `seminar`, `study`: what a reviewer, a journal, a teacher and a newcomer ask;
- `site`: pages to read offline;
- `cli`: the command.

Each room opens with an essay on its idea; a module is one idea. Nothing is re-exported: import from
the module you mean.
"""

import sys

__version__ = "0.1.0"

# jsonschema, which Frictionless and nbformat use, builds a grammar for internationalised web
# addresses when it is imported: 2 s in every kernel. No schema here holds such an address, and
# jsonschema does without the grammar where its package cannot be imported.
sys.modules.setdefault("rfc3987_syntax", None)
