// HEVC residuals (ITU-T H.265, 8.6.4 and 8.6.6) for samples of 8 and 10 bits: transforms that FFmpeg has no kernels
// for, and the sum with the prediction.
#include "libavcodec/hevc/dsp.h"

#include "hevc-dsp.h"
#include "transpose.h"

// Where the sum saturates, the clipped sample is the same.
INLINE void add_eight(uint8_t *dst, const int16_t *residual, int bits) {
  v128_t words = wasm_v128_load(residual);
  if (bits == 8) {
    store_bytes(dst, wasm_i16x8_add_sat(wasm_u16x8_load8x8(dst), words));
  } else {
    v128_t sum = wasm_i16x8_add_sat(wasm_v128_load(dst), words);
    sum = wasm_i16x8_min(wasm_i16x8_max(sum, wasm_i16x8_splat(0)), wasm_i16x8_splat((1 << bits) - 1));
    wasm_v128_store(dst, sum);
  }
}

INLINE void add_sixteen_bytes(uint8_t *dst, const int16_t *residual) {
  v128_t samples = wasm_v128_load(dst);
  v128_t low = wasm_i16x8_add_sat(wasm_u16x8_extend_low_u8x16(samples), wasm_v128_load(residual));
  v128_t high = wasm_i16x8_add_sat(wasm_u16x8_extend_high_u8x16(samples), wasm_v128_load(residual + 8));
  wasm_v128_store(dst, wasm_u8x16_narrow_i16x8(low, high));
}

INLINE void add_residual(uint8_t *dst, const int16_t *residual, ptrdiff_t stride, int size, int bits) {
  for (int y = 0; y < size; y++, dst += stride, residual += size) {
    if (bits == 8 && size >= 16)
      for (int x = 0; x < size; x += 16)
        add_sixteen_bytes(dst + x, residual + x);
    else
      for (int x = 0; x < size; x += 8)
        add_eight(dst + x * (bits > 8 ? 2 : 1), residual + x, bits);
  }
}

INLINE void add_residual_4(uint8_t *dst, const int16_t *residual, ptrdiff_t stride, int bits) {
  for (int y = 0; y < 4; y++, dst += stride, residual += 4) {
    v128_t words = wasm_v128_load64_zero(residual);
    if (bits == 8) {
      v128_t samples = wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(dst));
      v128_t sum = wasm_i16x8_add_sat(samples, words);
      wasm_v128_store32_lane(dst, wasm_u8x16_narrow_i16x8(sum, sum), 0);
    } else {
      v128_t sum = wasm_i16x8_add_sat(wasm_v128_load64_zero(dst), words);
      sum = wasm_i16x8_min(wasm_i16x8_max(sum, wasm_i16x8_splat(0)), wasm_i16x8_splat((1 << bits) - 1));
      wasm_v128_store64_lane(dst, sum, 0);
    }
  }
}

// A transform block of which only the first coefficient is not 0.
INLINE void idct_dc(int16_t *coefficients, int size, int bits) {
  int shift = 14 - bits;
  v128_t value = wasm_i16x8_splat((((coefficients[0] + 1) >> 1) + (1 << (shift - 1))) >> shift);
  for (int i = 0; i < size * size; i += 8)
    wasm_v128_store(coefficients + i, value);
}

// The sine transform of four columns (8-280 …): products of pairs of rows.
INLINE v128_t sines(v128_t low_pairs, v128_t high_pairs, int a, int b, int c, int d, int shift) {
  v128_t sum = wasm_i32x4_dot_i16x8(low_pairs, wasm_i16x8_make(a, b, a, b, a, b, a, b));
  sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(high_pairs, wasm_i16x8_make(c, d, c, d, c, d, c, d)));
  return wasm_i32x4_shr(wasm_i32x4_add(sum, wasm_i32x4_splat(1 << (shift - 1))), shift);
}

// rows01 and rows23 hold two rows of four each.
INLINE void sine_columns(v128_t *rows01, v128_t *rows23, int shift) {
  v128_t pairs01 = wasm_i16x8_shuffle(*rows01, *rows01, 0, 4, 1, 5, 2, 6, 3, 7);
  v128_t pairs23 = wasm_i16x8_shuffle(*rows23, *rows23, 0, 4, 1, 5, 2, 6, 3, 7);
  *rows01 = wasm_i16x8_narrow_i32x4(sines(pairs01, pairs23, 29, 74, 84, 55, shift),
                                    sines(pairs01, pairs23, 55, 74, -29, -84, shift));
  *rows23 = wasm_i16x8_narrow_i32x4(sines(pairs01, pairs23, 74, 0, -74, 74, shift),
                                    sines(pairs01, pairs23, 84, -74, 55, -29, shift));
}

INLINE void turn_four(v128_t *rows01, v128_t *rows23) {
  v128_t a = wasm_i16x8_shuffle(*rows01, *rows23, 0, 8, 1, 9, 2, 10, 3, 11);  // rows 0 and 2
  v128_t b = wasm_i16x8_shuffle(*rows01, *rows23, 4, 12, 5, 13, 6, 14, 7, 15); // rows 1 and 3
  *rows01 = wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  *rows23 = wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

INLINE void transform_4x4_luma(int16_t *coefficients, int bits) {
  v128_t rows01 = wasm_v128_load(coefficients), rows23 = wasm_v128_load(coefficients + 8);
  sine_columns(&rows01, &rows23, 7);
  turn_four(&rows01, &rows23);
  sine_columns(&rows01, &rows23, 20 - bits);
  turn_four(&rows01, &rows23);
  wasm_v128_store(coefficients, rows01);
  wasm_v128_store(coefficients + 8, rows23);
}

#define SIZE(size, bits)                                                                                            \
  static void add_residual_##size##_##bits(uint8_t *dst, const int16_t *residual, ptrdiff_t stride) {               \
    add_residual(dst, residual, stride, size, bits);                                                                \
  }                                                                                                                 \
  static void idct_dc_##size##_##bits(int16_t *coefficients) { idct_dc(coefficients, size, bits); }

#define FUNCTIONS(bits)                                                                                             \
  SIZE(8, bits)                                                                                                     \
  SIZE(16, bits)                                                                                                    \
  SIZE(32, bits)                                                                                                    \
  static void add_residual_4_##bits(uint8_t *dst, const int16_t *residual, ptrdiff_t stride) {                      \
    add_residual_4(dst, residual, stride, bits);                                                                    \
  }                                                                                                                 \
  static void idct_dc_4_##bits(int16_t *coefficients) { idct_dc(coefficients, 4, bits); }                           \
  static void transform_4x4_luma_##bits(int16_t *coefficients) { transform_4x4_luma(coefficients, bits); }

FUNCTIONS(8)
FUNCTIONS(10)

#define SET(i, size, bits)                                                                                          \
  dsp->add_residual[i] = add_residual_##size##_##bits;                                                              \
  dsp->idct_dc[i] = idct_dc_##size##_##bits

#define SET_ALL(bits)                                                                                               \
  SET(0, 4, bits);                                                                                                  \
  SET(1, 8, bits);                                                                                                  \
  SET(2, 16, bits);                                                                                                 \
  SET(3, 32, bits);                                                                                                 \
  dsp->transform_4x4_luma = transform_4x4_luma_##bits

void hevc_residual_init(HEVCDSPContext *dsp, int bit_depth) {
  if (bit_depth == 8) {
    SET_ALL(8);
  } else if (bit_depth == 10) {
    SET_ALL(10);
  }
}
