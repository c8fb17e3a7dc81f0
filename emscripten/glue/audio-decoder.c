// Audio decoding: Opus through libopus, everything else through libavcodec.
//
// Timestamps: the first samples after opening or draining have their packet's timestamp; what follows
// counts samples, as containers round packet times (to 1 ms in Matroska). A packet that is off by more
// than TOLERANCE begins a new count. What Opus skips in the beginning shifts all that follows.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <opus/opus_multistream.h>

#include "audio-decoder.h"
#include "audio-libraries.h"
#include "session-state.h"

#define TOLERANCE 3000.0 // µs
#define OPUS_MAX_FRAMES 5760
#define AAC_MAX_RATE 96000

PER_SESSION AVCodecContext *context;
PER_SESSION AVPacket *packet;
PER_SESSION AVFrame *frame;

PER_SESSION OpusMSDecoder *opus;
PER_SESSION int opus_channels;
PER_SESSION float *opus_samples;
PER_SESSION const uint8_t *opus_plane;
PER_SESSION int opus_ready; // frames waiting to be received
PER_SESSION int opus_skip;  // frames of OpusHead's pre-skip still to be dropped
PER_SESSION double opus_delay; // µs that were dropped so

// libavcodec would not open: the description says what its codec cannot be. The first packet is told so.
PER_SESSION int is_broken;

PER_SESSION int has_base;
PER_SESSION double base;        // µs
PER_SESSION double count;       // frames given out since `base`
PER_SESSION int count_rate;     // Hz, of those frames
PER_SESSION double packet_time; // µs, of the last packet
PER_SESSION double lateness;    // µs between the first packet and the one that the first samples came out for

static int open_avcodec(int codec, int sample_rate, int channels, const uint8_t *description, int size) {
  av_log_set_level(AV_LOG_QUIET);
  const AVCodec *implementation = avcodec_find_decoder(codec_id(codec));
  if (!implementation)
    return DECODER_ERROR_UNSUPPORTED;
  context = avcodec_alloc_context3(implementation);
  packet = av_packet_alloc();
  frame = av_frame_alloc();
  if (!context || !packet || !frame)
    return DECODER_ERROR_MEMORY;
  // FFmpeg would drop the priming of some AAC encoders, and not that of others: the program knows its timestamps.
  if (codec == AUDIO_CODEC_AAC)
    context->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
  // Only a hint for raw packets without a description: FFmpeg's AAC decoder opens with no higher rate.
  context->sample_rate = codec == AUDIO_CODEC_AAC && sample_rate > AAC_MAX_RATE ? AAC_MAX_RATE : sample_rate;
  av_channel_layout_default(&context->ch_layout, channels);
  if (size) {
    context->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!context->extradata)
      return DECODER_ERROR_MEMORY;
    memcpy(context->extradata, description, size);
    context->extradata_size = size;
  }
  int error = avcodec_open2(context, implementation, NULL);
  if (error == AVERROR(ENOMEM))
    return DECODER_ERROR_MEMORY;
  is_broken = error < 0;
  return 0;
}

static int open_opus_head(const uint8_t *head, int size) {
  if (size < 19 || memcmp(head, "OpusHead", 8) || head[9] < 1)
    return DECODER_ERROR_UNSUPPORTED;
  int channels = head[9];
  int family = head[18];
  int streams = 1, coupled = channels - 1;
  uint8_t mapping[255] = {0, 1};
  if (family == 0) {
    if (channels > 2)
      return DECODER_ERROR_UNSUPPORTED;
  } else {
    if (channels > OPUS_MAX_CHANNELS || size < 21 + channels)
      return DECODER_ERROR_UNSUPPORTED;
    streams = head[19];
    coupled = head[20];
    for (int i = 0; i < channels; i++)
      mapping[i] = head[21 + (family == 1 ? vorbis_order[channels - 1][i] : i)];
  }
  opus_channels = channels;
  opus_skip = head[10] | head[11] << 8;
  int error;
  opus = opus_multistream_decoder_create(OPUS_RATE, channels, streams, coupled, mapping, &error);
  if (!opus)
    return error == OPUS_ALLOC_FAIL ? DECODER_ERROR_MEMORY : DECODER_ERROR_UNSUPPORTED;
  opus_multistream_decoder_ctl(opus, OPUS_SET_GAIN((int16_t)(head[16] | head[17] << 8)));
  return 0;
}

static int open_opus(int channels, const uint8_t *description, int size) {
  // Without a description the packets are plain Opus (RFC 6716): mono or stereo, nothing to skip.
  uint8_t head[19] = {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, channels};
  if (channels > OPUS_MAX_CHANNELS)
    return DECODER_ERROR_UNSUPPORTED;
  int error = size ? open_opus_head(description, size) : open_opus_head(head, sizeof(head));
  if (error)
    return error;
  opus_samples = malloc(OPUS_MAX_FRAMES * opus_channels * sizeof(float));
  return opus_samples ? 0 : DECODER_ERROR_MEMORY;
}

int decoder_open(int codec, int sample_rate, int channels, const uint8_t *description, int size) {
  has_base = is_broken = 0;
  return codec == AUDIO_CODEC_OPUS ? open_opus(channels, description, size)
                                   : open_avcodec(codec, sample_rate, channels, description, size);
}

