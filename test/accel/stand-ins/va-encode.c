// Encoding of the VA-API stand-in. Reconstructed pictures and lists of references are the software encoder's affair.
#include <string.h>

#include "va-driver.h"

typedef struct {
  const VAEncPictureParameterBufferH264 *picture;
  const VAEncSliceParameterBufferH264 *slice;
  const VAEncPackedHeaderParameterBuffer *header; // that the next data is of
} Request;

static void keep_misc_parameters(Context *context, const Buffer *buffer) {
  const VAEncMiscParameterBuffer *misc = (const void *)buffer->data;
  size_t size = (size_t)buffer->element_size * buffer->elements;
  if (size < sizeof(*misc))
    return;
  size -= sizeof(*misc);
  if (misc->type == VAEncMiscParameterTypeRateControl && size >= sizeof(context->rate_control))
    memcpy(&context->rate_control, misc->data, sizeof(context->rate_control));
  if (misc->type == VAEncMiscParameterTypeFrameRate && size >= sizeof(context->frame_rate))
    memcpy(&context->frame_rate, misc->data, sizeof(context->frame_rate));
}

// The program's parameter sets and the like go to the stream as they are. Its slice headers do not: what the encoder chose
// for the slice is not in them.
static void keep_packed_header(Context *context, const Request *request, const Buffer *data) {
  const VAEncPackedHeaderParameterBuffer *header = request->header;
  size_t size = header ? (header->bit_length + 7) / 8 : 0;
  if (header && header->type != VAEncPackedHeaderSlice && size <= (size_t)data->element_size * data->elements)
    bytes_append(&context->stream, data->data, size);
}

// What is about the sequence comes with the first picture of each, and holds until the next.
static Request read_buffers(Context *context) {
  Request request = {0};
  context->stream.size = 0;
  for (int i = 0; i < context->buffer_count; i++) {
    const Buffer *buffer = context->buffers[i];
    size_t size = (size_t)buffer->element_size * buffer->elements;
    if (buffer->type == VAEncSequenceParameterBufferType && size >= sizeof(context->sequence))
      memcpy(&context->sequence, buffer->data, sizeof(context->sequence));
    else if (buffer->type == VAEncMiscParameterBufferType)
      keep_misc_parameters(context, buffer);
    else if (buffer->type == VAEncPictureParameterBufferType && size >= sizeof(*request.picture))
      request.picture = (const void *)buffer->data;
    else if (buffer->type == VAEncSliceParameterBufferType && size >= sizeof(*request.slice))
      request.slice = (const void *)buffer->data;
    else if (buffer->type == VAEncPackedHeaderParameterBufferType && size >= sizeof(*request.header))
      request.header = (const void *)buffer->data;
    else if (buffer->type == VAEncPackedHeaderDataBufferType)
      keep_packed_header(context, &request, buffer);
  }
  return request;
}

static EncoderSettings encoder_settings(const Context *context, const Request *request) {
  const VAEncSequenceParameterBufferH264 *sequence = &context->sequence;
  EncoderSettings settings = {
      .width = sequence->picture_width_in_mbs * 16,
      .height = sequence->picture_height_in_mbs * 16,
      .profile = context->profile == VAProfileH264High   ? PROFILE_HIGH
                 : context->profile == VAProfileH264Main ? PROFILE_MAIN
                                                         : PROFILE_BASELINE,
      .level = sequence->level_idc,
      .bitrate = sequence->bits_per_second,
      .quantizer = request->picture->pic_init_qp + (request->slice ? request->slice->slice_qp_delta : 0),
      .cabac = request->picture->pic_fields.bits.entropy_coding_mode_flag,
      .without_transform_8x8 = !request->picture->pic_fields.bits.transform_8x8_mode_flag,
  };
  // Offsets are in units of two samples.
  if (sequence->frame_cropping_flag) {
    settings.width -= 2 * (int)(sequence->frame_crop_left_offset + sequence->frame_crop_right_offset);
    settings.height -= 2 * (int)(sequence->frame_crop_top_offset + sequence->frame_crop_bottom_offset);
  }
  const VAEncMiscParameterRateControl *control = &context->rate_control;
  if (control->bits_per_second)
    settings.bitrate = (int64_t)control->bits_per_second * control->target_percentage / 100;
  // Numerator in the lower half, denominator in the upper; none: 1.
  settings.framerate_numerator = (int)(context->frame_rate.framerate & 0xffff);
  settings.framerate_denominator = (int)(context->frame_rate.framerate >> 16);
  return settings;
}

// Appends to the program's headers.
static bool append_slices(Context *context, const Request *request, const EncodedPicture *encoded) {
  if (!request->slice)
    return false;
  const VAEncSequenceParameterBufferH264 *sequence = &context->sequence;
  const VAEncPictureParameterBufferH264 *picture = request->picture;
  SliceFormat format = {
      .log2_max_frame_num = sequence->seq_fields.bits.log2_max_frame_num_minus4 + 4,
      .pic_order_cnt_type = sequence->seq_fields.bits.pic_order_cnt_type,
      .log2_max_pic_order_cnt_lsb = sequence->seq_fields.bits.log2_max_pic_order_cnt_lsb_minus4 + 4,
      .entropy_coding_mode_flag = picture->pic_fields.bits.entropy_coding_mode_flag,
      .num_ref_idx_l0_active_minus1 = picture->num_ref_idx_l0_active_minus1,
      .pic_init_qp = picture->pic_init_qp,
      .deblocking_filter_control_present_flag = picture->pic_fields.bits.deblocking_filter_control_present_flag,
  };
  SliceValues values = {
      .pic_parameter_set_id = request->slice->pic_parameter_set_id,
      .frame_num = picture->frame_num,
      .idr_pic_id = request->slice->idr_pic_id,
      .pic_order_cnt_lsb = request->slice->pic_order_cnt_lsb,
  };
  slices_read_format(&context->encoder_format, encoded->data, encoded->size);
  return slices_rewrite(&context->stream, encoded->data, encoded->size, &context->encoder_format, &format, &values);
}

static VAStatus store(Buffer *coded, const uint8_t *data, size_t size) {
  if (size > (size_t)coded->element_size * coded->elements)
    return VA_STATUS_ERROR_NOT_ENOUGH_BUFFER;
  memcpy(coded->data, data, size);
  coded->segment = (VACodedBufferSegment){.size = (uint32_t)size, .buf = coded->data};
  return VA_STATUS_SUCCESS;
}

VAStatus va_encode_picture(ObjectTable *objects, Context *context) {
  Request request = read_buffers(context);
  if (!request.picture || !context->sequence.picture_width_in_mbs)
    return VA_STATUS_ERROR_INVALID_BUFFER;
  Buffer *coded = object_get(objects, OBJECT_BUFFER, request.picture->coded_buf);
  if (!coded || coded->type != VAEncCodedBufferType)
    return VA_STATUS_ERROR_INVALID_BUFFER;
  if (!context->encoder) {
    EncoderSettings settings = encoder_settings(context, &request);
    context->encoder = software_encoder_open(&settings);
  }
  EncodedPicture encoded;
  bool is_key = request.picture->pic_fields.bits.idr_pic_flag;
  if (!context->encoder || !software_encode(context->encoder, &context->target->picture, is_key, &encoded))
    return VA_STATUS_ERROR_ENCODING_ERROR;
  if (!context->takes_packed_headers)
    return store(coded, encoded.data, encoded.size);
  if (!append_slices(context, &request, &encoded))
    return VA_STATUS_ERROR_ENCODING_ERROR;
  return store(coded, context->stream.data, context->stream.size);
}
