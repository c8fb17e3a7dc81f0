// Decoding of images through libavcodec, and putting animations together.
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "image-decoder.h"
#include "slots.h"

#define BYTES_PER_PIXEL 4

// H.273 code points.
#define PRIMARIES_BT709 1
#define TRANSFER_SRGB 13
#define MATRIX_RGB 0
#define MATRIX_SMPTE170M 6

typedef struct Canvas {
  uint8_t *pixels; // RGBA
  int width;
  int height;
} Canvas;

static int codec;
static AVCodecContext *context;
static AVPacket *packet;
static AVFrame *ready; // to be received

static Canvas canvas;
static uint8_t *previous; // what a frame that is to be disposed of lies upon
static ImageFrame last;   // the frame before, to be disposed of
static int last_width;
static int last_height;

static const enum AVCodecID codec_ids[] = {
    [IMAGE_CODEC_JPEG] = AV_CODEC_ID_MJPEG, [IMAGE_CODEC_PNG] = AV_CODEC_ID_PNG, [IMAGE_CODEC_GIF] = AV_CODEC_ID_GIF,
    [IMAGE_CODEC_WEBP] = AV_CODEC_ID_WEBP,  [IMAGE_CODEC_BMP] = AV_CODEC_ID_BMP,
};

static int decoder_error(int error) {
  return error == AVERROR(ENOMEM) ? DECODER_ERROR_MEMORY : DECODER_ERROR_DATA;
}

static size_t canvas_size(void) {
  return (size_t)canvas.width * canvas.height * BYTES_PER_PIXEL;
}

static int open_context(void) {
  const AVCodec *implementation = avcodec_find_decoder(codec_ids[codec]);
  if (!implementation)
    return DECODER_ERROR_UNSUPPORTED;
  context = avcodec_alloc_context3(implementation);
  if (!context)
    return DECODER_ERROR_MEMORY;
  context->max_pixels = IMAGE_MAX_PIXELS;
  context->thread_count = 1;
  return avcodec_open2(context, implementation, NULL) < 0 ? DECODER_ERROR_UNSUPPORTED : 0;
}

int decoder_open(int wanted, int canvas_width, int canvas_height) {
  av_log_set_level(AV_LOG_QUIET);
  if (wanted < 0 || wanted > IMAGE_CODEC_BMP || canvas_width < 0 || canvas_height < 0)
    return DECODER_ERROR_UNSUPPORTED;
  if ((int64_t)canvas_width * canvas_height > IMAGE_MAX_PIXELS)
    return DECODER_ERROR_DATA;
  codec = wanted;
  canvas = (Canvas){.width = canvas_width, .height = canvas_height};
  packet = av_packet_alloc();
  int error = open_context();
  if (error)
    return error;
  if (canvas_width) {
    canvas.pixels = calloc(canvas_size(), 1);
    if (!canvas.pixels)
      return DECODER_ERROR_MEMORY;
  }
  return packet ? 0 : DECODER_ERROR_MEMORY;
}

static AVFrame *new_picture(int format, int width, int height) {
  AVFrame *frame = av_frame_alloc();
  if (!frame)
    return NULL;
  frame->format = format;
  frame->width = width;
  frame->height = height;
  if (av_frame_get_buffer(frame, 0) < 0)
    av_frame_free(&frame);
  return frame;
}

// RGB of 8 bits ---------------------------------------------------------------------------------

static int scale_to_byte(int value, int depth) {
  return depth >= 8 ? value >> (depth - 8) : value * 255 / ((1 << depth) - 1);
}

// One component of a row, in whatever format: bits, palettes, big-endian words.
static void read_component(const AVFrame *frame, const AVPixFmtDescriptor *format, int y, int component, uint16_t *line,
                           uint8_t *output) {
  const uint8_t *planes[4];
  for (int i = 0; i < 4; i++)
    planes[i] = frame->data[i];
  av_read_image_line2(line, planes, frame->linesize, format, 0, y, component, frame->width,
                      format->flags & AV_PIX_FMT_FLAG_PAL ? 1 : 0, sizeof(*line));
  int depth = format->flags & AV_PIX_FMT_FLAG_PAL ? 8 : format->comp[component].depth;
  for (int x = 0; x < frame->width; x++)
    output[x * BYTES_PER_PIXEL] = scale_to_byte(line[x], depth);
}

