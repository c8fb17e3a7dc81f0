// AV1 encoding through libaom.
#include <math.h>
#include <stddef.h>

#include <aom/aom_encoder.h>
#include <aom/aomcx.h>

#include "encoder-settings.h"
#include "picture.h"
#include "session-state.h"
#include "video-decoder.h"
#include "video-encoder.h"
#include "vpx-aom.h"

#define TEMPORAL_DELIMITER_TYPE 2
// How many a thread is asked to encode in a second at the slower speed for realtime: 640 × 480 at 30 frames.
#define SAMPLES_PER_THREAD 10e6

PER_SESSION EncoderParameters settings;
PER_SESSION aom_codec_ctx_t encoder;
PER_SESSION aom_codec_enc_cfg_t config;
PER_SESSION int is_open;
PER_SESSION aom_codec_iter_t iterator;

// Of the frame last handed in, which is the one that comes out.
PER_SESSION double last_timestamp;
PER_SESSION double last_duration;
PER_SESSION int last_layer;

PER_SESSION FrameClock frame_clock;

PER_SESSION int layer_position; // in the pattern of temporal layers
PER_SESSION int quantizer;      // of the last frame, in mode "quantizer"
PER_SESSION PictureColors colors; // what the stream says

static void configure_rate_control(void) {
  RateControl rate = rate_control(&settings, 1.6e6);
  config.rc_target_bitrate = rate.kilobits;
  config.rc_dropframe_thresh = 0;
  config.rc_resize_mode = 0;
  config.rc_superres_mode = AOM_SUPERRES_NONE;
  config.rc_min_quantizer = 0;
  config.rc_max_quantizer = LARGEST_QUANTIZER;
  config.kf_mode = AOM_KF_DISABLED;
  if (settings.bitrate_mode == BITRATE_QUANTIZER) {
    config.rc_end_usage = AOM_Q;
    config.rc_min_quantizer = config.rc_max_quantizer = DEFAULT_QUANTIZER;
    return;
  }
  config.rc_end_usage = AOM_CBR;
  config.rc_buf_sz = rate.buffer;
  config.rc_buf_initial_sz = rate.initial;
  config.rc_buf_optimal_sz = rate.optimal;
  config.rc_undershoot_pct = config.rc_overshoot_pct = rate.percent;
}

static void configure(void) {
  config.g_w = settings.width;
  config.g_h = settings.height;
  config.g_timebase = (aom_rational_t){1, MICROSECONDS};
  config.g_threads = settings.threads;
  config.g_profile = settings.profile;
  config.g_bit_depth = (aom_bit_depth_t)settings.bit_depth;
  config.g_input_bit_depth = settings.bit_depth;
  config.g_pass = AOM_RC_ONE_PASS;
  config.g_error_resilient = 0;
  config.g_lag_in_frames = 0;
  configure_rate_control();
}

// Tools that cost more time than they are worth while somebody waits.
static void control_realtime(void) {
  aom_codec_control(&encoder, AV1E_SET_ENABLE_TPL_MODEL, 0);
  aom_codec_control(&encoder, AV1E_SET_ENABLE_OBMC, 0);
  aom_codec_control(&encoder, AV1E_SET_ENABLE_WARPED_MOTION, 0);
  aom_codec_control(&encoder, AV1E_SET_ENABLE_GLOBAL_MOTION, 0);
  aom_codec_control(&encoder, AV1E_SET_ENABLE_REF_FRAME_MVS, 0);
  aom_codec_control(&encoder, AV1E_SET_COEFF_COST_UPD_FREQ, 3);
  aom_codec_control(&encoder, AV1E_SET_MODE_COST_UPD_FREQ, 3);
  aom_codec_control(&encoder, AV1E_SET_MV_COST_UPD_FREQ, 3);
  aom_codec_control(&encoder, AV1E_SET_CDF_UPDATE_MODE, 1);
}

// Large pictures on few threads could not keep up otherwise: 10 takes a sixth less time than 8, for 0.25 dB.
static int speed(void) {
  if (!settings.realtime)
    return 5;
  double samples_per_second = (double)settings.width * settings.height * settings.framerate;
  return samples_per_second > SAMPLES_PER_THREAD * settings.threads ? 10 : 8;
}

static void control(void) {
  aom_codec_control(&encoder, AOME_SET_CPUUSED, speed());
  aom_codec_control(&encoder, AV1E_SET_AQ_MODE, config.rc_end_usage == AOM_CBR ? 3 : 0);
  aom_codec_control(&encoder, AV1E_SET_DELTAQ_MODE, 0);
  // Where the profile leaves it open (12 bit), every new configuration falls back to these.
  aom_codec_control(&encoder, AV1E_SET_CHROMA_SUBSAMPLING_X, settings.chroma != CHROMA_444);
  aom_codec_control(&encoder, AV1E_SET_CHROMA_SUBSAMPLING_Y, settings.chroma == CHROMA_420);
  // With order hints, what a header means depends on references that may be dropped with their layer.
  if (settings.realtime || settings.temporal_layers > 1)
    aom_codec_control(&encoder, AV1E_SET_ENABLE_ORDER_HINT, 0);
  if (settings.realtime)
    control_realtime();
  if (config.rc_end_usage == AOM_Q)
    aom_codec_control(&encoder, AOME_SET_CQ_LEVEL, DEFAULT_QUANTIZER);
  else
    aom_codec_control(&encoder, AOME_SET_MAX_INTRA_BITRATE_PCT, rate_control(&settings, 0).largest_key_frame);
  aom_codec_control(&encoder, AV1E_SET_TILE_COLUMNS, tile_columns_log2(&settings));
  aom_codec_control(&encoder, AV1E_SET_ROW_MT, settings.threads > 1);
  if (settings.screen_content)
    aom_codec_control(&encoder, AV1E_SET_TUNE_CONTENT, AOM_CONTENT_SCREEN);
  aom_codec_control(&encoder, AV1E_SET_ENABLE_PALETTE, settings.screen_content);
}

