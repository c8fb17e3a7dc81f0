// VP8 and VP9 decoding through libvpx. VP9 decodes straight into the reference-counted buffers that
// slots give out; VP8, whose buffers libvpx keeps to itself, is copied into such a buffer once.
#include <stdlib.h>
#include <string.h>

#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

#include "video-decoder.h"

// The largest frame header either codec can code is 16384 × 16384 and more; this is where memory ends.
#define MAX_PIXELS (36 * 1024 * 1024)

typedef struct Buffer {
  uint8_t *data;
  size_t size;
  int references; // libvpx's, and one of each slot
} Buffer;

static vpx_codec_ctx_t decoder;
static int is_open;
static int is_vp9;
static vpx_codec_iter_t iterator;
static double last_timestamp;
static double last_duration;

static Buffer **buffers;
static int buffer_count;

// Slot n is buffers[n]: a buffer is given out again only when nobody holds it.
static int find_buffer(size_t size) {
  int unused = -1;
  for (int i = 0; i < buffer_count; i++) {
    if (buffers[i]->references)
      continue;
    if (buffers[i]->size >= size && buffers[i]->size <= 2 * size)
      return i;
    unused = i;
  }
  if (unused >= 0) {
    free(buffers[unused]->data);
  } else {
    Buffer **larger = realloc(buffers, (buffer_count + 1) * sizeof(*buffers));
    if (!larger)
      return -1;
    buffers = larger;
    buffers[buffer_count] = calloc(1, sizeof(Buffer));
    if (!buffers[buffer_count])
      return -1;
    unused = buffer_count++;
  }
  // libvpx asks for zeroed memory.
  buffers[unused]->data = calloc(1, size);
  buffers[unused]->size = buffers[unused]->data ? size : 0;
  return buffers[unused]->data ? unused : -1;
}

static int slot_of(const Buffer *buffer) {
  for (int i = 0; i < buffer_count; i++)
    if (buffers[i] == buffer)
      return i;
  return -1;
}

static int get_frame_buffer(void *opaque, size_t size, vpx_codec_frame_buffer_t *frame_buffer) {
  (void)opaque;
  int index = find_buffer(size);
  if (index < 0)
    return -1;
  buffers[index]->references = 1;
  frame_buffer->data = buffers[index]->data;
  frame_buffer->size = buffers[index]->size;
  frame_buffer->priv = buffers[index];
  return 0;
}

static int release_frame_buffer(void *opaque, vpx_codec_frame_buffer_t *frame_buffer) {
  (void)opaque;
  Buffer *buffer = frame_buffer->priv;
  if (buffer && buffer->references > 0)
    buffer->references--;
  frame_buffer->priv = NULL;
  return 0;
}

int decoder_open(int codec, int threads, int low_latency, int reorder_depth, const uint8_t *description, int size) {
  // libvpx neither reorders nor holds pictures back, and takes no header out of band.
  (void)low_latency, (void)reorder_depth, (void)description, (void)size;
  if (codec != VIDEO_CODEC_VP8 && codec != VIDEO_CODEC_VP9)
    return DECODER_ERROR_UNSUPPORTED;
  is_vp9 = codec == VIDEO_CODEC_VP9;
  vpx_codec_dec_cfg_t config = {.threads = threads};
  vpx_codec_iface_t *interface = is_vp9 ? vpx_codec_vp9_dx() : vpx_codec_vp8_dx();
  if (vpx_codec_dec_init(&decoder, interface, &config, 0) != VPX_CODEC_OK)
    return DECODER_ERROR_MEMORY;
  is_open = 1;
  if (is_vp9) {
    if (vpx_codec_set_frame_buffer_functions(&decoder, get_frame_buffer, release_frame_buffer, NULL))
      return DECODER_ERROR_UNSUPPORTED;
    if (threads > 1) {
      vpx_codec_control(&decoder, VP9D_SET_ROW_MT, 1);
      vpx_codec_control(&decoder, VP9D_SET_LOOP_FILTER_OPT, 1);
    }
  }
  return 0;
}

// Frame sizes stand in the open in every key frame: refuse what would fill memory before it is allocated.
static int is_too_large(const uint8_t *data, int size) {
  vpx_codec_stream_info_t info = {.sz = sizeof(info)};
  vpx_codec_iface_t *interface = is_vp9 ? vpx_codec_vp9_dx() : vpx_codec_vp8_dx();
  if (vpx_codec_peek_stream_info(interface, data, size, &info) != VPX_CODEC_OK)
    return 0;
  return (double)info.w * info.h > MAX_PIXELS;
}

int decoder_decode(const uint8_t *data, int size, double timestamp, double duration) {
  // An empty buffer means "a frame was lost" to libvpx.
  if (size == 0 || is_too_large(data, size))
    return DECODER_ERROR_DATA;
  iterator = NULL;
  last_timestamp = timestamp;
  last_duration = duration;
  vpx_codec_err_t error = vpx_codec_decode(&decoder, data, size, NULL, 0);
  if (error == VPX_CODEC_MEM_ERROR)
    return DECODER_ERROR_MEMORY;
  return error == VPX_CODEC_OK ? 0 : DECODER_ERROR_DATA;
}

