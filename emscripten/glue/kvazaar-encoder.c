// HEVC encoding through Kvazaar: Main profile, without reordering.
//
// Kvazaar knows no request for a key frame and no temporal layers. A key frame is the first picture of a new
// encoder, so the old one is closed; layers are a pattern of references of our own, whose numbers are written into
// the NAL unit headers here.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "encoder.h"
#include "kvazaar.h"
#include "kvazaar_internal.h"

#include "encoder-settings.h"
#include "packet-buffer.h"
#include "picture.h"
#include "session-state.h"
#include "video-decoder.h"
#include "video-encoder.h"

#define PROFILE_MAIN 1
#define SMALLEST_SIZE 16
#define LARGEST_SIZE 8192
#define LARGEST_QUANTIZER 51
// For pictures whose quantizer is left to us although the mode is "quantizer".
#define DEFAULT_QUANTIZER 28
#define MAX_THREADS 16
#define CODING_BLOCK 8

PER_SESSION EncoderParameters settings;
PER_SESSION const kvz_api *api;
PER_SESSION kvz_encoder *encoder;

PER_SESSION PacketBuffer packet;

PER_SESSION int position;     // in the pattern of temporal layers, 0: the next picture is a key frame
PER_SESSION int64_t clock_time;
PER_SESSION PictureColors colors; // what the open encoder's parameter sets say

// MaxLumaPs of ITU-T H.265, table A.8; 0: no such level.
static int largest_picture(int level) {
  static const struct {
    int level;
    int samples;
  } limits[] = {
      {10, 36864},   {20, 122880},  {21, 245760},   {30, 552960},   {31, 983040},   {40, 2228224},  {41, 2228224},
      {50, 8912896}, {51, 8912896}, {52, 8912896}, {60, 35651584}, {61, 35651584}, {62, 35651584},
  };
  for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
    if (limits[i].level == level)
      return limits[i].samples;
  return 0;
}

static int fits_level(const EncoderParameters *wanted) {
  double limit = largest_picture(wanted->level);
  double side = sqrt(8 * limit);
  return (double)wanted->width * wanted->height <= limit && wanted->width <= side && wanted->height <= side;
}

static int is_supported(const EncoderParameters *wanted) {
  if (wanted->codec != VIDEO_CODEC_HEVC || wanted->profile != PROFILE_MAIN)
    return 0;
  if (wanted->bit_depth != 8 || wanted->chroma != CHROMA_420)
    return 0;
  if (wanted->width < SMALLEST_SIZE || wanted->width > LARGEST_SIZE || wanted->width % 2)
    return 0;
  if (wanted->height < SMALLEST_SIZE || wanted->height > LARGEST_SIZE || wanted->height % 2)
    return 0;
  return settings_are_valid(wanted, 1e9) && fits_level(wanted);
}

// Temporal layers ---------------------------------------------------------------------------------

typedef struct LayerPicture {
  int layer;
  int is_reference;
  int references; // how many pictures it predicts from, or that must be kept for later ones
  int reference[2]; // distances
} LayerPicture;

// The first picture after a key frame is the first of the pattern. The base layer predicts from the base alone.
static const LayerPicture two_layers[] = {{1, 0, 1, {1}}, {0, 1, 1, {2}}};
static const LayerPicture three_layers[] = {{2, 0, 1, {1}}, {1, 1, 1, {2}}, {2, 0, 2, {1, 3}}, {0, 1, 1, {4}}};

static int pattern_length(void) {
  return settings.temporal_layers == 3 ? 4 : settings.temporal_layers;
}

static const LayerPicture *pattern(void) {
  return settings.temporal_layers == 3 ? three_layers : two_layers;
}

static int layer_at(int place) {
  return place == 0 || settings.temporal_layers == 1 ? 0 : pattern()[(place - 1) % pattern_length()].layer;
}

