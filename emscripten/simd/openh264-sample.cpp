// OpenH264's measures of difference between blocks: sums of absolute differences (SAD), and of absolute transformed
// differences (SATD, the Hadamard transform of 4 × 4 blocks).
#include "openh264.h"

// Absolute differences

// A row of 16 samples, or two rows of 8, or four of 4.
INLINE v128_t load_rows(const uint8_t *at, int stride, int width) {
  if (width == 16)
    return wasm_v128_load(at);
  if (width == 8)
    return wasm_v128_load64_lane(at + stride, wasm_v128_load64_zero(at), 1);
  v128_t rows = wasm_v128_load32_lane(at + stride, wasm_v128_load32_zero(at), 1);
  rows = wasm_v128_load32_lane(at + 2 * stride, rows, 2);
  return wasm_v128_load32_lane(at + 3 * stride, rows, 3);
}

INLINE int sad(const uint8_t *a, int a_stride, const uint8_t *b, int b_stride, int width, int height) {
  v128_t sums = wasm_i16x8_const_splat(0);
  const int rows = 16 / width;
  ROWS_IN_A_LOOP
  for (int y = 0; y < height; y += 2 * rows)
    for (int i = 0; i < 2 && y + i * rows < height; i++, a += rows * a_stride, b += rows * b_stride)
      sums = add_differences(sums, load_rows(a, a_stride, width), load_rows(b, b_stride, width));
  return total(sums);
}

// Against the blocks one sample above, below, left and right of b.
INLINE void sad_four(const uint8_t *a, int a_stride, const uint8_t *b, int b_stride, int32_t *result, int width,
                     int height) {
  v128_t sums[4] = {};
  const int rows = 16 / width;
  ROWS_IN_A_LOOP
  for (int y = 0; y < height; y += rows, a += rows * a_stride, b += rows * b_stride) {
    v128_t row = load_rows(a, a_stride, width);
    sums[0] = add_differences(sums[0], row, load_rows(b - b_stride, b_stride, width));
    sums[1] = add_differences(sums[1], row, load_rows(b + b_stride, b_stride, width));
    sums[2] = add_differences(sums[2], row, load_rows(b - 1, b_stride, width));
    sums[3] = add_differences(sums[3], row, load_rows(b + 1, b_stride, width));
  }
  for (int i = 0; i < 4; i++)
    result[i] = total(sums[i]);
}

// Transformed differences

INLINE v128_t difference_of_rows(const uint8_t *a, const uint8_t *b) {
  return wasm_i16x8_sub(wasm_u16x8_load8x8(a), wasm_u16x8_load8x8(b));
}

INLINE v128_t larger_magnitude(v128_t a, v128_t b) { return wasm_i16x8_max(wasm_i16x8_abs(a), wasm_i16x8_abs(b)); }

INLINE void butterfly(v128_t *a, v128_t *b) {
  v128_t sum = wasm_i16x8_add(*a, *b);
  *b = wasm_i16x8_sub(*a, *b);
  *a = sum;
}

// Adds half the absolute sum of two 4 × 4 transforms, whose rows of differences stand side by side. Sums of all 16
// coefficients are even, so no half is lost. Of the last step only that half is made: |a + b| + |a − b| is twice the
// larger of |a| and |b|.
INLINE v128_t add_transformed(v128_t sums, v128_t r0, v128_t r1, v128_t r2, v128_t r3) {
  butterfly(&r0, &r1);
  butterfly(&r2, &r3);
  butterfly(&r0, &r2);
  butterfly(&r1, &r3);
  // Columns of the left block and of the right one, two to a vector.
  v128_t left01 = wasm_i16x8_shuffle(r0, r1, 0, 8, 1, 9, 2, 10, 3, 11);
  v128_t left23 = wasm_i16x8_shuffle(r2, r3, 0, 8, 1, 9, 2, 10, 3, 11);
  v128_t right01 = wasm_i16x8_shuffle(r0, r1, 4, 12, 5, 13, 6, 14, 7, 15);
  v128_t right23 = wasm_i16x8_shuffle(r2, r3, 4, 12, 5, 13, 6, 14, 7, 15);
  v128_t left_a = wasm_i32x4_shuffle(left01, left23, 0, 4, 1, 5);
  v128_t left_b = wasm_i32x4_shuffle(left01, left23, 2, 6, 3, 7);
  v128_t right_a = wasm_i32x4_shuffle(right01, right23, 0, 4, 1, 5);
  v128_t right_b = wasm_i32x4_shuffle(right01, right23, 2, 6, 3, 7);
  butterfly(&left_a, &left_b);
  butterfly(&right_a, &right_b);
  sums = wasm_i16x8_add(sums, larger_magnitude(wasm_i64x2_shuffle(left_a, right_a, 0, 2),
                                               wasm_i64x2_shuffle(left_a, right_a, 1, 3)));
  return wasm_i16x8_add(sums, larger_magnitude(wasm_i64x2_shuffle(left_b, right_b, 0, 2),
                                               wasm_i64x2_shuffle(left_b, right_b, 1, 3)));
}

