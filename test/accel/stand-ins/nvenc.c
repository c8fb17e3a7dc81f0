// libnvidia-encode.so.1: encoding.
#include <ffnvcodec/nvEncodeAPI.h>
#include <string.h>

#include "device-memory.h"
#include "software-codec.h"
#include "switches.h"

#define LARGEST_SIDE 4096
#define HIGHEST_LEVEL 62
#define PITCH 512
#define API_VERSION (13 << 4) // the newest that programs may be built for
#define DEFAULT_BITRATE 2000000
#define DEFAULT_QUANTIZER 28
#define DEFAULT_KEY_INTERVAL 250

typedef struct {
  NV_ENC_INITIALIZE_PARAMS parameters;
  NV_ENC_CONFIG config;
  SoftwareEncoder *encoder;
  Nv12 planar; // where planar pictures are rearranged
} Session;

// An input buffer of the library, or a program's own device memory that it has registered.
typedef struct {
  int width;
  int height;
  size_t pitch;
  NV_ENC_BUFFER_FORMAT format;
  uint8_t *data;
  bool is_registered;
} Input;

typedef struct {
  uint8_t *data;
  size_t size;
  size_t capacity;
  NV_ENC_PIC_TYPE type;
  uint64_t timestamp;
} Bitstream;

static bool is_same(const GUID *a, const GUID *b) { return !memcmp(a, b, sizeof(*a)); }

// --- sessions ------------------------------------------------------------------------------------------------------

static NVENCSTATUS open_session(NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS *parameters, void **handle) {
  *handle = NULL;
  if (switch_is_on("EVERYCODEC_STANDIN_NO_NVENC"))
    return NV_ENC_ERR_UNSUPPORTED_DEVICE;
  if (parameters->deviceType != NV_ENC_DEVICE_TYPE_CUDA || !parameters->device)
    return NV_ENC_ERR_INVALID_DEVICE;
  *handle = calloc(1, sizeof(Session));
  return *handle ? NV_ENC_SUCCESS : NV_ENC_ERR_OUT_OF_MEMORY;
}

static NVENCSTATUS destroy_session(void *handle) {
  Session *session = handle;
  software_encoder_close(session->encoder);
  free(session->planar.luma);
  free(session);
  return NV_ENC_SUCCESS;
}

// --- what there is -------------------------------------------------------------------------------------------------

