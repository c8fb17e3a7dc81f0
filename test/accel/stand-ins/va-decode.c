// Decoding of the VA-API stand-in: a picture's buffers become a stream again, for the software decoder.
#include "va-driver.h"

// A buffer of the picture that holds at least a structure of this size.
static const void *find_structure(const Context *context, VABufferType type, size_t size) {
  for (int i = 0; i < context->buffer_count; i++) {
    const Buffer *buffer = context->buffers[i];
    if (buffer->type == type && (size_t)buffer->element_size * buffer->elements >= size)
      return buffer->data;
  }
  return NULL;
}

static SequenceParameters sequence_parameters(const VAPictureParameterBufferH264 *from) {
  return (SequenceParameters){
      .pic_width_in_mbs = from->picture_width_in_mbs_minus1 + 1,
      .pic_height_in_mbs = from->picture_height_in_mbs_minus1 + 1,
      .num_ref_frames = from->num_ref_frames,
      .log2_max_frame_num_minus4 = from->seq_fields.bits.log2_max_frame_num_minus4,
      .pic_order_cnt_type = from->seq_fields.bits.pic_order_cnt_type,
      .log2_max_pic_order_cnt_lsb_minus4 = from->seq_fields.bits.log2_max_pic_order_cnt_lsb_minus4,
      .delta_pic_order_always_zero_flag = from->seq_fields.bits.delta_pic_order_always_zero_flag,
      .gaps_in_frame_num_value_allowed_flag = from->seq_fields.bits.gaps_in_frame_num_value_allowed_flag,
      .frame_mbs_only_flag = from->seq_fields.bits.frame_mbs_only_flag,
      .mb_adaptive_frame_field_flag = from->seq_fields.bits.mb_adaptive_frame_field_flag,
      .direct_8x8_inference_flag = from->seq_fields.bits.direct_8x8_inference_flag,
  };
}

static PictureParameters picture_parameters(const VAPictureParameterBufferH264 *from,
                                            const VAIQMatrixBufferH264 *matrix) {
  return (PictureParameters){
      .entropy_coding_mode_flag = from->pic_fields.bits.entropy_coding_mode_flag,
      .pic_order_present_flag = from->pic_fields.bits.pic_order_present_flag,
      .weighted_pred_flag = from->pic_fields.bits.weighted_pred_flag,
      .weighted_bipred_idc = from->pic_fields.bits.weighted_bipred_idc,
      .pic_init_qp_minus26 = from->pic_init_qp_minus26,
      .pic_init_qs_minus26 = from->pic_init_qs_minus26,
      .chroma_qp_index_offset = from->chroma_qp_index_offset,
      .second_chroma_qp_index_offset = from->second_chroma_qp_index_offset,
      .deblocking_filter_control_present_flag = from->pic_fields.bits.deblocking_filter_control_present_flag,
      .constrained_intra_pred_flag = from->pic_fields.bits.constrained_intra_pred_flag,
      .redundant_pic_cnt_present_flag = from->pic_fields.bits.redundant_pic_cnt_present_flag,
      .transform_8x8_mode_flag = from->pic_fields.bits.transform_8x8_mode_flag,
      .scaling_lists_4x4 = matrix ? matrix->ScalingList4x4 : NULL,
      .scaling_lists_8x8 = matrix ? matrix->ScalingList8x8 : NULL,
  };
}

static void append_slice(ByteBuffer *stream, const VASliceParameterBufferH264 *slice, const Buffer *data,
                         PictureParameters *picture) {
  size_t size = (size_t)data->element_size * data->elements;
  if (slice->slice_data_offset > size || slice->slice_data_size > size - slice->slice_data_offset)
    return;
  const uint8_t *unit = data->data + slice->slice_data_offset;
  // Drivers are told how many references a slice has, not the default in its PPS: so each slice gets a PPS of its own.
  picture->num_ref_idx_l0_active_minus1 = slice->num_ref_idx_l0_active_minus1;
  picture->num_ref_idx_l1_active_minus1 = slice->num_ref_idx_l1_active_minus1;
  unsigned id = h264_slice_parameter_set(unit, slice->slice_data_size);
  h264_append_picture_parameters(stream, picture, id);
  h264_append_unit(stream, unit, slice->slice_data_size);
}

static VAStatus h264_stream(Context *context) {
  const VAPictureParameterBufferH264 *parameters =
      find_structure(context, VAPictureParameterBufferType, sizeof(*parameters));
  if (!parameters)
    return VA_STATUS_ERROR_INVALID_BUFFER;
  const VAIQMatrixBufferH264 *matrix = find_structure(context, VAIQMatrixBufferType, sizeof(*matrix));
  SequenceParameters sequence = sequence_parameters(parameters);
  PictureParameters picture = picture_parameters(parameters, matrix);
  h264_append_sequence_parameters(&context->stream, &sequence);
  // Buffers of slices come in pairs: parameters, then the data that they speak of.
  const Buffer *slices = NULL;
  for (int i = 0; i < context->buffer_count; i++) {
    const Buffer *buffer = context->buffers[i];
    if (buffer->type == VASliceParameterBufferType)
      slices = buffer->element_size >= sizeof(VASliceParameterBufferH264) ? buffer : NULL;
    for (unsigned slice = 0; buffer->type == VASliceDataBufferType && slices && slice < slices->elements; slice++)
      append_slice(&context->stream, (const void *)(slices->data + (size_t)slice * slices->element_size), buffer,
                   &picture);
  }
  return VA_STATUS_SUCCESS;
}

// When a stream changes its size, programs make a new context; but its pictures refer to those of the old one.
static void adopt_decoder(ObjectTable *objects, Context *context) {
  const VADecPictureParameterBufferVP9 *parameters =
      find_structure(context, VAPictureParameterBufferType, sizeof(*parameters));
  for (int i = 0; parameters && !context->decoder && i < 8; i++) {
    const Surface *reference = object_get(objects, OBJECT_SURFACE, parameters->reference_frames[i]);
    context->decoder = software_decoder_share(reference ? reference->decoder : NULL);
  }
}

static VAStatus vp9_stream(ObjectTable *objects, Context *context) {
  if (!context->decoder)
    adopt_decoder(objects, context);
  for (int i = 0; i < context->buffer_count; i++) {
    const Buffer *buffer = context->buffers[i];
    if (buffer->type == VASliceDataBufferType)
      bytes_append(&context->stream, buffer->data, (size_t)buffer->element_size * buffer->elements);
  }
  return VA_STATUS_SUCCESS;
}

VAStatus va_decode_picture(ObjectTable *objects, Context *context) {
  Codec codec = va_codec(context->profile);
  context->stream.size = 0;
  VAStatus status = codec == CODEC_VP9 ? vp9_stream(objects, context) : h264_stream(context);
  if (status)
    return status;
  if (!context->decoder)
    context->decoder = software_decoder_open(codec);
  if (!context->decoder || context->stream.is_out_of_memory)
    return VA_STATUS_ERROR_ALLOCATION_FAILED;
  Surface *surface = context->target;
  software_decoder_release(surface->decoder);
  surface->decoder = software_decoder_share(context->decoder);
  bool is_decoded = software_decode(context->decoder, context->stream.data, context->stream.size, &surface->picture);
  return is_decoded ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_DECODING_ERROR;
}
