#include "avframe.h"

#include "glue.h"

int frame_describe(const AVFrame *frame, DecodedFrame *out) {
  int error = describe(frame, out);
  if (frame->format != AV_PIX_FMT_NV12)
    return error;
  // Decoders of hardware alone give it out.
  out->format = PIXEL_FORMAT_NV12;
  for (int i = 0; i < out->plane_count; i++) {
    out->plane[i] = frame->data[i];
    out->stride[i] = frame->linesize[i];
  }
  return 0;
}

int frame_replace_format(AVFrame *frame) {
  return replace_format(frame);
}
