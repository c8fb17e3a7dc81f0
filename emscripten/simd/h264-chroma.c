// H.264 chroma interpolation at eighth samples (ITU-T H.264, 8.4.2.2.2) for 8-bit pictures:
// blocks 8 and 4 samples wide. Reads may run over a row's end, never writes.
#include <wasm_simd128.h>

#include "libavcodec/h264chroma.h"

#define INLINE static inline __attribute__((always_inline))

INLINE v128_t load_row(const uint8_t *src, int width) {
  return width == 8 ? wasm_u16x8_load8x8(src) : wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(src));
}

INLINE void store_row(uint8_t *dst, v128_t sum, int width, int average) {
  v128_t row = wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(32)), 6);
  row = wasm_u8x16_narrow_i16x8(row, row);
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

INLINE void interpolate(uint8_t *dst, const uint8_t *src, ptrdiff_t stride, int height, int x, int y, int width,
                        int average) {
  // Weights sum up to 64: 64 · 255 fits 16 bits without sign.
  v128_t a = wasm_i16x8_splat((8 - x) * (8 - y)), b = wasm_i16x8_splat(x * (8 - y));
  v128_t c = wasm_i16x8_splat((8 - x) * y), d = wasm_i16x8_splat(x * y);
  v128_t left = load_row(src, width), right = load_row(src + 1, width);
  for (int row = 0; row < height; row++, dst += stride) {
    src += stride;
    v128_t sum = wasm_i16x8_add(wasm_i16x8_mul(left, a), wasm_i16x8_mul(right, b));
    // Without a fraction below, the next row may lie outside the picture's memory.
    if (y || row + 1 < height) {
      left = load_row(src, width);
      right = load_row(src + 1, width);
      sum = wasm_i16x8_add(sum, wasm_i16x8_add(wasm_i16x8_mul(left, c), wasm_i16x8_mul(right, d)));
    }
    store_row(dst, sum, width, average);
  }
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
