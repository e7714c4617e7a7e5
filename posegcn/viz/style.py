"""Colours and defaults of every picture: safe for colour-blind readers, legible in both themes."""

# Okabe and Ito, Color universal design, 2008.
LEFT = "#D55E00"
RIGHT = "#0072B2"
MIDLINE = "#7F7F7F"
SIDES = {"left": LEFT, "right": RIGHT, "midline": MIDLINE}  # for legends
TRUTH = "#009E73"
HEAT = "Blues"  # from the colour of the paper at zero
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")

MATPLOTLIB = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#E0E0E0",
    "grid.linewidth": 0.6,
    "figure.constrained_layout.use": True,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}


def set_style() -> None:
    """Use these defaults for every matplotlib picture that follows."""
    import matplotlib as mpl

    mpl.rcParams.update(MATPLOTLIB)
