"""FER2013 from Kaggle through `kagglehub`."""

from pathlib import Path

from emotion_core.datasets.dataset import DatasetError

DEFAULT_HANDLE = "msambare/fer2013"
_MAX_REASON_LENGTH = 120  # characters


def download(handle: str = DEFAULT_HANDLE) -> Path:
    """Fetch a Kaggle data set (cached by kagglehub) and return its folder. Raises `DatasetError` with the reason."""
    try:
        import kagglehub  # imported here: it costs half a second and only this function needs it
    except ImportError as error:
        raise DatasetError("Install kagglehub to download from Kaggle.") from error
    try:
        return Path(kagglehub.dataset_download(handle))
    except Exception as error:  # kagglehub lets through errors of requests, urllib3 and its own
        reason = (str(error) or type(error).__name__).splitlines()[0][:_MAX_REASON_LENGTH].rstrip(".")
        raise DatasetError(
            f"Kaggle could not deliver {handle}: check the network, and that KAGGLE_API_TOKEN or ~/.kaggle/kaggle.json "
            f"is set up if Kaggle asks for permission ({reason})."
        ) from error
