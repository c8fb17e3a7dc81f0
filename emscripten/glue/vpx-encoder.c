// VP8 and VP9 encoding through libvpx.
#include <math.h>
#include <stddef.h>

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include "encoder-settings.h"
#include "picture.h"
#include "session-state.h"
#include "video-decoder.h"
#include "video-encoder.h"
#include "vpx-aom.h"

// Key frames that nobody asked for come only after a scene change or this often.
#define KEY_FRAME_DISTANCE 3000

#ifdef __EMSCRIPTEN__
// libvpx's NEON version of this search takes AArch64's word for it that pointers have 64 bits, and would read
// and compare half of somebody else's memory here. This definition keeps that one out of the archive.
int vp9_diamond_search_sad_c(const void *block, const void *config, void *start, uint32_t start_sad, void *best,
                             int search_parameter, int sad_per_bit, int *skipped, const void *functions,
                             const void *centre);

int vp9_diamond_search_sad_neon(const void *block, const void *config, void *start, uint32_t start_sad, void *best,
                                int search_parameter, int sad_per_bit, int *skipped, const void *functions,
                                const void *centre) {
  return vp9_diamond_search_sad_c(block, config, start, start_sad, best, search_parameter, sad_per_bit, skipped,
                                  functions, centre);
}
#endif

PER_SESSION EncoderParameters settings;
PER_SESSION vpx_codec_ctx_t encoder;
PER_SESSION vpx_codec_enc_cfg_t config;
PER_SESSION int is_open;
PER_SESSION int is_vp9;
PER_SESSION vpx_codec_iter_t iterator;

// Of the frame last handed in, which is the one that comes out.
PER_SESSION double last_timestamp;
PER_SESSION double last_duration;
PER_SESSION int last_layer;

PER_SESSION FrameClock frame_clock;

PER_SESSION int layer_position; // in the pattern of temporal layers
PER_SESSION PictureColors colors; // what the stream says

// Temporal layers. The base layer predicts from itself alone (LAST), the middle one from the base and keeps
// its frame in GOLDEN, the top one from both and keeps nothing.
typedef struct LayerFrame {
  int layer;
  vpx_enc_frame_flags_t flags;
} LayerFrame;

#define KEEP_NOTHING (VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF | VP8_EFLAG_NO_UPD_ENTROPY)
#define BASE_FRAME \
  (VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF)
#define TOP_OF_BASE (VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | KEEP_NOTHING)
#define TOP_OF_MIDDLE (VP8_EFLAG_NO_REF_ARF | KEEP_NOTHING)
#define MIDDLE_FRAME \
  (VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_ARF | VP8_EFLAG_NO_UPD_ENTROPY)

static const LayerFrame two_layers[] = {{0, BASE_FRAME}, {1, TOP_OF_BASE}};
static const LayerFrame three_layers[] = {{0, BASE_FRAME}, {2, TOP_OF_BASE}, {1, MIDDLE_FRAME}, {2, TOP_OF_MIDDLE}};

static int pattern_length(void) {
  return settings.temporal_layers == 3 ? 4 : settings.temporal_layers;
}

static LayerFrame layer_frame(int position) {
  if (settings.temporal_layers == 1)
    return (LayerFrame){0, 0};
  return settings.temporal_layers == 2 ? two_layers[position] : three_layers[position];
}

static void configure_layers(void) {
  int layers = settings.temporal_layers;
  config.ts_number_layers = layers;
  if (layers == 1)
    return;
  config.g_error_resilient = 1;
  config.kf_mode = VPX_KF_DISABLED;
  config.ts_periodicity = pattern_length();
  config.temporal_layering_mode = VP9E_TEMPORAL_LAYERING_MODE_BYPASS;
  for (int i = 0; i < pattern_length(); i++)
    config.ts_layer_id[i] = layer_frame(i).layer;
  for (int layer = 0; layer < layers; layer++) {
    unsigned bitrate = layer_kilobits(config.rc_target_bitrate, layers, layer);
    config.ts_rate_decimator[layer] = 1u << (layers - 1 - layer);
    config.ts_target_bitrate[layer] = bitrate;
    config.layer_target_bitrate[layer] = bitrate;
  }
}

