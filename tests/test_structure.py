"""The house's own order: no public name without a user, and nothing written twice."""

import ast
import io
import re
import tokenize
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
LONGEST_BLOCK = 10

COMMANDS = ("cohear.cli", "cohear.api")
"""A command is called as the function that does it, by the command line and in Python."""

SAME_EVERYWHERE = {
    "main": "where a process begins",
    "register": "how the command line finds a verb",
}
"""Names that many modules must have, with what each is."""

Name = tuple[str, str]
"""A module and a name at its top level."""

FOR_THE_DOCS = {
    ("cohear.base.tables", "TABLES"),
    ("cohear.base.tables.markdown", "column_list"),
    ("cohear.data.audit.audit_check", "all_codes"),
    ("cohear.data.catalogue.catalogue", "catalogue_table"),
}
"""What makes parts of the docs; tests hold these against it."""


@cache
def modules():
    """Syntax trees of the sources, by name."""
    trees = {}
    for file in sorted((SOURCE / "cohear").rglob("*.py")):
        parts = file.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        trees[name] = ast.parse(file.read_text(encoding="utf-8"), str(file))
    return trees


def names_of(statement):
    """Names that a statement at the top level of a module defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [node.id for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name)]


@cache
def defined():
    """Public names, with the statement that defines each."""
    return {
        (module, name): statement
        for module, tree in modules().items()
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign)
        for name in names_of(statement)
        if not name.startswith("_")
    }


@cache
def passed_on():
    """Names that a module imports from another: asked for there, they are the other's."""
    return {
        (module, alias.asname or alias.name): (node.module, alias.name)
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def origin(name):
    """Where a name is defined that a module has."""
    seen = set()
    while name not in defined() and name in passed_on() and name not in seen:
        seen.add(name)
        name = passed_on()[name]
    return name


def used_by(tree):
    """Names that a file imports, or asks a module for."""
    found, aliases = set(), {name: name for name in modules()}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole in modules():
                    aliases[alias.asname or alias.name] = whole
                found.add(origin((node.module, alias.name)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (module := aliases.get(dotted(node.value))):
            found.add(origin((module, node.attr)))
    return found


def dotted(node):
    """A name with its dots, as it is written; None for anything else."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return before and f"{before}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


@cache
def read_in(module):
    """The statements at the top level of a module, and the names that each reads."""
    return [
        (statement, {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)})
        for statement in modules()[module].body
    ]


def used_at_home(name):
    """Whether a module uses a name of its own, outside the statement that defines it; a registered part is used."""
    module, own = name
    definition = defined()[name]
    if any(isinstance(decorator, ast.Call) for decorator in getattr(definition, "decorator_list", [])):
        return True
    return any(own in names for statement, names in read_in(module) if statement is not definition)


def test_every_public_name_has_a_user():
    """A user is the product, its benchmarks or an example in its papers: what tests alone use is not needed."""
    scripts = [file for folder in ("benchmarks", "docs") for file in (ROOT / folder).glob("*.py")]
    papers = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    texts = [file.read_text(encoding="utf-8") for file in scripts]
    for paper in papers:
        texts += re.findall(r"^```python\n(.*?)^```$", paper.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    abroad = set().union(*map(used_by, [*modules().values(), *map(ast.parse, texts)]))
    public_by_themselves = {
        name
        for name in defined()
        if name[0].startswith("cohear.testing")  # contracts, for others to inherit
        or (name[0].startswith("cohear.cli.") and name[1] == "register")  # asked for by the verb's name
    }
    unused = set(defined()) - abroad - public_by_themselves - FOR_THE_DOCS
    assert sorted(".".join(name) for name in unused if not used_at_home(name)) == []


def lines_of(file):
    """Lines of code as tokens with their numbers, without imports, docstrings, comments and lone brackets."""
    text = file.read_text(encoding="utf-8")
    passed_over = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str))
        for line in range(node.lineno, node.end_lineno + 1)
    }
    lines = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE) and token.start[0] not in passed_over:
            lines[token.start[0]].append(token.string.strip())
    told = ((number, " ".join(filter(None, words))) for number, words in sorted(lines.items()))
    return [(number, line) for number, line in told if any(map(str.isalnum, line))]


def test_no_block_stands_twice():
    """No run of more than ten lines of code is written in two places."""
    places = defaultdict(list)
    for file in sorted((SOURCE / "cohear").rglob("*.py")):
        lines = lines_of(file)
        for first in range(len(lines) - LONGEST_BLOCK):
            block = lines[first : first + LONGEST_BLOCK + 1]
            places[tuple(line for _, line in block)].append(f"{file.relative_to(SOURCE)}:{block[0][0]}-{block[-1][0]}")
    assert [where for where in places.values() if len(where) > 1] == []


def is_type_or_function(name):
    """Whether a name at the top level is a function, a class, or an alias of a type; constants are a module's own."""
    statement = defined()[name]
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return True
    variable = isinstance(statement.value, ast.Call) and dotted(statement.value.func) == "TypeVar"
    return not name[1].isupper() and name[1][0].isupper() and not variable


def test_no_public_name_has_two_owners():
    """One name, one meaning, wherever it is read."""
    owners = defaultdict(set)
    for module, name in filter(is_type_or_function, defined()):
        if name not in SAME_EVERYWHERE:
            commands = next((room for room in COMMANDS if module.startswith(room)), None)
            owners[name].add((commands or "the rooms", module))
    twice = {
        name: sorted(module for _, module in places)
        for name, places in owners.items()
        if len(places) > len({room for room, _ in places})
    }
    assert twice == {}


UNTYPED = {"dict[str, Any]", "Mapping[str, Any]"}

LEFT_UNTYPED = {
    "analysis.tables.of_study.read_json",
    "api.study.Study.bench",
    "base.decoding.decoding_of",
    "base.decoding.entry_of",
    "base.finding.Finding.figures",
    "base.named.demand_numbers",
    "base.named.settings_of",
    "base.study_facts.StudyFacts.from_json",
    "baselines.spec.BaselineSpec.front_end",
    "data.audit.audit_check.Check.finding",
    "data.audit.audit_check.Check.of_task",
    "data.folds.partition.TaskSplit.to_json",
    "export.bench.bench",
    "export.costs.measure_costs",
    "export.export.Exported.card",
    "export.readme_cells.change_text",
    "features.build.build_front_end",
    "features.build.front_end_of",
    "features.build.versions_here",
    "features.build.versions_planned",
    "features.front_end.FrontEnd.key",
    "features.front_end.FrontEnd.settings",
    "features.front_end.FrontEnd.versions",
    "findings.figures.Estimate.to_json",
    "models.choice.EncoderChoice.key",
    "models.choice.EncoderChoice.settings",
    "runs.job.read_spec",
    "runs.manifest.Manifest.runs",
    "runs.record.Record.from_json",
    "runs.record.Record.specification",
    "runs.spec.TaskReference.front_end",
    "runtime.bundle.Bundle.card",
    "study.plan.row.PlanRow.from_json",
    "study.plan.row.PlanRow.to_json",
    "tasks.multilabel.Multilabel.from_json",
    "tasks.multilabel.Multilabel.to_json",
    "training.spec.RunSpec.encoder",
    "training.spec.RunSpec.front_end",
    "training.spec.RunSpec.heard",
}
"""What still crosses from room to room as a mapping of anything: names leave this list, none is added."""


def room_of(module):
    """The package below ``cohear`` that a module lies in."""
    return module.split(".")[1] if "." in module else ""


@cache
def crossing():
    """Public functions and classes that a module of another room imports, contracts and command line apart."""
    return {
        origin((node.module, alias.name))
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if room_of(origin((node.module, alias.name))[0]) != room_of(module)
    }


def annotations_of(statement):
    """Names of what a function or class states types of in public, with each type."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        given = statement.args
        for argument in [*given.posonlyargs, *given.args, *given.kwonlyargs]:
            yield statement.name, argument.annotation
        yield statement.name, statement.returns
    elif isinstance(statement, ast.ClassDef):
        for member in statement.body:
            if isinstance(member, ast.AnnAssign):
                yield f"{statement.name}.{dotted(member.target)}", member.annotation
            elif isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from ((f"{statement.name}.{name}", told) for name, told in annotations_of(member))
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and names_of(statement)[0][0].isupper():
        yield names_of(statement)[0], statement.value  # an alias


def test_what_crosses_rooms_says_what_it_holds():
    """No mapping of anything is handed from room to room; what is left of that can only shrink."""
    found = {
        f"{module}.{what}".removeprefix("cohear.")
        for module, name in crossing() & set(defined())
        for what, annotation in annotations_of(defined()[module, name])
        if annotation is not None and not what.rpartition(".")[2].startswith("_")
        if any(untyped in ast.unparse(annotation) for untyped in UNTYPED)
    }
    assert found == LEFT_UNTYPED