static NVENCSTATUS count_codecs(void *handle, uint32_t *count) {
  (void)handle;
  *count = switch_offers("encode-h264");
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS list_codecs(void *handle, GUID *list, uint32_t room, uint32_t *count) {
  count_codecs(handle, count);
  if (*count > room)
    *count = room;
  if (*count)
    list[0] = NV_ENC_CODEC_H264_GUID;
  return NV_ENC_SUCCESS;
}

static const NV_ENC_BUFFER_FORMAT formats[] = {NV_ENC_BUFFER_FORMAT_NV12, NV_ENC_BUFFER_FORMAT_YV12,
                                               NV_ENC_BUFFER_FORMAT_IYUV};
#define FORMATS ((uint32_t)(sizeof(formats) / sizeof(*formats)))

static bool is_format(NV_ENC_BUFFER_FORMAT format) {
  for (uint32_t i = 0; i < FORMATS; i++)
    if (formats[i] == format)
      return true;
  return false;
}

static NVENCSTATUS count_formats(void *handle, GUID codec, uint32_t *count) {
  (void)handle, (void)codec;
  *count = FORMATS;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS list_formats(void *handle, GUID codec, NV_ENC_BUFFER_FORMAT *list, uint32_t room, uint32_t *count) {
  (void)handle, (void)codec;
  *count = room < FORMATS ? room : FORMATS;
  memcpy(list, formats, *count * sizeof(*formats));
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS get_capability(void *handle, GUID codec, NV_ENC_CAPS_PARAM *parameters, int *value) {
  (void)handle, (void)codec;
  switch (parameters->capsToQuery) {
  case NV_ENC_CAPS_SUPPORTED_RATECONTROL_MODES:
    *value = NV_ENC_PARAMS_RC_VBR | NV_ENC_PARAMS_RC_CBR;
    break;
  case NV_ENC_CAPS_SUPPORT_CABAC:
  case NV_ENC_CAPS_SUPPORT_DYN_BITRATE_CHANGE:
  case NV_ENC_CAPS_SUPPORT_CUSTOM_VBV_BUF_SIZE:
    *value = 1;
    break;
  case NV_ENC_CAPS_LEVEL_MAX:
    *value = HIGHEST_LEVEL;
    break;
  case NV_ENC_CAPS_WIDTH_MAX:
  case NV_ENC_CAPS_HEIGHT_MAX:
    *value = LARGEST_SIDE;
    break;
  case NV_ENC_CAPS_MB_NUM_MAX:
    *value = LARGEST_SIDE / 16 * LARGEST_SIDE / 16;
    break;
  default: // B pictures among them
    *value = 0;
  }
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS get_preset(void *handle, GUID codec, GUID preset, NV_ENC_PRESET_CONFIG *out) {
  (void)handle, (void)preset;
  if (!is_same(&codec, &NV_ENC_CODEC_H264_GUID))
    return NV_ENC_ERR_UNSUPPORTED_PARAM;
  NV_ENC_CONFIG *config = &out->presetCfg;
  uint32_t version = config->version;
  *config = (NV_ENC_CONFIG){.version = version, .gopLength = DEFAULT_KEY_INTERVAL, .frameIntervalP = 1};
  config->frameFieldMode = NV_ENC_PARAMS_FRAME_FIELD_MODE_FRAME;
  config->rcParams.rateControlMode = NV_ENC_PARAMS_RC_VBR;
  config->rcParams.averageBitRate = DEFAULT_BITRATE;
  config->rcParams.constQP = (NV_ENC_QP){DEFAULT_QUANTIZER, DEFAULT_QUANTIZER, DEFAULT_QUANTIZER};
  config->encodeCodecConfig.h264Config.idrPeriod = DEFAULT_KEY_INTERVAL;
  config->encodeCodecConfig.h264Config.sliceMode = 3;
  config->encodeCodecConfig.h264Config.sliceModeData = 1;
  config->encodeCodecConfig.h264Config.chromaFormatIDC = 1;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS get_preset_ex(void *handle, GUID codec, GUID preset, NV_ENC_TUNING_INFO tuning,
                                 NV_ENC_PRESET_CONFIG *out) {
  (void)tuning;
  return get_preset(handle, codec, preset, out);
}

// --- configuration -------------------------------------------------------------------------------------------------

static NVENCSTATUS initialize(void *handle, NV_ENC_INITIALIZE_PARAMS *parameters) {
  Session *session = handle;
  bool is_h264 = is_same(&parameters->encodeGUID, &NV_ENC_CODEC_H264_GUID) && switch_offers("encode-h264");
  if (!is_h264 || !parameters->encodeConfig)
    return NV_ENC_ERR_UNSUPPORTED_PARAM;
  bool is_too_large = parameters->encodeWidth > LARGEST_SIDE || parameters->encodeHeight > LARGEST_SIDE;
  if (!parameters->encodeWidth || !parameters->encodeHeight || is_too_large)
    return NV_ENC_ERR_INVALID_PARAM;
  if (parameters->encodeConfig->frameIntervalP > 1)
    return NV_ENC_ERR_UNSUPPORTED_PARAM;
  session->parameters = *parameters;
  session->config = *parameters->encodeConfig;
  return NV_ENC_SUCCESS;
}

static H264Profile profile(const GUID *guid) {
  if (is_same(guid, &NV_ENC_H264_PROFILE_BASELINE_GUID))
    return PROFILE_BASELINE;
  return is_same(guid, &NV_ENC_H264_PROFILE_MAIN_GUID) ? PROFILE_MAIN : PROFILE_HIGH;
}

static EncoderSettings encoder_settings(const Session *session) {
  const NV_ENC_CONFIG *config = &session->config;
  const NV_ENC_CONFIG_H264 *h264 = &config->encodeCodecConfig.h264Config;
  const NV_ENC_CONFIG_H264_VUI_PARAMETERS *vui = &h264->h264VUIParameters;
  bool is_constant = config->rcParams.rateControlMode == NV_ENC_PARAMS_RC_CONSTQP;
  return (EncoderSettings){
      .width = (int)session->parameters.encodeWidth,
      .height = (int)session->parameters.encodeHeight,
      .profile = profile(&config->profileGUID),
      .level = (int)h264->level,
      .bitrate = is_constant ? 0 : config->rcParams.averageBitRate,
      .quantizer = (int)config->rcParams.constQP.qpInterP,
      .framerate_numerator = (int)session->parameters.frameRateNum,
      .framerate_denominator = (int)session->parameters.frameRateDen,
      .key_interval = config->gopLength == NVENC_INFINITE_GOPLENGTH ? 0 : (int)config->gopLength,
      .cabac = h264->entropyCodingMode != NV_ENC_H264_ENTROPY_CODING_MODE_CAVLC,
      .full_range = vui->videoSignalTypePresentFlag && vui->videoFullRangeFlag,
      .primaries = vui->colourDescriptionPresentFlag ? (int)vui->colourPrimaries : 0,
      .transfer = vui->colourDescriptionPresentFlag ? (int)vui->transferCharacteristics : 0,
      .matrix = vui->colourDescriptionPresentFlag ? (int)vui->colourMatrix : 0,
      .without_parameter_sets = h264->disableSPSPPS,
  };
}

static NVENCSTATUS get_sequence_parameters(void *handle, NV_ENC_SEQUENCE_PARAM_PAYLOAD *payload) {
  EncoderSettings settings = encoder_settings(handle);
  size_t size = software_encoder_parameter_sets(&settings, payload->spsppsBuffer, payload->inBufferSize);
  *payload->outSPSPPSPayloadSize = (uint32_t)size;
  return size ? NV_ENC_SUCCESS : NV_ENC_ERR_NOT_ENOUGH_BUFFER;
}

static NVENCSTATUS reconfigure(void *handle, NV_ENC_RECONFIGURE_PARAMS *parameters) {
  Session *session = handle;
  NVENCSTATUS error = initialize(handle, &parameters->reInitEncodeParams);
  if (!error && session->encoder)
    software_encoder_set_bitrate(session->encoder, session->config.rcParams.averageBitRate);
  return error;
}

static NVENCSTATUS set_streams(void *handle, NV_ENC_CUSTREAM_PTR input, NV_ENC_CUSTREAM_PTR output) {
  (void)handle, (void)input, (void)output;
  return NV_ENC_SUCCESS;
}

static const char *last_error(void *handle) {
  (void)handle;
  return "";
}

// --- input ---------------------------------------------------------------------------------------------------------

static NVENCSTATUS create_input(void *handle, NV_ENC_CREATE_INPUT_BUFFER *parameters) {
  (void)handle;
  if (!is_format(parameters->bufferFmt) || parameters->width > LARGEST_SIDE || parameters->height > LARGEST_SIDE)
    return NV_ENC_ERR_UNSUPPORTED_PARAM;
  Input *input = calloc(1, sizeof(*input));
  if (!input)
    return NV_ENC_ERR_OUT_OF_MEMORY;
  *input = (Input){.width = (int)parameters->width,
                   .height = (int)parameters->height,
                   .pitch = (parameters->width + PITCH - 1) / PITCH * PITCH,
                   .format = parameters->bufferFmt};
  input->data = calloc((size_t)input->height * 2, input->pitch);
  if (!input->data) {
    free(input);
    return NV_ENC_ERR_OUT_OF_MEMORY;
  }
  parameters->inputBuffer = input;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS destroy_input(void *handle, NV_ENC_INPUT_PTR buffer) {
  (void)handle;
  Input *input = buffer;
  free(input->data);
  free(input);
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS lock_input(void *handle, NV_ENC_LOCK_INPUT_BUFFER *parameters) {
  (void)handle;
  Input *input = parameters->inputBuffer;
  parameters->bufferDataPtr = input->data;
  parameters->pitch = (uint32_t)input->pitch;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS unlock_input(void *handle, NV_ENC_INPUT_PTR buffer) {
  (void)handle;
  Input *input = buffer;
  switch_log("cuda upload %dx%d", input->width, input->height);
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS register_resource(void *handle, NV_ENC_REGISTER_RESOURCE *parameters) {
  (void)handle;
  if (parameters->resourceType != NV_ENC_INPUT_RESOURCE_TYPE_CUDADEVICEPTR || !is_format(parameters->bufferFormat))
    return NV_ENC_ERR_UNSUPPORTED_PARAM;
  Input *input = calloc(1, sizeof(*input));
  if (!input)
    return NV_ENC_ERR_OUT_OF_MEMORY;
  *input = (Input){.width = (int)parameters->width,
                   .height = (int)parameters->height,
                   .pitch = parameters->pitch,
                   .format = parameters->bufferFormat,
                   .data = device_memory((CUdeviceptr)(uintptr_t)parameters->resourceToRegister),
                   .is_registered = true};
  parameters->registeredResource = input;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS unregister_resource(void *handle, NV_ENC_REGISTERED_PTR resource) {
  (void)handle;
  free(resource);
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS map_resource(void *handle, NV_ENC_MAP_INPUT_RESOURCE *parameters) {
  (void)handle;
  Input *input = parameters->registeredResource;
  parameters->mappedResource = input;
  parameters->mappedBufferFmt = input->format;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS unmap_resource(void *handle, NV_ENC_INPUT_PTR resource) {
  (void)handle, (void)resource;
  return NV_ENC_SUCCESS;
}

// Planes of half the pitch follow one another: in YV12 the second one first.
static bool interleave(Nv12 *to, const Input *from) {
  if (!to->luma) {
    *to = (Nv12){.width = from->width, .height = from->height, .pitch = (size_t)from->width + 1};
    to->luma = malloc(to->pitch * (size_t)(to->height + nv12_chroma_rows(to)));
    to->chroma = to->luma ? to->luma + to->pitch * (size_t)to->height : NULL;
  }
  if (!to->luma || to->width != from->width || to->height != from->height)
    return false;
  for (int row = 0; row < to->height; row++)
    memcpy(to->luma + row * to->pitch, from->data + row * from->pitch, (size_t)to->width);
  int rows = nv12_chroma_rows(to);
  const uint8_t *first = from->data + (size_t)from->height * from->pitch;
  const uint8_t *second = first + (size_t)rows * (from->pitch / 2);
  const uint8_t *planes[] = {first, second};
  int swapped = from->format == NV_ENC_BUFFER_FORMAT_YV12;
  for (int row = 0; row < rows; row++)
    for (size_t i = 0; i < nv12_chroma_bytes(to); i++)
      to->chroma[row * to->pitch + i] = planes[(i % 2) ^ swapped][row * (from->pitch / 2) + i / 2];
  return true;
}

static bool view(Session *session, const Input *input, Nv12 *picture) {
  if (input->format != NV_ENC_BUFFER_FORMAT_NV12) {
    if (!interleave(&session->planar, input))
      return false;
    *picture = session->planar;
    return true;
  }
  *picture = (Nv12){.width = input->width,
                    .height = input->height,
                    .pitch = input->pitch,
                    .luma = input->data,
                    .chroma = input->data + input->pitch * (size_t)input->height};
  return true;
}

// --- output --------------------------------------------------------------------------------------------------------

static NVENCSTATUS create_bitstream(void *handle, NV_ENC_CREATE_BITSTREAM_BUFFER *parameters) {
  (void)handle;
  parameters->bitstreamBuffer = calloc(1, sizeof(Bitstream));
  return parameters->bitstreamBuffer ? NV_ENC_SUCCESS : NV_ENC_ERR_OUT_OF_MEMORY;
}

static NVENCSTATUS destroy_bitstream(void *handle, NV_ENC_OUTPUT_PTR buffer) {
  (void)handle;
  Bitstream *bitstream = buffer;
  free(bitstream->data);
  free(bitstream);
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS lock_bitstream(void *handle, NV_ENC_LOCK_BITSTREAM *parameters) {
  (void)handle;
  Bitstream *bitstream = parameters->outputBitstream;
  parameters->bitstreamBufferPtr = bitstream->data;
  parameters->bitstreamSizeInBytes = (uint32_t)bitstream->size;
  parameters->pictureType = bitstream->type;
  parameters->pictureStruct = NV_ENC_PIC_STRUCT_FRAME;
  parameters->outputTimeStamp = bitstream->timestamp;
  parameters->frameAvgQP = DEFAULT_QUANTIZER;
  parameters->numSlices = 1;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS unlock_bitstream(void *handle, NV_ENC_OUTPUT_PTR buffer) {
  (void)handle, (void)buffer;
  return NV_ENC_SUCCESS;
}

static bool store(Bitstream *bitstream, const EncodedPicture *encoded) {
  if (bitstream->capacity < encoded->size) {
    free(bitstream->data);
    bitstream->data = malloc(encoded->size);
    bitstream->capacity = bitstream->data ? encoded->size : 0;
  }
  if (!bitstream->data)
    return false;
  memcpy(bitstream->data, encoded->data, encoded->size);
  bitstream->size = encoded->size;
  bitstream->type = encoded->is_key ? NV_ENC_PIC_TYPE_IDR : NV_ENC_PIC_TYPE_P;
  return true;
}

static NVENCSTATUS encode(Session *session, const NV_ENC_PIC_PARAMS *parameters) {
  if (switch_loses_device(WORK_ENCODE))
    return NV_ENC_ERR_DEVICE_NOT_EXIST;
  if (!session->encoder) {
    EncoderSettings settings = encoder_settings(session);
    session->encoder = software_encoder_open(&settings);
  }
  Bitstream *bitstream = parameters->outputBitstream;
  Nv12 picture;
  EncodedPicture encoded;
  bool is_key = parameters->encodePicFlags & NV_ENC_PIC_FLAG_FORCEIDR;
  if (!session->encoder || !view(session, parameters->inputBuffer, &picture) ||
      !software_encode(session->encoder, &picture, is_key, &encoded) || !store(bitstream, &encoded))
    return NV_ENC_ERR_GENERIC;
  bitstream->timestamp = parameters->inputTimeStamp;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS encode_picture(void *handle, NV_ENC_PIC_PARAMS *parameters) {
  Session *session = handle;
  // At the end of the stream nothing is left inside.
  if (!parameters->inputBuffer)
    return NV_ENC_SUCCESS;
  NVENCSTATUS error = encode(session, parameters);
  switch_log("cuda encode h264 %ux%u%s", session->parameters.encodeWidth, session->parameters.encodeHeight,
             error ? " failed" : "");
  return error;
}

// --- the library ---------------------------------------------------------------------------------------------------

EXPORT NVENCSTATUS NvEncodeAPIGetMaxSupportedVersion(uint32_t *version);
EXPORT NVENCSTATUS NvEncodeAPICreateInstance(NV_ENCODE_API_FUNCTION_LIST *functions);

NVENCSTATUS NvEncodeAPIGetMaxSupportedVersion(uint32_t *version) {
  *version = API_VERSION;
  return NV_ENC_SUCCESS;
}

NVENCSTATUS NvEncodeAPICreateInstance(NV_ENCODE_API_FUNCTION_LIST *functions) {
  uint32_t version = functions->version;
  *functions = (NV_ENCODE_API_FUNCTION_LIST){
      .version = version,
      .nvEncOpenEncodeSessionEx = open_session,
      .nvEncDestroyEncoder = destroy_session,
      .nvEncGetEncodeGUIDCount = count_codecs,
      .nvEncGetEncodeGUIDs = list_codecs,
      .nvEncGetInputFormatCount = count_formats,
      .nvEncGetInputFormats = list_formats,
      .nvEncGetEncodeCaps = get_capability,
      .nvEncGetEncodePresetConfig = get_preset,
      .nvEncGetEncodePresetConfigEx = get_preset_ex,
      .nvEncInitializeEncoder = initialize,
      .nvEncReconfigureEncoder = reconfigure,
      .nvEncGetSequenceParams = get_sequence_parameters,
      .nvEncSetIOCudaStreams = set_streams,
      .nvEncGetLastErrorString = last_error,
      .nvEncCreateInputBuffer = create_input,
      .nvEncDestroyInputBuffer = destroy_input,
      .nvEncLockInputBuffer = lock_input,
      .nvEncUnlockInputBuffer = unlock_input,
      .nvEncRegisterResource = register_resource,
      .nvEncUnregisterResource = unregister_resource,
      .nvEncMapInputResource = map_resource,
      .nvEncUnmapInputResource = unmap_resource,
      .nvEncCreateBitstreamBuffer = create_bitstream,
      .nvEncDestroyBitstreamBuffer = destroy_bitstream,
      .nvEncLockBitstream = lock_bitstream,
      .nvEncUnlockBitstream = unlock_bitstream,
      .nvEncEncodePicture = encode_picture,
  };
  return NV_ENC_SUCCESS;
}
