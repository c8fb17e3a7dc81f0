// FFmpeg's own WebAssembly kernels for HEVC: inverse transforms and sample adaptive offset.
//
// Its offset kernels for wide blocks (FFmpeg 9.0.2) write whole sixteens, beyond a block whose width is none, and change
// pictures of 4:2:2 so. Here the columns that are left go through the kernels for eight, and the C functions.
#include "libavcodec/hevc/dsp.h"
#include "libavcodec/wasm/hevc/idct.h"
#include "libavcodec/wasm/hevc/sao.h"

void __wrap_ff_hevc_dsp_init_wasm(HEVCDSPContext *dsp, int bit_depth);

// FFmpeg's C functions for 8 bits: they keep to any width.
static void (*band_in_c)(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, ptrdiff_t src_stride,
                         const int16_t *offsets, int left_class, int width, int height);
static void (*edge_in_c)(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, const int16_t *offsets, int direction,
                         int width, int height);

static void sao_band(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, ptrdiff_t src_stride,
                     const int16_t *offsets, int left_class, int width, int height) {
  int x = width & ~15;
  if (x)
    ff_hevc_sao_band_filter_16x16_8_simd128(dst, src, dst_stride, src_stride, offsets, left_class, x, height);
  if (width & 8)
    ff_hevc_sao_band_filter_8x8_8_simd128(dst + x, src + x, dst_stride, src_stride, offsets, left_class, 8, height);
  x += width & 8;
  if (x < width)
    band_in_c(dst + x, src + x, dst_stride, src_stride, offsets, left_class, width - x, height);
}

static void sao_edge(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, const int16_t *offsets, int direction,
                     int width, int height) {
  int x = width & ~15;
  if (x)
    ff_hevc_sao_edge_filter_16x16_8_simd128(dst, src, dst_stride, offsets, direction, x, height);
  if (width & 8)
    ff_hevc_sao_edge_filter_8x8_8_simd128(dst + x, src + x, dst_stride, offsets, direction, 8, height);
  x += width & 8;
  if (x < width)
    edge_in_c(dst + x, src + x, dst_stride, offsets, direction, width - x, height);
}

static void init_8_bits(HEVCDSPContext *dsp) {
  dsp->idct[0] = ff_hevc_idct_4x4_8_simd128;
  dsp->idct[1] = ff_hevc_idct_8x8_8_simd128;
  dsp->idct[2] = ff_hevc_idct_16x16_8_simd128;
  dsp->idct[3] = ff_hevc_idct_32x32_8_simd128;
  band_in_c = dsp->sao_band_filter[0];
  edge_in_c = dsp->sao_edge_filter[0];
  for (int i = 0; i < 5; i++) {
    dsp->sao_band_filter[i] = sao_band;
    dsp->sao_edge_filter[i] = sao_edge;
  }
}

void __wrap_ff_hevc_dsp_init_wasm(HEVCDSPContext *dsp, int bit_depth) {
  if (bit_depth == 8) {
    init_8_bits(dsp);
  } else if (bit_depth == 10) {
    dsp->idct[0] = ff_hevc_idct_4x4_10_simd128;
    dsp->idct[1] = ff_hevc_idct_8x8_10_simd128;
    dsp->idct[2] = ff_hevc_idct_16x16_10_simd128;
    dsp->idct[3] = ff_hevc_idct_32x32_10_simd128;
  }
}
