"""The hotline's calls: recordings and live transcripts, from a call centre's own systems."""

from channels.voice.channel import VoiceChannel
from channels.voice.folder import Folder
from channels.voice.recordings import router as recordings_router
from channels.voice.settings import voice_settings
from channels.voice.stream import router as stream_router

__all__ = ["Folder", "VoiceChannel", "recordings_router", "stream_router", "voice_settings"]
