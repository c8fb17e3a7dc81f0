// libvpx's sums of absolute differences (SAD) of blocks, in columns of up to 16 samples: words hold the sums of the
// 64 rows that the largest block has.
#include "differences.h"

// Sixteen samples of one row, or eight of two.
INLINE v128_t load_samples(const uint8_t *at, int stride, int width) {
  if (width >= 16)
    return wasm_v128_load(at);
  return wasm_v128_load64_lane(at + stride, wasm_v128_load64_zero(at), 1);
}

INLINE unsigned sad(const uint8_t *src, int src_stride, const uint8_t *ref, int ref_stride, int width, int height) {
  v128_t sums = wasm_i32x4_const_splat(0);
  const int step = width < 16 ? 2 : 1;
  ROWS_IN_A_LOOP
  for (int left = 0; left < width; left += 16) {
    const uint8_t *a = src + left, *b = ref + left;
    v128_t column = wasm_i16x8_const_splat(0);
    ROWS_IN_A_LOOP
    for (int y = 0; y < height; y += 2 * step)
      for (int i = 0; i < 2; i++, a += step * src_stride, b += step * ref_stride)
        column = add_differences(column, load_samples(a, src_stride, width), load_samples(b, ref_stride, width));
    sums = wasm_i32x4_add(sums, wasm_u32x4_extadd_pairwise_u16x8(column));
  }
  return total_32(sums);
}

// Of one block beside four.
INLINE void sad_four(const uint8_t *src, int src_stride, const uint8_t *const ref[4], int ref_stride, uint32_t *result,
                     int width, int height) {
  v128_t sums[4] = {};
  const int step = width < 16 ? 2 : 1;
  ROWS_IN_A_LOOP
  for (int left = 0; left < width; left += 16) {
    const uint8_t *a = src + left;
    const uint8_t *b[4] = {ref[0] + left, ref[1] + left, ref[2] + left, ref[3] + left};
    v128_t column[4] = {};
    ROWS_IN_A_LOOP
    for (int y = 0; y < height; y += step, a += step * src_stride) {
      v128_t samples = load_samples(a, src_stride, width);
      for (int i = 0; i < 4; i++) {
        column[i] = add_differences(column[i], samples, load_samples(b[i], ref_stride, width));
        b[i] += step * ref_stride;
      }
    }
    for (int i = 0; i < 4; i++)
      sums[i] = wasm_i32x4_add(sums[i], wasm_u32x4_extadd_pairwise_u16x8(column[i]));
  }
  for (int i = 0; i < 4; i++)
    result[i] = total_32(sums[i]);
}

#define SIZE(width, height)                                                                                          \
  unsigned __wrap_vpx_sad##width##x##height##_neon(const uint8_t *src, int src_stride, const uint8_t *ref,           \
                                                   int ref_stride) {                                                 \
    return sad(src, src_stride, ref, ref_stride, width, height);                                                     \
  }                                                                                                                  \
  void __wrap_vpx_sad##width##x##height##x4d_neon(const uint8_t *src, int src_stride, const uint8_t *const ref[4],   \
                                                  int ref_stride, uint32_t *result) {                                \
    sad_four(src, src_stride, ref, ref_stride, result, width, height);                                               \
  }

SIZE(8, 4)
SIZE(8, 8)
SIZE(8, 16)
SIZE(16, 8)
SIZE(16, 16)
SIZE(16, 32)
SIZE(32, 16)
SIZE(32, 32)
SIZE(32, 64)
SIZE(64, 32)
SIZE(64, 64)
