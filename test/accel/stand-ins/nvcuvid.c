// libnvcuvid.so.1: decoding. A picture's parameters and slices become a stream again, for the software decoder.
#include "device-memory.h"

#include <ffnvcodec/dynlink_cuviddec.h>
#include <stdbool.h>

#include "h264-stream.h"
#include "software-codec.h"
#include "switches.h"

#define LEAST_SIDE 16
#define LARGEST_SIDE 4096
#define MOST_SURFACES 64
#define PITCH 512
#define START_CODE_SIZE 3

EXPORT tcuvidGetDecoderCaps cuvidGetDecoderCaps;
EXPORT tcuvidCreateDecoder cuvidCreateDecoder;
EXPORT tcuvidDestroyDecoder cuvidDestroyDecoder;
EXPORT tcuvidDecodePicture cuvidDecodePicture;
EXPORT tcuvidGetDecodeStatus cuvidGetDecodeStatus;
EXPORT tcuvidMapVideoFrame64 cuvidMapVideoFrame64;
EXPORT tcuvidUnmapVideoFrame64 cuvidUnmapVideoFrame64;
EXPORT tcuvidCtxLockCreate cuvidCtxLockCreate;
EXPORT tcuvidCtxLockDestroy cuvidCtxLockDestroy;
EXPORT tcuvidCtxLock cuvidCtxLock;
EXPORT tcuvidCtxUnlock cuvidCtxUnlock;

typedef struct {
  Nv12 picture;
  cuvidDecodeStatus status;
} DecodeSurface;

typedef struct {
  Codec codec;
  SoftwareDecoder *software;
  ByteBuffer stream;
  // Fields do not tell whether the frames of their stream mix both kinds of macroblocks.
  bool is_mbaff;
  DecodeSurface surfaces[MOST_SURFACES];
  unsigned surface_count;
  unsigned mapped;
  unsigned most_mapped;
} Decoder;

static bool find_codec(cudaVideoCodec type, Codec *codec) {
  *codec = type == cudaVideoCodec_VP9 ? CODEC_VP9 : CODEC_H264;
  if (type == cudaVideoCodec_VP9)
    return switch_offers("decode-vp9");
  return type == cudaVideoCodec_H264 && switch_offers("decode-h264");
}

CUresult cuvidGetDecoderCaps(CUVIDDECODECAPS *caps) {
  Codec codec;
  caps->bIsSupported = find_codec(caps->eCodecType, &codec) && caps->eChromaFormat == cudaVideoChromaFormat_420 &&
                       caps->nBitDepthMinus8 == 0;
  caps->nNumNVDECs = 1;
  caps->nOutputFormatMask = 1 << cudaVideoSurfaceFormat_NV12;
  caps->nMinWidth = caps->nMinHeight = LEAST_SIDE;
  caps->nMaxWidth = caps->nMaxHeight = LARGEST_SIDE;
  caps->nMaxMBCount = LARGEST_SIDE / 16 * LARGEST_SIDE / 16;
  return CUDA_SUCCESS;
}

// As cuvidMapVideoFrame64() gives it out: chroma below luma.
static bool allocate(Nv12 *picture, unsigned width, unsigned height) {
  *picture = (Nv12){.width = (int)width, .height = (int)height, .pitch = (width + PITCH - 1) / PITCH * PITCH};
  picture->luma = calloc(height + (size_t)nv12_chroma_rows(picture), picture->pitch);
  picture->chroma = picture->luma ? picture->luma + picture->pitch * height : NULL;
  return picture->luma;
}

CUresult cuvidDestroyDecoder(CUvideodecoder handle) {
  Decoder *decoder = (Decoder *)handle;
  software_decoder_release(decoder->software);
  for (unsigned i = 0; i < decoder->surface_count; i++)
    free(decoder->surfaces[i].picture.luma);
  bytes_free(&decoder->stream);
  free(decoder);
  return CUDA_SUCCESS;
}

static bool is_possible(const CUVIDDECODECREATEINFO *info, Codec *codec) {
  return find_codec(info->CodecType, codec) && info->ChromaFormat == cudaVideoChromaFormat_420 &&
         !info->bitDepthMinus8 && info->OutputFormat == cudaVideoSurfaceFormat_NV12 &&
         info->ulTargetWidth == info->ulWidth && info->ulTargetHeight == info->ulHeight &&
         info->ulNumDecodeSurfaces && info->ulNumDecodeSurfaces <= MOST_SURFACES;
}

