// H.264 encoding through OpenH264: Constrained Baseline, Main and High, without B pictures.
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <wels/codec_api.h>

#include "encoder-settings.h"
#include "packet-buffer.h"
#include "picture.h"
#include "session-state.h"
#include "video-decoder.h"
#include "video-encoder.h"

#define MACROBLOCK 16
#define SMALLEST_SIZE MACROBLOCK
#define MAX_THREADS 4
#define NAL_TYPE_SPS 7
#define LARGEST_QUANTIZER 51
// For pictures whose quantizer is left to us although the mode is "quantizer".
#define DEFAULT_QUANTIZER 28
// OpenH264's rate control knows no higher frame rate.
#define MAX_FRAMERATE 60
// Bits of the byte after profile_idc.
#define CONSTRAINT_SET0 0x80 // conforms to Baseline: no CABAC
#define CONSTRAINT_SET3 0x10 // level 1b, where level_idc says 1.1

PER_SESSION EncoderParameters settings;
PER_SESSION ISVCEncoder *encoder;
PER_SESSION SEncParamExt parameters;

PER_SESSION PacketBuffer packet;
PER_SESSION int64_t frame_count;
PER_SESSION PictureColors colors; // what the parameter sets say

// MaxFS of ITU-T H.264, table A-1; 0: no such level.
static int largest_frame(int level, int is_1b) {
  static const struct {
    int level;
    int macroblocks;
  } limits[] = {
      {9, 99},     {10, 99},    {11, 396},   {12, 396},   {13, 396},   {20, 396},    {21, 792},
      {22, 1620},  {30, 1620},  {31, 3600},  {32, 5120},  {40, 8192},  {41, 8192},   {42, 8704},
      {50, 22080}, {51, 36864}, {52, 36864}, {60, 139264}, {61, 139264}, {62, 139264},
  };
  for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
    if (limits[i].level == level)
      return is_1b ? 99 : limits[i].macroblocks;
  return 0;
}

static int fits_level(const EncoderParameters *wanted) {
  int is_1b = wanted->level == 11 && wanted->profile != 100 && wanted->constraints & CONSTRAINT_SET3;
  int limit = largest_frame(wanted->level, is_1b);
  int columns = (wanted->width + MACROBLOCK - 1) / MACROBLOCK;
  int rows = (wanted->height + MACROBLOCK - 1) / MACROBLOCK;
  return columns * rows <= limit && columns * columns <= 8 * limit && rows * rows <= 8 * limit;
}

static int is_supported(const EncoderParameters *wanted) {
  if (wanted->codec != VIDEO_CODEC_AVC || wanted->bit_depth != 8 || wanted->chroma != CHROMA_420)
    return 0;
  if (wanted->profile != PRO_BASELINE && wanted->profile != PRO_MAIN && wanted->profile != PRO_HIGH)
    return 0;
  if (wanted->width < SMALLEST_SIZE || wanted->width > PICTURE_MAX_SIZE || wanted->width % 2)
    return 0;
  if (wanted->height < SMALLEST_SIZE || wanted->height > PICTURE_MAX_SIZE || wanted->height % 2)
    return 0;
  return settings_are_valid(wanted, 4e9) && fits_level(wanted);
}

static void choose_bitrate(void) {
  // Of the largest level that OpenH264 knows.
  const double largest = 240000 * 1200.0;
  double bitrate = settings_bitrate(&settings, 3e6);
  double framerate = fmin(settings.framerate, MAX_FRAMERATE);
  // Rate control counts frames, not time: the share of one frame is what matters.
  bitrate *= framerate / settings.framerate;
  parameters.fMaxFrameRate = (float)framerate;
  parameters.iTargetBitrate = (int)fmin(fmax(bitrate, ceil(framerate) + 1), largest);
  parameters.iMaxBitrate = UNSPECIFIED_BIT_RATE;
}

