import pytest

from emotion_core.wording import literal, plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\me\\face.png", "face.png"),
        ("a\nb\r\0\t.jpg", "ab.jpg"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        ("", "unnamed"),
        ("folder/", "unnamed"),
    ],
)
def test_a_name_keeps_what_can_be_shown(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_long_name_keeps_its_beginning_and_its_ending() -> None:
    name = plain_name("a" * 300 + ".mp4")
    assert len(name) == 80 and name.startswith("a" * 50) and name.endswith(".mp4")


@pytest.mark.parametrize("plain", ["holiday.jpg is damaged and cannot be read.", "IMG-2024 (1).jpg", "1 face"])
def test_ordinary_words_stay_as_they_are(plain: str) -> None:
    assert literal(plain) == plain


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("![x](http://evil/x.png)", "!\\[x\\](http\\:\u200b//evil/x.png)"),
        ("<b>_a_</b>", "\\<b\\>\\_a\\_\\</b\\>"),
        ("# head", "\\# head"),
        ("1. list", "1\\. list"),
        ("$x$ `code`", "\\$x\\$ \\`code\\`"),
        (":smile: a@b.org www.x.org", "\\:\u200bsmile\\: a@\u200bb.org www\u200b.x.org"),
    ],
)
def test_markup_is_escaped(text: str, escaped: str) -> None:
    """That Streamlit then shows it as it stands is tried in a browser: `tests/browser/test_analyze.py`."""
    assert literal(text) == escaped
