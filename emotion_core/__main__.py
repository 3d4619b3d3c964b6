from emotion_core.cli import app

app(prog_name="python -m emotion_core")
