// What libavcodec's decoders give out, as WebCodecs knows it: shared by the packs and the native engine.
#ifndef EVERYCODEC_AVFRAME_H
#define EVERYCODEC_AVFRAME_H

#include <stddef.h>
#include <string.h>

#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "decoded-frame.h"

static int pixel_format(enum AVPixelFormat format) {
  switch (format) {
  case AV_PIX_FMT_YUV420P: case AV_PIX_FMT_YUVJ420P: return PIXEL_FORMAT_I420;
  case AV_PIX_FMT_YUV422P: case AV_PIX_FMT_YUVJ422P: return PIXEL_FORMAT_I422;
  // Planes G, B, R: what matrix "rgb" calls Y, U, V (H.273, MatrixCoefficients 0).
  case AV_PIX_FMT_YUV444P: case AV_PIX_FMT_YUVJ444P: case AV_PIX_FMT_GBRP: return PIXEL_FORMAT_I444;
  case AV_PIX_FMT_YUV420P10: return PIXEL_FORMAT_I420P10;
  case AV_PIX_FMT_YUV422P10: return PIXEL_FORMAT_I422P10;
  case AV_PIX_FMT_YUV444P10: case AV_PIX_FMT_GBRP10: return PIXEL_FORMAT_I444P10;
  case AV_PIX_FMT_YUV420P12: return PIXEL_FORMAT_I420P12;
  case AV_PIX_FMT_YUV422P12: return PIXEL_FORMAT_I422P12;
  case AV_PIX_FMT_YUV444P12: case AV_PIX_FMT_GBRP12: return PIXEL_FORMAT_I444P12;
  // HEVC with an alpha layer.
  case AV_PIX_FMT_YUVA420P: return PIXEL_FORMAT_I420A;
  case AV_PIX_FMT_YUVA422P: return PIXEL_FORMAT_I422A;
  case AV_PIX_FMT_YUVA444P: return PIXEL_FORMAT_I444A;
  case AV_PIX_FMT_YUVA420P10: return PIXEL_FORMAT_I420AP10;
  case AV_PIX_FMT_YUVA422P10: return PIXEL_FORMAT_I422AP10;
  case AV_PIX_FMT_YUVA444P10: return PIXEL_FORMAT_I444AP10;
  case AV_PIX_FMT_YUVA422P12: return PIXEL_FORMAT_I422AP12;
  case AV_PIX_FMT_YUVA444P12: return PIXEL_FORMAT_I444AP12;
  default: return -1;
  }
}

static int full_range(const AVFrame *frame) {
  switch (frame->format) {
  case AV_PIX_FMT_YUVJ420P: case AV_PIX_FMT_YUVJ422P: case AV_PIX_FMT_YUVJ444P: return 1;
  }
  if (frame->color_range == AVCOL_RANGE_JPEG)
    return 1;
  return frame->color_range == AVCOL_RANGE_MPEG ? 0 : -1;
}

static double frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_MAJOR < 58
  int64_t duration = frame->pkt_duration;
#else
  int64_t duration = frame->duration;
#endif
  return duration > 0 ? duration : -1;
}

static int describe(const AVFrame *frame, DecodedFrame *out) {
  *out = (DecodedFrame){
      .timestamp = frame->pts,
      .duration = frame_duration(frame),
      .format = pixel_format(frame->format),
      .width = frame->width,
      .height = frame->height,
      .primaries = frame->color_primaries,
      .transfer = frame->color_trc,
      .matrix = frame->colorspace,
      .full_range = full_range(frame),
      .plane_count = av_pix_fmt_count_planes(frame->format),
  };
  if (out->format < 0)
    return DECODER_ERROR_UNSUPPORTED;
  for (int i = 0; i < out->plane_count; i++) {
    out->plane[i] = frame->data[i];
    out->stride[i] = frame->linesize[i];
  }
  return 0;
}

// The format that takes the place of one that WebCodecs does not have: 4:4:0 and monochrome.
static enum AVPixelFormat replacement(int format) {
  switch (format) {
  case AV_PIX_FMT_YUV440P: case AV_PIX_FMT_YUVJ440P: return AV_PIX_FMT_YUV444P;
  case AV_PIX_FMT_YUV440P10: return AV_PIX_FMT_YUV444P10;
  case AV_PIX_FMT_YUV440P12: return AV_PIX_FMT_YUV444P12;
  case AV_PIX_FMT_GRAY8: return AV_PIX_FMT_YUV420P;
  case AV_PIX_FMT_GRAY10: return AV_PIX_FMT_YUV420P10;
  case AV_PIX_FMT_GRAY12: return AV_PIX_FMT_YUV420P12;
  default: return AV_PIX_FMT_NONE;
  }
}

// Copies a plane, each row `repeat` times.
static void copy_rows(AVFrame *target, const AVFrame *source, int plane, int repeat) {
  int row_bytes = av_image_get_linesize(target->format, target->width, plane);
  for (int row = 0; row < target->height; row++)
    memcpy(target->data[plane] + (ptrdiff_t)row * target->linesize[plane],
           source->data[plane] + (ptrdiff_t)(row / repeat) * source->linesize[plane], row_bytes);
}

static void fill_neutral(AVFrame *target, int plane, int depth) {
  int row_bytes = av_image_get_linesize(target->format, target->width, plane);
  for (int row = 0; row < (target->height + 1) / 2; row++) {
    uint8_t *samples = target->data[plane] + (ptrdiff_t)row * target->linesize[plane];
    if (depth == 8)
      memset(samples, 128, row_bytes);
    for (int i = 0; depth > 8 && i < row_bytes / 2; i++)
      ((uint16_t *)samples)[i] = 1 << (depth - 1);
  }
}

static void replace_planes(AVFrame *target, const AVFrame *source) {
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(source->format);
  copy_rows(target, source, 0, 1);
  for (int plane = 1; plane < 3; plane++) {
    if (format->nb_components == 1)
      fill_neutral(target, plane, format->comp[0].depth);
    else
      copy_rows(target, source, plane, 2);
  }
}

// 4:4:0 becomes 4:4:4, its chroma rows doubled; monochrome becomes 4:2:0 with neutral chroma.
static int replace_format(AVFrame *frame) {
  enum AVPixelFormat format = replacement(frame->format);
  if (format == AV_PIX_FMT_NONE)
    return 0;
  AVFrame *replaced = av_frame_alloc();
  if (!replaced)
    return DECODER_ERROR_MEMORY;
  replaced->format = format;
  replaced->width = frame->width;
  replaced->height = frame->height;
  if (av_frame_get_buffer(replaced, 0) < 0 || av_frame_copy_props(replaced, frame) < 0) {
    av_frame_free(&replaced);
    return DECODER_ERROR_MEMORY;
  }
  replace_planes(replaced, frame);
  if (frame->format == AV_PIX_FMT_YUVJ440P)
    replaced->color_range = AVCOL_RANGE_JPEG;
  av_frame_unref(frame);
  av_frame_move_ref(frame, replaced);
  av_frame_free(&replaced);
  return 0;
}

#endif
