"""Jinja's own environment, asked less: a page calls functions and macros some hundred times (docs/bench.md)."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2.runtime import Context


class PageContext(Context):
    """Calls functions and macros straight. Jinja asks each of them first, and slowly, whether it wants the context."""

    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class Pages(Environment):
    """Templates share the names of the house as they are; Jinja would wrap them once for each, and go through them at each import."""

    context_class = PageContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals
