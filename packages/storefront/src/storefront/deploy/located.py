"""YAML whose values know their lines, and the merging that a bundle does with its targets."""

from dataclasses import dataclass, replace

import yaml

from storefront.deploy.findings import Finding

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the line that names it: of its key in a map, of itself in a list."""

    content: "Scalar | list[Located] | dict[str, Located]"
    line: int

    @property
    def text(self) -> str:
        """A scalar as it is shown; a list or map only by its kind."""
        if isinstance(self.content, dict | list):
            return "a map" if isinstance(self.content, dict) else "a list"
        return (
            "true"
            if self.content is True
            else "false"
            if self.content is False
            else str(self.content)
        )

    def get(self, *keys: str) -> "Located":
        """What stands under these keys; an empty value on the nearest line where nothing does."""
        found = self
        for key in keys:
            content = found.content
            below = content.get(key) if isinstance(content, dict) else None
            found = Located(None, found.line) if below is None else below
        return found

    def items(self) -> "list[tuple[str, Located]]":
        """Keys and values of a map; nothing for anything else."""
        return list(self.content.items()) if isinstance(self.content, dict) else []

    def elements(self) -> "list[Located]":
        """The elements of a list; nothing for anything else."""
        return self.content if isinstance(self.content, list) else []

    def scalars(self, path: str = "") -> "list[tuple[str, Located]]":
        """Every scalar below, with its path from here."""
        if isinstance(self.content, dict):
            parts = [(f"{path}.{key}".lstrip("."), value) for key, value in self.content.items()]
        elif isinstance(self.content, list):
            parts = [(f"{path}[{index}]", value) for index, value in enumerate(self.content)]
        else:
            return [(path, self)]
        return [found for below, value in parts for found in value.scalars(below)]


def read(text: str, file: str) -> tuple[Located, list[Finding]]:
    """The values of a YAML document, and what makes it invalid or hides a part of it."""
    findings: list[Finding] = []
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problem = getattr(error, "problem", None) or "it cannot be read"
        finding = Finding(
            file, line, "", "", f"This is not valid YAML: {problem}.", "Fix the line."
        )
        return Located(None, 1), [finding]
    if node is None:
        return Located({}, 1), []
    try:
        return _located(node, node.start_mark.line + 1, file, findings), findings
    except RecursionError:
        finding = Finding(file, 0, "", "", "A part of it includes itself.", "Remove the alias.")
        return Located(None, 1), [finding]


def _located(node: yaml.Node, line: int, file: str, findings: list[Finding]) -> Located:
    if isinstance(node, yaml.MappingNode):
        return Located(_map(node, file, findings), line)
    if isinstance(node, yaml.SequenceNode):
        elements = [_located(n, n.start_mark.line + 1, file, findings) for n in node.value]
        return Located(elements, line)
    return Located(_scalar(node), line)


def _scalar(node: yaml.Node) -> Scalar:
    """A plain value; dates, custom tags and the like are text to those who read these files."""
    try:
        value = yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError):
        return str(node.value)
    return value if isinstance(value, str | int | float | None) else str(node.value)


def _map(node: yaml.MappingNode, file: str, findings: list[Finding]) -> dict[str, Located]:
    inherited: dict[str, Located] = {}
    own: dict[str, Located] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        below = _located(value, line, file, findings)
        if key.tag == "tag:yaml.org,2002:merge":
            for source in below.elements() or [below]:
                inherited |= dict(source.items())
        elif name in own:
            problem = f"The key is repeated; it was first set on line {own[name].line}."
            findings.append(Finding(file, line, name, below.text, problem, "Keep one of the two."))
        else:
            own[name] = below
    return inherited | own


def merged(base: Located, over: Located) -> Located:
    """A target laid over the top level: maps are united, lists follow each other, else the target wins.

    Source: github.com/databricks/cli, libs/dyn/merge/merge.go.
    """
    if base.content is None:
        return over
    if over.content is None:
        return base
    if isinstance(base.content, dict) and isinstance(over.content, dict):
        united = {key: merged(base.get(key), over.get(key)) for key in base.content | over.content}
        return replace(base, content=united)
    if isinstance(base.content, list) and isinstance(over.content, list):
        return replace(base, content=base.content + over.content)
    return over
