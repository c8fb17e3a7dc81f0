// OpenH264's intra prediction (ITU-T H.264, 8.3.3 and 8.3.4) of whole macroblocks, into blocks without gaps.
#include "openh264.h"

#include "get_intra_predictor.h"

static void luma_vertical(uint8_t *prediction, uint8_t *block, const int32_t stride) {
  v128_t above = wasm_v128_load(block - stride);
  for (int y = 0; y < 16; y++)
    wasm_v128_store(prediction + 16 * y, above);
}

static void luma_horizontal(uint8_t *prediction, uint8_t *block, const int32_t stride) {
  for (int y = 0; y < 16; y++)
    wasm_v128_store(prediction + 16 * y, wasm_v128_load8_splat(block + y * stride - 1));
}

INLINE int sum_of_sixteen(const uint8_t *at) {
  v128_t sums = wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(wasm_v128_load(at)));
  sums = wasm_i32x4_add(sums, wasm_i32x4_shuffle(sums, sums, 2, 3, 0, 1));
  return wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1);
}

static void luma_dc(uint8_t *prediction, uint8_t *block, const int32_t stride) {
  int sum = sum_of_sixteen(block - stride);
  for (int y = 0; y < 16; y++)
    sum += block[y * stride - 1];
  v128_t mean = wasm_i8x16_splat((int8_t)((sum + 16) >> 5));
  for (int y = 0; y < 16; y++)
    wasm_v128_store(prediction + 16 * y, mean);
}

// Differences of samples at equal distances from the middle of a line, times that distance.
INLINE int slope(const uint8_t *middle, int step, int distances) {
  int sum = 0;
  for (int distance = 1; distance <= distances; distance++)
    sum += distance * (middle[distance * step] - middle[-distance * step]);
  return sum;
}

INLINE v128_t eight_from(int first, int step) { // first, first + step, …
  return wasm_i16x8_add(wasm_i16x8_splat((int16_t)first),
                        wasm_i16x8_mul(wasm_i16x8_splat((int16_t)step), wasm_i16x8_const(0, 1, 2, 3, 4, 5, 6, 7)));
}

static void luma_plane(uint8_t *prediction, uint8_t *block, const int32_t stride) {
  const uint8_t *above = block - stride, *left = block - 1;
  int horizontal = (5 * slope(above + 7, 1, 8) + 32) >> 6;
  int vertical = (5 * slope(left + 7 * stride, stride, 8) + 32) >> 6;
  int corner = 16 * (left[15 * stride] + above[15]) + 16 - 7 * (horizontal + vertical);
  // No sum exceeds 20000: slopes are 717 at most.
  v128_t low = eight_from(corner, horizontal), high = eight_from(corner + 8 * horizontal, horizontal);
  v128_t step = wasm_i16x8_splat((int16_t)vertical);
  for (int y = 0; y < 16; y++) {
    wasm_v128_store(prediction + 16 * y, wasm_u8x16_narrow_i16x8(wasm_i16x8_shr(low, 5), wasm_i16x8_shr(high, 5)));
    low = wasm_i16x8_add(low, step);
    high = wasm_i16x8_add(high, step);
  }
}

static void chroma_plane(uint8_t *prediction, uint8_t *block, const int32_t stride) {
  const uint8_t *above = block - stride, *left = block - 1;
  int horizontal = (17 * slope(above + 3, 1, 4) + 16) >> 5;
  int vertical = (17 * slope(left + 3 * stride, stride, 4) + 16) >> 5;
  int corner = 16 * (left[7 * stride] + above[7]) + 16 - 3 * (horizontal + vertical);
  v128_t row = eight_from(corner, horizontal), step = wasm_i16x8_splat((int16_t)vertical);
  for (int y = 0; y < 8; y++, row = wasm_i16x8_add(row, step))
    store_bytes(prediction + 8 * y, wasm_i16x8_shr(row, 5));
}

extern "C" {

void __real__ZN7WelsEnc22WelsInitIntraPredFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *functions,
                                                                               uint32_t cpu);

// WelsInitIntraPredFuncs(); linked in the place of OpenH264's own (wasm-ld --wrap).
void __wrap__ZN7WelsEnc22WelsInitIntraPredFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *functions,
                                                                               uint32_t cpu) {
  __real__ZN7WelsEnc22WelsInitIntraPredFuncsEPNS_22TagWelsFuncPointerListEj(functions, cpu);
  functions->pfGetLumaI16x16Pred[I16_PRED_V] = luma_vertical;
  functions->pfGetLumaI16x16Pred[I16_PRED_H] = luma_horizontal;
  functions->pfGetLumaI16x16Pred[I16_PRED_DC] = luma_dc;
  functions->pfGetLumaI16x16Pred[I16_PRED_P] = luma_plane;
  functions->pfGetChromaPred[C_PRED_P] = chroma_plane;
}
}
