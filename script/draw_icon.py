"""Draw icon.png (128x128) and logo.png (250x100): an anvil, and a voice above it."""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Polygon

ROOT = Path(__file__).parents[1]
NIGHT, STEEL, EMBER = "#1d2b3a", "#e8edf2", "#ff9f43"
DPI = 100  # of both: a size in inches is a hundredth of it in pixels

# In a unit square, from below: base, waist, body with the horn to the left.
ANVIL = [(0.30, 0.13), (0.72, 0.13), (0.72, 0.19), (0.62, 0.23), (0.60, 0.33), (0.72, 0.38), (0.82, 0.40),
         (0.82, 0.50), (0.30, 0.50), (0.22, 0.485), (0.13, 0.44), (0.24, 0.39), (0.40, 0.34), (0.42, 0.33),
         (0.40, 0.23), (0.30, 0.19)]  # fmt: skip
VOICE = (0.08, 0.18, 0.30, 0.16, 0.24, 0.10)  # heights of the bars


def draw(width: int, height: int, name: str = "") -> Figure:
    """Return the sign, `height` pixels high, with the name beside it where one is given."""
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    figure.patch.set_alpha(0)
    axes = figure.add_axes((0, 0, height / width, 1))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    axes.add_patch(FancyBboxPatch((0.12, 0.12), 0.76, 0.76, boxstyle="round,pad=0.1", color=NIGHT, linewidth=0))
    axes.add_patch(Polygon(ANVIL, closed=True, color=STEEL, linewidth=0))
    line = 0.055 * height * 72 / DPI  # a bar's width, in points
    for place, tall in enumerate(VOICE):
        x = 0.31 + 0.085 * place
        axes.plot([x, x], [0.72 - tall / 2, 0.72 + tall / 2], color=EMBER, linewidth=line, solid_capstyle="round")
    if name:
        x = height / width + 0.02
        figure.text(x, 0.5, name, color=EMBER, fontsize=16, weight="bold", va="center", family="DejaVu Sans")
    return figure


def draw_all(folder: Path) -> None:
    """Write both pictures into a folder."""
    for file, figure in (("icon.png", draw(128, 128)), ("logo.png", draw(250, 100, "Wakesmith"))):
        FigureCanvasAgg(figure).print_png(folder / file, metadata={"Software": None})


if __name__ == "__main__":
    draw_all(ROOT)