// Palettes are words 0xAARRGGBB; av_read_image_line2() gives their bytes in the order of the descriptor: R, G, B, A.
static void read_row(const AVFrame *frame, const AVPixFmtDescriptor *format, int y, uint16_t *line, uint8_t *rgba) {
  int components = format->flags & AV_PIX_FMT_FLAG_PAL ? 4 : format->nb_components;
  int is_gray = components < 3;
  for (int channel = 0; channel < 3; channel++)
    read_component(frame, format, y, is_gray ? 0 : channel, line, rgba + channel);
  if (components % 2 == 0)
    read_component(frame, format, y, components - 1, line, rgba + 3);
  else
    for (int x = 0; x < frame->width; x++)
      rgba[x * BYTES_PER_PIXEL + 3] = 255;
}

static void copy_words(uint8_t *restrict rgba, const uint8_t *restrict source, int width) {
  memcpy(rgba, source, (size_t)width * BYTES_PER_PIXEL);
}

static void copy_triples(uint8_t *restrict rgba, const uint8_t *restrict source, int width) {
  for (int x = 0; x < width; x++) {
    rgba[4 * x] = source[3 * x];
    rgba[4 * x + 1] = source[3 * x + 1];
    rgba[4 * x + 2] = source[3 * x + 2];
    rgba[4 * x + 3] = 255;
  }
}

static void swap_words(uint8_t *restrict rgba, const uint8_t *restrict source, int width) {
  for (int x = 0; x < width; x++) {
    rgba[4 * x] = source[4 * x + 2];
    rgba[4 * x + 1] = source[4 * x + 1];
    rgba[4 * x + 2] = source[4 * x];
    rgba[4 * x + 3] = source[4 * x + 3];
  }
}

static void copy_palette(uint8_t *restrict rgba, const uint8_t *restrict source, int width, const uint32_t *palette) {
  for (int x = 0; x < width; x++) {
    uint32_t color = palette[source[x]];
    rgba[4 * x] = color >> 16;
    rgba[4 * x + 1] = color >> 8;
    rgba[4 * x + 2] = color;
    rgba[4 * x + 3] = color >> 24;
  }
}

static int rgb_to_rgba(const AVFrame *frame, uint8_t *target, ptrdiff_t stride) {
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
  uint16_t *line = malloc(frame->width * sizeof(*line));
  if (!line)
    return DECODER_ERROR_MEMORY;
  for (int y = 0; y < frame->height; y++) {
    const uint8_t *source = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
    uint8_t *row = target + y * stride;
    switch (frame->format) {
    case AV_PIX_FMT_RGBA: copy_words(row, source, frame->width); break;
    case AV_PIX_FMT_BGRA: swap_words(row, source, frame->width); break;
    case AV_PIX_FMT_RGB24: copy_triples(row, source, frame->width); break;
    case AV_PIX_FMT_PAL8: copy_palette(row, source, frame->width, (const uint32_t *)frame->data[1]); break;
    default: read_row(frame, format, y, line, row);
    }
  }
  free(line);
  return 0;
}

// YUV of WebP ------------------------------------------------------------------------------------

static uint8_t clip(int value) {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

// A sample of chroma for the pixel (x, y): a weighted mean of the four nearest, 9 : 3 : 3 : 1, as WebP's own
// decoder has it.
static int chroma_at(const uint8_t *plane, int stride, int width, int height, int x, int y) {
  int column = x / 2, row = y / 2;
  int beside = column + (x % 2 ? 1 : -1), below = row + (y % 2 ? 1 : -1);
  beside = beside < 0 ? 0 : beside >= width ? width - 1 : beside;
  below = below < 0 ? 0 : below >= height ? height - 1 : below;
  int near = 9 * plane[row * stride + column] + 3 * plane[row * stride + beside];
  int far = 3 * plane[below * stride + column] + plane[below * stride + beside];
  return (near + far + 8) >> 4;
}

// BT.601, limited range, in fractions of 1 << 14.
static void yuv_to_rgba(const AVFrame *frame, uint8_t *target, ptrdiff_t stride) {
  int width = (frame->width + 1) / 2, height = (frame->height + 1) / 2;
  const uint8_t *alpha = frame->format == AV_PIX_FMT_YUVA420P ? frame->data[3] : NULL;
  for (int y = 0; y < frame->height; y++) {
    const uint8_t *luma = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
    uint8_t *rgba = target + y * stride;
    for (int x = 0; x < frame->width; x++, rgba += BYTES_PER_PIXEL) {
      int u = chroma_at(frame->data[1], frame->linesize[1], width, height, x, y) - 128;
      int v = chroma_at(frame->data[2], frame->linesize[2], width, height, x, y) - 128;
      int light = 19077 * (luma[x] - 16) + (1 << 13);
      rgba[0] = clip((light + 26149 * v) >> 14);
      rgba[1] = clip((light - 6419 * u - 13320 * v) >> 14);
      rgba[2] = clip((light + 33050 * u) >> 14);
      rgba[3] = alpha ? alpha[(ptrdiff_t)y * frame->linesize[3] + x] : 255;
    }
  }
}

static int is_yuv(const AVFrame *frame) {
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
  return format->nb_components >= 3 && !(format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL));
}