static int pixel_format(const vpx_image_t *image) {
  int depth = image->bit_depth == 12 ? 2 : image->bit_depth == 10 ? 1 : 0;
  switch (image->fmt & ~VPX_IMG_FMT_HIGHBITDEPTH) {
  case VPX_IMG_FMT_I420: return PIXEL_FORMAT_I420 + depth;
  case VPX_IMG_FMT_I422: return PIXEL_FORMAT_I422 + depth;
  case VPX_IMG_FMT_I440: // there is no such format in WebCodecs: its chroma rows are doubled
  case VPX_IMG_FMT_I444: return PIXEL_FORMAT_I444 + depth;
  default: return -1;
  }
}

// VP9's color_space (bitstream specification, 7.2.2) as MatrixCoefficients of H.273.
static int matrix(const vpx_image_t *image) {
  switch (image->cs) {
  case VPX_CS_BT_601: return 5;
  case VPX_CS_BT_709: return 1;
  case VPX_CS_SMPTE_170: return 6;
  case VPX_CS_SMPTE_240: return 7;
  case VPX_CS_BT_2020: return 9;
  case VPX_CS_SRGB: return 0;
  default: return 2;
  }
}

static void describe(const vpx_image_t *image, DecodedFrame *out) {
  int known = image->cs != VPX_CS_UNKNOWN;
  *out = (DecodedFrame){
      .timestamp = last_timestamp,
      .duration = last_duration,
      .format = pixel_format(image),
      .width = image->d_w,
      .height = image->d_h,
      .primaries = 2,
      .transfer = 2,
      .matrix = matrix(image),
      .full_range = known ? image->range == VPX_CR_FULL_RANGE : -1,
      .plane_count = 3,
  };
}

static int plane_rows(const vpx_image_t *image, int plane) {
  return plane && image->y_chroma_shift ? (image->d_h + 1) / 2 : image->d_h;
}

// Copies a picture into a buffer of ours; 4:4:0 becomes 4:4:4.
static int copy_out(const vpx_image_t *image, DecodedFrame *out) {
  int bytes = image->fmt & VPX_IMG_FMT_HIGHBITDEPTH ? 2 : 1;
  int doubled = (image->fmt & ~VPX_IMG_FMT_HIGHBITDEPTH) == VPX_IMG_FMT_I440;
  int chroma_width = image->x_chroma_shift ? (image->d_w + 1) / 2 : image->d_w;
  int chroma_rows = doubled ? (int)image->d_h : plane_rows(image, 1);
  size_t luma_size = (size_t)image->d_w * bytes * image->d_h;
  size_t chroma_size = (size_t)chroma_width * bytes * chroma_rows;
  int slot = find_buffer(luma_size + 2 * chroma_size);
  if (slot < 0)
    return DECODER_ERROR_MEMORY;
  uint8_t *target = buffers[slot]->data;
  for (int plane = 0; plane < 3; plane++) {
    int row_bytes = (plane ? chroma_width : (int)image->d_w) * bytes;
    int rows = plane ? chroma_rows : (int)image->d_h;
    out->plane[plane] = target;
    out->stride[plane] = row_bytes;
    for (int row = 0; row < rows; row++, target += row_bytes) {
      int source_row = plane && doubled ? row / 2 : row;
      memcpy(target, image->planes[plane] + (ptrdiff_t)source_row * image->stride[plane], row_bytes);
    }
  }
  return slot;
}

int decoder_receive(DecodedFrame *out) {
  const vpx_image_t *image = vpx_codec_get_frame(&decoder, &iterator);
  if (!image)
    return 0;
  describe(image, out);
  if (out->format < 0)
    return DECODER_ERROR_UNSUPPORTED;
  int slot = is_vp9 && image->fb_priv ? slot_of(image->fb_priv) : -1;
  if (slot >= 0 && (image->fmt & ~VPX_IMG_FMT_HIGHBITDEPTH) != VPX_IMG_FMT_I440) {
    for (int plane = 0; plane < 3; plane++) {
      out->plane[plane] = image->planes[plane];
      out->stride[plane] = image->stride[plane];
    }
  } else {
    slot = copy_out(image, out);
    if (slot < 0)
      return slot;
  }
  buffers[slot]->references++;
  out->slot = slot;
  return 1;
}

int decoder_drain(void) {
  return 0;
}

void decoder_release(int slot) {
  if (slot >= 0 && slot < buffer_count && buffers[slot]->references > 0)
    buffers[slot]->references--;
}

// Buffers that nobody holds give their memory back; the table stays, as its indices are slots.
void decoder_close(void) {
  if (is_open)
    vpx_codec_destroy(&decoder);
  is_open = 0;
  for (int i = 0; i < buffer_count; i++) {
    if (buffers[i]->references)
      continue;
    free(buffers[i]->data);
    buffers[i]->data = NULL;
    buffers[i]->size = 0;
  }
}
