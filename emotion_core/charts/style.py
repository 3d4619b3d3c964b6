"""What the charts have in common."""

TRAINING, VALIDATION = "#8C8C8C", "#0072B2"
UNCERTAIN_GRAY = "#C3C8CF"  # of answers that are no emotion's
MARGIN = {"l": 8, "r": 8, "t": 36, "b": 8}
LEGEND_ABOVE = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}  # where a row is not enough it grows upwards
LEGEND_BELOW = {"orientation": "h", "y": -0.3}
