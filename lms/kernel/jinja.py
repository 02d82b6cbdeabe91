"""Jinja's own environment, asked less: a page calls functions and writes values some hundred times (docs/bench.md)."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context
from markupsafe import Markup, escape


class PageContext(Context):
    """Calls functions and macros straight. Jinja asks each of them first, and slowly, whether it wants the context."""

    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class PageWriter(CodeGenerator):
    """Writes values by `Pages.safe` where Jinja would write `escape`."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.safe(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Pages(Environment):
    """Templates share the names of the house as they are; Jinja would wrap them once for each, and go through them at each import."""

    context_class = PageContext
    code_generator_class = PageWriter

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals

    @staticmethod
    def safe(value: Any) -> Markup:
        """The value escaped; what is markup already stays what it is, instead of being made anew."""
        return value if type(value) is Markup else escape(value)
