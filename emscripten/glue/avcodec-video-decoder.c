// Video decoding through libavcodec. A decoded picture is an AVFrame of FFmpeg's own buffer pool;
// its slot keeps a reference until decoder_release(), so nothing is copied.
#include <string.h>

#include <libavcodec/avcodec.h>

#include "avframe.h"
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
