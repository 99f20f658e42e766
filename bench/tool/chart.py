"""One chart: the median time of an update over the raw socket's, on a logarithmic scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

ROW, LEFT, WIDTH, RIGHT, TOP = 24, 210, 460, 70, 44
OURS, THEIRS, LINES, INK = "#1f6f5c", "#b9c2c9", "#e3e7ea", "#2b3238"


@dataclass(frozen=True)
class Bar:
    """One client's."""

    name: str
    ratio: float
    ours: bool


def draw(bars: list[Bar]) -> str:
    """The chart as SVG."""
    most = max([bar.ratio for bar in bars] + [10])
    decades = math.ceil(math.log10(most))

    def x(ratio: float) -> float:
        return LEFT + WIDTH * math.log10(max(ratio, 1)) / decades

    height = TOP + ROW * len(bars) + 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{height}" '
        f'viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}" font-family="sans-serif" font-size="12" fill="{INK}">',
        f'<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="8" y="18" font-weight="bold">Median time of an update, raw socket = 1 (logarithmic)</text>',
    ]
    marks = [step * 10**decade for decade in range(decades) for step in (1, 2, 5)] + [10**decades]
    for mark in marks:
        lines.append(f'<line x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="{TOP - 6}" y2="{height - 8}" stroke="{LINES}"/>')
        lines.append(f'<text x="{x(mark):.1f}" y="{TOP - 10}" text-anchor="middle" font-size="10">{mark}</text>')
    for number, bar in enumerate(bars):
        y = TOP + ROW * number
        weight = ' font-weight="bold"' if bar.ours else ""
        lines.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end"{weight}>{escape(bar.name)}</text>')
        width = max(x(bar.ratio) - LEFT, 2)
        lines.append(
            f'<rect x="{LEFT}" y="{y + 3}" width="{width:.1f}" height="{ROW - 8}" fill="{OURS if bar.ours else THEIRS}"/>'
        )
        lines.append(f'<text x="{LEFT + width + 6:.1f}" y="{y + 14}"{weight}>{bar.ratio:.2f}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"
