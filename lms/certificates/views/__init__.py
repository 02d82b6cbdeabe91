"""The register's pages, and the one a stranger opens."""

from lms.certificates.views.check import bp as check_pages
from lms.certificates.views.register import bp as register_pages

__all__ = ["check_pages", "register_pages"]