static int decode_opus(const uint8_t *data, int size) {
  int frames = opus_multistream_decode_float(opus, data, size, opus_samples, OPUS_MAX_FRAMES, 0);
  if (frames < 0)
    return DECODER_ERROR_DATA;
  int skipped = frames < opus_skip ? frames : opus_skip;
  opus_skip -= skipped;
  opus_delay += skipped * 1e6 / OPUS_RATE;
  opus_ready = frames - skipped;
  opus_plane = (const uint8_t *)(opus_samples + skipped * opus_channels);
  return 0;
}

static int decode_avcodec(const uint8_t *data, int size) {
  packet->data = (uint8_t *)data;
  packet->size = size;
  int error = avcodec_send_packet(context, packet);
  packet->data = NULL;
  packet->size = 0;
  if (error >= 0)
    return 0;
  return error == AVERROR(ENOMEM) ? DECODER_ERROR_MEMORY : DECODER_ERROR_DATA;
}

int decoder_decode(const uint8_t *data, int size, double timestamp, double duration) {
  (void)duration;
  // The count begins with the first packet, even when the codec gives nothing out for it (Vorbis).
  if (!has_base) {
    base = timestamp;
    count = lateness = 0;
    has_base = 1;
  }
  packet_time = timestamp;
  if (size == 0 || is_broken)
    return DECODER_ERROR_DATA;
  return opus ? decode_opus(data, size) : decode_avcodec(data, size);
}

static double next_timestamp(int frames, int sample_rate) {
  double counted = count ? base + count * 1e6 / count_rate : base;
  double expected = fmax(packet_time - opus_delay - lateness, base);
  // The first samples have the first packet's time, even if they came out for a later one, as Vorbis's do. In
  // Matroska that one's time is later too, and so is the time of all that follow.
  if (!count)
    lateness = expected - base;
  int is_off = count && fabs(counted - expected) > TOLERANCE;
  if (is_off)
    counted = expected;
  if (is_off || sample_rate != count_rate) {
    base = counted;
    count = 0;
    count_rate = sample_rate;
  }
  count += frames;
  return floor(counted + 0.5);
}

static int sample_format(enum AVSampleFormat format) {
  switch (format) {
  case AV_SAMPLE_FMT_U8: return SAMPLE_FORMAT_U8;
  case AV_SAMPLE_FMT_S16: return SAMPLE_FORMAT_S16;
  case AV_SAMPLE_FMT_S32: return SAMPLE_FORMAT_S32;
  case AV_SAMPLE_FMT_FLT: return SAMPLE_FORMAT_F32;
  case AV_SAMPLE_FMT_U8P: return SAMPLE_FORMAT_U8_PLANAR;
  case AV_SAMPLE_FMT_S16P: return SAMPLE_FORMAT_S16_PLANAR;
  case AV_SAMPLE_FMT_S32P: return SAMPLE_FORMAT_S32_PLANAR;
  case AV_SAMPLE_FMT_FLTP: return SAMPLE_FORMAT_F32_PLANAR;
  default: return -1;
  }
}

static int receive_opus(DecodedSamples *out) {
  if (!opus_ready)
    return 0;
  *out = (DecodedSamples){
      .timestamp = next_timestamp(opus_ready, OPUS_RATE),
      .format = SAMPLE_FORMAT_F32,
      .sample_rate = OPUS_RATE,
      .channels = opus_channels,
      .frames = opus_ready,
      .planes = &opus_plane,
  };
  opus_ready = 0;
  return 1;
}

static int receive_avcodec(DecodedSamples *out) {
  if (is_broken)
    return 0;
  int error = avcodec_receive_frame(context, frame);
  if (error == AVERROR(EAGAIN))
    return 0;
  if (error == AVERROR_EOF) {
    avcodec_flush_buffers(context);
    has_base = 0;
    return 0;
  }
  if (error < 0)
    return DECODER_ERROR_DATA;
  *out = (DecodedSamples){
      .timestamp = next_timestamp(frame->nb_samples, frame->sample_rate),
      .format = sample_format(frame->format),
      .sample_rate = frame->sample_rate,
      .channels = frame->ch_layout.nb_channels,
      .frames = frame->nb_samples,
      .planes = (const uint8_t *const *)frame->extended_data,
  };
  return out->format < 0 ? DECODER_ERROR_UNSUPPORTED : 1;
}

int decoder_receive(DecodedSamples *out) {
  return opus ? receive_opus(out) : receive_avcodec(out);
}

int decoder_drain(void) {
  if (opus) {
    opus_multistream_decoder_ctl(opus, OPUS_RESET_STATE);
    has_base = 0;
    opus_delay = 0;
    return 0;
  }
  if (is_broken)
    return 0;
  // Vorbis holds nothing back but half a window, without which the next packet would give nothing out.
  if (context->codec_id == AV_CODEC_ID_VORBIS) {
    has_base = 0;
    return 0;
  }
  int error = avcodec_send_packet(context, NULL);
  return error < 0 && error != AVERROR_EOF ? DECODER_ERROR_DATA : 0;
}

void decoder_close(void) {
  avcodec_free_context(&context);
  av_packet_free(&packet);
  av_frame_free(&frame);
  if (opus)
    opus_multistream_decoder_destroy(opus);
  opus = NULL;
  free(opus_samples);
  opus_samples = NULL;
  opus_ready = opus_skip = 0;
  opus_delay = 0;
}
