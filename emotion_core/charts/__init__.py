"""DataFrames and reports as Plotly figures: every chart of the app is made here."""
