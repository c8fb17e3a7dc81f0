// Encoding of the VA-API stand-in. Reconstructed pictures and lists of references are the software encoder's affair.
#include <string.h>

#include "va-driver.h"

typedef struct {
  const VAEncPictureParameterBufferH264 *picture;
  const VAEncSliceParameterBufferH264 *slice;
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

// What is about the sequence comes with the first picture of each, and holds until the next.
static Request read_buffers(Context *context) {
  Request request = {0};
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

static VAStatus store(Buffer *coded, const EncodedPicture *encoded) {
  if (encoded->size > (size_t)coded->element_size * coded->elements)
    return VA_STATUS_ERROR_NOT_ENOUGH_BUFFER;
  memcpy(coded->data, encoded->data, encoded->size);
  coded->segment = (VACodedBufferSegment){.size = (uint32_t)encoded->size, .buf = coded->data};
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
  return store(coded, &encoded);
}
