// Which of FFmpeg's own WebAssembly kernels HEVC decoding uses: the inverse transforms. Its kernels for sample
// adaptive offset change pictures of 4:2:2 (FFmpeg 9.0.2; yuv422_176x144.h265 of gen2brain/h265 shows it).
#include "libavcodec/hevc/dsp.h"
#include "libavcodec/wasm/hevc/idct.h"

void __wrap_ff_hevc_dsp_init_wasm(HEVCDSPContext *dsp, int bit_depth);

void __wrap_ff_hevc_dsp_init_wasm(HEVCDSPContext *dsp, int bit_depth) {
  if (bit_depth == 8) {
    dsp->idct[0] = ff_hevc_idct_4x4_8_simd128;
    dsp->idct[1] = ff_hevc_idct_8x8_8_simd128;
    dsp->idct[2] = ff_hevc_idct_16x16_8_simd128;
    dsp->idct[3] = ff_hevc_idct_32x32_8_simd128;
  } else if (bit_depth == 10) {
    dsp->idct[0] = ff_hevc_idct_4x4_10_simd128;
    dsp->idct[1] = ff_hevc_idct_8x8_10_simd128;
    dsp->idct[2] = ff_hevc_idct_16x16_10_simd128;
    dsp->idct[3] = ff_hevc_idct_32x32_10_simd128;
  }
}