static int control_layers(void) {
  int layers = settings.temporal_layers;
  if (layers == 1)
    return 0;
  aom_svc_params_t svc = {.number_spatial_layers = 1, .number_temporal_layers = layers};
  svc.scaling_factor_num[0] = svc.scaling_factor_den[0] = 1;
  for (int layer = 0; layer < layers; layer++) {
    svc.min_quantizers[layer] = config.rc_min_quantizer;
    svc.max_quantizers[layer] = config.rc_max_quantizer;
    svc.layer_target_bitrate[layer] = (int)layer_kilobits(config.rc_target_bitrate, layers, layer);
    svc.framerate_factor[layer] = 1 << (layers - 1 - layer);
  }
  return aom_codec_control(&encoder, AV1E_SET_SVC_PARAMS, &svc) ? ENCODER_ERROR_UNSUPPORTED : 0;
}

static int open_error(aom_codec_err_t error) {
  return error == AOM_CODEC_MEM_ERROR ? ENCODER_ERROR_MEMORY : ENCODER_ERROR_UNSUPPORTED;
}

static int start(void) {
  aom_codec_iface_t *interface = aom_codec_av1_cx();
  // For "quality" too, at a slower speed: without lookahead, libaom's good-quality mode makes streams that no decoder
  // reads once a key frame is asked for.
  aom_codec_err_t error = aom_codec_enc_config_default(interface, &config, AOM_USAGE_REALTIME);
  if (error)
    return open_error(error);
  configure();
  error = aom_codec_enc_init(&encoder, interface, &config, settings.bit_depth > 8 ? AOM_CODEC_USE_HIGHBITDEPTH : 0);
  if (error)
    return open_error(error);
  is_open = 1;
  control();
  iterator = NULL;
  layer_position = 0;
  quantizer = -1;
  colors = unspecified_colors;
  return control_layers();
}

// AV1 bitstream specification, 6.4.1. There is no 4:4:0.
static int is_profile_of_format(const EncoderParameters *wanted) {
  int depth = wanted->bit_depth, chroma = wanted->chroma;
  if ((depth != 8 && depth != 10 && depth != 12) || chroma == CHROMA_440)
    return 0;
  if (depth == 12 || chroma == CHROMA_422)
    return wanted->profile == 2;
  return wanted->profile == (chroma == CHROMA_444);
}

static int is_supported(const EncoderParameters *wanted) {
  if (wanted->codec != VIDEO_CODEC_AV1)
    return 0;
  if (wanted->width < 1 || wanted->width > PICTURE_MAX_SIZE || wanted->height < 1 || wanted->height > PICTURE_MAX_SIZE)
    return 0;
  return settings_are_valid(wanted, 4e9) && is_profile_of_format(wanted);
}

int encoder_open(const EncoderParameters *wanted) {
  encoder_close();
  if (!is_supported(wanted))
    return ENCODER_ERROR_UNSUPPORTED;
  settings = settings_in_range(wanted, MAX_THREADS);
  frame_clock = (FrameClock){0};
  return start();
}

// The numbers are H.273's; they stand in the sequence header of the next key frame.
static void set_color(const SourcePicture *picture) {
  PictureColors wanted = picture_colors(picture);
  if (colors_are_equal(wanted, colors))
    return;
  colors = wanted;
  // Matrix 0, RGB, is for 4:4:4 alone.
  int matrix = colors.matrix > 0 || settings.chroma == CHROMA_444 ? colors.matrix : 2;
  aom_codec_control(&encoder, AV1E_SET_COLOR_PRIMARIES, colors.primaries);
  aom_codec_control(&encoder, AV1E_SET_TRANSFER_CHARACTERISTICS, colors.transfer);
  aom_codec_control(&encoder, AV1E_SET_MATRIX_COEFFICIENTS, matrix);
  aom_codec_control(&encoder, AV1E_SET_COLOR_RANGE, colors.full_range);
}

static void set_quantizer(int wanted) {
  if (settings.bitrate_mode != BITRATE_QUANTIZER)
    return;
  int next = wanted < 0 ? DEFAULT_QUANTIZER : wanted > LARGEST_QUANTIZER ? LARGEST_QUANTIZER : wanted;
  if (next == quantizer)
    return;
  quantizer = next;
  config.rc_min_quantizer = config.rc_max_quantizer = next;
  aom_codec_enc_config_set(&encoder, &config);
  aom_codec_control(&encoder, AOME_SET_CQ_LEVEL, next);
  // Layers have limits of their own.
  control_layers();
}

