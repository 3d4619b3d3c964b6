"""About: what the model is, what it was measured to do, and what it must not be used for."""

import streamlit as st

from emotion_core.charts.evaluation_charts import reliability_diagram
from emotion_core.evaluation import model_card
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelError
from pages.components.cache import begin_page

LAW = """
The European Union prohibits emotion recognition at work and in education, except for medical or safety reasons
([AI Act, Art. 5(1)(f)](https://eur-lex.europa.eu/eli/reg/2024/1689/oj)). Where it is allowed, people who are exposed to
it must be told (Art. 50(3)).
"""

begin_page()
st.info(LAW, icon=":material/gavel:")
try:
    model = active_model()
except ModelError as error:
    st.error(str(error))
    st.stop()
before, _, after = model_card.render(model).partition(model_card.PLOT)
st.markdown(before)
_, figures = model_card.main_figures(model.report.splits if model.report else {})
if figures:
    st.plotly_chart(reliability_diagram(figures.reliability), key="reliability")
st.markdown(after)
