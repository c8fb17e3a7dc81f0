// OpenH264's transforms of 4 × 4 blocks (ITU-T H.264, 8.5), quantization, and what counts and orders coefficients.
#include "openh264.h"

// Two blocks stand side by side: each vector holds a row (or column) of the left one and of the right one.

INLINE v128_t interleave_low(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
INLINE v128_t interleave_high(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
INLINE v128_t low_halves(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 0, 2); }
INLINE v128_t high_halves(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 1, 3); }

// Rows of a pair of blocks as two pairs of rows (0 and 1, 2 and 3) of the transposed left one, then of the right one.
INLINE void transposed_rows(const v128_t row[4], v128_t pair[4]) {
  v128_t left01 = interleave_low(row[0], row[1]), left23 = interleave_low(row[2], row[3]);
  v128_t right01 = interleave_high(row[0], row[1]), right23 = interleave_high(row[2], row[3]);
  pair[0] = wasm_i32x4_shuffle(left01, left23, 0, 4, 1, 5);
  pair[1] = wasm_i32x4_shuffle(left01, left23, 2, 6, 3, 7);
  pair[2] = wasm_i32x4_shuffle(right01, right23, 0, 4, 1, 5);
  pair[3] = wasm_i32x4_shuffle(right01, right23, 2, 6, 3, 7);
}

// Pairs of rows of two blocks as rows of both.
INLINE void side_by_side(const v128_t pair[4], v128_t row[4]) {
  row[0] = low_halves(pair[0], pair[2]);
  row[1] = high_halves(pair[0], pair[2]);
  row[2] = low_halves(pair[1], pair[3]);
  row[3] = high_halves(pair[1], pair[3]);
}

// Pairs of rows of one block as pairs of its columns.
INLINE void transpose_pairs(v128_t *pair01, v128_t *pair23) {
  v128_t even = interleave_low(*pair01, *pair23), odd = interleave_high(*pair01, *pair23);
  *pair01 = interleave_low(even, odd);
  *pair23 = interleave_high(even, odd);
}

// The forward transform

INLINE void transform(v128_t a[4]) {
  v128_t outer = wasm_i16x8_add(a[0], a[3]), outer_difference = wasm_i16x8_sub(a[0], a[3]);
  v128_t inner = wasm_i16x8_add(a[1], a[2]), inner_difference = wasm_i16x8_sub(a[1], a[2]);
  a[0] = wasm_i16x8_add(outer, inner);
  a[1] = wasm_i16x8_add(wasm_i16x8_shl(outer_difference, 1), inner_difference);
  a[2] = wasm_i16x8_sub(outer, inner);
  a[3] = wasm_i16x8_sub(outer_difference, wasm_i16x8_shl(inner_difference, 1));
}

INLINE void transform_pair(v128_t row[4], v128_t pair[4]) {
  v128_t column[4];
  transform(row);
  transposed_rows(row, pair);
  side_by_side(pair, column);
  transform(column);
  transposed_rows(column, pair);
}

INLINE v128_t difference_of_eight(const uint8_t *a, const uint8_t *b) {
  return wasm_i16x8_sub(wasm_u16x8_load8x8(a), wasm_u16x8_load8x8(b));
}

INLINE v128_t widen_four(const uint8_t *at) { return wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(at)); }

static void dct4x4(int16_t *dct, uint8_t *a, int32_t a_stride, uint8_t *b, int32_t b_stride) {
  v128_t row[4], pair[4];
  for (int y = 0; y < 4; y++, a += a_stride, b += b_stride)
    row[y] = wasm_i16x8_sub(widen_four(a), widen_four(b));
  transform_pair(row, pair);
  wasm_v128_store(dct, pair[0]);
  wasm_v128_store(dct + 8, pair[1]);
}

// Blocks of 8 × 8: four transforms, one after the other in memory.
static void dct_four4x4(int16_t *dct, uint8_t *a, int32_t a_stride, uint8_t *b, int32_t b_stride) {
  for (int half = 0; half < 2; half++, dct += 32) {
    v128_t row[4], pair[4];
    for (int y = 0; y < 4; y++, a += a_stride, b += b_stride)
      row[y] = difference_of_eight(a, b);
    transform_pair(row, pair);
    for (int i = 0; i < 4; i++)
      wasm_v128_store(dct + 8 * i, pair[i]);
  }
}

// The inverse transform, added to a prediction

INLINE void inverse_transform(v128_t a[4]) {
  v128_t sum = wasm_i16x8_add(a[0], a[2]), difference = wasm_i16x8_sub(a[0], a[2]);
  v128_t odd_sum = wasm_i16x8_add(a[1], wasm_i16x8_shr(a[3], 1));
  v128_t odd_difference = wasm_i16x8_sub(wasm_i16x8_shr(a[1], 1), a[3]);
  a[0] = wasm_i16x8_add(sum, odd_sum);
  a[1] = wasm_i16x8_add(difference, odd_difference);
  a[2] = wasm_i16x8_sub(difference, odd_difference);
  a[3] = wasm_i16x8_sub(sum, odd_sum);
}

