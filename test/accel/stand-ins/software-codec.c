#include "software-codec.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "switches.h"

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static void copy_rows(uint8_t *to, size_t to_pitch, const uint8_t *from, size_t from_pitch, size_t bytes, int rows) {
  for (int row = 0; row < rows; row++)
    memcpy(to + row * to_pitch, from + row * from_pitch, bytes);
}

void nv12_copy(const Nv12 *to, const Nv12 *from) {
  size_t bytes = smaller((size_t)to->width, (size_t)from->width);
  int rows = (int)smaller((size_t)to->height, (size_t)from->height);
  copy_rows(to->luma, to->pitch, from->luma, from->pitch, bytes, rows);
  bytes = smaller(nv12_chroma_bytes(to), nv12_chroma_bytes(from));
  rows = (int)smaller((size_t)nv12_chroma_rows(to), (size_t)nv12_chroma_rows(from));
  copy_rows(to->chroma, to->pitch, from->chroma, from->pitch, bytes, rows);
}

static void invert_luma(const Nv12 *picture) {
  for (int row = 0; row < picture->height; row++)
    for (int i = 0; i < picture->width; i++)
      picture->luma[row * picture->pitch + i] ^= 0xff;
}

// What the software codecs have to say is not the program's business, as the hardware's firmware would not say it.
static void silence(AVCodecContext *context) { context->log_level_offset = AV_LOG_TRACE; }

struct SoftwareDecoder {
  atomic_int owners;
  AVCodecContext *context;
  AVPacket *packet;
  AVFrame *output;  // pictures in the order they are shown in; of no use to hardware
  AVFrame *current; // the picture that was begun last
};

// Hardware gets its pictures in bitstream order, also those that are never shown. libavcodec gives them out in display
// order; but it asks for their memory when it begins them.
static int remember_picture(AVCodecContext *context, AVFrame *frame, int flags) {
  SoftwareDecoder *decoder = context->opaque;
  int error = avcodec_default_get_buffer2(context, frame, flags);
  if (error)
    return error;
  av_frame_unref(decoder->current);
  return av_frame_ref(decoder->current, frame);
}

SoftwareDecoder *software_decoder_open(Codec codec) {
  SoftwareDecoder *decoder = calloc(1, sizeof(*decoder));
  if (!decoder)
    return NULL;
  atomic_init(&decoder->owners, 1);
  const AVCodec *implementation = avcodec_find_decoder_by_name(codec_name(codec));
  decoder->context = implementation ? avcodec_alloc_context3(implementation) : NULL;
  decoder->packet = av_packet_alloc();
  decoder->output = av_frame_alloc();
  decoder->current = av_frame_alloc();
  if (decoder->context && decoder->packet && decoder->output && decoder->current) {
    decoder->context->opaque = decoder;
    decoder->context->get_buffer2 = remember_picture;
    // With threads a picture would not be complete when the call returns.
    decoder->context->thread_count = 1;
    silence(decoder->context);
    if (!avcodec_open2(decoder->context, implementation, NULL))
      return decoder;
  }
  software_decoder_release(decoder);
  return NULL;
}

SoftwareDecoder *software_decoder_share(SoftwareDecoder *decoder) {
  if (decoder)
    atomic_fetch_add(&decoder->owners, 1);
  return decoder;
}

void software_decoder_release(SoftwareDecoder *decoder) {
  if (!decoder || atomic_fetch_sub(&decoder->owners, 1) > 1)
    return;
  avcodec_free_context(&decoder->context);
  av_packet_free(&decoder->packet);
  av_frame_free(&decoder->output);
  av_frame_free(&decoder->current);
  free(decoder);
}

static bool copy_planar(const Nv12 *to, const AVFrame *from) {
  if (from->format != AV_PIX_FMT_YUV420P && from->format != AV_PIX_FMT_YUVJ420P)
    return false;
  size_t width = smaller((size_t)to->width, (size_t)from->width);
  int height = (int)smaller((size_t)to->height, (size_t)from->height);
  copy_rows(to->luma, to->pitch, from->data[0], (size_t)from->linesize[0], width, height);
  for (int row = 0; row < (height + 1) / 2; row++) {
    uint8_t *chroma = to->chroma + row * to->pitch;
    for (size_t i = 0; i < (width + 1) / 2; i++) {
      chroma[2 * i] = from->data[1][row * from->linesize[1] + (ptrdiff_t)i];
      chroma[2 * i + 1] = from->data[2][row * from->linesize[2] + (ptrdiff_t)i];
    }
  }
  return true;
}

bool software_decode(SoftwareDecoder *decoder, const uint8_t *data, size_t size, const Nv12 *picture) {
  if (!size || av_new_packet(decoder->packet, (int)size))
    return false;
  memcpy(decoder->packet->data, data, size);
  // Damaged pictures are no error of hardware: it shows what it made of them.
  avcodec_send_packet(decoder->context, decoder->packet);
  while (!avcodec_receive_frame(decoder->context, decoder->output))
    av_frame_unref(decoder->output);
  av_packet_unref(decoder->packet);
  if (!decoder->current->buf[0] || !copy_planar(picture, decoder->current))
    return false;
  if (switch_is_on("EVERYCODEC_STANDIN_NEGATIVE"))
    invert_luma(picture);
  return true;
}

struct SoftwareEncoder {
  AVCodecContext *context;
  AVFrame *frame;
  AVPacket *packet;
};

static const char *x264_profile(H264Profile profile) {
  static const char *const names[] = {"baseline", "main", "high"};
  return names[profile];
}