static int to_rgba(const AVFrame *frame, uint8_t *target, ptrdiff_t stride) {
  if (!is_yuv(frame))
    return rgb_to_rgba(frame, target, stride);
  if (frame->format != AV_PIX_FMT_YUV420P && frame->format != AV_PIX_FMT_YUVA420P)
    return DECODER_ERROR_UNSUPPORTED;
  yuv_to_rgba(frame, target, stride);
  return 0;
}

// Animation --------------------------------------------------------------------------------------

static void clear_rectangle(int x, int y, int width, int height) {
  for (int row = 0; row < height; row++)
    memset(canvas.pixels + ((size_t)(y + row) * canvas.width + x) * BYTES_PER_PIXEL, 0, (size_t)width * BYTES_PER_PIXEL);
}

static int begin_frame(const ImageFrame *frame) {
  if (frame->first)
    memset(canvas.pixels, 0, canvas_size());
  else if (last.dispose == DISPOSE_BACKGROUND)
    clear_rectangle(last.x, last.y, last_width, last_height);
  else if (last.dispose == DISPOSE_PREVIOUS && previous)
    memcpy(canvas.pixels, previous, canvas_size());
  if (frame->dispose != DISPOSE_PREVIOUS)
    return 0;
  if (!previous)
    previous = malloc(canvas_size());
  if (!previous)
    return DECODER_ERROR_MEMORY;
  memcpy(previous, canvas.pixels, canvas_size());
  return 0;
}

// "over", of colours that are not premultiplied.
static void blend_row(uint8_t *restrict target, const uint8_t *restrict source, int width) {
  for (int x = 0; x < width; x++, target += BYTES_PER_PIXEL, source += BYTES_PER_PIXEL) {
    int above = source[3], below = target[3];
    if (above == 0)
      continue;
    if (above == 255 || below == 0) {
      memcpy(target, source, BYTES_PER_PIXEL);
      continue;
    }
    int share = above * 255, rest = (255 - above) * below, alpha = share + rest;
    for (int i = 0; i < 3; i++)
      target[i] = (source[i] * share + target[i] * rest + alpha / 2) / alpha;
    target[3] = (alpha + 127) / 255;
  }
}

static int least(int a, int b) {
  return a < b ? a : b;
}

static int draw(const AVFrame *decoded, const ImageFrame *frame) {
  if (frame->x < 0 || frame->y < 0 || frame->x >= canvas.width || frame->y >= canvas.height)
    return DECODER_ERROR_DATA;
  // What lies beyond the canvas does not show.
  int width = least(decoded->width, canvas.width - frame->x), height = least(decoded->height, canvas.height - frame->y);
  ptrdiff_t stride = (ptrdiff_t)decoded->width * BYTES_PER_PIXEL;
  uint8_t *pixels = malloc(stride * decoded->height);
  if (!pixels)
    return DECODER_ERROR_MEMORY;
  int error = to_rgba(decoded, pixels, stride);
  if (!error)
    error = begin_frame(frame);
  for (int y = 0; y < height && !error; y++) {
    uint8_t *target = canvas.pixels + ((size_t)(frame->y + y) * canvas.width + frame->x) * BYTES_PER_PIXEL;
    if (frame->blend_over)
      blend_row(target, pixels + y * stride, width);
    else
      memcpy(target, pixels + y * stride, (size_t)width * BYTES_PER_PIXEL);
  }
  free(pixels);
  last = *frame;
  last_width = width;
  last_height = height;
  return error;
}

static AVFrame *copy_canvas(void) {
  AVFrame *copy = new_picture(AV_PIX_FMT_RGBA, canvas.width, canvas.height);
  size_t row_bytes = (size_t)canvas.width * BYTES_PER_PIXEL;
  for (int y = 0; copy && y < canvas.height; y++)
    memcpy(copy->data[0] + (ptrdiff_t)y * copy->linesize[0], canvas.pixels + y * row_bytes, row_bytes);
  return copy;
}

