// MP3 through LAME. LAME gives bytes; they are cut into frames by their headers (ISO/IEC 11172-3, 2.4.2.3).
#include <stdlib.h>
#include <string.h>

#include <lame/lame.h>

#include "audio-encoder.h"
#include "audio-library.h"
#include "session-state.h"

#define HEADER_SIZE 4
#define DEFAULT_BITRATE 64000 // per channel
#define FLUSH_SIZE 7200       // lame_encode_flush() asks for so much

PER_SESSION lame_t lame;
PER_SESSION int rate, channel_count, is_constant;
PER_SESSION double wanted_bitrate;

PER_SESSION uint8_t *bytes;
PER_SESSION size_t capacity, begin, end;

static int is_rate(int sample_rate) {
  static const int rates[] = {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
  for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++)
    if (rates[i] == sample_rate)
      return 1;
  return 0;
}

static int begin_stream(void) {
  lame = lame_init();
  if (!lame)
    return ENCODER_ERROR_MEMORY;
  double bitrate = wanted_bitrate > 0 ? wanted_bitrate : DEFAULT_BITRATE * channel_count;
  int kilobits = (int)(bitrate / 1000 + 0.5);
  lame_set_in_samplerate(lame, rate);
  lame_set_out_samplerate(lame, rate);
  lame_set_num_channels(lame, channel_count);
  lame_set_mode(lame, channel_count == 1 ? MONO : JOINT_STEREO);
  lame_set_quality(lame, 3);
  // A header frame would need the stream's length, which nobody knows here.
  lame_set_bWriteVbrTag(lame, 0);
  if (is_constant) {
    lame_set_brate(lame, kilobits);
  } else {
    lame_set_VBR(lame, vbr_abr);
    lame_set_VBR_mean_bitrate_kbps(lame, kilobits);
  }
  return lame_init_params(lame) < 0 ? ENCODER_ERROR_UNSUPPORTED : 0;
}

static int start(int sample_rate, int channels, double bitrate, int constant) {
  // MPEG-1 has 320 kbit/s at most, the lower rates of MPEG-2 160, and 8 kbit/s is the least.
  double largest = sample_rate >= 32000 ? 320000 : sample_rate >= 16000 ? 160000 : 64000;
  double least = sample_rate >= 32000 ? 32000 : 8000;
  if (!is_rate(sample_rate) || channels > 2)
    return ENCODER_ERROR_UNSUPPORTED;
  if (bitrate != 0 && (bitrate < least || bitrate > largest))
    return ENCODER_ERROR_UNSUPPORTED;
  rate = sample_rate;
  channel_count = channels;
  // Where the usual bitrate is more than the sample rate allows.
  double usual = (double)DEFAULT_BITRATE * channels;
  wanted_bitrate = bitrate > 0 ? bitrate : usual < largest ? usual : largest;
  is_constant = constant;
  begin = end = 0;
  return begin_stream();
}

static int reserve(size_t size) {
  memmove(bytes, bytes + begin, end - begin);
  end -= begin;
  begin = 0;
  if (capacity >= end + size)
    return 0;
  uint8_t *larger = realloc(bytes, end + size);
  if (!larger)
    return ENCODER_ERROR_MEMORY;
  bytes = larger;
  capacity = end + size;
  return 0;
}

static int take(int written) {
  if (written < 0)
    return ENCODER_ERROR_DATA;
  end += written;
  return 0;
}

static int feed(const float *const *planes, int frames) {
  if (!lame) {
    int error = begin_stream();
    if (error)
      return error;
  }
  // lame.h: "mp3buf_size in bytes = 1.25*num_samples + 7200"
  if (reserve((size_t)frames * 5 / 4 + FLUSH_SIZE))
    return ENCODER_ERROR_MEMORY;
  const float *right = planes[channel_count - 1];
  return take(lame_encode_buffer_ieee_float(lame, planes[0], right, frames, bytes + end, (int)(capacity - end)));
}

static int finish(void) {
  if (!lame)
    return 0;
  if (reserve(FLUSH_SIZE))
    return ENCODER_ERROR_MEMORY;
  int error = take(lame_encode_flush(lame, bytes + end, (int)(capacity - end)));
  lame_close(lame);
  lame = NULL;
  return error;
}

// Bytes of the frame with this header, 0 if it is none.
static int frame_size(const uint8_t *header) {
  static const int mpeg1[] = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
  static const int mpeg2[] = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
  int index = header[2] >> 4, padding = header[2] >> 1 & 1;
  if (header[0] != 0xff || header[1] < 0xe0 || index == 0 || index == 15)
    return 0;
  int is_mpeg1 = (header[1] >> 3 & 3) == 3;
  int kilobits = is_mpeg1 ? mpeg1[index] : mpeg2[index];
  return (is_mpeg1 ? 144000 : 72000) * kilobits / rate + padding;
}

static int next(LibraryPacket *packet) {
  if (end - begin < HEADER_SIZE)
    return 0;
  int size = frame_size(bytes + begin);
  if (size == 0)
    return ENCODER_ERROR_DATA;
  if (end - begin < (size_t)size)
    return 0;
  *packet = (LibraryPacket){.data = bytes + begin, .size = size, .samples = rate >= 32000 ? 1152 : 576};
  begin += size;
  return 1;
}

static const uint8_t *description(int *size) {
  *size = 0;
  return NULL;
}

static void stop(void) {
  if (lame)
    lame_close(lame);
  lame = NULL;
  free(bytes);
  bytes = NULL;
  capacity = begin = end = 0;
}

const AudioLibrary mp3_library = {start, feed, finish, next, description, stop};
