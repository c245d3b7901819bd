"""Functions behind the notebooks. Nothing is re-exported: import from the module you mean."""

import sys

__version__ = "0.1.0"

# jsonschema, which Frictionless and nbformat use, builds a grammar for internationalised web
# addresses when it is imported: 2 s in every kernel. No schema here holds such an address, and
# jsonschema does without the grammar where its package cannot be imported.
sys.modules.setdefault("rfc3987_syntax", None)
