"""How Sphinx builds these pages."""

from importlib.metadata import version as installed_version

project = "portal_linkage"
author = "portal_linkage contributors"
copyright = "portal_linkage contributors"
release = version = installed_version("portal-linkage")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"{project} {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

nitpicky = True
# Without the inventories of other projects, which would have to be fetched, only our own names can be checked.
nitpick_ignore_regex = [(r"py:.*", r"(?!portal_linkage\b).*")]
