import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from emotion.errors import PictureError
from emotion.vision.sources import is_video, read_video, video_facts

FRAMES, RATE = 12, 10


def write_video(path: Path, frames: int = FRAMES) -> Path:
    """Frames of 64 x 48 whose top half becomes brighter with time."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.time_base = Fraction(1, RATE)
        for number in range(frames):
            picture = np.zeros((48, 64, 3), np.uint8)
            picture[:24] = 100 + 10 * number
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turn_video(path: Path, quarters: int) -> None:
    """Write a display matrix into the MP4's track header, as a phone held sideways does."""
    matrices = {
        0: (1, 0, 0, 1),
        1: (0, 1, -1, 0),
        2: (-1, 0, 0, -1),
        3: (0, -1, 1, 0),
    }

    def matrix(a: int, b: int, c: int, d: int) -> bytes:
        numbers = [a * 65536, b * 65536, 0, c * 65536, d * 65536, 0, 0, 0, 0x40000000]
        return b"".join(number.to_bytes(4, "big", signed=True) for number in numbers)

    content = path.read_bytes()
    header = content.index(b"tkhd")
    place = content.index(matrix(*matrices[0]), header)
    path.write_bytes(content[:place] + matrix(*matrices[quarters]) + content[place + 36 :])


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "video.mp4")


def test_each_frame_comes_with_its_time(video: Path) -> None:
    times_s, frames = zip(*read_video(video), strict=True)
    assert times_s == pytest.approx([number / RATE for number in range(FRAMES)])
    assert {frame.shape for frame in frames} == {(48, 64, 3)}
    brightness = [frame[:20].mean() for frame in frames]
    assert brightness == pytest.approx([100 + 10 * number for number in range(FRAMES)], abs=6)


@pytest.mark.parametrize(
    ("quarters", "shape", "bright_side"),
    [
        (0, (48, 64, 3), "top"),
        (1, (64, 48, 3), "right"),
        (2, (48, 64, 3), "bottom"),
        (3, (64, 48, 3), "left"),
    ],
)
def test_a_video_filmed_sideways_is_turned_upright(
    video: Path, quarters: int, shape: tuple[int, ...], bright_side: str
) -> None:
    """The number of quarters counts clockwise, as in the file's matrix."""
    turn_video(video, quarters)
    _, frame = next(iter(read_video(video)))
    sides = {
        "top": frame[:8, 16:-16],
        "right": frame[16:-16, -8:],
        "bottom": frame[-8:, 16:-16],
        "left": frame[16:-16, :8],
    }
    assert frame.shape == shape
    assert max(sides, key=lambda side: sides[side].mean()) == bright_side


def test_a_video_says_its_size_rate_and_length(video: Path) -> None:
    facts = video_facts(video)
    assert (facts.size_wh, facts.rate) == ((64, 48), RATE)
    assert facts.duration_s == pytest.approx(FRAMES / RATE)


def test_a_file_that_does_not_say_its_length_has_none(video: Path, tmp_path: Path) -> None:
    """Such files come from a browser's own recorder."""
    path = tmp_path / "live.mkv"
    with av.open(str(video)) as source, av.open(str(path), "w", options={"live": "1"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert video_facts(path).duration_s is None
    assert len(list(read_video(path))) == FRAMES


@pytest.mark.parametrize("content", [b"", b"not a video " * 100])
def test_the_facts_of_what_is_no_video_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=r"text\.mp4 cannot be read \("):
        video_facts(path)


def test_a_video_that_breaks_off_gives_what_stands_before_and_says_where(video: Path) -> None:
    content = video.read_bytes()
    begin, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    middle = (begin + end) // 2
    video.write_bytes(content[:middle] + bytes(end - middle) + content[end:])
    times_s = []
    with pytest.raises(PictureError, match=r"cannot be read beyond 0\.\d s"):
        for time_s, _ in read_video(video):
            times_s.append(time_s)
    assert 0 < len(times_s) < FRAMES


def test_a_missing_video_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"none\.mp4 does not exist"):
        next(read_video(tmp_path / "none.mp4"))


def test_a_text_file_with_a_video_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("not a video " * 100)
    with pytest.raises(PictureError, match=r"text\.mp4 cannot be read"):
        list(read_video(path))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="cannot be read"):
        list(read_video(tmp_path))


def test_a_file_without_pictures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16_000))
    with pytest.raises(PictureError, match="no picture track"):
        list(read_video(path))


def test_a_video_without_its_index_is_refused(video: Path) -> None:
    content = video.read_bytes()
    video.write_bytes(content[: content.index(b"moov") - 4])
    with pytest.raises(PictureError, match="cannot be read"):
        list(read_video(video))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.mp4", True), ("B.MOV", True), ("c.png", False), (".d.mp4", False), ("mp4", False)],
)
def test_videos_are_known_by_their_names(name: str, expected: bool) -> None:
    assert is_video(Path(name)) is expected