// Temporal layers. The base layer predicts from itself alone and lives in slot 0, the middle one predicts from the
// base and lives in slot 1, the top one predicts from the latest of them and is kept nowhere.
typedef struct LayerFrame {
  int layer;
  int reference; // slot
  int refresh;   // slot, or -1
} LayerFrame;

static const LayerFrame two_layers[] = {{0, 0, 0}, {1, 0, -1}};
static const LayerFrame three_layers[] = {{0, 0, 0}, {2, 0, -1}, {1, 0, 1}, {2, 1, -1}};

static int next_layer(int key_frame) {
  if (settings.temporal_layers == 1)
    return 0;
  if (key_frame)
    layer_position = 0;
  const LayerFrame *frame =
      settings.temporal_layers == 2 ? &two_layers[layer_position] : &three_layers[layer_position];
  layer_position = (layer_position + 1) % (settings.temporal_layers == 2 ? 2 : 4);
  aom_svc_layer_id_t id = {.spatial_layer_id = 0, .temporal_layer_id = frame->layer};
  aom_codec_control(&encoder, AV1E_SET_SVC_LAYER_ID, &id);
  aom_svc_ref_frame_config_t references = {0};
  for (int i = 0; i < 7; i++)
    references.ref_idx[i] = i;
  references.ref_idx[0] = frame->reference;
  references.ref_idx[frame->reference] = 0;
  references.reference[0] = 1;
  if (frame->refresh >= 0)
    references.refresh[frame->refresh] = 1;
  aom_codec_control(&encoder, AV1E_SET_SVC_REF_FRAME_CONFIG, &references);
  return frame->layer;
}

static void wrap(aom_image_t *image, const Picture *picture) {
  static const int formats[] = {
      [CHROMA_420] = AOM_IMG_FMT_I420,
      [CHROMA_422] = AOM_IMG_FMT_I422,
      [CHROMA_444] = AOM_IMG_FMT_I444,
  };
  int format = formats[settings.chroma] | (settings.bit_depth > 8 ? AOM_IMG_FMT_HIGHBITDEPTH : 0);
  aom_img_wrap(image, format, settings.width, settings.height, 1, (uint8_t *)picture->plane[0]);
  image->bit_depth = settings.bit_depth;
  image->range = colors.full_range ? AOM_CR_FULL_RANGE : AOM_CR_STUDIO_RANGE;
  for (int plane = 0; plane < 3; plane++) {
    image->planes[plane] = (uint8_t *)picture->plane[plane];
    image->stride[plane] = picture->stride[plane];
  }
}

int encoder_encode(const SourcePicture *source) {
  Picture picture;
  int error = picture_prepare(source, &settings, &picture);
  if (error)
    return error;
  set_quantizer(source->quantizer);
  set_color(source);
  aom_image_t image;
  wrap(&image, &picture);
  int key_frame = source->key_frame || !frame_clock.is_running;
  last_layer = next_layer(key_frame);
  int64_t time = clock_advance(&frame_clock, source->timestamp, settings.framerate);
  last_timestamp = source->timestamp;
  last_duration = source->duration;
  unsigned long duration = (unsigned long)fmax(1, MICROSECONDS / settings.framerate);
  iterator = NULL;
  aom_codec_err_t result = aom_codec_encode(&encoder, &image, time, duration, key_frame ? AOM_EFLAG_FORCE_KF : 0);
  if (result)
    return result == AOM_CODEC_MEM_ERROR ? ENCODER_ERROR_MEMORY : ENCODER_ERROR_DATA;
  return 0;
}

// Containers and WebCodecs want temporal units without the delimiter that comes first.
static int delimiter_size(const uint8_t *data, size_t size) {
  int is_delimiter = size >= 2 && (data[0] >> 3 & 15) == TEMPORAL_DELIMITER_TYPE && data[0] & 2 && data[1] == 0;
  return is_delimiter ? 2 : 0;
}

int encoder_receive(EncodedPacket *out) {
  const aom_codec_cx_pkt_t *packet;
  do
    packet = aom_codec_get_cx_data(&encoder, &iterator);
  while (packet && packet->kind != AOM_CODEC_CX_FRAME_PKT);
  if (!packet)
    return 0;
  const uint8_t *data = packet->data.frame.buf;
  int skipped = delimiter_size(data, packet->data.frame.sz);
  *out = (EncodedPacket){
      .timestamp = last_timestamp,
      .duration = last_duration,
      .data = data + skipped,
      .size = (int32_t)packet->data.frame.sz - skipped,
      .key_frame = (packet->data.frame.flags & AOM_FRAME_IS_KEY) != 0,
      .temporal_layer = last_layer,
  };
  return 1;
}

int encoder_drain(void) {
  return 0;
}

void encoder_close(void) {
  if (is_open)
    aom_codec_destroy(&encoder);
  is_open = 0;
  picture_free();
}
