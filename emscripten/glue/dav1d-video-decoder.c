// AV1 decoding through dav1d. A decoded picture is dav1d's own; its slot keeps a reference until
// decoder_release(), so nothing is copied. Monochrome pictures get planes of neutral chroma.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <dav1d/dav1d.h>

#include "slots.h"
#include "video-decoder.h"

typedef struct HeldPicture {
  Dav1dPicture picture;
  uint8_t *chroma; // both planes of a monochrome picture
} HeldPicture;

static Dav1dContext *context;
static Dav1dData pending; // what dav1d has not taken yet

// av1C's OBUs, a sequence header as a rule: some containers leave it out of the stream.
static uint8_t *config;
static int config_size;
static int needs_config;

static int has_frame_threads;
static int draining;

#define AV1C_HEADER 4

static int decoder_error(int error) {
  return error == DAV1D_ERR(ENOMEM) ? DECODER_ERROR_MEMORY
         : error == DAV1D_ERR(ENOPROTOOPT) ? DECODER_ERROR_UNSUPPORTED : DECODER_ERROR_DATA;
}

static int set_description(const uint8_t *description, int size) {
  needs_config = 0;
  // marker 1 and version 1 (AV1 in ISOBMFF, 2.3.3); anything else is not ours to understand.
  if (size <= AV1C_HEADER || description[0] != 0x81)
    return 0;
  config_size = size - AV1C_HEADER;
  config = malloc(config_size);
  if (!config)
    return DECODER_ERROR_MEMORY;
  memcpy(config, description + AV1C_HEADER, config_size);
  needs_config = 1;
  return 0;
}

int decoder_open(int codec, int threads, int low_latency, int reorder_depth, const uint8_t *description, int size) {
  (void)reorder_depth; // AV1 shows its pictures in order
  if (codec != VIDEO_CODEC_AV1)
    return DECODER_ERROR_UNSUPPORTED;
  int error = set_description(description, size);
  if (error)
    return error;
  Dav1dSettings settings;
  dav1d_default_settings(&settings);
  settings.n_threads = threads > 0 ? threads : 1;
  settings.max_frame_delay = low_latency ? 1 : 0;
  // "the first operating point": its highest layer.
  settings.all_layers = 0;
  settings.operating_point = 0;
  settings.frame_size_limit = MAX_PIXELS;
  settings.logger.callback = NULL;
  draining = 0;
  has_frame_threads = dav1d_get_frame_delay(&settings) > 1;
  error = dav1d_open(&context, &settings);
  return error < 0 ? decoder_error(error) : 0;
}

static int hold(const uint8_t *data, int size, int64_t timestamp, int64_t duration) {
  uint8_t *copy = dav1d_data_create(&pending, size);
  if (!copy)
    return DECODER_ERROR_MEMORY;
  memcpy(copy, data, size);
  pending.m.timestamp = timestamp;
  pending.m.duration = duration;
  return 0;
}

static int send_config(void) {
  if (!needs_config)
    return 0;
  needs_config = 0;
  int error = hold(config, config_size, 0, 0);
  if (error)
    return error;
  // Headers alone make no picture. A broken one is no reason to give up: the stream may have its own.
  dav1d_send_data(context, &pending);
  dav1d_data_unref(&pending);
  return 0;
}

int decoder_decode(const uint8_t *data, int size, double timestamp, double duration) {
  if (size == 0)
    return DECODER_ERROR_DATA;
  int error = send_config();
  return error ? error : hold(data, size, (int64_t)timestamp, duration < 0 ? -1 : (int64_t)duration);
}

static int pixel_format(const Dav1dPicture *picture) {
  static const int first[] = {
      [DAV1D_PIXEL_LAYOUT_I400] = PIXEL_FORMAT_I420,
      [DAV1D_PIXEL_LAYOUT_I420] = PIXEL_FORMAT_I420,
      [DAV1D_PIXEL_LAYOUT_I422] = PIXEL_FORMAT_I422,
      [DAV1D_PIXEL_LAYOUT_I444] = PIXEL_FORMAT_I444,
  };
  // The depths follow one another: 8, 10, 12.
  return first[picture->p.layout] + (picture->p.bpc - 8) / 2;
}