static void configure_rate_control(void) {
  RateControl rate = rate_control(&settings, is_vp9 ? 1.875e6 : 2.5e6);
  config.rc_target_bitrate = rate.kilobits;
  config.rc_dropframe_thresh = 0;
  config.rc_resize_allowed = 0;
  config.rc_min_quantizer = 0;
  config.rc_max_quantizer = LARGEST_QUANTIZER;
  config.kf_mode = settings.key_frames_on_request ? VPX_KF_DISABLED : VPX_KF_AUTO;
  config.kf_min_dist = 0;
  config.kf_max_dist = KEY_FRAME_DISTANCE;
  if (settings.bitrate_mode == BITRATE_QUANTIZER) {
    config.rc_end_usage = VPX_Q;
    config.rc_min_quantizer = config.rc_max_quantizer = DEFAULT_QUANTIZER;
    return;
  }
  config.rc_end_usage = VPX_CBR;
  config.rc_buf_sz = rate.buffer;
  config.rc_buf_initial_sz = rate.initial;
  config.rc_buf_optimal_sz = rate.optimal;
  config.rc_undershoot_pct = config.rc_overshoot_pct = rate.percent;
}

static void configure(void) {
  config.g_w = settings.width;
  config.g_h = settings.height;
  config.g_timebase = (vpx_rational_t){1, MICROSECONDS};
  config.g_threads = settings.threads;
  config.g_profile = is_vp9 ? settings.profile : 0;
  config.g_bit_depth = (vpx_bit_depth_t)settings.bit_depth;
  config.g_input_bit_depth = settings.bit_depth;
  config.g_pass = VPX_RC_ONE_PASS;
  config.g_error_resilient = 0;
  // Every frame comes out at once: looking ahead gained nothing measurable in one pass.
  config.g_lag_in_frames = 0;
  configure_rate_control();
  configure_layers();
}

static void control_vp8(void) {
  vpx_codec_control(&encoder, VP8E_SET_CPUUSED, settings.realtime ? -6 : 3);
  vpx_codec_control(&encoder, VP8E_SET_ENABLEAUTOALTREF, 0);
  vpx_codec_control(&encoder, VP8E_SET_STATIC_THRESHOLD, settings.realtime ? 1 : 0);
  int partitions = floor_log2(settings.threads);
  vpx_codec_control(&encoder, VP8E_SET_SCREEN_CONTENT_MODE, settings.screen_content);
  vpx_codec_control(&encoder, VP8E_SET_TOKEN_PARTITIONS, partitions < 3 ? partitions : 3);
}

static void control_vp9(void) {
  vpx_codec_control(&encoder, VP8E_SET_CPUUSED, settings.realtime ? 8 : 5);
  vpx_codec_control(&encoder, VP8E_SET_ENABLEAUTOALTREF, 0);
  vpx_codec_control(&encoder, VP8E_SET_STATIC_THRESHOLD, settings.realtime ? 1 : 0);
  vpx_codec_control(&encoder, VP9E_SET_AQ_MODE, config.rc_end_usage == VPX_CBR && settings.realtime ? 3 : 0);
  vpx_codec_control(&encoder, VP9E_SET_TUNE_CONTENT, settings.screen_content ? VP9E_CONTENT_SCREEN : VP9E_CONTENT_DEFAULT);
  vpx_codec_control(&encoder, VP9E_SET_FRAME_PARALLEL_DECODING, 0);
  vpx_codec_control(&encoder, VP9E_SET_TILE_COLUMNS, tile_columns_log2(&settings));
  vpx_codec_control(&encoder, VP9E_SET_ROW_MT, settings.threads > 1);
  if (settings.temporal_layers > 1)
    vpx_codec_control(&encoder, VP9E_SET_SVC, 1);
}