static void configure_layer(void) {
  SSpatialLayerConfig *layer = &parameters.sSpatialLayers[0];
  layer->iVideoWidth = settings.width;
  layer->iVideoHeight = settings.height;
  layer->fFrameRate = parameters.fMaxFrameRate;
  layer->iSpatialBitrate = parameters.iTargetBitrate;
  layer->iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
  layer->uiProfileIdc = (EProfileIdc)settings.profile;
  // With a level OpenH264 would refuse bitrates above its limit; the level asked for is written by describe().
  layer->uiLevelIdc = LEVEL_UNKNOWN;
  layer->iDLayerQp = DEFAULT_QUANTIZER;
  layer->sSliceArgument.uiSliceMode = settings.threads > 1 ? SM_FIXEDSLCNUM_SLICE : SM_SINGLE_SLICE;
  layer->sSliceArgument.uiSliceNum = settings.threads;
  layer->bVideoSignalTypePresent = layer->bColorDescriptionPresent = true;
  layer->uiVideoFormat = VF_UNDEF;
  layer->bFullRange = colors.full_range;
  layer->uiColorPrimaries = colors.primaries;
  layer->uiTransferCharacteristics = colors.transfer;
  layer->uiColorMatrix = colors.matrix;
}

static void configure(void) {
  (*encoder)->GetDefaultParams(encoder, &parameters);
  parameters.iUsageType = settings.screen_content ? SCREEN_CONTENT_REAL_TIME : CAMERA_VIDEO_REAL_TIME;
  parameters.iPicWidth = settings.width;
  parameters.iPicHeight = settings.height;
  parameters.iTemporalLayerNum = settings.temporal_layers;
  parameters.iSpatialLayerNum = 1;
  parameters.iComplexityMode = settings.realtime ? LOW_COMPLEXITY : MEDIUM_COMPLEXITY;
  parameters.uiIntraPeriod = 0;
  parameters.eSpsPpsIdStrategy = CONSTANT_ID;
  int is_cabac = settings.profile != PRO_BASELINE && !(settings.constraints & CONSTRAINT_SET0);
  parameters.iEntropyCodingModeFlag = is_cabac;
  parameters.bEnableFrameSkip = false;
  parameters.bEnableSceneChangeDetect = false;
  parameters.bEnableLongTermReference = false;
  parameters.iMinQp = 1;
  parameters.iMaxQp = LARGEST_QUANTIZER;
  // Else slices move with measured time, and no two runs give the same stream.
  parameters.bUseLoadBalancing = false;
  parameters.iMultipleThreadIdc = (unsigned short)settings.threads;
  parameters.iRCMode = settings.bitrate_mode == BITRATE_QUANTIZER ? RC_OFF_MODE : RC_BITRATE_MODE;
  choose_bitrate();
  configure_layer();
}

static int start(void) {
  configure();
  return (*encoder)->InitializeExt(encoder, &parameters) == cmResultSuccess ? 0 : ENCODER_ERROR_UNSUPPORTED;
}

int encoder_open(const EncoderParameters *wanted) {
  encoder_close();
  if (!is_supported(wanted))
    return ENCODER_ERROR_UNSUPPORTED;
  settings = settings_in_range(wanted, MAX_THREADS);
  if (WelsCreateSVCEncoder(&encoder) || !encoder)
    return ENCODER_ERROR_MEMORY;
  int trace_level = WELS_LOG_QUIET;
  (*encoder)->SetOption(encoder, ENCODER_OPTION_TRACE_LEVEL, &trace_level);
  colors = unspecified_colors;
  frame_count = 0;
  int error = start();
  if (error)
    encoder_close();
  return error;
}

// The first picture says what stands in the parameter sets.
static int set_color(const SourcePicture *source) {
  PictureColors wanted = picture_colors(source);
  if (frame_count > 0 || colors_are_equal(wanted, colors))
    return 0;
  colors = wanted;
  (*encoder)->Uninitialize(encoder);
  return start();
}

