// Video decoding through libavcodec. A decoded picture is an AVFrame of FFmpeg's own buffer pool;
// its slot keeps a reference until decoder_release(), so nothing is copied.
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "slots.h"
#include "video-decoder.h"

static AVCodecContext *context;
// The description cannot be read: that shows when something is to be decoded.
static int is_broken;
static AVPacket *packet;
static AVFrame *received;

static int codec_id(int codec) {
  switch (codec) {
  case VIDEO_CODEC_AVC:
    return AV_CODEC_ID_H264;
  case VIDEO_CODEC_HEVC:
    return AV_CODEC_ID_HEVC;
  case VIDEO_CODEC_VP8:
    return AV_CODEC_ID_VP8;
  case VIDEO_CODEC_VP9:
    return AV_CODEC_ID_VP9;
  default:
    return AV_CODEC_ID_NONE;
  }
}

static int decoder_error(int error) {
  return error == AVERROR(ENOMEM) ? DECODER_ERROR_MEMORY : DECODER_ERROR_DATA;
}

static int set_description(const uint8_t *description, int size) {
  if (!size)
    return 0;
  context->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
  if (!context->extradata)
    return DECODER_ERROR_MEMORY;
  memcpy(context->extradata, description, size);
  context->extradata_size = size;
  return 0;
}

int decoder_open(int codec, int threads, int low_latency, int reorder_depth, const uint8_t *description, int size) {
  av_log_set_level(AV_LOG_QUIET);
  const AVCodec *implementation = avcodec_find_decoder(codec_id(codec));
  if (!implementation)
    return DECODER_ERROR_UNSUPPORTED;
  context = avcodec_alloc_context3(implementation);
  packet = av_packet_alloc();
  received = av_frame_alloc();
  if (!context || !packet || !received || set_description(description, size))
    return DECODER_ERROR_MEMORY;
  context->pkt_timebase = (AVRational){1, 1000000};
  context->thread_count = threads;
  // Each frame thread holds one more picture back.
  context->thread_type = low_latency ? FF_THREAD_SLICE : FF_THREAD_FRAME;
  // Without this FFmpeg learns the depth from the pictures that came out in the wrong order.
  context->has_b_frames = reorder_depth;
  context->max_pixels = MAX_PIXELS;
  // The crop's left edge may lie anywhere: nothing here needs aligned rows.
  context->flags |= AV_CODEC_FLAG_UNALIGNED;
  int error = avcodec_open2(context, implementation, NULL);
  is_broken = error < 0;
  return error == AVERROR(ENOMEM) ? DECODER_ERROR_MEMORY : 0;
}

int decoder_decode(const uint8_t *data, int size, double timestamp, double duration) {
  if (is_broken)
    return DECODER_ERROR_DATA;
  packet->data = (uint8_t *)data;
  packet->size = size;
  packet->pts = (int64_t)timestamp;
  packet->dts = AV_NOPTS_VALUE;
  packet->duration = duration < 0 ? -1 : (int64_t)duration;
  int error = avcodec_send_packet(context, packet);
  packet->data = NULL;
  packet->size = 0;
  return error < 0 ? decoder_error(error) : 0;
}

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

static int describe(const AVFrame *frame, DecodedFrame *out) {
  *out = (DecodedFrame){
      .timestamp = frame->pts,
      .duration = frame->duration > 0 ? frame->duration : -1,
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

int decoder_receive(DecodedFrame *out) {
  if (is_broken)
    return 0;
  int error = avcodec_receive_frame(context, received);
  if (error == AVERROR(EAGAIN))
    return 0;
  if (error == AVERROR_EOF) {
    avcodec_flush_buffers(context);
    return 0;
  }
  if (error < 0)
    return decoder_error(error);
  error = replace_format(received);
  if (error < 0)
    return error;
  error = describe(received, out);
  if (error < 0) {
    av_frame_unref(received);
    return error;
  }
  AVFrame *next = av_frame_alloc();
  out->slot = next ? slots_put(received) : DECODER_ERROR_MEMORY;
  if (out->slot < 0) {
    av_frame_free(&next);
    av_frame_unref(received);
    return out->slot;
  }
  received = next;
  return 1;
}

int decoder_drain(void) {
  if (is_broken)
    return 0;
  int error = avcodec_send_packet(context, NULL);
  return error < 0 && error != AVERROR_EOF ? decoder_error(error) : 0;
}

void decoder_release(int slot) {
  AVFrame *frame = slots_take(slot);
  av_frame_free(&frame);
}

void decoder_close(void) {
  avcodec_free_context(&context);
  av_packet_free(&packet);
  av_frame_free(&received);
}
