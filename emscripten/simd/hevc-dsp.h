// What fills FFmpeg's table of HEVC functions for 8 and 10 bits per sample, part by part.
#ifndef EVERYCODEC_HEVC_DSP_H
#define EVERYCODEC_HEVC_DSP_H

#include "libavcodec/hevc/dsp.h"

void hevc_mc_init(HEVCDSPContext *dsp, int bit_depth);
void hevc_deblock_init(HEVCDSPContext *dsp, int bit_depth);
void hevc_residual_init(HEVCDSPContext *dsp, int bit_depth);
void hevc_sao_init(HEVCDSPContext *dsp, int bit_depth);

#endif
