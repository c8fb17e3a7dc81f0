// What the audio decoders and encoders know in common of FFmpeg and Opus.
#ifndef EVERYCODEC_AUDIO_LIBRARIES_H
#define EVERYCODEC_AUDIO_LIBRARIES_H

#include <libavcodec/avcodec.h>

#include "audio-codec.h"

#define OPUS_RATE 48000
#define OPUS_MAX_CHANNELS 8

// Vorbis's position (RFC 7845, 5.1.1.2) of each of FFmpeg's and WebCodecs' channels.
static const uint8_t vorbis_order[OPUS_MAX_CHANNELS][OPUS_MAX_CHANNELS] = {
    {0}, {0, 1}, {0, 2, 1}, {0, 1, 2, 3}, {0, 2, 1, 3, 4}, {0, 2, 1, 5, 3, 4}, {0, 2, 1, 6, 5, 3, 4}, {0, 2, 1, 7, 5, 6, 3, 4},
};

// AV_CODEC_ID_NONE for what FFmpeg does not do here.
static inline enum AVCodecID codec_id(int codec) {
  switch (codec) {
  case AUDIO_CODEC_AAC: return AV_CODEC_ID_AAC;
  case AUDIO_CODEC_MP3: return AV_CODEC_ID_MP3;
  case AUDIO_CODEC_FLAC: return AV_CODEC_ID_FLAC;
  case AUDIO_CODEC_VORBIS: return AV_CODEC_ID_VORBIS;
  case AUDIO_CODEC_ALAW: return AV_CODEC_ID_PCM_ALAW;
  case AUDIO_CODEC_ULAW: return AV_CODEC_ID_PCM_MULAW;
  case AUDIO_CODEC_PCM_U8: return AV_CODEC_ID_PCM_U8;
  case AUDIO_CODEC_PCM_S16: return AV_CODEC_ID_PCM_S16LE;
  case AUDIO_CODEC_PCM_S24: return AV_CODEC_ID_PCM_S24LE;
  case AUDIO_CODEC_PCM_S32: return AV_CODEC_ID_PCM_S32LE;
  case AUDIO_CODEC_PCM_F32: return AV_CODEC_ID_PCM_F32LE;
  default: return AV_CODEC_ID_NONE;
  }
}

#endif