static void control(void) {
  if (config.rc_end_usage == VPX_Q)
    vpx_codec_control(&encoder, VP8E_SET_CQ_LEVEL, config.rc_min_quantizer);
  if (config.rc_end_usage == VPX_CBR)
    vpx_codec_control(&encoder, VP8E_SET_MAX_INTRA_BITRATE_PCT, rate_control(&settings, 0).largest_key_frame);
  if (is_vp9)
    control_vp9();
  else
    control_vp8();
}

static int open_error(vpx_codec_err_t error) {
  return error == VPX_CODEC_MEM_ERROR ? ENCODER_ERROR_MEMORY : ENCODER_ERROR_UNSUPPORTED;
}

static int start(void) {
  vpx_codec_iface_t *interface = is_vp9 ? vpx_codec_vp9_cx() : vpx_codec_vp8_cx();
  vpx_codec_err_t error = vpx_codec_enc_config_default(interface, &config, 0);
  if (error)
    return open_error(error);
  configure();
  error = vpx_codec_enc_init(&encoder, interface, &config, settings.bit_depth > 8 ? VPX_CODEC_USE_HIGHBITDEPTH : 0);
  if (error)
    return open_error(error);
  is_open = 1;
  control();
  iterator = NULL;
  layer_position = 0;
  colors = unspecified_colors;
  return 0;
}

// Even profiles are 4:2:0 and odd ones everything else; those below 2 have 8 bits.
static int is_profile_of_format(const EncoderParameters *wanted) {
  int depth = wanted->bit_depth;
  if (wanted->profile < 0 || wanted->profile > 3 || (depth != 8 && depth != 10 && depth != 12))
    return 0;
  return (wanted->profile % 2 == 0) == (wanted->chroma == CHROMA_420) && (wanted->profile < 2) == (depth == 8);
}

static int is_supported(const EncoderParameters *wanted) {
  int limit = wanted->codec == VIDEO_CODEC_VP8 ? PICTURE_MAX_SIZE - 1 : PICTURE_MAX_SIZE;
  if (wanted->width < 1 || wanted->width > limit || wanted->height < 1 || wanted->height > limit)
    return 0;
  if (!settings_are_valid(wanted, 4e9))
    return 0;
  if (wanted->codec == VIDEO_CODEC_VP8)
    return wanted->bit_depth == 8 && wanted->chroma == CHROMA_420;
  return wanted->codec == VIDEO_CODEC_VP9 && is_profile_of_format(wanted);
}

int encoder_open(const EncoderParameters *wanted) {
  encoder_close();
  if (!is_supported(wanted))
    return ENCODER_ERROR_UNSUPPORTED;
  settings = settings_in_range(wanted, MAX_THREADS);
  is_vp9 = settings.codec == VIDEO_CODEC_VP9;
  frame_clock = (FrameClock){0};
  return start();
}

static vpx_color_space_t color_space(PictureColors colors) {
  static const struct {
    int matrix;
    vpx_color_space_t space;
  } spaces[] = {{1, VPX_CS_BT_709}, {5, VPX_CS_BT_601}, {6, VPX_CS_SMPTE_170}, {7, VPX_CS_SMPTE_240}, {9, VPX_CS_BT_2020}};
  // VP9 has RGB in 4:4:4 and full range alone.
  if (colors.matrix == 0 && colors.full_range && settings.chroma == CHROMA_444)
    return VPX_CS_SRGB;
  for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++)
    if (spaces[i].matrix == colors.matrix)
      return spaces[i].space;
  return VPX_CS_UNKNOWN;
}

static void set_color(const SourcePicture *picture) {
  PictureColors wanted = picture_colors(picture);
  if (!is_vp9 || colors_are_equal(wanted, colors))
    return;
  colors = wanted;
  // They stand in the header of the next key frame.
  vpx_codec_control(&encoder, VP9E_SET_COLOR_SPACE, color_space(colors));
  vpx_codec_control(&encoder, VP9E_SET_COLOR_RANGE, colors.full_range);
}

