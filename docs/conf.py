"""How Sphinx builds the site: from executed notebooks, offline, the same bytes each time.

This folder alone does not build: `compendium.site` adds the notebooks and the tables (`made/`).
"""

import functools
import sys

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.search.en import SearchEnglish

project = "Partnership, recomputed"
html_title = project
language = "en"

# A checker of addresses that notebooks' format could use; it takes two seconds to import.
sys.modules["rfc3987_syntax"] = None
# Fifty thousand words go into the search index, and a few thousand of them are different.
SearchEnglish.stem = functools.cache(SearchEnglish.stem)

extensions = ["myst_nb"]
exclude_patterns = ["made/*", "downloads/*"]
templates_path = ["_templates"]
default_role = "py:obj"  # `name` in a docstring leads to the function of that name, if there is one

# The notebooks were executed by `compendium reproduce`; nothing runs here, no widget is fetched.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True

# Two modules may each have a type of one name: in a signature it leads to the first.
suppress_warnings = ["ref.python"]
add_module_names = False
toc_object_entries_show_parents = "hide"
maximum_signature_line_length = 80

html_theme = "sphinx_book_theme"
html_context = {"default_mode": "auto"}  # light or dark as the reader's system has it
html_static_path = ["_static"]
html_favicon = "_static/icon.svg"
html_css_files = ["site.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("words.js", "reading.js")]
html_extra_path = ["downloads"]
html_copy_source = False
html_use_index = False
html_domain_indices = False
html_show_sphinx = False
html_permalinks_icon = "#"
# A summary of each hit would be fetched page by page, which a browser refuses from file://.
html_show_search_summary = False
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "toc_title": "On this page",
    "search_bar_text": "Search",
    "footer_content_items": ["extra-footer.html"],
    "extra_footer": "Made from the results of one run of the compendium.",
}
# Names of colours for code that keep their contrast on the pages' two grounds.
pygments_style = "a11y-high-contrast-light"


def number_cells(app, doctree, docname):
    """Give each code cell the address it was given, and show its `In [n]` beside the cell.

    Late, for code is folded only where it is the first thing in its cell.
    """
    del app, docname
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") == "cell_code" and cell.get("exec_count"):
            name = cell["cell_metadata"]["address"]
            cell["ids"].append(name)
            words = f'<a class="cell-number" href="#{name}">In [{cell["exec_count"]}]</a>'
            cell.insert(0, nodes.raw("", words, format="html"))


def fold(translator, node):
    """Begin what is folded; MyST-NB's own has paragraphs where HTML allows words alone."""
    del node
    translator.body.append('<details class="hide"><summary>Code</summary>\n')


def remember_menu(app, pagename, templatename, context, doctree):
    """Make the menu of a page once: the theme asks for it twice, first to see if it is empty."""
    del app, pagename, templatename, doctree
    if "toctree" in context:
        context["toctree"] = functools.cache(context["toctree"])


def setup(app):
    """Connect what this site adds to Sphinx."""
    app.connect("doctree-resolved", number_cells)
    app.connect("html-page-context", remember_menu, priority=400)
    app.add_node(HideCodeCellNode, override=True, html=(fold, depart_HideCellInput))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