INLINE v128_t rounded_residual(v128_t sum) {
  return wasm_i16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_const_splat(32)), 6);
}

INLINE void inverse_transform_pair(v128_t pair[4], v128_t row[4]) {
  v128_t column[4];
  transpose_pairs(&pair[0], &pair[1]);
  transpose_pairs(&pair[2], &pair[3]);
  side_by_side(pair, column);
  inverse_transform(column);
  transposed_rows(column, pair);
  side_by_side(pair, row);
  inverse_transform(row);
}

static void idct4x4(uint8_t *dst, int32_t stride, uint8_t *prediction, int32_t prediction_stride, int16_t *dct) {
  const v128_t zero = wasm_i16x8_const_splat(0);
  v128_t pair[4] = {wasm_v128_load(dct), wasm_v128_load(dct + 8), zero, zero}, row[4];
  inverse_transform_pair(pair, row);
  for (int y = 0; y < 4; y++, dst += stride, prediction += prediction_stride) {
    v128_t samples = wasm_i16x8_add(widen_four(prediction), rounded_residual(row[y]));
    wasm_v128_store32_lane(dst, wasm_u8x16_narrow_i16x8(samples, samples), 0);
  }
}

static void idct_four4x4(uint8_t *dst, int32_t stride, uint8_t *prediction, int32_t prediction_stride, int16_t *dct) {
  for (int half = 0; half < 2; half++, dct += 32) {
    v128_t pair[4], row[4];
    for (int i = 0; i < 4; i++)
      pair[i] = wasm_v128_load(dct + 8 * i);
    inverse_transform_pair(pair, row);
    for (int y = 0; y < 4; y++, dst += stride, prediction += prediction_stride)
      store_bytes(dst, wasm_i16x8_add(wasm_u16x8_load8x8(prediction), rounded_residual(row[y])));
  }
}

// A macroblock of which only the means of the 4 × 4 blocks are coded.
static void idct_dc16x16(uint8_t *dst, int32_t stride, uint8_t *prediction, int32_t prediction_stride, int16_t *dc) {
  for (int y = 0; y < 16; y++, dst += stride, prediction += prediction_stride) {
    v128_t residual = rounded_residual(wasm_v128_load64_zero(dc + (y & 12)));
    residual = interleave_low(residual, residual);
    v128_t left = wasm_i32x4_shuffle(residual, residual, 0, 0, 1, 1);
    v128_t right = wasm_i32x4_shuffle(residual, residual, 2, 2, 3, 3);
    v128_t samples = wasm_v128_load(prediction);
    wasm_v128_store(dst, wasm_u8x16_narrow_i16x8(wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(samples), left),
                                                 wasm_i16x8_add(wasm_u16x8_extend_high_u8x16(samples), right)));
  }
}

// Quantization: ((|level| + offset) · multiplier) >> 16, with the level's sign. Levels of −32768, whose magnitude is no
// 16-bit number, do not occur: of 8-bit samples the transform makes 9180 at most, its second step for means 32640.

typedef struct Quantizer {
  v128_t offset, low_multiplier, high_multiplier; // multipliers stand twice, for dot products
} Quantizer;

INLINE Quantizer make_quantizer(v128_t offset, v128_t multiplier) {
  return (Quantizer){offset, interleave_low(multiplier, multiplier), interleave_high(multiplier, multiplier)};
}

INLINE v128_t quantized_magnitude(v128_t level, const Quantizer *quantizer) {
  v128_t magnitude = wasm_i16x8_abs(level);
  v128_t low = wasm_i32x4_dot_i16x8(interleave_low(magnitude, quantizer->offset), quantizer->low_multiplier);
  v128_t high = wasm_i32x4_dot_i16x8(interleave_high(magnitude, quantizer->offset), quantizer->high_multiplier);
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(low, 16), wasm_i32x4_shr(high, 16));
}

INLINE v128_t with_sign_of(v128_t magnitude, v128_t level) {
  v128_t sign = wasm_i16x8_shr(level, 15);
  return wasm_i16x8_sub(wasm_v128_xor(magnitude, sign), sign);
}

INLINE void quantize(int16_t *levels, int count, Quantizer quantizer) {
  for (int i = 0; i < count; i += 8) {
    v128_t level = wasm_v128_load(levels + i);
    wasm_v128_store(levels + i, with_sign_of(quantized_magnitude(level, &quantizer), level));
  }
}

