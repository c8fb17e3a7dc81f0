// What AV1's motion compensation for pictures of 8 and of more bits have in common.
#ifndef EVERYCODEC_AV1_MC_H
#define EVERYCODEC_AV1_MC_H

#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

#include "src/tables.h"

#define INLINE static inline __attribute__((always_inline))
#define OUTLINE static __attribute__((noinline))

// The lower and upper halves of two vectors, in turn.
#define LOW16(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH16(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define LOW32(a, b) wasm_i32x4_shuffle(a, b, 0, 4, 1, 5)
#define HIGH32(a, b) wasm_i32x4_shuffle(a, b, 2, 6, 3, 7)
#define LOW64(a, b) wasm_i64x2_shuffle(a, b, 0, 2)
#define HIGH64(a, b) wasm_i64x2_shuffle(a, b, 1, 3)

// Half of the taps of filters that need four or six of them are zero.
INLINE int count_taps(const int8_t *filter) {
  return filter[0] | filter[7] ? 8 : filter[1] | filter[6] ? 6 : 4;
}

// Blocks of up to four samples have filters of their own.
INLINE const int8_t *subpel_filter(int type, int size, int position) {
  if (position == 0)
    return NULL;
  return dav1d_mc_subpel_filters[size > 4 ? type : 3 + (type & 1)][position - 1];
}

// Each tap in all lanes, or each pair of taps.
typedef struct Taps {
  v128_t at[8];
} Taps;

// The taps in use, in pairs, for i32x4.dot_i16x8.
INLINE Taps splat_pairs(const int8_t *filter, int count) {
  Taps taps;
  const int8_t *first = filter + 4 - count / 2;
  for (int i = 0; i < count / 2; i++)
    taps.at[i] = wasm_i32x4_splat((first[2 * i] & 0xffff) | first[2 * i + 1] * 0x10000);
  return taps;
}

// How far before a sample its window begins.
#define BEFORE(count) ((count) / 2 - 1)

// How a sum becomes a sample: to be stored as a byte or, with its four more bits, as a word.
typedef struct Rounding {
  int add;
  int shift;
} Rounding;

// Up to eight words of several rows of words, filtered downwards: of sums of 32 bits.
INLINE void filter_words(const int16_t *src, ptrdiff_t stride, const Taps *pairs, int count, Rounding rounding,
                         int rows, int width, v128_t *results) {
  v128_t low[4], high[4];
  for (int row = 0; row < rows; row++)
    low[row] = high[row] = wasm_i32x4_splat(rounding.add);
  v128_t upper = wasm_v128_load(src);
  for (int i = 0; i < count + rows - 2; i++) {
    v128_t lower = wasm_v128_load(src + (i + 1) * stride);
    v128_t left = LOW16(upper, lower);
    v128_t right = HIGH16(upper, lower);
    for (int row = 0; row < rows; row++)
      if (i >= row && i < row + count && (i - row) % 2 == 0) {
        low[row] = wasm_i32x4_add(low[row], wasm_i32x4_dot_i16x8(left, pairs->at[(i - row) / 2]));
        if (width > 4)
          high[row] = wasm_i32x4_add(high[row], wasm_i32x4_dot_i16x8(right, pairs->at[(i - row) / 2]));
      }
    upper = lower;
  }
  for (int row = 0; row < rows; row++) {
    v128_t left = wasm_i32x4_shr(low[row], rounding.shift);
    results[row] = wasm_i16x8_narrow_i32x4(left, width > 4 ? wasm_i32x4_shr(high[row], rounding.shift) : left);
  }
}

// The tables' functions: their types of filters across and down.
#define EIGHT_TAPS(macro)                                                                                              \
  macro(REGULAR, REGULAR, REGULAR)                                                                                     \
  macro(REGULAR_SMOOTH, REGULAR, SMOOTH)                                                                               \
  macro(REGULAR_SHARP, REGULAR, SHARP)                                                                                 \
  macro(SHARP_REGULAR, SHARP, REGULAR)                                                                                 \
  macro(SHARP_SMOOTH, SHARP, SMOOTH)                                                                                   \
  macro(SHARP, SHARP, SHARP)                                                                                           \
  macro(SMOOTH_REGULAR, SMOOTH, REGULAR)                                                                               \
  macro(SMOOTH, SMOOTH, SMOOTH)                                                                                        \
  macro(SMOOTH_SHARP, SMOOTH, SHARP)

// a · weight_a + b · weight_b, rounded.
INLINE v128_t weigh(v128_t a, v128_t b, v128_t weight_a, v128_t weight_b, Rounding rounding) {
  v128_t add = wasm_i32x4_splat(rounding.add);
  v128_t low = wasm_i32x4_add(wasm_i32x4_dot_i16x8(LOW16(a, b), LOW16(weight_a, weight_b)), add);
  v128_t high = wasm_i32x4_add(wasm_i32x4_dot_i16x8(HIGH16(a, b), HIGH16(weight_a, weight_b)), add);
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(low, rounding.shift), wasm_i32x4_shr(high, rounding.shift));
}

INLINE void store_bytes(uint8_t *to, v128_t words, int width) {
  v128_t bytes = wasm_u8x16_narrow_i16x8(words, words);
  if (width >= 8)
    wasm_v128_store64_lane(to, bytes, 0);
  else if (width == 4)
    wasm_v128_store32_lane(to, bytes, 0);
  else
    wasm_v128_store16_lane(to, bytes, 0);
}

// Masks for chroma: sums of two or four neighbours, rounded.
INLINE void store_subsampled(uint8_t *to, v128_t sums, int round, int shift, int width) {
  v128_t pairs = wasm_u16x8_extadd_pairwise_u8x16(wasm_u8x16_narrow_i16x8(sums, sums));
  store_bytes(to, wasm_u16x8_shr(wasm_i16x8_add(pairs, wasm_i16x8_splat(round)), shift), width >= 8 ? 4 : 2);
}

#endif
