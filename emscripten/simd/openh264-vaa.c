// OpenH264's analysis of a picture beside the one before it ("VAA"): sums over its macroblocks and their quarters.
#include "openh264.h"

// What is added up while the rows of half a macroblock, 16 × 8 samples, go by: the left quarter's sums are in the low
// half of each vector of words, the right one's in the high half.
typedef struct Sums {
  v128_t differences;        // |current − reference|
  v128_t current, reference; // samples
  v128_t largest_difference; // bytes
  v128_t current_squares, difference_squares; // four words of 32 bits, all of one half macroblock
} Sums;

// Which of them are wanted.
enum { SIGNED_AND_LARGEST = 1, CURRENT_SQUARES = 2, DIFFERENCE_SQUARES = 4 };

INLINE v128_t add_squares(v128_t sums, v128_t bytes) {
  v128_t low = wasm_u16x8_extend_low_u8x16(bytes), high = wasm_u16x8_extend_high_u8x16(bytes);
  return wasm_i32x4_add(sums, wasm_i32x4_add(wasm_i32x4_dot_i16x8(low, low), wasm_i32x4_dot_i16x8(high, high)));
}

INLINE Sums sum_rows(const uint8_t *current, const uint8_t *reference, int stride, int wanted) {
  Sums sums = {0};
  for (int y = 0; y < 8; y++, current += stride, reference += stride) {
    v128_t a = wasm_v128_load(current), b = wasm_v128_load(reference);
    v128_t distance = difference(a, b);
    sums.differences = wasm_i16x8_add(sums.differences, wasm_u16x8_extadd_pairwise_u8x16(distance));
    if (wanted & (SIGNED_AND_LARGEST | CURRENT_SQUARES))
      sums.current = wasm_i16x8_add(sums.current, wasm_u16x8_extadd_pairwise_u8x16(a));
    if (wanted & SIGNED_AND_LARGEST) {
      sums.reference = wasm_i16x8_add(sums.reference, wasm_u16x8_extadd_pairwise_u8x16(b));
      sums.largest_difference = wasm_u8x16_max(sums.largest_difference, distance);
    }
    if (wanted & CURRENT_SQUARES)
      sums.current_squares = add_squares(sums.current_squares, a);
    if (wanted & DIFFERENCE_SQUARES)
      sums.difference_squares = add_squares(sums.difference_squares, distance);
  }
  return sums;
}

// Sums of the low and the high four words, none of them above 32767, in the first two words of 32 bits.
INLINE v128_t sum_halves(v128_t words) {
  v128_t pairs = wasm_i32x4_dot_i16x8(words, wasm_i16x8_const_splat(1));
  v128_t swapped = wasm_i32x4_shuffle(pairs, pairs, 1, 0, 3, 2);
  v128_t sums = wasm_i32x4_add(pairs, swapped);
  return wasm_i32x4_shuffle(sums, sums, 0, 2, 0, 2);
}

INLINE int sum_all(v128_t sums) { // of four words of 32 bits
  sums = wasm_i32x4_add(sums, wasm_i32x4_shuffle(sums, sums, 2, 3, 0, 1));
  return wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1);
}

// The largest byte of each half, in the first two bytes.
INLINE v128_t largest_of_halves(v128_t bytes) {
  bytes = wasm_u8x16_max(bytes, wasm_u64x2_shr(bytes, 32));
  bytes = wasm_u8x16_max(bytes, wasm_u64x2_shr(bytes, 16));
  bytes = wasm_u8x16_max(bytes, wasm_u64x2_shr(bytes, 8));
  return wasm_i8x16_shuffle(bytes, bytes, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8);
}

// Where the sums go; NULL where they are not wanted.
typedef struct Results {
  int32_t *sad;                    // of the picture
  int32_t *sad8x8, *difference8x8; // four quarters of each macroblock
  uint8_t *largest8x8;
  int32_t *sum16x16, *squares16x16, *difference_squares16x16;
} Results;

// Upper (0) or lower (1) half of a macroblock.
INLINE void store_sums(const Sums *sums, const Results *results, int macroblock, int half, int wanted) {
  int quarter = macroblock * 4 + half * 2;
  v128_t differences = sum_halves(sums->differences);
  wasm_v128_store64_lane(results->sad8x8 + quarter, differences, 0);
  *results->sad += wasm_i32x4_extract_lane(differences, 0) + wasm_i32x4_extract_lane(differences, 1);
  if (wanted & SIGNED_AND_LARGEST) {
    v128_t signed_differences = sum_halves(wasm_i16x8_sub(sums->current, sums->reference));
    wasm_v128_store64_lane(results->difference8x8 + quarter, signed_differences, 0);
    wasm_v128_store16_lane(results->largest8x8 + quarter, largest_of_halves(sums->largest_difference), 0);
  }
  if (wanted & CURRENT_SQUARES) {
    v128_t sum = sum_halves(sums->current);
    int before = half ? results->sum16x16[macroblock] : 0;
    int squares_before = half ? results->squares16x16[macroblock] : 0;
    results->sum16x16[macroblock] = before + wasm_i32x4_extract_lane(sum, 0) + wasm_i32x4_extract_lane(sum, 1);
    results->squares16x16[macroblock] = squares_before + sum_all(sums->current_squares);
  }
  if (wanted & DIFFERENCE_SQUARES) {
    int before = half ? results->difference_squares16x16[macroblock] : 0;
    results->difference_squares16x16[macroblock] = before + sum_all(sums->difference_squares);
  }
}