static int set_quantizer(int quantizer) {
  if (settings.bitrate_mode != BITRATE_QUANTIZER || quantizer < 0)
    return 0;
  if (quantizer > LARGEST_QUANTIZER)
    quantizer = LARGEST_QUANTIZER;
  if (config.rc_min_quantizer == (unsigned)quantizer)
    return 0;
  config.rc_min_quantizer = config.rc_max_quantizer = quantizer;
  if (vpx_codec_enc_config_set(&encoder, &config))
    return ENCODER_ERROR_DATA;
  vpx_codec_control(&encoder, VP8E_SET_CQ_LEVEL, quantizer);
  return 0;
}

static LayerFrame next_layer_frame(int key_frame) {
  if (settings.temporal_layers == 1)
    return (LayerFrame){0, 0};
  if (key_frame)
    layer_position = 0;
  LayerFrame frame = layer_frame(layer_position);
  layer_position = (layer_position + 1) % pattern_length();
  if (is_vp9) {
    vpx_svc_layer_id_t id = {.temporal_layer_id = frame.layer};
    id.temporal_layer_id_per_spatial[0] = frame.layer;
    vpx_codec_control(&encoder, VP9E_SET_SVC_LAYER_ID, &id);
  } else {
    vpx_codec_control(&encoder, VP8E_SET_TEMPORAL_LAYER_ID, frame.layer);
  }
  return frame;
}

static void wrap(vpx_image_t *image, const Picture *picture) {
  static const int formats[] = {
      [CHROMA_420] = VPX_IMG_FMT_I420,
      [CHROMA_422] = VPX_IMG_FMT_I422,
      [CHROMA_440] = VPX_IMG_FMT_I440,
      [CHROMA_444] = VPX_IMG_FMT_I444,
  };
  int format = formats[settings.chroma] | (settings.bit_depth > 8 ? VPX_IMG_FMT_HIGHBITDEPTH : 0);
  vpx_img_wrap(image, format, settings.width, settings.height, 1, (uint8_t *)picture->plane[0]);
  for (int plane = 0; plane < 3; plane++) {
    image->planes[plane] = (uint8_t *)picture->plane[plane];
    image->stride[plane] = picture->stride[plane];
  }
}

int encoder_encode(const SourcePicture *source) {
  Picture picture;
  int error = picture_prepare(source, &settings, &picture);
  if (!error)
    error = set_quantizer(source->quantizer);
  if (error)
    return error;
  vpx_image_t image;
  wrap(&image, &picture);
  set_color(source);
  int key_frame = source->key_frame || !frame_clock.is_running;
  LayerFrame frame = next_layer_frame(key_frame);
  int64_t time = clock_advance(&frame_clock, source->timestamp, settings.framerate);
  last_timestamp = source->timestamp;
  last_duration = source->duration;
  last_layer = frame.layer;
  // A key frame replaces all references.
  vpx_enc_frame_flags_t flags = key_frame ? VPX_EFLAG_FORCE_KF : frame.flags;
  unsigned long duration = (unsigned long)fmax(1, MICROSECONDS / settings.framerate);
  unsigned long deadline = settings.realtime ? VPX_DL_REALTIME : VPX_DL_GOOD_QUALITY;
  iterator = NULL;
  vpx_codec_err_t result = vpx_codec_encode(&encoder, &image, time, duration, flags, deadline);
  if (result)
    return result == VPX_CODEC_MEM_ERROR ? ENCODER_ERROR_MEMORY : ENCODER_ERROR_DATA;
  return 0;
}

int encoder_receive(EncodedPacket *out) {
  const vpx_codec_cx_pkt_t *packet;
  do
    packet = vpx_codec_get_cx_data(&encoder, &iterator);
  while (packet && packet->kind != VPX_CODEC_CX_FRAME_PKT);
  if (!packet)
    return 0;
  *out = (EncodedPacket){
      .timestamp = last_timestamp,
      .duration = last_duration,
      .data = packet->data.frame.buf,
      .size = (int32_t)packet->data.frame.sz,
      .key_frame = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0,
      .temporal_layer = last_layer,
  };
  return 1;
}

int encoder_drain(void) {
  return 0;
}

void encoder_close(void) {
  if (is_open)
    vpx_codec_destroy(&encoder);
  is_open = 0;
  picture_free();
}
