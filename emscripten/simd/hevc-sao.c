// HEVC sample adaptive offset (ITU-T H.265, 8.7.3) for samples of 8 and 10 bits: sixteen bytes at a time, and eight
// where there are eight left. FFmpeg's C functions do the columns after those, and the rare offsets beyond a byte.
#include "libavcodec/defs.h"
#include "libavcodec/hevc/dsp.h"

#include "hevc-dsp.h"
#include "transpose.h"

typedef void (*Band)(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, ptrdiff_t src_stride,
                     const int16_t *offsets, int left_class, int width, int height);
typedef void (*Edge)(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, const int16_t *offsets, int direction,
                     int width, int height);

// FFmpeg's own, for 8 and 10 bits.
static Band band_in_c[2];
static Edge edge_in_c[2];

// The row distance of FFmpeg's copy of the block, from which edges are read.
#define SOURCE_STRIDE (2 * MAX_PB_SIZE + AV_INPUT_BUFFER_PADDING_SIZE)

static int are_bytes(const int16_t *offsets) {
  for (int i = 0; i < 5; i++)
    if (offsets[i] != (int8_t)offsets[i])
      return 0;
  return 1;
}

INLINE v128_t load_part(const uint8_t *src, int bytes) {
  return bytes == 16 ? wasm_v128_load(src) : wasm_v128_load64_zero(src);
}

INLINE void store_part(uint8_t *dst, v128_t samples, int bytes) {
  if (bytes == 16)
    wasm_v128_store(dst, samples);
  else
    wasm_v128_store64_lane(dst, samples, 0);
}

// Samples and signed bytes, clipped to samples.
INLINE v128_t add_offsets(v128_t samples, v128_t offsets) {
  v128_t middle = wasm_i8x16_splat(-128);
  return wasm_v128_xor(wasm_i8x16_add_sat(wasm_v128_xor(samples, middle), offsets), middle);
}

// The same for words of 10 bits; offsets are in the low bytes.
INLINE v128_t add_word_offsets(v128_t samples, v128_t offsets) {
  offsets = wasm_i16x8_shr(wasm_i16x8_shl(offsets, 8), 8);
  v128_t sum = wasm_i16x8_max(wasm_i16x8_add(samples, offsets), wasm_i16x8_splat(0));
  return wasm_i16x8_min(sum, wasm_i16x8_splat(1023));
}

// Offsets of the 32 bands, one byte each.
INLINE v128_t band_offsets(v128_t bands, const int8_t table[32]) {
  v128_t low = wasm_i8x16_swizzle(wasm_v128_load(table), bands);
  v128_t high = wasm_i8x16_swizzle(wasm_v128_load(table + 16), wasm_i8x16_sub(bands, wasm_i8x16_splat(16)));
  return wasm_v128_or(low, high);
}

INLINE v128_t offset_band(v128_t samples, const int8_t table[32], int bits) {
  if (bits == 8)
    return add_offsets(samples, band_offsets(wasm_u8x16_shr(samples, 3), table));
  return add_word_offsets(samples, band_offsets(wasm_u16x8_shr(samples, bits - 5), table));
}

INLINE void sao_band(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, ptrdiff_t src_stride,
                     const int16_t *offsets, int left_class, int width, int height, int bits) {
  int pixel = bits > 8 ? 2 : 1, whole = are_bytes(offsets) ? width * pixel & -8 : 0;
  int8_t table[32] = {0};
  for (int i = 0; i < 4; i++)
    table[(i + left_class) & 31] = offsets[i + 1];
  for (int y = 0; y < height && whole; y++) {
    const uint8_t *from = src + y * src_stride;
    uint8_t *to = dst + y * dst_stride;
    int x = 0;
    for (; x + 16 <= whole; x += 16)
      store_part(to + x, offset_band(load_part(from + x, 16), table, bits), 16);
    if (x < whole)
      store_part(to + x, offset_band(load_part(from + x, 8), table, bits), 8);
  }
  if (whole < width * pixel)
    band_in_c[pixel - 1](dst + whole, src + whole, dst_stride, src_stride, offsets, left_class, width - whole / pixel,
                         height);
}