INLINE void analyse(const uint8_t *current, const uint8_t *reference, int width, int height, int stride,
                    Results results, int wanted) {
  int columns = width >> 4, rows = height >> 4, macroblock = 0;
  // Where the width is no multiple of 16, OpenH264 steps back too far at the end of a row.
  int step = 16 * stride - (width & 15);
  *results.sad = 0;
  for (int row = 0; row < rows; row++, current += step, reference += step)
    for (int column = 0; column < columns; column++, macroblock++)
      for (int half = 0; half < 2; half++) {
        int at = column * 16 + half * 8 * stride;
        Sums sums = sum_rows(current + at, reference + at, stride, wanted);
        store_sums(&sums, &results, macroblock, half, wanted);
      }
}

// Linked in the place of OpenH264's own functions (wasm-ld --wrap).

// VAACalcSad_c()
void __wrap__ZN6WelsVP12VAACalcSad_cEPKhS1_iiiPiS2_(const uint8_t *current, const uint8_t *reference, int width,
                                                     int height, int stride, int32_t *sad, int32_t *sad8x8) {
  analyse(current, reference, width, height, stride, (Results){.sad = sad, .sad8x8 = sad8x8}, 0);
}

// VAACalcSadBgd_c()
void __wrap__ZN6WelsVP15VAACalcSadBgd_cEPKhS1_iiiPiS2_S2_Ph(const uint8_t *current, const uint8_t *reference, int width,
                                                             int height, int stride, int32_t *sad, int32_t *sad8x8,
                                                             int32_t *difference8x8, uint8_t *largest8x8) {
  Results results = {.sad = sad, .sad8x8 = sad8x8, .difference8x8 = difference8x8, .largest8x8 = largest8x8};
  analyse(current, reference, width, height, stride, results, SIGNED_AND_LARGEST);
}

// VAACalcSadVar_c()
void __wrap__ZN6WelsVP15VAACalcSadVar_cEPKhS1_iiiPiS2_S2_S2_(const uint8_t *current, const uint8_t *reference,
                                                              int width, int height, int stride, int32_t *sad,
                                                              int32_t *sad8x8, int32_t *sum16x16,
                                                              int32_t *squares16x16) {
  Results results = {.sad = sad, .sad8x8 = sad8x8, .sum16x16 = sum16x16, .squares16x16 = squares16x16};
  analyse(current, reference, width, height, stride, results, CURRENT_SQUARES);
}

// VAACalcSadSsd_c()
void __wrap__ZN6WelsVP15VAACalcSadSsd_cEPKhS1_iiiPiS2_S2_S2_S2_(const uint8_t *current, const uint8_t *reference,
                                                                 int width, int height, int stride, int32_t *sad,
                                                                 int32_t *sad8x8, int32_t *sum16x16,
                                                                 int32_t *squares16x16,
                                                                 int32_t *difference_squares16x16) {
  Results results = {.sad = sad, .sad8x8 = sad8x8, .sum16x16 = sum16x16, .squares16x16 = squares16x16,
                     .difference_squares16x16 = difference_squares16x16};
  analyse(current, reference, width, height, stride, results, CURRENT_SQUARES | DIFFERENCE_SQUARES);
}

// VAACalcSadSsdBgd_c()
void __wrap__ZN6WelsVP18VAACalcSadSsdBgd_cEPKhS1_iiiPiS2_S2_S2_S2_S2_Ph(
    const uint8_t *current, const uint8_t *reference, int width, int height, int stride, int32_t *sad, int32_t *sad8x8,
    int32_t *sum16x16, int32_t *squares16x16, int32_t *difference_squares16x16, int32_t *difference8x8,
    uint8_t *largest8x8) {
  Results results = {sad, sad8x8, difference8x8, largest8x8, sum16x16, squares16x16, difference_squares16x16};
  analyse(current, reference, width, height, stride, results,
          SIGNED_AND_LARGEST | CURRENT_SQUARES | DIFFERENCE_SQUARES);
}
