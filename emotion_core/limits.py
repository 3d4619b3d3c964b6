"""What one person may ask of a server: every quota in one place, for visitors nobody knows and for the server's owner.

The visitors' numbers are meant for 1 GiB of memory and two processor cores, as Streamlit Community Cloud gives them.
The pages choose which of the two holds; the core and the command line know no visitors.
"""

from dataclasses import dataclass, replace
from math import inf


@dataclass(frozen=True)
class Limits:
    """Quotas; sizes in MiB, times in seconds unless the name says otherwise.

    file_mib: of one uploaded file; files: on the page Photos and video at a time; annotated_side: pixels of
    the longer side of an annotated picture; visitor_mib: all uploads of one
    visitor; server_mib: all uploads that the server holds. visitor_results_mib, server_results_mib: the same of what
    was made of them.
    video_seconds: analyzed of a video; video_frames: decoded of it; video_pixels: of one frame; video_work_seconds:
    spent on one video; video_entries: that its tables may announce, at 40 bytes each.
    stream_minutes: after which a stream ends while others wait for a slot; how many slots there are is chosen in
    `vision/live/slots.stream_limit`.
    dataset_faces: read from one data set; dataset_memory_mib: of the process that reads it; dataset_work_seconds: spent
    on it.
    runs, promoted_models, corrections: kept at a time; free_disk_mib: that must be left after anything is kept.
    """

    file_mib: int
    files: int
    annotated_side: int
    visitor_mib: int
    server_mib: int
    visitor_results_mib: int
    server_results_mib: int
    video_seconds: float
    video_frames: int
    video_pixels: int
    video_work_seconds: float
    video_entries: int
    stream_minutes: float
    dataset_faces: int
    dataset_memory_mib: int
    dataset_work_seconds: float
    runs: int
    promoted_models: int
    corrections: int
    free_disk_mib: int


VISITOR = Limits(
    file_mib=50,
    files=12,
    annotated_side=1_600,  # a dozen photos of a phone would fill what is kept for a visitor
    visitor_mib=60,
    server_mib=120,
    visitor_results_mib=60,
    server_results_mib=120,
    video_seconds=120,
    video_frames=7_200,  # two minutes at 60 frames a second
    video_pixels=2_100_000,  # 1920 x 1080, with the codec's padding
    video_work_seconds=180,
    video_entries=2_000_000,  # an hour of video and sound, or half a minute of sound that is not compressed
    stream_minutes=5,
    dataset_faces=0,  # visitors bring no data sets
    dataset_memory_mib=0,
    dataset_work_seconds=0,
    runs=0,
    promoted_models=0,
    corrections=0,
    free_disk_mib=256,
)

OWNER = Limits(
    file_mib=1024,  # FER2013's csv has 288 MB
    files=200,
    annotated_side=32_000,  # the largest that is read
    visitor_mib=2048,
    server_mib=4096,
    visitor_results_mib=2048,
    server_results_mib=4096,
    video_seconds=120,
    video_frames=14_400,  # two minutes at 120 frames a second
    video_pixels=36_000_000,  # 8K
    video_work_seconds=3_600,
    video_entries=50_000_000,
    stream_minutes=60,
    dataset_faces=500_000,
    dataset_memory_mib=3_072,
    dataset_work_seconds=1_800,  # 500,000 PNGs of 224 x 224 take 800 on one core
    runs=500,
    promoted_models=20,
    corrections=20_000,
    free_disk_mib=512,
)

# Of the command line, which reads a film as it comes and keeps rows of a table only.
TERMINAL = replace(OWNER, video_seconds=inf, video_frames=10**9, video_work_seconds=inf)
