// The table of HEVC functions: our kernels, and FFmpeg's for WebAssembly where those are the inverse transforms.
#include "hevc-dsp.h"

#include "libavcodec/wasm/hevc/idct.h"

static void init_transforms(HEVCDSPContext *dsp, int bit_depth) {
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

void __real_ff_hevc_dsp_init(HEVCDSPContext *dsp, int bit_depth);
void __wrap_ff_hevc_dsp_init(HEVCDSPContext *dsp, int bit_depth);
void __wrap_ff_hevc_dsp_init_wasm(HEVCDSPContext *dsp, int bit_depth);

// Linked in the place of FFmpeg's own (wasm-ld --wrap).
void __wrap_ff_hevc_dsp_init(HEVCDSPContext *dsp, int bit_depth) {
  __real_ff_hevc_dsp_init(dsp, bit_depth);
  init_transforms(dsp, bit_depth);
  hevc_mc_init(dsp, bit_depth);
  hevc_deblock_init(dsp, bit_depth);
  hevc_residual_init(dsp, bit_depth);
  hevc_sao_init(dsp, bit_depth);
}

// What FFmpeg would fill in here is chosen above: its offset kernels write whole sixteens, beyond a block whose width
// is none, and change pictures of 4:2:2 so (FFmpeg 9.0.2).
void __wrap_ff_hevc_dsp_init_wasm(HEVCDSPContext *dsp, int bit_depth) { (void)dsp, (void)bit_depth; }
