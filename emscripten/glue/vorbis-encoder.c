// Vorbis through libvorbis.
#include <stdlib.h>
#include <string.h>

#include <vorbis/vorbisenc.h>

#include "audio-encoder.h"
#include "audio-libraries.h"
#include "audio-library.h"
#include "session-state.h"

#define VORBIS_MAX_CHANNELS OPUS_MAX_CHANNELS
// Of -0.1 to 1: libvorbis's own default, about 56 kbit/s per channel at 44.1 kHz.
#define DEFAULT_QUALITY 0.3f

PER_SESSION vorbis_info info;
PER_SESSION vorbis_dsp_state state;
PER_SESSION vorbis_block block;
PER_SESSION int has_info, has_state;
PER_SESSION int is_over; // the last packet has been given out, and lies in memory of the stream's
PER_SESSION ogg_int64_t position; // of the last packet's end, samples since the beginning

PER_SESSION uint8_t *headers;
PER_SESSION int headers_size;

static int begin_stream(void) {
  if (vorbis_analysis_init(&state, &info))
    return ENCODER_ERROR_MEMORY;
  vorbis_block_init(&state, &block);
  has_state = 1;
  position = 0;
  return 0;
}

static void end_stream(void) {
  if (!has_state)
    return;
  vorbis_block_clear(&block);
  vorbis_dsp_clear(&state);
  has_state = is_over = 0;
}

static int laced(long size) {
  return (int)(size / 255 + 1);
}

static uint8_t *write_lacing(uint8_t *target, long size) {
  for (; size >= 255; size -= 255)
    *target++ = 255;
  *target++ = (uint8_t)size;
  return target;
}

// The registration's description: the three headers with Xiph's lacing.
static int write_headers(void) {
  vorbis_comment comment;
  ogg_packet packets[3];
  vorbis_comment_init(&comment);
  int error = vorbis_analysis_headerout(&state, &comment, &packets[0], &packets[1], &packets[2]);
  vorbis_comment_clear(&comment);
  if (error)
    return ENCODER_ERROR_UNSUPPORTED;
  long total = packets[0].bytes + packets[1].bytes + packets[2].bytes;
  headers_size = (int)(1 + laced(packets[0].bytes) + laced(packets[1].bytes) + total);
  free(headers);
  headers = malloc(headers_size);
  if (!headers)
    return ENCODER_ERROR_MEMORY;
  uint8_t *target = headers;
  *target++ = 2;
  target = write_lacing(target, packets[0].bytes);
  target = write_lacing(target, packets[1].bytes);
  for (int i = 0; i < 3; i++) {
    memcpy(target, packets[i].packet, packets[i].bytes);
    target += packets[i].bytes;
  }
  return 0;
}

// Rate management holds each second to the bitrate and costs 3 % of it at equal quality: without it, the quality
// is that which gives the bitrate on average, as ffmpeg has it.
static int choose_bitrate(int sample_rate, int channels, long nominal, int constant) {
  long limit = constant ? nominal : -1;
  if (vorbis_encode_setup_managed(&info, channels, sample_rate, limit, nominal, limit))
    return -1;
  if (!constant && vorbis_encode_ctl(&info, OV_ECTL_RATEMANAGE2_SET, NULL))
    return -1;
  return vorbis_encode_setup_init(&info);
}

static int start(int sample_rate, int channels, double bitrate, int constant) {
  if (channels > VORBIS_MAX_CHANNELS)
    return ENCODER_ERROR_UNSUPPORTED;
  vorbis_info_init(&info);
  has_info = 1;
  int failed = bitrate > 0 ? choose_bitrate(sample_rate, channels, (long)bitrate, constant)
                           : vorbis_encode_init_vbr(&info, channels, sample_rate, DEFAULT_QUALITY);
  if (failed)
    return ENCODER_ERROR_UNSUPPORTED;
  int error = begin_stream();
  return error ? error : write_headers();
}

static int feed(const float *const *planes, int frames) {
  if (is_over)
    end_stream();
  if (!has_state) {
    int error = begin_stream();
    if (error)
      return error;
    // libvorbis makes its tables while it writes the headers.
    error = write_headers();
    if (error)
      return error;
  }
  float **buffer = vorbis_analysis_buffer(&state, frames);
  for (int channel = 0; channel < info.channels; channel++)
    memcpy(buffer[vorbis_order[info.channels - 1][channel]], planes[channel], frames * sizeof(float));
  return vorbis_analysis_wrote(&state, frames) ? ENCODER_ERROR_DATA : 0;
}

static int finish(void) {
  return has_state && vorbis_analysis_wrote(&state, 0) ? ENCODER_ERROR_DATA : 0;
}

static int next(LibraryPacket *out) {
  ogg_packet packet;
  if (is_over)
    end_stream();
  if (!has_state)
    return 0;
  while (vorbis_bitrate_flushpacket(&state, &packet) == 0) {
    if (vorbis_analysis_blockout(&state, &block) != 1)
      return 0;
    if (vorbis_analysis(&block, NULL) || vorbis_bitrate_addblock(&block))
      return ENCODER_ERROR_DATA;
  }
  *out = (LibraryPacket){.data = packet.packet, .size = (int)packet.bytes, .samples = packet.granulepos - position};
  if (out->samples < 0)
    out->samples = 0;
  position = packet.granulepos;
  is_over = packet.e_o_s;
  return 1;
}

static const uint8_t *description(int *size) {
  *size = headers_size;
  return headers;
}

static void stop(void) {
  end_stream();
  if (has_info)
    vorbis_info_clear(&info);
  has_info = 0;
  free(headers);
  headers = NULL;
  headers_size = 0;
}

const AudioLibrary vorbis_library = {start, feed, finish, next, description, stop};
