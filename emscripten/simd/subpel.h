// Motion compensation with filters of up to eight taps that sum up to 128, for 8-bit pictures (VP8, VP9).
// Reads may run over a row's end by up to 8 bytes, never writes.
#ifndef EVERYCODEC_SUBPEL_H
#define EVERYCODEC_SUBPEL_H

#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif

// Filter taps for positions −3 … 4; the outermost two are left out of `count` 6.
typedef struct Taps {
  v128_t at[8];
  int count;
} Taps;

INLINE Taps make_taps(int16_t a, int16_t b, int16_t c, int16_t d, int16_t e, int16_t f, int16_t g, int16_t h) {
  return (Taps){{wasm_i16x8_splat(a), wasm_i16x8_splat(b), wasm_i16x8_splat(c), wasm_i16x8_splat(d),
                 wasm_i16x8_splat(e), wasm_i16x8_splat(f), wasm_i16x8_splat(g), wasm_i16x8_splat(h)}, 8};
}

INLINE Taps make_six_taps(int16_t b, int16_t c, int16_t d, int16_t e, int16_t f, int16_t g) {
  Taps taps = make_taps(0, b, c, d, e, f, g, 0);
  taps.count = 6;
  return taps;
}

INLINE v128_t load_words(const uint8_t *src, int sample_bytes) {
  return sample_bytes == 2 ? wasm_v128_load(src) : wasm_u16x8_load8x8(src);
}

// Eight samples filtered along a line whose samples lie `step` bytes apart, as words not yet clipped. Loading each
// neighbour anew is one instruction, which beats shuffling or carrying them along.
//
// The outer products fit 16 bits together; the two in the middle are never negative, so where their sum
// saturates, the clipped result is 255 as it must be.
INLINE v128_t filter_samples(const uint8_t *src, ptrdiff_t step, const Taps *taps, int sample_bytes) {
#define PRODUCT(n) wasm_i16x8_mul(load_words(src + (n - 3) * step, sample_bytes), taps->at[n])
  v128_t outer = wasm_i16x8_add(wasm_i16x8_add(PRODUCT(1), PRODUCT(2)), wasm_i16x8_add(PRODUCT(5), PRODUCT(6)));
  if (taps->count == 8)
    outer = wasm_i16x8_add(outer, wasm_i16x8_add(PRODUCT(0), PRODUCT(7)));
  v128_t sum = wasm_i16x8_add_sat(wasm_i16x8_add_sat(outer, PRODUCT(3)), PRODUCT(4));
#undef PRODUCT
  return wasm_i16x8_shr(wasm_i16x8_add_sat(sum, wasm_i16x8_splat(64)), 7);
}

INLINE void store_samples(uint8_t *dst, v128_t words, int width, int average) {
  v128_t bytes = wasm_u8x16_narrow_i16x8(words, words);
  if (width >= 8) {
    if (average)
      bytes = wasm_u8x16_avgr(bytes, wasm_v128_load64_zero(dst));
    wasm_v128_store64_lane(dst, bytes, 0);
  } else {
    if (average)
      bytes = wasm_u8x16_avgr(bytes, wasm_v128_load32_zero(dst));
    wasm_v128_store32_lane(dst, bytes, 0);
  }
}

INLINE void filter_block(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t src_stride, int width,
                         int height, ptrdiff_t step, Taps taps, int average) {
  for (int y = 0; y < height; y++, src += src_stride, dst += dst_stride)
    for (int x = 0; x < width; x += 8)
      store_samples(dst + x, filter_samples(src + x, step, &taps, 1), width, average);
}

INLINE void filter_horizontally(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t src_stride, int width,
                                int height, Taps taps, int average) {
  filter_block(dst, dst_stride, src, src_stride, width, height, 1, taps, average);
}

INLINE void filter_vertically(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t src_stride, int width,
                              int height, Taps taps, int average) {
  filter_block(dst, dst_stride, src, src_stride, width, height, src_stride, taps, average);
}

#define MOST_ROWS (64 + 7)

// Horizontally, then vertically, in strips of eight samples. Between the passes they are words, which need no widening
// each time they are loaded.
INLINE void filter_both_ways(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t src_stride, int width,
                             int height, Taps across, Taps down, int average) {
  _Alignas(16) uint8_t rows[MOST_ROWS * 16];
  int before = down.count / 2 - 1;
  for (int x = 0; x < width; x += 8) {
    const uint8_t *from = src + x - before * src_stride;
    for (int y = 0; y < height + down.count - 1; y++, from += src_stride) {
      v128_t words = filter_samples(from, 1, &across, 1);
      wasm_v128_store(rows + 16 * y, wasm_i16x8_max(wasm_i16x8_min(words, wasm_i16x8_splat(255)), wasm_i16x8_splat(0)));
    }
    uint8_t *to = dst + x;
    for (int y = 0; y < height; y++, to += dst_stride)
      store_samples(to, filter_samples(rows + 16 * (before + y), 16, &down, 2), width, average);
  }
}

#endif
