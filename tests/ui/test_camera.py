"""What the server answers to a browser's offer."""

import asyncio
import re

from aiortc import RTCPeerConnection, RTCRtpSender

from emotion.ui.camera import negotiate_vp8


def test_a_browser_that_names_h264_first_is_answered_with_vp8() -> None:
    assert asyncio.run(_codecs_of_answer()) == {"VP8"}


async def _codecs_of_answer() -> set[str]:
    browser, server = RTCPeerConnection(), RTCPeerConnection()
    transceiver = browser.addTransceiver("video")
    codecs = [
        codec
        for codec in RTCRtpSender.getCapabilities("video").codecs
        if codec.mimeType in ("video/H264", "video/VP8")
    ]
    transceiver.setCodecPreferences(sorted(codecs, key=lambda codec: codec.mimeType))
    await browser.setLocalDescription(await browser.createOffer())
    assert _codecs(browser.localDescription.sdp)[0] == "H264"

    negotiate_vp8()
    await server.setRemoteDescription(browser.localDescription)
    await server.setLocalDescription(await server.createAnswer())
    answered = set(_codecs(server.localDescription.sdp)) - {"rtx"}
    await browser.close()
    await server.close()
    return answered


def _codecs(sdp: str) -> list[str]:
    return re.findall(r"a=rtpmap:\d+ (\w+)/90000", sdp)