// How a sample compares with two of its neighbours (8-393): −2 … 2 as 0 … 4.
INLINE v128_t edge_index(v128_t samples, v128_t a, v128_t b, int bits) {
  if (bits == 8) {
    v128_t below = wasm_i8x16_add(wasm_u8x16_lt(samples, a), wasm_u8x16_lt(samples, b));
    v128_t above = wasm_i8x16_add(wasm_u8x16_gt(samples, a), wasm_u8x16_gt(samples, b));
    return wasm_i8x16_add(wasm_i8x16_sub(below, above), wasm_i8x16_splat(2));
  }
  v128_t below = wasm_i16x8_add(wasm_i16x8_lt(samples, a), wasm_i16x8_lt(samples, b));
  v128_t above = wasm_i16x8_add(wasm_i16x8_gt(samples, a), wasm_i16x8_gt(samples, b));
  return wasm_i16x8_add(wasm_i16x8_sub(below, above), wasm_i16x8_splat(2));
}

INLINE void offset_edge(uint8_t *dst, const uint8_t *src, ptrdiff_t distance, v128_t table, int bytes, int bits) {
  v128_t samples = load_part(src, bytes);
  v128_t index = edge_index(samples, load_part(src - distance, bytes), load_part(src + distance, bytes), bits);
  v128_t offsets = wasm_i8x16_swizzle(table, index);
  store_part(dst, bits == 8 ? add_offsets(samples, offsets) : add_word_offsets(samples, offsets), bytes);
}

INLINE void sao_edge(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, const int16_t *offsets, int direction,
                     int width, int height, int bits) {
  int pixel = bits > 8 ? 2 : 1, whole = are_bytes(offsets) ? width * pixel & -8 : 0;
  // Horizontal, vertical, and the two diagonals.
  const ptrdiff_t distances[4] = {pixel, SOURCE_STRIDE, SOURCE_STRIDE + pixel, SOURCE_STRIDE - pixel};
  ptrdiff_t distance = distances[direction];
  v128_t table = wasm_i8x16_make(offsets[1], offsets[2], offsets[0], offsets[3], offsets[4], 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                 0, 0);
  for (int y = 0; y < height && whole; y++) {
    const uint8_t *from = src + y * SOURCE_STRIDE;
    uint8_t *to = dst + y * dst_stride;
    int x = 0;
    for (; x + 16 <= whole; x += 16)
      offset_edge(to + x, from + x, distance, table, 16, bits);
    if (x < whole)
      offset_edge(to + x, from + x, distance, table, 8, bits);
  }
  if (whole < width * pixel)
    edge_in_c[pixel - 1](dst + whole, src + whole, dst_stride, offsets, direction, width - whole / pixel, height);
}

#define FUNCTIONS(bits)                                                                                             \
  static void sao_band_##bits(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, ptrdiff_t src_stride,         \
                              const int16_t *offsets, int left_class, int width, int height) {                      \
    sao_band(dst, src, dst_stride, src_stride, offsets, left_class, width, height, bits);                           \
  }                                                                                                                 \
  static void sao_edge_##bits(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, const int16_t *offsets,       \
                              int direction, int width, int height) {                                               \
    sao_edge(dst, src, dst_stride, offsets, direction, width, height, bits);                                        \
  }

FUNCTIONS(8)
FUNCTIONS(10)

void hevc_sao_init(HEVCDSPContext *dsp, int bit_depth) {
  if (bit_depth != 8 && bit_depth != 10)
    return;
  band_in_c[bit_depth > 8] = dsp->sao_band_filter[0];
  edge_in_c[bit_depth > 8] = dsp->sao_edge_filter[0];
  for (int i = 0; i < 5; i++) {
    dsp->sao_band_filter[i] = bit_depth > 8 ? sao_band_10 : sao_band_8;
    dsp->sao_edge_filter[i] = bit_depth > 8 ? sao_edge_10 : sao_edge_8;
  }
}