static void quantize4x4(int16_t *levels, const int16_t *offsets, const int16_t *multipliers) {
  quantize(levels, 16, make_quantizer(wasm_v128_load(offsets), wasm_v128_load(multipliers)));
}

static void quantize_dc4x4(int16_t *levels, int16_t offset, int16_t multiplier) {
  quantize(levels, 16, make_quantizer(wasm_i16x8_splat(offset), wasm_i16x8_splat(multiplier)));
}

static void quantize_four4x4(int16_t *levels, const int16_t *offsets, const int16_t *multipliers) {
  quantize(levels, 64, make_quantizer(wasm_v128_load(offsets), wasm_v128_load(multipliers)));
}

// Also gives the largest magnitude of each block.
static void quantize_four4x4_max(int16_t *levels, const int16_t *offsets, const int16_t *multipliers,
                                 int16_t *largest) {
  Quantizer quantizer = make_quantizer(wasm_v128_load(offsets), wasm_v128_load(multipliers));
  v128_t most[4];
  for (int block = 0; block < 4; block++, levels += 16) {
    v128_t first = wasm_v128_load(levels), second = wasm_v128_load(levels + 8);
    v128_t first_magnitude = quantized_magnitude(first, &quantizer);
    v128_t second_magnitude = quantized_magnitude(second, &quantizer);
    most[block] = wasm_i16x8_max(first_magnitude, second_magnitude);
    wasm_v128_store(levels, with_sign_of(first_magnitude, first));
    wasm_v128_store(levels + 8, with_sign_of(second_magnitude, second));
  }
  v128_t most01 = wasm_i16x8_max(interleave_low(most[0], most[1]), interleave_high(most[0], most[1]));
  v128_t most23 = wasm_i16x8_max(interleave_low(most[2], most[3]), interleave_high(most[2], most[3]));
  v128_t all = wasm_i16x8_max(wasm_i32x4_shuffle(most01, most23, 0, 4, 1, 5),
                              wasm_i32x4_shuffle(most01, most23, 2, 6, 3, 7));
  wasm_v128_store64_lane(largest, wasm_i16x8_max(all, wasm_i64x2_shuffle(all, all, 1, 0)), 0);
}

INLINE void dequantize(int16_t *levels, const uint16_t *multipliers, int count) {
  v128_t multiplier = wasm_v128_load(multipliers);
  for (int i = 0; i < count; i += 8)
    wasm_v128_store(levels + i, wasm_i16x8_mul(wasm_v128_load(levels + i), multiplier));
}

static void dequantize4x4(int16_t *levels, const uint16_t *multipliers) { dequantize(levels, multipliers, 16); }
static void dequantize_four4x4(int16_t *levels, const uint16_t *multipliers) { dequantize(levels, multipliers, 64); }

// Order and number of coefficients

static void scan4x4(int16_t *levels, int16_t *dct) {
  v128_t top = wasm_v128_load(dct), bottom = wasm_v128_load(dct + 8);
  wasm_v128_store(levels, wasm_i16x8_shuffle(top, bottom, 0, 1, 4, 8, 5, 2, 3, 6));
  wasm_v128_store(levels + 8, wasm_i16x8_shuffle(top, bottom, 9, 12, 13, 10, 7, 11, 14, 15));
}

// Without the first coefficient.
static void scan4x4_ac(int16_t *levels, int16_t *dct) {
  v128_t top = wasm_v128_load(dct), bottom = wasm_v128_load(dct + 8);
  wasm_v128_store(levels, wasm_i16x8_shuffle(top, bottom, 1, 4, 8, 5, 2, 3, 6, 9));
  v128_t rest = wasm_i16x8_shuffle(top, bottom, 12, 13, 10, 7, 11, 14, 15, 15);
  wasm_v128_store(levels + 8, wasm_i16x8_replace_lane(rest, 7, 0));
}

// A bit for each of 16 coefficients that is not zero.
INLINE unsigned nonzero_mask_of(v128_t first, v128_t second) {
  v128_t bytes = wasm_i8x16_narrow_i16x8(first, second);
  return wasm_i8x16_bitmask(wasm_i8x16_eq(bytes, wasm_i8x16_const_splat(0))) ^ 0xFFFF;
}

INLINE unsigned nonzero_mask(const int16_t *levels) {
  return nonzero_mask_of(wasm_v128_load(levels), wasm_v128_load(levels + 8));
}

static int32_t nonzero_count(int16_t *levels) { return __builtin_popcount(nonzero_mask(levels)); }

// How dear a block of single ±1 is: points for each coefficient by the zeros before it (JVT-O079).
static int32_t single_coefficients(int16_t *levels) {
  static const uint8_t points[16] = {3, 2, 2, 1, 1, 1};
  unsigned mask = nonzero_mask(levels);
  int sum = 0, next = -1;
  for (; mask; mask &= mask - 1) {
    int position = __builtin_ctz(mask);
    sum += points[position - next - 1];
    next = position;
  }
  return sum;
}