CUresult cuvidCreateDecoder(CUvideodecoder *handle, CUVIDDECODECREATEINFO *info) {
  Codec codec;
  if (!is_possible(info, &codec))
    return (CUresult)CUDA_ERROR_NOT_SUPPORTED;
  if (info->ulWidth < LEAST_SIDE || info->ulHeight < LEAST_SIDE || info->ulWidth > LARGEST_SIDE ||
      info->ulHeight > LARGEST_SIDE)
    return (CUresult)CUDA_ERROR_INVALID_VALUE;
  Decoder *decoder = calloc(1, sizeof(*decoder));
  if (!decoder)
    return (CUresult)CUDA_ERROR_OUT_OF_MEMORY;
  decoder->codec = codec;
  decoder->most_mapped = (unsigned)info->ulNumOutputSurfaces;
  bool is_complete = (decoder->software = software_decoder_open(codec));
  while (is_complete && decoder->surface_count < info->ulNumDecodeSurfaces)
    is_complete = allocate(&decoder->surfaces[decoder->surface_count++].picture, (unsigned)info->ulWidth,
                           (unsigned)info->ulHeight);
  *handle = (CUvideodecoder)decoder;
  if (is_complete)
    return CUDA_SUCCESS;
  cuvidDestroyDecoder(*handle);
  return (CUresult)CUDA_ERROR_OUT_OF_MEMORY;
}

static SequenceParameters sequence_parameters(Decoder *decoder, const CUVIDPICPARAMS *picture) {
  const CUVIDH264PICPARAMS *from = &picture->CodecSpecific.h264;
  if (!picture->field_pic_flag)
    decoder->is_mbaff = from->MbaffFrameFlag;
  return (SequenceParameters){
      .pic_width_in_mbs = picture->PicWidthInMbs,
      .pic_height_in_mbs = picture->FrameHeightInMbs,
      .num_ref_frames = from->num_ref_frames,
      .log2_max_frame_num_minus4 = from->log2_max_frame_num_minus4,
      .pic_order_cnt_type = from->pic_order_cnt_type,
      .log2_max_pic_order_cnt_lsb_minus4 = from->log2_max_pic_order_cnt_lsb_minus4,
      .delta_pic_order_always_zero_flag = from->delta_pic_order_always_zero_flag,
      // Not told; where there are none, it makes no difference.
      .gaps_in_frame_num_value_allowed_flag = true,
      .frame_mbs_only_flag = from->frame_mbs_only_flag,
      .mb_adaptive_frame_field_flag = decoder->is_mbaff,
      .direct_8x8_inference_flag = from->direct_8x8_inference_flag,
  };
}

static PictureParameters picture_parameters(const CUVIDH264PICPARAMS *from) {
  return (PictureParameters){
      .entropy_coding_mode_flag = from->entropy_coding_mode_flag,
      .pic_order_present_flag = from->pic_order_present_flag,
      .num_ref_idx_l0_active_minus1 = from->num_ref_idx_l0_active_minus1,
      .num_ref_idx_l1_active_minus1 = from->num_ref_idx_l1_active_minus1,
      .weighted_pred_flag = from->weighted_pred_flag,
      .weighted_bipred_idc = from->weighted_bipred_idc,
      .pic_init_qp_minus26 = from->pic_init_qp_minus26,
      .pic_init_qs_minus26 = from->pic_init_qs_minus26,
      .chroma_qp_index_offset = from->chroma_qp_index_offset,
      .second_chroma_qp_index_offset = from->second_chroma_qp_index_offset,
      .deblocking_filter_control_present_flag = from->deblocking_filter_control_present_flag,
      .constrained_intra_pred_flag = from->constrained_intra_pred_flag,
      .redundant_pic_cnt_present_flag = from->redundant_pic_cnt_present_flag,
      .transform_8x8_mode_flag = from->transform_8x8_mode_flag,
      .scaling_lists_4x4 = from->WeightScale4x4,
      .scaling_lists_8x8 = from->WeightScale8x8,
  };
}

static void append_h264(Decoder *decoder, const CUVIDPICPARAMS *picture) {
  SequenceParameters sequence = sequence_parameters(decoder, picture);
  PictureParameters parameters = picture_parameters(&picture->CodecSpecific.h264);
  h264_append_sequence_parameters(&decoder->stream, &sequence);
  for (unsigned i = 0; i < picture->nNumSlices; i++) {
    unsigned begin = picture->pSliceDataOffsets[i] + START_CODE_SIZE;
    unsigned end = i + 1 < picture->nNumSlices ? picture->pSliceDataOffsets[i + 1] : picture->nBitstreamDataLen;
    if (begin >= end || end > picture->nBitstreamDataLen)
      continue;
    const uint8_t *unit = picture->pBitstreamData + begin;
    h264_append_picture_parameters(&decoder->stream, &parameters, h264_slice_parameter_set(unit, end - begin));
    h264_append_unit(&decoder->stream, unit, end - begin);
  }
}