// Blocks of 8 × 4. Words without sign hold the sums of 16 × 16 samples: 16 · 4080 at most.
INLINE v128_t add_satd8x4(v128_t sums, const uint8_t *a, int a_stride, const uint8_t *b, int b_stride) {
  return add_transformed(sums, difference_of_rows(a, b), difference_of_rows(a + a_stride, b + b_stride),
                         difference_of_rows(a + 2 * a_stride, b + 2 * b_stride),
                         difference_of_rows(a + 3 * a_stride, b + 3 * b_stride));
}

INLINE int satd(const uint8_t *a, int a_stride, const uint8_t *b, int b_stride, int width, int height) {
  v128_t sums = wasm_i16x8_const_splat(0);
  ROWS_IN_A_LOOP
  for (int y = 0; y < height; y += 4, a += 4 * a_stride, b += 4 * b_stride)
    for (int x = 0; x < width; x += 8)
      sums = add_satd8x4(sums, a + x, a_stride, b + x, b_stride);
  return total(sums);
}

INLINE v128_t difference_of_four(const uint8_t *a, const uint8_t *b) {
  return wasm_i16x8_sub(wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(a)),
                        wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(b)));
}

// The right one of the two blocks is empty.
static int32_t satd4x4(uint8_t *a, int32_t a_stride, uint8_t *b, int32_t b_stride) {
  return total(add_transformed(wasm_i16x8_const_splat(0), difference_of_four(a, b),
                               difference_of_four(a + a_stride, b + b_stride),
                               difference_of_four(a + 2 * a_stride, b + 2 * b_stride),
                               difference_of_four(a + 3 * a_stride, b + 3 * b_stride)));
}

#define SIZE(width, height)                                                                                         \
  static int32_t sad##width##x##height(uint8_t *a, int32_t a_stride, uint8_t *b, int32_t b_stride) {                \
    return sad(a, a_stride, b, b_stride, width, height);                                                            \
  }                                                                                                                 \
  static void sad_four##width##x##height(uint8_t *a, int32_t a_stride, uint8_t *b, int32_t b_stride,                \
                                         int32_t *result) {                                                         \
    sad_four(a, a_stride, b, b_stride, result, width, height);                                                      \
  }
#define TRANSFORMED(width, height)                                                                                  \
  static int32_t satd##width##x##height(uint8_t *a, int32_t a_stride, uint8_t *b, int32_t b_stride) {               \
    return satd(a, a_stride, b, b_stride, width, height);                                                           \
  }

SIZE(16, 16)
SIZE(16, 8)
SIZE(8, 16)
SIZE(8, 8)
SIZE(4, 4)
TRANSFORMED(16, 16)
TRANSFORMED(16, 8)
TRANSFORMED(8, 16)
TRANSFORMED(8, 8)

extern "C" {

void __real__ZN7WelsEnc21WelsInitSampleSadFuncEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *functions,
                                                                              uint32_t cpu);

// WelsInitSampleSadFunc(); linked in the place of OpenH264's own (wasm-ld --wrap).
void __wrap__ZN7WelsEnc21WelsInitSampleSadFuncEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *functions,
                                                                              uint32_t cpu) {
  __real__ZN7WelsEnc21WelsInitSampleSadFuncEPNS_22TagWelsFuncPointerListEj(functions, cpu);
  SSampleDealingFunc *table = &functions->sSampleDealingFuncs;
  table->pfSampleSad[BLOCK_16x16] = sad16x16;
  table->pfSampleSad[BLOCK_16x8] = sad16x8;
  table->pfSampleSad[BLOCK_8x16] = sad8x16;
  table->pfSampleSad[BLOCK_8x8] = sad8x8;
  table->pfSampleSad[BLOCK_4x4] = sad4x4;
  table->pfSample4Sad[BLOCK_16x16] = sad_four16x16;
  table->pfSample4Sad[BLOCK_16x8] = sad_four16x8;
  table->pfSample4Sad[BLOCK_8x16] = sad_four8x16;
  table->pfSample4Sad[BLOCK_8x8] = sad_four8x8;
  table->pfSample4Sad[BLOCK_4x4] = sad_four4x4;
  table->pfSampleSatd[BLOCK_16x16] = satd16x16;
  table->pfSampleSatd[BLOCK_16x8] = satd16x8;
  table->pfSampleSatd[BLOCK_8x16] = satd8x16;
  table->pfSampleSatd[BLOCK_8x8] = satd8x8;
  table->pfSampleSatd[BLOCK_4x4] = satd4x4;
}
}