// Levels from the last to the first, each with the number of zeros before it; returns the sum of those zeros. Up to
// four levels lie at the end of their memory.
static int32_t runs_and_levels(int16_t *levels, uint8_t *run, int16_t *level, int32_t *count, int32_t last) {
  unsigned mask = (last < 4 ? nonzero_mask_of(wasm_v128_load64_zero(levels), wasm_i16x8_const_splat(0))
                            : nonzero_mask(levels)) & ((2u << last) - 1);
  int total = __builtin_popcount(mask);
  *count = total;
  // One bit before the first level ends its run.
  unsigned left = mask << 1 | 1;
  int position = 31 - __builtin_clz(left), zeros = position - total;
  for (int i = 0; i < total; i++) {
    left ^= 1u << position;
    int next = 31 - __builtin_clz(left);
    level[i] = levels[position - 1];
    run[i] = (uint8_t)(position - next - 1);
    position = next;
  }
  return zeros;
}

// Copies

INLINE void copy(uint8_t *dst, int dst_stride, const uint8_t *src, int src_stride, int width, int height) {
  for (int y = 0; y < height; y++, dst += dst_stride, src += src_stride) {
    if (width == 16)
      wasm_v128_store(dst, wasm_v128_load(src));
    else
      wasm_v128_store64_lane(dst, wasm_v128_load64_zero(src), 0);
  }
}

#define COPY(width, height)                                                                                         \
  static void copy##width##x##height(uint8_t *dst, int32_t dst_stride, uint8_t *src, int32_t src_stride) {          \
    copy(dst, dst_stride, src, src_stride, width, height);                                                          \
  }

COPY(16, 16)
COPY(16, 8)
COPY(8, 16)
COPY(8, 8)

extern "C" {

void __real__ZN7WelsEnc21WelsInitEncodingFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *functions,
                                                                              uint32_t cpu);

// WelsInitEncodingFuncs(); linked in the place of OpenH264's own (wasm-ld --wrap).
void __wrap__ZN7WelsEnc21WelsInitEncodingFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *functions,
                                                                              uint32_t cpu) {
  __real__ZN7WelsEnc21WelsInitEncodingFuncsEPNS_22TagWelsFuncPointerListEj(functions, cpu);
  functions->pfDctT4 = dct4x4;
  functions->pfDctFourT4 = dct_four4x4;
  functions->pfQuantization4x4 = quantize4x4;
  functions->pfQuantizationDc4x4 = quantize_dc4x4;
  functions->pfQuantizationFour4x4 = quantize_four4x4;
  functions->pfQuantizationFour4x4Max = quantize_four4x4_max;
  functions->pfScan4x4 = scan4x4;
  functions->pfScan4x4Ac = scan4x4_ac;
  functions->pfGetNoneZeroCount = nonzero_count;
  functions->pfCalculateSingleCtr4x4 = single_coefficients;
  functions->pfCopy16x16Aligned = functions->pfCopy16x16NotAligned = copy16x16;
  functions->pfCopy16x8NotAligned = copy16x8;
  functions->pfCopy8x16Aligned = copy8x16;
  functions->pfCopy8x8Aligned = copy8x8;
}

void __real__ZN7WelsEnc13InitCoeffFuncEPNS_22TagWelsFuncPointerListEji(SWelsFuncPtrList *functions, uint32_t cpu,
                                                                       int32_t is_cabac);

// InitCoeffFunc()
void __wrap__ZN7WelsEnc13InitCoeffFuncEPNS_22TagWelsFuncPointerListEji(SWelsFuncPtrList *functions, uint32_t cpu,
                                                                       int32_t is_cabac) {
  __real__ZN7WelsEnc13InitCoeffFuncEPNS_22TagWelsFuncPointerListEji(functions, cpu, is_cabac);
  functions->pfCavlcParamCal = runs_and_levels;
}

void __real__ZN7WelsEnc27WelsInitReconstructionFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *functions,
                                                                                    uint32_t cpu);

// WelsInitReconstructionFuncs()
void __wrap__ZN7WelsEnc27WelsInitReconstructionFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *functions,
                                                                                    uint32_t cpu) {
  __real__ZN7WelsEnc27WelsInitReconstructionFuncsEPNS_22TagWelsFuncPointerListEj(functions, cpu);
  functions->pfDequantization4x4 = dequantize4x4;
  functions->pfDequantizationFour4x4 = dequantize_four4x4;
  functions->pfIDctT4 = idct4x4;
  functions->pfIDctFourT4 = idct_four4x4;
  functions->pfIDctI16x16Dc = idct_dc16x16;
}
}