static void configure_layers(kvz_config *config) {
  config->gop_len = pattern_length();
  config->gop_lowdelay = 1;
  // Else the preset's own low-delay pattern would take this one's place.
  config->gop_lp_definition.d = config->gop_lp_definition.t = 0;
  for (int i = 0; i < pattern_length(); i++) {
    const LayerPicture *picture = &pattern()[i];
    // The upper layers' pictures serve fewer others, and can be coarser.
    int coarser = settings.bitrate_mode == BITRATE_QUANTIZER ? 0 : 2 * picture->layer;
    config->gop[i] = (kvz_gop_config){
        .poc_offset = i + 1,
        .layer = picture->layer + 1,
        .qp_offset = coarser,
        .qp_factor = 0.4,
        .is_ref = picture->is_reference,
        .ref_neg_count = picture->references,
        .ref_neg = {picture->reference[0], picture->reference[1]},
    };
  }
  // Base pictures must stay until the next of them: its distance is the length of the pattern.
  config->ref_frames = 2;
  config->tmvp_enable = 0;
}

// Opening -----------------------------------------------------------------------------------------

static int parse(kvz_config *config, const char *name, const char *value) {
  return api->config_parse(config, name, value) ? 0 : ENCODER_ERROR_UNSUPPORTED;
}

static int configure_structure(kvz_config *config) {
  if (settings.temporal_layers > 1) {
    configure_layers(config);
    return 0;
  }
  // Low delay with pictures of four qualities in turn; every picture's own where quantizers are given.
  return parse(config, "gop", settings.bitrate_mode == BITRATE_QUANTIZER ? "0" : "lp-g4d3t1");
}

static int configure_effort(kvz_config *config) {
  if (!settings.realtime)
    return parse(config, "preset", "veryfast");
  // Intra prediction of every size is tried wherever motion does not predict well: a third of the time, for 0.1 dB.
  return parse(config, "preset", "ultrafast") || parse(config, "pu-depth-intra", "2-2") ||
         parse(config, "combine-intra-cus", "0");
}

static int configure(kvz_config *config) {
  api->config_init(config);
  config->enable_logging_output = 0;
  if (configure_effort(config) || configure_structure(config))
    return ENCODER_ERROR_UNSUPPORTED;
  config->width = settings.width;
  config->height = settings.height;
  config->framerate_num = (int)lround(settings.framerate * 1000);
  config->framerate_denom = 1000;
  config->qp = DEFAULT_QUANTIZER;
  config->intra_period = 0;
  config->vps_period = 0;
  config->add_encoder_info = 0;
  config->hash = KVZ_HASH_NONE;
  config->level = settings.level;
  config->force_level = 1;
  config->high_tier = settings.constraints;
  config->trskip_enable = settings.screen_content;
  config->threads = settings.threads > 1 ? settings.threads : 0;
  config->wpp = settings.threads > 1;
  config->owf = 0;
  config->vui.fullrange = colors.full_range;
  config->vui.colorprim = colors.primaries;
  config->vui.transfer = colors.transfer;
  config->vui.colormatrix = colors.matrix;
  if (settings.bitrate_mode != BITRATE_QUANTIZER) {
    config->target_bitrate = (int)fmax(1000, settings_bitrate(&settings, 1.8e6));
    config->rc_algorithm = KVZ_LAMBDA;
  }
  return 0;
}

static int start(void) {
  kvz_config *config = api->config_alloc();
  if (!config)
    return ENCODER_ERROR_MEMORY;
  int error = configure(config);
  if (!error) {
    encoder = api->encoder_open(config);
    if (!encoder)
      error = ENCODER_ERROR_UNSUPPORTED;
  }
  api->config_destroy(config);
  position = 0;
  return error;
}

int encoder_open(const EncoderParameters *wanted) {
  encoder_close();
  if (!is_supported(wanted))
    return ENCODER_ERROR_UNSUPPORTED;
  settings = settings_in_range(wanted, MAX_THREADS);
  api = kvz_api_get(8);
  colors = unspecified_colors;
  return start();
}

// Encoding ----------------------------------------------------------------------------------------

// A new encoder for the key frame that is wanted, or for colours that the parameter sets do not say yet.
static int restart_if_needed(const SourcePicture *source) {
  PictureColors wanted = picture_colors(source);
  int changes = position == 0 && !colors_are_equal(wanted, colors);
  if (!changes && !(source->key_frame && position > 0))
    return 0;
  colors = wanted;
  api->encoder_close(encoder);
  encoder = NULL;
  return start();
}

