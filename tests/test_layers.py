"""The plan of the house, kept true: who may import whom, and where a fault may be swallowed."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import plexichat

PACKAGE = Path(plexichat.__file__).parent
LINES = 400

# room -> what it may import of ours besides itself; whoever is not here is not in the plan
MAY: dict[str, set[str]] = {
    "ids": set(),
    "cores": set(),
    "tally": set(),
    "config": set(),
    "logs": {"config"},
    "store": {"ids", "tally", "cores"},
    "core": {"store", "ids", "config"},
    "gateway": {"config"},
    "web": {"core", "store", "ids", "config"},
    "api": {"web", "core", "gateway", "store", "ids", "config"},
    "wryft": {"web", "core", "gateway", "store", "ids", "config"},
    "shelf": {"cores", "core", "store"},
    "safekeeping": {"cores", "core", "store", "config", "shelf"},
    "attendance": {"core", "store", "gateway", "config"},
    "retention": {"core", "store", "ids", "config"},
    "upkeep": {"retention", "core", "store"},
    "pulse": {"core", "store"},
    "app": {
        "api", "web", "safekeeping", "shelf", "attendance", "upkeep", "pulse", "tally", "cores",
        "core", "gateway", "store", "config", "wryft",
    },
    "metrics": {"app", "core", "store", "tally"},
    "admin": {"app", "retention", "core", "store", "ids", "config"},
    "serving": {"admin", "app", "metrics", "web", "store", "config"},
    "doctor": {"core", "store", "config"},
    "cli": {"doctor", "admin", "serving", "logs", "cores", "core", "store", "config"},
}
DIALECTS = {"api", "wryft"}
# Of the store, a dialect may know what a row looks like and how a call is made, no more.
PLAIN = {"db", "errors"}
ROW_READERS = {"badges"}
# One fault must not harm others: only here, this often, each with its traceback in the log.
FAULTS_STOP = {
    "upkeep.py": (1, "a job of the background"),
    "gateway/hub.py": (1, "the words for one event"),
    "gateway/socket.py": (2, "the conversation with one client, writing to one socket"),
    "safekeeping.py": (1, "a backup made by the clock"),
    "store/calls.py": (2, "one call of a batch, publishing one event"),
    "store/threads.py": (1, "a batch that could not be committed: its callers hear of it"),
    "web/answer.py": (1, "one request"),
    "web/http1.py": (1, "one request to an application that lets a fault out"),
}
BROAD = {"Exception", "BaseException"}
SQL = {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "PRAGMA", "WITH"}
NO_IDEA = (
    "Manager", "Service", "Handler", "Helper", "Util", "Utils", "Base", "Mixin", "Factory",
    "Composer", "Impl", "Common", "Misc",
)  # fmt: skip


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Pairs of module and name that a file imports from our own package when it runs."""
    tree = parsed(path)
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("plexichat"):
            for alias in node.names:
                yield str(node.module), alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("plexichat"):
                    yield alias.name, ""


def room(module: str, name: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else name


@pytest.mark.parametrize("path", modules(), ids=named)
def test_imports_run_downward_only(path: Path) -> None:
    here = room_of(path)
    if here == "__init__":
        assert not list(imports(path))
        return
    assert here in MAY, f"{here} is not in the plan of the house"
    for module, name in imports(path):
        there = room(module, name)
        if there not in ("__version__", here):
            assert there in MAY[here], f"{here} imports {module}.{name}"


def test_no_two_modules_import_each_other() -> None:
    known = {".".join(("plexichat", *path.relative_to(PACKAGE).with_suffix("").parts)): path
             for path in modules()}  # fmt: skip
    needs = {
        name: {there for module, each in imports(path)
               for there in (f"{module}.{each}", module) if there in known}
        for name, path in known.items()
    }  # fmt: skip
    while free := {name for name, there in needs.items() if not there & needs.keys()}:
        needs = {name: there for name, there in needs.items() if name not in free}
    assert not needs, f"a circle runs through {sorted(needs)}"


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_dialects_know_rows_but_call_no_store(dialect: str) -> None:
    for path in sorted((PACKAGE / dialect).rglob("*.py")):
        for module, name in imports(path):
            assert room(module, name) not in DIALECTS - {dialect}, f"{path.name} imports {module}"
            if module.startswith("plexichat.store.") and module.split(".")[2] not in PLAIN:
                assert name[0].isupper() or name in ROW_READERS, f"{path.name}: {module}.{name}"


def test_only_the_store_speaks_sql() -> None:
    for path in modules():
        if room_of(path) == "store":
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.split()
                assert not (len(words) > 1 and words[0] in SQL), f"{named(path)}:{node.lineno}"


def test_only_core_emits_events() -> None:
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "tx.emit":
                assert room_of(path) == "core", f"{named(path)}:{node.lineno}"


def swallowing(node: ast.AST) -> bool:
    """Whether this is an except or a suppress that lets any fault end here."""
    if isinstance(node, ast.ExceptHandler):
        caught = ast.walk(node.type) if node.type else ()
        broad = node.type is None or any(
            isinstance(each, ast.Name) and each.id in BROAD for each in caught
        )
        return broad and not any(
            isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(node)
        )
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("suppress")
        and any(ast.unparse(argument) in BROAD for argument in node.args)
    )


def test_a_fault_is_swallowed_only_where_it_must_not_spread() -> None:
    found = Counter(
        named(path) for path in modules() for node in ast.walk(parsed(path)) if swallowing(node)
    )
    assert found == {name: count for name, (count, _) in FAULTS_STOP.items()}


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_module_says_what_it_is_about_and_stays_in_the_head(path: Path) -> None:
    tree = parsed(path)
    text = path.read_text()
    assert not text or ast.get_docstring(tree), f"{named(path)} does not say what it is about"
    assert len(text.splitlines()) <= LINES, f"{named(path)} is to be divided by ability"


def test_no_class_is_named_for_want_of_an_idea() -> None:
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef):
                assert not node.name.endswith(NO_IDEA), f"{named(path)}: {node.name}"