static void set_bitrate(AVCodecContext *context, int64_t bitrate) {
  context->bit_rate = context->rc_max_rate = bitrate;
  context->rc_buffer_size = bitrate < INT32_MAX ? (int)bitrate : INT32_MAX;
}

static void configure_encoder(AVCodecContext *context, const EncoderSettings *settings) {
  int numerator = settings->framerate_numerator > 0 ? settings->framerate_numerator : 30;
  int denominator = settings->framerate_denominator > 0 ? settings->framerate_denominator : 1;
  context->width = settings->width;
  context->height = settings->height;
  context->pix_fmt = AV_PIX_FMT_NV12;
  context->framerate = (AVRational){numerator, denominator};
  context->time_base = av_inv_q(context->framerate);
  context->gop_size = settings->key_interval > 0 ? settings->key_interval : INT32_MAX;
  context->max_b_frames = 0;
  context->refs = 1;
  context->thread_count = 1;
  context->flags = settings->without_parameter_sets ? AV_CODEC_FLAG_GLOBAL_HEADER : 0;
  context->level = settings->level > 0 ? settings->level : FF_LEVEL_UNKNOWN;
  context->color_range = settings->full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_UNSPECIFIED;
  context->color_primaries = settings->primaries ? settings->primaries : AVCOL_PRI_UNSPECIFIED;
  context->color_trc = settings->transfer ? settings->transfer : AVCOL_TRC_UNSPECIFIED;
  context->colorspace = settings->primaries ? settings->matrix : AVCOL_SPC_UNSPECIFIED;
  av_opt_set(context->priv_data, "preset", "veryfast", 0);
  av_opt_set(context->priv_data, "tune", "zerolatency", 0);
  av_opt_set(context->priv_data, "profile", x264_profile(settings->profile), 0);
  av_opt_set_int(context->priv_data, "forced-idr", 1, 0);
  av_opt_set_int(context->priv_data, "coder", settings->cabac && settings->profile != PROFILE_BASELINE, 0);
  // Key pictures are where they were asked for, also at a change of scene; slice threads would make several slices; and
  // weights or offsets of chroma's quantizer would stand in parameter sets, which the program may write itself.
  char parameters[] = "scenecut=0:sliced-threads=0:weightp=0:psy=0:8x8dct=1";
  if (settings->without_transform_8x8)
    parameters[sizeof(parameters) - 2] = '0';
  av_opt_set(context->priv_data, "x264-params", parameters, 0);
  if (settings->bitrate > 0)
    set_bitrate(context, settings->bitrate);
  else
    av_opt_set_int(context->priv_data, "qp", settings->quantizer, 0);
}

static AVCodecContext *open_encoder(const EncoderSettings *settings) {
  const AVCodec *implementation = avcodec_find_encoder_by_name("libx264");
  AVCodecContext *context = implementation ? avcodec_alloc_context3(implementation) : NULL;
  if (!context)
    return NULL;
  silence(context);
  configure_encoder(context, settings);
  if (avcodec_open2(context, implementation, NULL))
    avcodec_free_context(&context);
  return context;
}

SoftwareEncoder *software_encoder_open(const EncoderSettings *settings) {
  SoftwareEncoder *encoder = calloc(1, sizeof(*encoder));
  if (!encoder)
    return NULL;
  encoder->frame = av_frame_alloc();
  encoder->packet = av_packet_alloc();
  if (encoder->frame && encoder->packet && (encoder->context = open_encoder(settings))) {
    encoder->frame->format = AV_PIX_FMT_NV12;
    encoder->frame->width = settings->width;
    encoder->frame->height = settings->height;
    encoder->frame->pts = 0;
    if (!av_frame_get_buffer(encoder->frame, 0))
      return encoder;
  }
  software_encoder_close(encoder);
  return NULL;
}

void software_encoder_close(SoftwareEncoder *encoder) {
  if (!encoder)
    return;
  avcodec_free_context(&encoder->context);
  av_frame_free(&encoder->frame);
  av_packet_free(&encoder->packet);
  free(encoder);
}

void software_encoder_set_bitrate(SoftwareEncoder *encoder, int64_t bitrate) { set_bitrate(encoder->context, bitrate); }

bool software_encode(SoftwareEncoder *encoder, const Nv12 *picture, bool force_key, EncodedPicture *encoded) {
  AVFrame *frame = encoder->frame;
  if (av_frame_make_writable(frame))
    return false;
  Nv12 input = {.width = frame->width,
                .height = frame->height,
                .pitch = (size_t)frame->linesize[0],
                .luma = frame->data[0],
                .chroma = frame->data[1]};
  nv12_copy(&input, picture);
  if (switch_is_on("EVERYCODEC_STANDIN_NEGATIVE"))
    invert_luma(&input);
  frame->pict_type = force_key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  av_packet_unref(encoder->packet);
  bool is_encoded = !avcodec_send_frame(encoder->context, frame) &&
                    !avcodec_receive_packet(encoder->context, encoder->packet);
  frame->pts++;
  if (!is_encoded)
    return false;
  encoded->data = encoder->packet->data;
  encoded->size = (size_t)encoder->packet->size;
  encoded->is_key = encoder->packet->flags & AV_PKT_FLAG_KEY;
  return true;
}

size_t software_encoder_parameter_sets(const EncoderSettings *settings, uint8_t *data, size_t capacity) {
  EncoderSettings with_header = *settings;
  with_header.without_parameter_sets = true;
  AVCodecContext *context = open_encoder(&with_header);
  size_t size = context ? (size_t)context->extradata_size : 0;
  if (size > capacity)
    size = 0;
  if (size)
    memcpy(data, context->extradata, size);
  avcodec_free_context(&context);
  return size;
}