static CUresult decode(Decoder *decoder, const CUVIDPICPARAMS *picture, DecodeSurface *surface) {
  if (switch_loses_device(WORK_DECODE))
    return CUDA_ERROR_UNKNOWN;
  decoder->stream.size = 0;
  if (decoder->codec == CODEC_H264)
    append_h264(decoder, picture);
  else
    bytes_append(&decoder->stream, picture->pBitstreamData, picture->nBitstreamDataLen);
  if (decoder->stream.is_out_of_memory)
    return (CUresult)CUDA_ERROR_OUT_OF_MEMORY;
  // Real hardware reports damage with the picture, not here.
  bool is_decoded = software_decode(decoder->software, decoder->stream.data, decoder->stream.size, &surface->picture);
  surface->status = is_decoded ? cuvidDecodeStatus_Success : cuvidDecodeStatus_Error;
  return CUDA_SUCCESS;
}

CUresult cuvidDecodePicture(CUvideodecoder handle, CUVIDPICPARAMS *picture) {
  Decoder *decoder = (Decoder *)handle;
  if (picture->CurrPicIdx < 0 || (unsigned)picture->CurrPicIdx >= decoder->surface_count)
    return (CUresult)CUDA_ERROR_INVALID_VALUE;
  DecodeSurface *surface = &decoder->surfaces[picture->CurrPicIdx];
  CUresult error = decode(decoder, picture, surface);
  switch_log("cuda decode %s %dx%d%s", codec_name(decoder->codec), surface->picture.width, surface->picture.height,
             error ? " failed" : "");
  return error;
}

CUresult cuvidGetDecodeStatus(CUvideodecoder handle, int index, CUVIDGETDECODESTATUS *status) {
  Decoder *decoder = (Decoder *)handle;
  if (index < 0 || (unsigned)index >= decoder->surface_count)
    return (CUresult)CUDA_ERROR_INVALID_VALUE;
  status->decodeStatus = decoder->surfaces[index].status;
  return CUDA_SUCCESS;
}

CUresult cuvidMapVideoFrame64(CUvideodecoder handle, int index, unsigned long long *address, unsigned *pitch,
                              CUVIDPROCPARAMS *parameters) {
  (void)parameters;
  Decoder *decoder = (Decoder *)handle;
  if (index < 0 || (unsigned)index >= decoder->surface_count)
    return (CUresult)CUDA_ERROR_INVALID_VALUE;
  if (decoder->mapped == decoder->most_mapped)
    return (CUresult)CUDA_ERROR_MAP_FAILED;
  const Nv12 *from = &decoder->surfaces[index].picture;
  Nv12 to;
  if (!allocate(&to, (unsigned)from->width, (unsigned)from->height))
    return (CUresult)CUDA_ERROR_OUT_OF_MEMORY;
  nv12_copy(&to, from);
  *address = device_address(to.luma);
  *pitch = (unsigned)to.pitch;
  decoder->mapped++;
  return CUDA_SUCCESS;
}

CUresult cuvidUnmapVideoFrame64(CUvideodecoder handle, unsigned long long address) {
  Decoder *decoder = (Decoder *)handle;
  if (!decoder->mapped)
    return (CUresult)CUDA_ERROR_INVALID_VALUE;
  free(device_memory(address));
  decoder->mapped--;
  return CUDA_SUCCESS;
}

// Calls that share a context come one after another as it is.
CUresult cuvidCtxLockCreate(CUvideoctxlock *lock, CUcontext context) {
  *lock = (CUvideoctxlock)(void *)context;
  return CUDA_SUCCESS;
}

CUresult cuvidCtxLockDestroy(CUvideoctxlock lock) {
  (void)lock;
  return CUDA_SUCCESS;
}

CUresult cuvidCtxLock(CUvideoctxlock lock, unsigned flags) {
  (void)lock, (void)flags;
  return CUDA_SUCCESS;
}

CUresult cuvidCtxUnlock(CUvideoctxlock lock, unsigned flags) {
  (void)lock, (void)flags;
  return CUDA_SUCCESS;
}

// NVIDIA's own parsers of streams and files are not there: libavcodec's decoders named …_cuvid do not work.
UNSUPPORTED(cuvidReconfigureDecoder)
UNSUPPORTED(cuvidCreateVideoSource)
UNSUPPORTED(cuvidCreateVideoSourceW)
UNSUPPORTED(cuvidDestroyVideoSource)
UNSUPPORTED(cuvidSetVideoSourceState)
UNSUPPORTED(cuvidGetVideoSourceState)
UNSUPPORTED(cuvidGetSourceVideoFormat)
UNSUPPORTED(cuvidGetSourceAudioFormat)
UNSUPPORTED(cuvidCreateVideoParser)
UNSUPPORTED(cuvidParseVideoData)
UNSUPPORTED(cuvidDestroyVideoParser)
