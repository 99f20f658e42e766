"""Tables for notebooks. Every value is escaped."""

from html import escape

from akua import _akua

_STYLE = "text-align:left"
# Wider than a narrow table, so that a sentence is not broken into five lines.
_CAPTION = f"{_STYLE};min-width:32em"


def _table(head, rows, caption=None):
    parts = ["<table>"]
    if caption is not None:
        parts.append(f'<caption style="{_CAPTION}">{_text(caption)}</caption>')
    if head:
        cells = "".join(f'<th style="{_STYLE}">{_text(cell)}</th>' for cell in head)
        parts.append(f"<thead><tr>{cells}</tr></thead>")
    parts.append("<tbody>")
    for row in rows:
        cells = "".join(f'<td style="{_STYLE}">{_cell(cell)}</td>' for cell in row)
        parts.append(f"<tr>{cells}</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)


def _cell(value):
    if value is None:
        return "<i>–</i>"
    if value is True or value is False:
        return "yes" if value else "no"
    return _text(value)


def _text(value):
    return escape(_akua.printable(str(value)))


def _properties(resource):
    """As a row of a table, with times as people read them."""
    row = resource._row().items()
    return {name: f"{value:%Y-%m-%d %H:%M:%S} UTC" if hasattr(value, "tzinfo") else value for name, value in row}


def resource(resource):
    name = f"{type(resource).__name__} {getattr(resource, '_id', '')}".rstrip()
    return _table(None, _properties(resource).items(), name)


def page(page):
    rows = [_properties(resource) for resource in page]
    head = list(dict.fromkeys(name for row in rows for name in row))
    more = "; the list goes on" if page.has_more else ""
    caption = f"{len(rows)} of a list{more}"
    return _table(head, ([row.get(name) for name in head] for row in rows), caption)


def result(result):
    kind = f"changed, {result.proof}" if result.changed else "unchanged"
    caption = f"{type(result.resource).__name__} {result.resource._id}: {kind}, {result.attempts} write(s) sent"
    return _table(None, _properties(result.resource).items(), caption)


def launched(launched):
    rows = [(name, getattr(launched, name)) for name in ("operation", "end", "proof", "attempts", "requests")]
    rows += [("candidates", ", ".join(launched.candidates))] if launched.candidates else []
    return _table(None, rows, f"{launched.kind} {launched.id or launched.name}: {launched.end}")


def waited(waited):
    rows = [(name, getattr(waited.operation, name)) for name in ("id", "state", "owner_type", "owner_id")]
    if waited.now is not None:
        rows += [(f"{name} now", value) for name, value in _properties(waited.now).items()]
    rows += [("later", ", ".join(waited.later) or None)]
    return _table(None, rows, waited.message)


def error(error):
    head = ("field", "base", "ours", "theirs", "state")
    rows = ((fact.field, fact.base, fact.ours, fact.theirs, fact.state) for fact in error.facts)
    return _table(head, rows, f"{type(error).__name__}: {error.message.splitlines()[0]}")
