#ifndef EVERYCODEC_VP9_ITXFM_H
#define EVERYCODEC_VP9_ITXFM_H

#include "libavcodec/vp9dsp.h"

// For 8-bit pictures.
void set_vp9_inverse_transforms(VP9DSPContext *context);

#endif
