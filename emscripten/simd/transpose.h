// Blocks of bytes turned on their side: rows in memory, columns of 16-bit words in vectors.
#ifndef EVERYCODEC_TRANSPOSE_H
#define EVERYCODEC_TRANSPOSE_H

#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))

// Eight rows of eight bytes as columns of bytes, two to a vector.
INLINE void load_column_pairs(const uint8_t *pix, ptrdiff_t stride, v128_t pair[4]) {
#define ROW(n) wasm_v128_load64_zero(pix + (n) * stride)
#define MIX8(a, b) wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  v128_t a = MIX8(ROW(0), ROW(1)), b = MIX8(ROW(2), ROW(3)), c = MIX8(ROW(4), ROW(5)), d = MIX8(ROW(6), ROW(7));
  // Words of two rows become double words of four, then columns of eight.
  v128_t ab_low = wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  v128_t ab_high = wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  v128_t cd_low = wasm_i16x8_shuffle(c, d, 0, 8, 1, 9, 2, 10, 3, 11);
  v128_t cd_high = wasm_i16x8_shuffle(c, d, 4, 12, 5, 13, 6, 14, 7, 15);
  pair[0] = wasm_i32x4_shuffle(ab_low, cd_low, 0, 4, 1, 5);
  pair[1] = wasm_i32x4_shuffle(ab_low, cd_low, 2, 6, 3, 7);
  pair[2] = wasm_i32x4_shuffle(ab_high, cd_high, 0, 4, 1, 5);
  pair[3] = wasm_i32x4_shuffle(ab_high, cd_high, 2, 6, 3, 7);
#undef ROW
#undef MIX8
}

// Eight rows of eight bytes as eight columns of 16-bit words.
INLINE void load_columns(const uint8_t *pix, ptrdiff_t stride, v128_t column[8]) {
  v128_t pair[4];
  load_column_pairs(pix, stride, pair);
  for (int i = 0; i < 4; i++) {
    column[2 * i] = wasm_u16x8_extend_low_u8x16(pair[i]);
    column[2 * i + 1] = wasm_u16x8_extend_high_u8x16(pair[i]);
  }
}

// Four columns, clipped to bytes, as rows 0 to 3 and 4 to 7 of four bytes.
INLINE void rows_of_four(v128_t c0, v128_t c1, v128_t c2, v128_t c3, v128_t *top, v128_t *bottom) {
  v128_t bytes02 = wasm_u8x16_narrow_i16x8(c0, c2), bytes13 = wasm_u8x16_narrow_i16x8(c1, c3);
  v128_t pairs01 = wasm_i8x16_shuffle(bytes02, bytes13, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  v128_t pairs23 = wasm_i8x16_shuffle(bytes02, bytes13, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  *top = wasm_i16x8_shuffle(pairs01, pairs23, 0, 8, 1, 9, 2, 10, 3, 11);
  *bottom = wasm_i16x8_shuffle(pairs01, pairs23, 4, 12, 5, 13, 6, 14, 7, 15);
}

// Four columns, clipped to bytes, into eight rows.
INLINE void store_four_columns(uint8_t *pix, ptrdiff_t stride, v128_t c0, v128_t c1, v128_t c2, v128_t c3) {
  v128_t top, bottom;
  rows_of_four(c0, c1, c2, c3, &top, &bottom);
  wasm_v128_store32_lane(pix, top, 0);
  wasm_v128_store32_lane(pix + stride, top, 1);
  wasm_v128_store32_lane(pix + 2 * stride, top, 2);
  wasm_v128_store32_lane(pix + 3 * stride, top, 3);
  wasm_v128_store32_lane(pix + 4 * stride, bottom, 0);
  wasm_v128_store32_lane(pix + 5 * stride, bottom, 1);
  wasm_v128_store32_lane(pix + 6 * stride, bottom, 2);
  wasm_v128_store32_lane(pix + 7 * stride, bottom, 3);
}

// Eight columns, clipped to bytes, into eight rows.
INLINE void store_columns(uint8_t *pix, ptrdiff_t stride, const v128_t c[8]) {
  v128_t left_top, left_bottom, right_top, right_bottom;
  rows_of_four(c[0], c[1], c[2], c[3], &left_top, &left_bottom);
  rows_of_four(c[4], c[5], c[6], c[7], &right_top, &right_bottom);
  v128_t rows01 = wasm_i32x4_shuffle(left_top, right_top, 0, 4, 1, 5);
  v128_t rows23 = wasm_i32x4_shuffle(left_top, right_top, 2, 6, 3, 7);
  v128_t rows45 = wasm_i32x4_shuffle(left_bottom, right_bottom, 0, 4, 1, 5);
  v128_t rows67 = wasm_i32x4_shuffle(left_bottom, right_bottom, 2, 6, 3, 7);
  wasm_v128_store64_lane(pix, rows01, 0);
  wasm_v128_store64_lane(pix + stride, rows01, 1);
  wasm_v128_store64_lane(pix + 2 * stride, rows23, 0);
  wasm_v128_store64_lane(pix + 3 * stride, rows23, 1);
  wasm_v128_store64_lane(pix + 4 * stride, rows45, 0);
  wasm_v128_store64_lane(pix + 5 * stride, rows45, 1);
  wasm_v128_store64_lane(pix + 6 * stride, rows67, 0);
  wasm_v128_store64_lane(pix + 7 * stride, rows67, 1);
}

// Eight rows of eight 16-bit words turned into columns, and back.
INLINE void transpose_words(v128_t row[8]) {
#define LOW(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
  // Three times, rows that lie four apart are mixed.
  for (int pass = 0; pass < 3; pass++) {
    v128_t mixed[8];
    for (int i = 0; i < 4; i++) {
      mixed[2 * i] = LOW(row[i], row[i + 4]);
      mixed[2 * i + 1] = HIGH(row[i], row[i + 4]);
    }
    for (int i = 0; i < 8; i++)
      row[i] = mixed[i];
  }
#undef LOW
#undef HIGH
}

INLINE void load_word_columns(const uint8_t *pix, ptrdiff_t stride, v128_t column[8]) {
  for (int i = 0; i < 8; i++)
    column[i] = wasm_v128_load(pix + i * stride);
  transpose_words(column);
}

INLINE void store_word_columns(uint8_t *pix, ptrdiff_t stride, v128_t column[8]) {
  transpose_words(column);
  for (int i = 0; i < 8; i++)
    wasm_v128_store(pix + i * stride, column[i]);
}

// Eight 16-bit words, clipped to bytes, in a row.
INLINE void store_bytes(uint8_t *to, v128_t words) {
  wasm_v128_store64_lane(to, wasm_u8x16_narrow_i16x8(words, words), 0);
}

#endif
