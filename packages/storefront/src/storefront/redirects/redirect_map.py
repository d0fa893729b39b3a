"""All redirects as one map, in which no target is redirected itself. Pure."""

from collections.abc import Mapping

from storefront.redirects.addresses import split, with_query


class LoopError(ValueError):
    """The new address leads back to the old one; the message says so."""


class RedirectMap:
    """Where each address leads; None: it is gone. changed: what was added or changed here; former: what
    those that changed led to before.

    A chain is collapsed as it is made, in both directions, so that one redirect always suffices.
    """

    def __init__(self, targets: Mapping[str, str | None]) -> None:
        self._targets = dict(targets)
        self._sources: dict[str, set[str]] = {}  # by the path of their target
        for source, target in targets.items():
            self._add_source(source, target)
        self.changed: dict[str, str | None] = {}
        self.former: dict[str, str | None] = {}

    def __contains__(self, source: str) -> bool:
        return source in self._targets

    def put(self, source: str, target: str | None) -> None:
        """Add or replace a redirect. Raises LoopError; nothing is changed then."""
        had_one, former = source in self._targets, self._targets.get(source)
        self._targets[source] = target
        leading_here = self._sources.get(split(source)[0], set()) - {source}
        try:
            found = {one: self._end_of(one) for one in (source, *leading_here)}
        except LoopError as error:
            raise LoopError(f"{target} leads back to {source}.") from error
        finally:
            if had_one:
                self._targets[source] = former
            else:
                del self._targets[source]
        for one, end in found.items():
            self._set(one, end)

    def remove(self, source: str) -> None:
        """Remove a redirect, if there is one."""
        if source in self._targets:
            self._remove_source(source, self._targets.pop(source))
        self.changed.pop(source, None)

    def _end_of(self, source: str) -> str | None:
        """Where a redirect ends. Raises LoopError."""
        passed = {source}
        target = self._targets[source]
        while target is not None:
            path, query = split(target)
            at = target if target in self._targets else path
            if at not in self._targets:
                break
            if at in passed:
                raise LoopError(f"{source} is never left.")
            passed.add(at)
            further = self._targets[at]
            is_whole = at == target or further is None
            target = further if is_whole else with_query(str(further), query)
        return target

    def _set(self, source: str, target: str | None) -> None:
        if source in self._targets:
            if self._targets[source] == target:
                return
            self.former.setdefault(source, self._targets[source])
            self._remove_source(source, self._targets[source])
        self._targets[source] = self.changed[source] = target
        self._add_source(source, target)

    def _add_source(self, source: str, target: str | None) -> None:
        if target is not None:
            self._sources.setdefault(split(target)[0], set()).add(source)

    def _remove_source(self, source: str, target: str | None) -> None:
        if target is not None:
            self._sources[split(target)[0]].discard(source)
