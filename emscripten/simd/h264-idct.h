#ifndef EVERYCODEC_H264_IDCT_H
#define EVERYCODEC_H264_IDCT_H

#include "libavcodec/h264dsp.h"

// Puts the inverse transforms for 8-bit pictures into the table.
void h264_set_idct(H264DSPContext *context, int chroma_format_idc);

#endif
