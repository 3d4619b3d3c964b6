"""What the page may know of the profiles of one stream."""

from dataclasses import dataclass

from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.live.person import Check
from emotion_core.vision.live.posing import Pose, prompt
from emotion_core.vision.live.take_recorder import TAKE_SECONDS


@dataclass(frozen=True)
class PersonalState:
    """About the person whose face is watched; where that is nobody's who has a profile, about one who may be it.

    profile: None until a neutral face was recorded; asks: the page must ask whether this is still the same person;
    is_for_other_model: the network in use is not the profile's; checks: the latest of each emotion. others: how many
    other people have a profile. recording: the emotion of the take that goes on, progress its share, 0 to 1, and coming
    those that follow; is_check: it only checks the profile; is_ready: its pause is over. at_rest: before there is a
    profile, how the watched face looks at rest, to be offered as its neutral.
    """

    profile: Profile | None = None
    asks: bool = False
    is_for_other_model: bool = False
    checks: tuple[Check, ...] = ()
    others: int = 0
    recording: Emotion | None = None
    progress: float = 0.0
    coming: tuple[Emotion, ...] = ()
    is_check: bool = False
    is_ready: bool = False
    at_rest: Take | None = None

    @property
    def pose(self) -> Pose | None:
        """What is to be posed now, None while no take goes on."""
        return Pose(self.recording, self.progress, TAKE_SECONDS) if self.recording else None

    @property
    def prompt(self) -> str:
        """What to pose now, for the video; nothing while no take goes on."""
        return prompt(self.recording, self.is_ready) if self.recording else ""
