"""Each test has an app of its own. What every app would make anew, and alike, is made once in a process: half of the time of most tests."""

import gc
from types import CodeType
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from lms.kernel.app import App


def warm() -> None:
    _addresses()
    App.jinja_options = {"bytecode_cache": Templates()}
    statements = Statements(1_000)  # the memory of a worker is bounded
    event.listen(Engine, "engine_connect", lambda connection: _remembers(connection, statements))


def few_collections() -> None:
    """What is there now stays: it is never looked through for garbage again; what comes, seldom."""
    gc.freeze()
    gc.set_threshold(50_000)


def _addresses() -> None:
    """Werkzeug takes each address of an app to pieces and writes two small programs for it; they depend on nothing but the address."""
    written: dict[object, tuple[dict[str, Any], Any, Any]] = {}
    compile_rule: Any = Rule.compile

    def kept(rule: Any) -> None:
        how = (repr(rule.defaults), rule.merge_slashes, *rule.map.converters.values())
        address = (rule.rule, rule.host, rule.subdomain, *how)
        if address not in written:
            compile_rule(rule)
            pieces = {name: getattr(rule, name) for name in ("_parts", "_trace", "_converters", "arguments")}
            written[address] = pieces, rule._build.__func__, rule._build_unknown.__func__
        pieces, build, build_unknown = written[address]
        vars(rule).update(pieces, _build=build.__get__(rule), _build_unknown=build_unknown.__get__(rule))

    Rule.compile = kept  # type: ignore[method-assign]


class Templates(BytecodeCache):
    """Templates as they were compiled first. Jinja itself looks whether the source is still the same."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self.kept[bucket.key] = bucket.checksum, bucket.code


class Statements(LRUCache[Any, Any]):
    """SQL as it was first written for an engine; SQLAlchemy asks by (dialect, statement, …), and each app has its own dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


def _remembers(connection: Connection, statements: Statements) -> None:
    connection.execution_options(compiled_cache=statements)
