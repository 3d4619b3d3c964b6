"""What can go wrong with data or training becomes one sentence in the run's status."""

import contextlib
import traceback
from collections.abc import Callable

from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.files import reason


def report_failures(run: Run, work: Callable[[], None]) -> bool:
    """Do a part of a run; True when it came to its end.

    Never raises for what can go wrong with data or training: the run's status then says it in one sentence and its log
    has the rest.
    """
    try:
        work()
    except KeyboardInterrupt:
        run.update_status(state=RunState.stopped, message="Interrupted from the keyboard; it can be resumed.")
        return False
    except Exception as error:
        traceback.print_exc()
        with contextlib.suppress(OSError):  # on a full disk even this may fail; the page then sees that nobody trains
            run.update_status(state=RunState.failed, message=_in_a_sentence(error))
        return False
    return True


def _in_a_sentence(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "Memory ran out. A smaller network, or a smaller batch, needs less."
    return reason(error).splitlines()[0]