static uint8_t *neutral_chroma(const Dav1dPicture *picture, int *stride) {
  int width = (picture->p.w + 1) / 2, height = (picture->p.h + 1) / 2, bytes = picture->p.bpc > 8 ? 2 : 1;
  *stride = width * bytes;
  size_t samples = (size_t)width * height;
  uint8_t *plane = malloc(samples * bytes);
  if (!plane)
    return NULL;
  if (bytes == 1)
    memset(plane, 128, samples);
  else
    for (size_t i = 0; i < samples; i++)
      ((uint16_t *)plane)[i] = 1 << (picture->p.bpc - 1);
  return plane;
}

static int describe(HeldPicture *held, DecodedFrame *out) {
  const Dav1dPicture *picture = &held->picture;
  const Dav1dSequenceHeader *sequence = picture->seq_hdr;
  *out = (DecodedFrame){
      .timestamp = picture->m.timestamp,
      .duration = picture->m.duration > 0 ? picture->m.duration : -1,
      .format = pixel_format(picture),
      .width = picture->p.w,
      .height = picture->p.h,
      .primaries = sequence->pri,
      .transfer = sequence->trc,
      .matrix = sequence->mtrx,
      .full_range = sequence->color_range,
      .plane_count = 3,
  };
  for (int i = 0; i < 3; i++) {
    out->plane[i] = picture->data[i];
    out->stride[i] = picture->stride[i > 0];
  }
  if (picture->p.layout == DAV1D_PIXEL_LAYOUT_I400) {
    held->chroma = neutral_chroma(picture, &out->stride[1]);
    if (!held->chroma)
      return DECODER_ERROR_MEMORY;
    out->plane[1] = out->plane[2] = held->chroma;
    out->stride[2] = out->stride[1];
  }
  return 0;
}

// One picture, or 0. Data go in as dav1d takes them.
static int next_picture(Dav1dPicture *picture) {
  for (;;) {
    int sent = pending.sz ? dav1d_send_data(context, &pending) : DAV1D_ERR(EAGAIN);
    if (sent < 0 && sent != DAV1D_ERR(EAGAIN)) {
      dav1d_data_unref(&pending);
      return sent;
    }
    int got = dav1d_get_picture(context, picture);
    if (got == 0)
      return 1;
    if (got != DAV1D_ERR(EAGAIN))
      return got;
    if (!pending.sz)
      return 0;
  }
}

// The next packet begins anew.
static void restart(void) {
  draining = 0;
  dav1d_flush(context);
  needs_config = config_size > 0;
}

static void release(HeldPicture *held) {
  dav1d_picture_unref(&held->picture);
  free(held->chroma);
  free(held);
}

// Describes a picture and gives it a slot; takes over the reference.
static int hand_out(Dav1dPicture picture, DecodedFrame *out) {
  HeldPicture *held = malloc(sizeof(*held));
  if (!held) {
    dav1d_picture_unref(&picture);
    return DECODER_ERROR_MEMORY;
  }
  *held = (HeldPicture){.picture = picture};
  int result = describe(held, out);
  if (result == 0)
    result = out->slot = slots_put(held);
  if (result < 0)
    release(held);
  return result < 0 ? result : 1;
}

int decoder_receive(DecodedFrame *out) {
  // Asked twice without data in between, dav1d waits for all of its threads.
  static int was_given;
  if (has_frame_threads && !draining && !pending.sz && was_given) {
    was_given = 0;
    return 0;
  }
  Dav1dPicture picture = {0};
  int got = next_picture(&picture);
  was_given = got > 0;
  if (got == 0 && draining)
    restart();
  if (got <= 0)
    return got < 0 ? decoder_error(got) : 0;
  return hand_out(picture, out);
}

int decoder_drain(void) {
  draining = 1;
  return 0;
}

void decoder_release(int slot) {
  HeldPicture *held = slots_take(slot);
  if (held)
    release(held);
}

void decoder_close(void) {
  if (pending.sz)
    dav1d_data_unref(&pending);
  if (context)
    dav1d_close(&context);
  draining = 0;
  free(config);
  config = NULL;
  config_size = 0;
}
