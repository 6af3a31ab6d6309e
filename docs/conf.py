"""How Sphinx makes the site: `make docs`."""

import sys
from pathlib import Path

import allspike

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "Allspike"
author = "The Allspike authors"
project_copyright = "The Allspike authors"
version = release = allspike.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "mathml",
    "reference",
]
exclude_patterns = ["extensions", "examples", "reports", "pictures"]
nitpicky = False  # types of other packages are not linked: pages are read without a network

myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath"]
myst_dmath_double_inline = True

smartquotes = False  # two hyphens begin an option
default_role = "code"  # docstrings are written with single backticks
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the Parameters sections say it, with shapes and units
autodoc_preserve_defaults = True
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = f"Allspike {release}"
html_static_path = ["style"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "Allspike"},
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "back_to_top_button": True,
}
html_sidebars = {"index": []}