// Stills -----------------------------------------------------------------------------------------

static int has_alpha(const AVFrame *frame) {
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
  return codec != IMAGE_CODEC_JPEG && format->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL);
}

// Samples of `from` bits in 16 become `to` bits.
static void shift_plane(AVFrame *target, const AVFrame *source, int plane, int width, int height, int shift) {
  for (int y = 0; y < height; y++) {
    const uint16_t *input = (const uint16_t *)(source->data[plane] + (ptrdiff_t)y * source->linesize[plane]);
    uint16_t *output = (uint16_t *)(target->data[plane] + (ptrdiff_t)y * target->linesize[plane]);
    for (int x = 0; x < width; x++)
      output[x] = input[x] >> shift;
  }
}

// JPEG of 12 bits: FFmpeg leaves them at the top of 16.
static AVFrame *to_12_bits(const AVFrame *source) {
  AVFrame *target = new_picture(AV_PIX_FMT_YUV420P12, source->width, source->height);
  for (int plane = 0; target && plane < 3; plane++)
    shift_plane(target, source, plane, plane ? (source->width + 1) / 2 : source->width,
                plane ? (source->height + 1) / 2 : source->height, 4);
  return target;
}

// 4:4:0 to 4:4:4 by doubling the rows of chroma, 4:1:1 by repeating its columns.
static AVFrame *to_444(const AVFrame *source) {
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(source->format);
  AVFrame *target = new_picture(AV_PIX_FMT_YUV444P, source->width, source->height);
  for (int plane = 0; target && plane < 3; plane++) {
    int across = plane ? format->log2_chroma_w : 0, down = plane ? format->log2_chroma_h : 0;
    for (int y = 0; y < source->height; y++) {
      const uint8_t *input = source->data[plane] + (ptrdiff_t)(y >> down) * source->linesize[plane];
      uint8_t *output = target->data[plane] + (ptrdiff_t)y * target->linesize[plane];
      for (int x = 0; x < source->width; x++)
        output[x] = input[x >> across];
    }
  }
  return target;
}

// Grey JPEG: its samples are luma.
static AVFrame *gray_to_420(const AVFrame *source) {
  AVFrame *target = new_picture(AV_PIX_FMT_YUV420P, source->width, source->height);
  for (int y = 0; target && y < source->height; y++)
    memcpy(target->data[0] + (ptrdiff_t)y * target->linesize[0], source->data[0] + (ptrdiff_t)y * source->linesize[0],
           source->width);
  for (int plane = 1; target && plane < 3; plane++)
    memset(target->data[plane], 128, (size_t)target->linesize[plane] * ((source->height + 1) / 2));
  return target;
}

// Transparent black, as browsers have it: FFmpeg makes the transparent pixels of GIF white.
static void clear_transparent(AVFrame *frame) {
  for (int y = 0; y < frame->height; y++) {
    uint8_t *pixel = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
    for (int x = 0; x < frame->width; x++, pixel += BYTES_PER_PIXEL)
      if (pixel[3] == 0)
        memset(pixel, 0, BYTES_PER_PIXEL);
  }
}

static AVFrame *to_rgb_picture(const AVFrame *source) {
  AVFrame *target = new_picture(has_alpha(source) ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB0, source->width, source->height);
  if (target && to_rgba(source, target->data[0], target->linesize[0]))
    av_frame_free(&target);
  if (target && codec == IMAGE_CODEC_GIF)
    clear_transparent(target);
  return target;
}

// The picture as it is to be given out: YUV stays YUV. Takes over `decoded`.
static AVFrame *presentable(AVFrame *decoded) {
  AVFrame *result;
  switch (decoded->format) {
  case AV_PIX_FMT_YUV420P: case AV_PIX_FMT_YUVJ420P: case AV_PIX_FMT_YUV422P: case AV_PIX_FMT_YUVJ422P:
  case AV_PIX_FMT_YUV444P: case AV_PIX_FMT_YUVJ444P: case AV_PIX_FMT_YUVA420P:
  case AV_PIX_FMT_YUVA444P: // JPEG in CMYK, converted; the fourth plane is all opaque
    return decoded;
  case AV_PIX_FMT_YUV420P16: result = to_12_bits(decoded); break;
  case AV_PIX_FMT_YUV440P: case AV_PIX_FMT_YUVJ440P: case AV_PIX_FMT_YUV411P: case AV_PIX_FMT_YUVJ411P:
    result = to_444(decoded);
    break;
  case AV_PIX_FMT_GRAY8:
    result = codec == IMAGE_CODEC_JPEG ? gray_to_420(decoded) : to_rgb_picture(decoded);
    break;
  default: result = to_rgb_picture(decoded);
  }
  av_frame_free(&decoded);
  return result;
}

