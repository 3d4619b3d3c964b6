"""Which model the app uses: the last one promoted, or the shipped one."""

import contextlib
import shutil
from pathlib import Path

from emotion_core.files import free_disk_mib, locked, whole_folder, write_json
from emotion_core.folder_replacement import delete_unfinished
from emotion_core.limits import OWNER, Limits
from emotion_core.registry.model_folder import ModelError, ModelFolder, models_root, open_model
from emotion_core.registry.model_schemas import PromotedModels
from emotion_core.validation import UnreadableError, read_stored
from emotion_core.wording import counted

DEFAULT_MODEL = "residual"
Stamp = tuple[tuple[str, int], ...]  # files and when they changed
SHIPPED_MODELS = ("baseline", "residual")


def active_model() -> ModelFolder:
    """The model that the pages and the command line use by default. Raises `ModelError` when none is whole."""
    return active_model_and_notice()[0]


def active_model_and_notice() -> tuple[ModelFolder, str | None]:
    """The active model and, where a later one had to be passed over because it is damaged, a sentence that says so.

    Raises `ModelError` when not even the shipped one can be used.
    """
    try:
        names, damage = _read_list(), ""
    except UnreadableError as error:
        names, damage = [], f"The list of promoted models cannot be used: {error}"
    for name in [*reversed(names), DEFAULT_MODEL]:
        try:
            model = open_model(models_root() / name)
        except ModelError as error:
            damage = damage or str(error)
            continue
        notice = f"The promoted model cannot be used, so {model.name} answers instead. {damage}" if damage else None
        return model, notice
    raise ModelError(damage)


def promoted_models() -> list[str]:
    """Names of the folders promoted so far, the active one last; empty while the shipped model is in use, and where the
    list cannot be read."""
    try:
        return _read_list()
    except UnreadableError:
        return []


def promote(source: Path, name: str, limits: Limits = OWNER) -> ModelFolder:
    """Copy a model folder among the models and make it the active one. Raises `ModelError` when it is damaged or there
    is no room for it, and `OSError` when it cannot be copied; the active model is then the same as before."""
    open_model(source)
    with locked(models_root()):
        _check_room(limits)
        target = _free_path(name)
        with whole_folder(target) as folder:
            shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
        try:
            write_json(_list_path(), {"promoted": [*promoted_models(), target.name]})
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
    return open_model(target)


def _check_room(limits: Limits) -> None:
    kept = len(promoted_models())
    if kept >= limits.promoted_models:
        room = counted(limits.promoted_models, "promoted model")
        raise ModelError(f"There is room for {room} only: roll back those that are not needed any more first.")
    left = free_disk_mib(models_root())
    if left < limits.free_disk_mib:
        raise ModelError(f"The disk has {left:,} MiB left: delete runs or data sets before a model is promoted.")


def roll_back() -> ModelFolder:
    """Delete the copy of the model that was promoted last, and use the one before it. Raises `ModelError` when none is
    promoted."""
    with locked(models_root()):
        names = promoted_models()
        if not names:
            raise ModelError(f"There is nothing to roll back: {DEFAULT_MODEL}, the shipped model, is in use.")
        write_json(_list_path(), {"promoted": names[:-1]})
        with contextlib.suppress(OSError):
            shutil.rmtree(models_root() / names[-1])
    return active_model()


def active_stamp() -> Stamp:
    """Changes whenever another model may have become active, because it was promoted or because a file of the shipped
    or of a promoted one is another now; cheap enough to ask often."""
    folders = [models_root() / name for name in (DEFAULT_MODEL, *promoted_models())]
    paths = [_list_path(), *(file for folder in folders for file in sorted(folder.glob("*")))]
    return tuple((str(path), _changed(path)) for path in paths)


def clean_up_models() -> None:
    """Delete what a promotion left half done when its process died; for the start of a server."""
    with contextlib.suppress(OSError), locked(models_root()):
        delete_unfinished(models_root())


def _read_list() -> list[str]:
    """Raises `UnreadableError`."""
    stored = read_stored(_list_path(), PromotedModels) or PromotedModels()
    return [name for name in stored.promoted if _is_plain(name) and name not in SHIPPED_MODELS]


def _is_plain(name: str) -> bool:
    """Whether a name cannot lead to another folder than one among the models."""
    return bool(name) and name.isprintable() and not name.startswith(".") and Path(name).name == name


def _list_path() -> Path:
    return models_root() / "active.json"


def _changed(path: Path) -> int:
    """Nanoseconds since 1970, 0 where there is no such file."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _free_path(name: str) -> Path:
    path, number = models_root() / name, 2
    while path.exists():
        path, number = models_root() / f"{name}-{number}", number + 1
    return path
