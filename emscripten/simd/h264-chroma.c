// H.264 chroma interpolation at eighth samples (ITU-T H.264, 8.4.2.2.2) for 8-bit pictures:
// blocks 8 and 4 samples wide. Reads may run over a row's end, never writes.
#include <wasm_simd128.h>

#include "libavcodec/h264chroma.h"

#define INLINE static inline __attribute__((always_inline))

INLINE v128_t load_row(const uint8_t *src, int width) {
  return width == 8 ? wasm_u16x8_load8x8(src) : wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(src));
}

INLINE void store_bytes(uint8_t *dst, v128_t row, int width, int average) {
  if (width == 8) {
    if (average)
      row = wasm_u8x16_avgr(row, wasm_v128_load64_zero(dst));
    wasm_v128_store64_lane(dst, row, 0);
  } else {
    if (average)
      row = wasm_u8x16_avgr(row, wasm_v128_load32_zero(dst));
    wasm_v128_store32_lane(dst, row, 0);
  }
}

INLINE void store_row(uint8_t *dst, v128_t sum, int width, int average) {
  v128_t row = wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(32)), 6);
  store_bytes(dst, wasm_u8x16_narrow_i16x8(row, row), width, average);
}

// One dimension: the weighted mean of each sample and the next one, `step` away. Weights as for two, which sum up to 64.
INLINE void interpolate_one(uint8_t *dst, const uint8_t *src, ptrdiff_t stride, int height, int fraction, int step,
                            int width, int average) {
  v128_t a = wasm_i16x8_splat(8 * (8 - fraction)), b = wasm_i16x8_splat(8 * fraction);
  for (int row = 0; row < height; row++, dst += stride, src += stride) {
    v128_t sum = wasm_i16x8_mul(load_row(src, width), a);
    store_row(dst, wasm_i16x8_add(sum, wasm_i16x8_mul(load_row(src + step, width), b)), width, average);
  }
}

INLINE void interpolate_two(uint8_t *dst, const uint8_t *src, ptrdiff_t stride, int height, int x, int y, int width,
                            int average) {
  // Weights sum up to 64: 64 · 255 fits 16 bits without sign.
  v128_t left = wasm_i16x8_splat(8 - x), right = wasm_i16x8_splat(x);
  v128_t above = wasm_i16x8_splat(8 - y), below = wasm_i16x8_splat(y);
#define MEAN(at) \
  wasm_i16x8_add(wasm_i16x8_mul(load_row(at, width), left), wasm_i16x8_mul(load_row((at) + 1, width), right))
  v128_t top = MEAN(src);
  for (int row = 0; row < height; row++, dst += stride) {
    src += stride;
    v128_t bottom = MEAN(src);
    store_row(dst, wasm_i16x8_add(wasm_i16x8_mul(top, above), wasm_i16x8_mul(bottom, below)), width, average);
    top = bottom;
  }
#undef MEAN
}

INLINE void copy(uint8_t *dst, const uint8_t *src, ptrdiff_t stride, int height, int width, int average) {
  for (int row = 0; row < height; row++, dst += stride, src += stride)
    store_bytes(dst, width == 8 ? wasm_v128_load64_zero(src) : wasm_v128_load32_zero(src), width, average);
}

INLINE void interpolate(uint8_t *dst, const uint8_t *src, ptrdiff_t stride, int height, int x, int y, int width,
                        int average) {
  // Without a fraction below, the next row may lie outside the picture's memory.
  if (x && y)
    interpolate_two(dst, src, stride, height, x, y, width, average);
  else if (x || y)
    interpolate_one(dst, src, stride, height, x + y, x ? 1 : stride, width, average);
  else
    copy(dst, src, stride, height, width, average);
}

#define WIDTH(width)                                                                                     \
  static void put_##width(uint8_t *dst, const uint8_t *src, ptrdiff_t stride, int h, int x, int y) {     \
    interpolate(dst, src, stride, h, x, y, width, 0);                                                    \
  }                                                                                                      \
  static void avg_##width(uint8_t *dst, const uint8_t *src, ptrdiff_t stride, int h, int x, int y) {     \
    interpolate(dst, src, stride, h, x, y, width, 1);                                                    \
  }

WIDTH(8)
WIDTH(4)

void __real_ff_h264chroma_init(H264ChromaContext *context, int bit_depth);

// Linked in the place of FFmpeg's own (wasm-ld --wrap).
void __wrap_ff_h264chroma_init(H264ChromaContext *context, int bit_depth) {
  __real_ff_h264chroma_init(context, bit_depth);
  if (bit_depth > 8)
    return;
  context->put_h264_chroma_pixels_tab[0] = put_8;
  context->put_h264_chroma_pixels_tab[1] = put_4;
  context->avg_h264_chroma_pixels_tab[0] = avg_8;
  context->avg_h264_chroma_pixels_tab[1] = avg_4;
}
