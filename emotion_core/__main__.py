from emotion_core.cli import app

if __name__ == "__main__":  # the processes that it starts read this file too
    app(prog_name="python -m emotion_core")