static int set_quantizer(int quantizer) {
  SSpatialLayerConfig *layer = &parameters.sSpatialLayers[0];
  if (settings.bitrate_mode != BITRATE_QUANTIZER || quantizer < 0)
    return 0;
  if (quantizer > LARGEST_QUANTIZER)
    quantizer = LARGEST_QUANTIZER;
  if (layer->iDLayerQp == quantizer)
    return 0;
  layer->iDLayerQp = quantizer;
  int error = (*encoder)->SetOption(encoder, ENCODER_OPTION_SVC_ENCODE_PARAM_EXT, &parameters);
  return error == cmResultSuccess ? 0 : ENCODER_ERROR_DATA;
}

static void force_key_frame(void) {
  // The method has a second parameter, which the header leaves out for C; WebAssembly checks their number.
  typedef int (*ForceIntraFrame)(ISVCEncoder *, bool, int);
  ((ForceIntraFrame)(void (*)(void))(*encoder)->ForceIntraFrame)(encoder, true, -1);
}

// Writes the profile, constraints and level that were asked for into a sequence parameter set. They hold:
// OpenH264 uses no tool beyond Main's, is_supported() has seen to the frame size, and configure() to CABAC.
static void describe(uint8_t *nal, int size) {
  int start = 0;
  while (start < size && nal[start] == 0)
    start++;
  if (start + 4 >= size || (nal[start + 1] & 31) != NAL_TYPE_SPS)
    return;
  nal[start + 2] = (uint8_t)settings.profile;
  nal[start + 3] = (uint8_t)settings.constraints;
  nal[start + 4] = (uint8_t)settings.level;
}

static int collect(const SFrameBSInfo *info) {
  size_t total = 0;
  for (int i = 0; i < info->iLayerNum; i++)
    for (int j = 0; j < info->sLayerInfo[i].iNalCount; j++)
      total += info->sLayerInfo[i].pNalLengthInByte[j];
  if (packet_reserve(&packet, total))
    return ENCODER_ERROR_MEMORY;
  uint8_t *target = packet.data;
  for (int i = 0; i < info->iLayerNum; i++) {
    const SLayerBSInfo *layer = &info->sLayerInfo[i];
    const uint8_t *source = layer->pBsBuf;
    if (layer->uiLayerType == VIDEO_CODING_LAYER)
      packet.layer = layer->uiTemporalId;
    for (int j = 0; j < layer->iNalCount; j++) {
      int size = layer->pNalLengthInByte[j];
      memcpy(target, source, size);
      describe(target, size);
      target += size;
      source += size;
    }
  }
  packet.size = (int)total;
  packet.is_key = info->eFrameType == videoFrameTypeIDR;
  return 0;
}

int encoder_encode(const SourcePicture *source) {
  Picture picture;
  packet.size = 0;
  int error = picture_prepare(source, &settings, &picture);
  if (!error)
    error = set_color(source);
  if (!error)
    error = set_quantizer(source->quantizer);
  if (error)
    return error;
  if (source->key_frame)
    force_key_frame();
  SSourcePicture input = {
      .iColorFormat = videoFormatI420,
      .iPicWidth = settings.width,
      .iPicHeight = settings.height,
      // Milliseconds by the frame rate: OpenH264 cannot bear a clock that stands still or goes back.
      .uiTimeStamp = (long long)((double)frame_count++ * 1000 / settings.framerate),
  };
  for (int plane = 0; plane < 3; plane++) {
    input.pData[plane] = (unsigned char *)picture.plane[plane];
    input.iStride[plane] = picture.stride[plane];
  }
  SFrameBSInfo info = {0};
  int result = (*encoder)->EncodeFrame(encoder, &input, &info);
  if (result != cmResultSuccess)
    return result == cmMallocMemeError ? ENCODER_ERROR_MEMORY : ENCODER_ERROR_DATA;
  packet.timestamp = source->timestamp;
  packet.duration = source->duration;
  return collect(&info);
}

int encoder_receive(EncodedPacket *out) {
  return packet_receive(&packet, out);
}

// Every picture comes out at once.
int encoder_drain(void) {
  return 0;
}

void encoder_close(void) {
  if (encoder) {
    (*encoder)->Uninitialize(encoder);
    WelsDestroySVCEncoder(encoder);
  }
  encoder = NULL;
  packet_free(&packet);
  picture_free();
}