// Kvazaar codes whole blocks: beyond the picture's right and lower edges, the edge goes on.
static void copy_plane(kvz_pixel *target, int target_stride, int target_height, const uint8_t *source, int stride,
                       int width, int height) {
  for (int y = 0; y < target_height; y++) {
    const uint8_t *row = source + (size_t)(y < height ? y : height - 1) * stride;
    kvz_pixel *out = target + (size_t)y * target_stride;
    memcpy(out, row, width);
    memset(out + width, row[width - 1], target_stride - width);
  }
}

static int whole_blocks(int size) {
  return (size + CODING_BLOCK - 1) / CODING_BLOCK * CODING_BLOCK;
}

static kvz_picture *copy_picture(const Picture *picture) {
  kvz_picture *copy = api->picture_alloc(whole_blocks(settings.width), whole_blocks(settings.height));
  if (!copy)
    return NULL;
  for (int plane = 0; plane < 3; plane++) {
    int divisor = plane ? 2 : 1;
    copy_plane(copy->data[plane], copy->stride / divisor, copy->height / divisor, picture->plane[plane],
               picture->stride[plane], settings.width / divisor, settings.height / divisor);
  }
  copy->pts = copy->dts = clock_time++;
  return copy;
}

static void set_quantizer(int quantizer) {
  if (settings.bitrate_mode != BITRATE_QUANTIZER)
    return;
  int wanted = quantizer < 0 ? DEFAULT_QUANTIZER : quantizer > LARGEST_QUANTIZER ? LARGEST_QUANTIZER : quantizer;
  ((encoder_control_t *)encoder->control)->cfg.qp = wanted;
}

// nuh_temporal_id_plus1 of the slices (ITU-T H.265, 7.3.1.2); SEI and parameter sets belong to the base.
static void write_layer(int layer) {
  uint8_t *data = packet.data;
  for (int i = 0; layer > 0 && i + 4 < packet.size; i++) {
    if (data[i] || data[i + 1] || data[i + 2] != 1)
      continue;
    data[i + 4] = (uint8_t)((data[i + 4] & ~7) | (layer + 1));
    i += 4;
  }
}

static int collect(const kvz_data_chunk *chunk, uint32_t size, const kvz_frame_info *info) {
  if (packet_reserve(&packet, size))
    return ENCODER_ERROR_MEMORY;
  packet.size = 0;
  for (; chunk; chunk = chunk->next) {
    memcpy(packet.data + packet.size, chunk->data, chunk->len);
    packet.size += chunk->len;
  }
  packet.is_key = info->nal_unit_type == KVZ_NAL_IDR_W_RADL || info->nal_unit_type == KVZ_NAL_IDR_N_LP;
  packet.layer = layer_at(position);
  write_layer(packet.layer);
  position = position % pattern_length() + 1;
  return 0;
}

int encoder_encode(const SourcePicture *source) {
  Picture picture;
  packet.size = 0;
  int error = picture_prepare(source, &settings, &picture);
  if (!error)
    error = restart_if_needed(source);
  if (error)
    return error;
  set_quantizer(source->quantizer);
  kvz_picture *input = copy_picture(&picture);
  if (!input)
    return ENCODER_ERROR_MEMORY;
  kvz_data_chunk *chunks = NULL;
  uint32_t size = 0;
  kvz_frame_info info = {0};
  int done = api->encoder_encode(encoder, input, &chunks, &size, NULL, NULL, &info);
  api->picture_free(input);
  if (!done)
    return ENCODER_ERROR_DATA;
  packet.timestamp = source->timestamp;
  packet.duration = source->duration;
  error = collect(chunks, size, &info);
  api->chunk_free(chunks);
  return error;
}

int encoder_receive(EncodedPacket *out) {
  return packet_receive(&packet, out);
}

// Every picture comes out at once.
int encoder_drain(void) {
  return 0;
}

void encoder_close(void) {
  if (encoder)
    api->encoder_close(encoder);
  encoder = NULL;
  packet_free(&packet);
  picture_free();
}