// Decoding ---------------------------------------------------------------------------------------

static int decode(const uint8_t *data, int size, AVFrame *frame) {
  packet->data = (uint8_t *)data;
  packet->size = size;
  // FFmpeg adds a PNG that is no key frame to the one before.
  packet->flags = AV_PKT_FLAG_KEY;
  int error = avcodec_send_packet(context, packet);
  packet->data = NULL;
  packet->size = 0;
  if (error >= 0)
    error = avcodec_receive_frame(context, frame);
  return error < 0 ? decoder_error(error) : 0;
}

static int finish(AVFrame *decoded, const ImageFrame *frame) {
  if (canvas.pixels) {
    int error = draw(decoded, frame);
    av_frame_free(&decoded);
    if (error)
      return error;
    ready = copy_canvas();
  } else {
    ready = presentable(decoded);
  }
  if (!ready)
    return DECODER_ERROR_MEMORY;
  ready->pts = (int64_t)frame->timestamp;
  ready->duration = frame->duration < 0 ? -1 : (int64_t)frame->duration;
  return 0;
}

int decoder_decode(const uint8_t *data, int size, const ImageFrame *frame) {
  av_frame_free(&ready);
  if (codec == IMAGE_CODEC_GIF) {
    // Its decoder would put this frame on the one before; each comes as a file of its own.
    avcodec_free_context(&context);
    int error = open_context();
    if (error)
      return error;
  }
  AVFrame *decoded = av_frame_alloc();
  if (!decoded)
    return DECODER_ERROR_MEMORY;
  int error = decode(data, size, decoded);
  if (error) {
    av_frame_free(&decoded);
    return error;
  }
  return finish(decoded, frame);
}

// Receiving --------------------------------------------------------------------------------------

static int pixel_format(const AVFrame *frame) {
  switch (frame->format) {
  case AV_PIX_FMT_YUV420P: case AV_PIX_FMT_YUVJ420P: return PIXEL_FORMAT_I420;
  case AV_PIX_FMT_YUV422P: case AV_PIX_FMT_YUVJ422P: return PIXEL_FORMAT_I422;
  case AV_PIX_FMT_YUV444P: case AV_PIX_FMT_YUVJ444P: case AV_PIX_FMT_YUVA444P: return PIXEL_FORMAT_I444;
  case AV_PIX_FMT_YUVA420P: return PIXEL_FORMAT_I420A;
  case AV_PIX_FMT_YUV420P12: return PIXEL_FORMAT_I420P12;
  case AV_PIX_FMT_RGBA: return PIXEL_FORMAT_RGBA;
  case AV_PIX_FMT_RGB0: return PIXEL_FORMAT_RGBX;
  default: return -1;
  }
}

int decoder_receive(DecodedFrame *out) {
  if (!ready)
    return 0;
  int format = pixel_format(ready);
  int is_rgb = format >= PIXEL_FORMAT_RGBA;
  *out = (DecodedFrame){
      .timestamp = ready->pts,
      .duration = ready->duration,
      .format = format,
      .width = ready->width,
      .height = ready->height,
      .primaries = PRIMARIES_BT709,
      .transfer = TRANSFER_SRGB,
      .matrix = is_rgb ? MATRIX_RGB : MATRIX_SMPTE170M,
      // JFIF has the full range, WebP the limited one.
      .full_range = is_rgb || codec == IMAGE_CODEC_JPEG,
      .plane_count = is_rgb ? 1 : format == PIXEL_FORMAT_I420A ? 4 : 3,
  };
  if (format < 0)
    return DECODER_ERROR_UNSUPPORTED;
  for (int i = 0; i < out->plane_count; i++) {
    out->plane[i] = ready->data[i];
    out->stride[i] = ready->linesize[i];
  }
  out->slot = slots_put(ready);
  if (out->slot < 0)
    return out->slot;
  ready = NULL;
  return 1;
}

void decoder_release(int slot) {
  AVFrame *frame = slots_take(slot);
  av_frame_free(&frame);
}

void decoder_close(void) {
  avcodec_free_context(&context);
  av_packet_free(&packet);
  av_frame_free(&ready);
  free(canvas.pixels);
  canvas = (Canvas){0};
  free(previous);
  previous = NULL;
}
