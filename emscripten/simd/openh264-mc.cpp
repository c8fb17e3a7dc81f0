// OpenH264's motion compensation: luma at quarter samples (ITU-T H.264, 8.4.2.2.1), chroma at eighths (8.4.2.2.2).
// Reads may run over a row's end by up to 8 bytes, which lie in the picture's padding or in what follows it in memory;
// writes never.
#include "openh264.h"

#include "mc.h"

typedef const uint8_t *Source;

// Blocks are 16, 8 or 4 samples wide, or one more. They are filtered in columns of eight samples (or four), of which
// the last overlaps the one before it where the width is odd.
INLINE int columns_of(int width) { return width >= 8 ? 8 : 4; }

INLINE int next_column(int x, int width) {
  int columns = columns_of(width);
  return x + 2 * columns <= width || x + columns >= width ? x + columns : width - columns;
}

INLINE void store_columns_of(uint8_t *dst, v128_t bytes, int width) {
  if (width >= 8)
    wasm_v128_store64_lane(dst, bytes, 0);
  else
    wasm_v128_store32_lane(dst, bytes, 0);
}

// a0 − 5·a1 + 20·a2 + 20·a3 − 5·a4 + a5, which fits 16 bits for 8-bit samples.
INLINE v128_t six_tap(v128_t a0, v128_t a1, v128_t a2, v128_t a3, v128_t a4, v128_t a5) {
  v128_t middle = wasm_i16x8_mul(wasm_i16x8_add(a2, a3), wasm_i16x8_const_splat(20));
  v128_t inner = wasm_i16x8_mul(wasm_i16x8_add(a1, a4), wasm_i16x8_const_splat(5));
  return wasm_i16x8_add(wasm_i16x8_sub(middle, inner), wasm_i16x8_add(a0, a5));
}

// Along a line whose samples lie `step` bytes apart. Loading each neighbour anew is one instruction.
INLINE v128_t sum_along(Source src, int step) {
#define AT(n) wasm_u16x8_load8x8(src + (n) * step)
  return six_tap(AT(-2), AT(-1), AT(0), AT(1), AT(2), AT(3));
#undef AT
}

INLINE v128_t round_half(v128_t sum) { // (sum + 16) >> 5, clipped to bytes
  v128_t rounded = wasm_i16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_const_splat(16)), 5);
  return wasm_u8x16_narrow_i16x8(rounded, rounded);
}

// Half samples between columns.
static void half_horizontal(Source src, int32_t stride, uint8_t *dst, int32_t dst_stride, int32_t width,
                            int32_t height) {
  for (int y = 0; y < height; y++, src += stride, dst += dst_stride)
    for (int x = 0; x < width; x = next_column(x, width))
      store_columns_of(dst + x, round_half(sum_along(src + x, 1)), width);
}

// Half samples between rows.
static void half_vertical(Source src, int32_t stride, uint8_t *dst, int32_t dst_stride, int32_t width, int32_t height) {
  for (int x = 0; x < width; x = next_column(x, width)) {
    Source at = src + x - 2 * stride;
    uint8_t *to = dst + x;
    v128_t rows[6];
    for (int i = 0; i < 5; i++, at += stride)
      rows[i] = wasm_u16x8_load8x8(at);
    for (int y = 0; y < height; y++, at += stride, to += dst_stride) {
      rows[5] = wasm_u16x8_load8x8(at);
      store_columns_of(to, round_half(six_tap(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5])), width);
      for (int i = 0; i < 5; i++)
        rows[i] = rows[i + 1];
    }
  }
}

// The six-tap filter over sums of the first pass: (a − 5b + 20c + 512) >> 10, where a, b and c are the sums of the
// outer, inner and middle pairs. (((a − b) >> 2) − b + c) >> 2, plus c, is (a − 5b + 20c) >> 4 in 16 bits. Where the
// sum saturates, the sample is beyond 0 or 255 anyway.
INLINE v128_t six_tap_of_sums(const v128_t rows[6]) {
  v128_t outer = wasm_i16x8_add(rows[0], rows[5]), inner = wasm_i16x8_add(rows[1], rows[4]);
  v128_t middle = wasm_i16x8_add(rows[2], rows[3]);
  v128_t sum = wasm_i16x8_shr(wasm_i16x8_sub(outer, inner), 2);
  sum = wasm_i16x8_shr(wasm_i16x8_add_sat(wasm_i16x8_sub(sum, inner), middle), 2);
  sum = wasm_i16x8_add(sum, middle);
  return wasm_i16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_const_splat(32)), 6);
}

// Half samples between both.
static void half_centre(Source src, int32_t stride, uint8_t *dst, int32_t dst_stride, int32_t width, int32_t height) {
  for (int x = 0; x < width; x = next_column(x, width)) {
    Source at = src + x - 2 * stride;
    uint8_t *to = dst + x;
    v128_t rows[6];
    for (int i = 0; i < 5; i++, at += stride)
      rows[i] = sum_along(at, 1);
    for (int y = 0; y < height; y++, at += stride, to += dst_stride) {
      rows[5] = sum_along(at, 1);
      v128_t samples = six_tap_of_sums(rows);
      store_columns_of(to, wasm_u8x16_narrow_i16x8(samples, samples), width);
      for (int i = 0; i < 5; i++)
        rows[i] = rows[i + 1];
    }
  }
}

INLINE v128_t load_row(Source src, int width) {
  return width == 16 ? wasm_v128_load(src) : width == 8 ? wasm_v128_load64_zero(src) : wasm_v128_load32_zero(src);
}

INLINE void store_row(uint8_t *dst, v128_t row, int width) {
  if (width == 16)
    wasm_v128_store(dst, row);
  else
    store_columns_of(dst, row, width);
}

INLINE void copy_rows(Source src, int stride, uint8_t *dst, int dst_stride, int width, int height) {
  for (int y = 0; y < height; y++, src += stride, dst += dst_stride)
    store_row(dst, load_row(src, width), width);
}

static void copy(Source src, int stride, uint8_t *dst, int dst_stride, int width, int height) {
  if (width == 16)
    copy_rows(src, stride, dst, dst_stride, 16, height);
  else if (width == 8)
    copy_rows(src, stride, dst, dst_stride, 8, height);
  else if (width == 4)
    copy_rows(src, stride, dst, dst_stride, 4, height);
  else // chroma of blocks four samples wide
    for (int y = 0; y < height; y++, src += stride, dst += dst_stride)
      __builtin_memcpy(dst, src, 2);
}

INLINE void average_rows(uint8_t *dst, int dst_stride, Source a, int a_stride, Source b, int b_stride, int width,
                         int height) {
  for (int y = 0; y < height; y++, dst += dst_stride, a += a_stride, b += b_stride)
    store_row(dst, wasm_u8x16_avgr(load_row(a, width), load_row(b, width)), width);
}

// The rounded mean of two blocks.
static void average(uint8_t *dst, int32_t dst_stride, Source a, int32_t a_stride, Source b, int32_t b_stride,
                    int32_t width, int32_t height) {
  if (width == 16)
    average_rows(dst, dst_stride, a, a_stride, b, b_stride, 16, height);
  else if (width == 8)
    average_rows(dst, dst_stride, a, a_stride, b, b_stride, 8, height);
  else
    average_rows(dst, dst_stride, a, a_stride, b, b_stride, 4, height);
}

// The position in quarter samples is (x, y): table 8-12 names the samples whose mean it is.
static void luma(Source src, int32_t stride, uint8_t *dst, int32_t dst_stride, int16_t mv_x, int16_t mv_y,
                 int32_t width, int32_t height) {
  alignas(16) uint8_t first[16 * 16], second[16 * 16];
  int x = mv_x & 3, y = mv_y & 3;
  Source right = src + (x == 3), below = src + (y == 3 ? stride : 0);
  if (x == 0 && y == 0)
    return copy(src, stride, dst, dst_stride, width, height);
  if (x == 2 && y == 0)
    return half_horizontal(src, stride, dst, dst_stride, width, height);
  if (x == 0 && y == 2)
    return half_vertical(src, stride, dst, dst_stride, width, height);
  if (x == 2 && y == 2)
    return half_centre(src, stride, dst, dst_stride, width, height);
  if (y == 0) {
    half_horizontal(src, stride, first, 16, width, height);
    return average(dst, dst_stride, right, stride, first, 16, width, height);
  }
  if (x == 0) {
    half_vertical(src, stride, first, 16, width, height);
    return average(dst, dst_stride, below, stride, first, 16, width, height);
  }
  if (y == 2)
    half_vertical(right, stride, first, 16, width, height);
  else
    half_horizontal(below, stride, first, 16, width, height);
  if (x == 2 || y == 2)
    half_centre(src, stride, second, 16, width, height);
  else
    half_vertical(right, stride, second, 16, width, height);
  average(dst, dst_stride, first, 16, second, 16, width, height);
}

// Weights sum up to 64: 64 · 255 fits 16 bits.
INLINE void chroma_rows(Source src, int stride, uint8_t *dst, int dst_stride, int x, int y, int width, int height) {
  v128_t a = wasm_i16x8_splat((8 - x) * (8 - y)), b = wasm_i16x8_splat(x * (8 - y));
  v128_t c = wasm_i16x8_splat((8 - x) * y), d = wasm_i16x8_splat(x * y);
  v128_t left = wasm_u16x8_load8x8(src), right = wasm_u16x8_load8x8(src + 1);
  for (int row = 0; row < height; row++, dst += dst_stride) {
    src += stride;
    v128_t sum = wasm_i16x8_add(wasm_i16x8_mul(left, a), wasm_i16x8_mul(right, b));
    left = wasm_u16x8_load8x8(src);
    right = wasm_u16x8_load8x8(src + 1);
    sum = wasm_i16x8_add(sum, wasm_i16x8_add(wasm_i16x8_mul(left, c), wasm_i16x8_mul(right, d)));
    sum = wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_const_splat(32)), 6);
    sum = wasm_u8x16_narrow_i16x8(sum, sum);
    if (width >= 4)
      store_columns_of(dst, sum, width);
    else
      wasm_v128_store16_lane(dst, sum, 0);
  }
}

static void chroma(Source src, int32_t stride, uint8_t *dst, int32_t dst_stride, int16_t mv_x, int16_t mv_y,
                   int32_t width, int32_t height) {
  int x = mv_x & 7, y = mv_y & 7;
  if (x == 0 && y == 0)
    copy(src, stride, dst, dst_stride, width, height);
  else if (width == 8)
    chroma_rows(src, stride, dst, dst_stride, x, y, 8, height);
  else if (width == 4)
    chroma_rows(src, stride, dst, dst_stride, x, y, 4, height);
  else
    chroma_rows(src, stride, dst, dst_stride, x, y, 2, height);
}

extern "C" {

void __real__ZN10WelsCommon10InitMcFuncEP9TagMcFuncj(SMcFunc *functions, uint32_t cpu);

// InitMcFunc(); linked in the place of OpenH264's own (wasm-ld --wrap).
void __wrap__ZN10WelsCommon10InitMcFuncEP9TagMcFuncj(SMcFunc *functions, uint32_t cpu) {
  __real__ZN10WelsCommon10InitMcFuncEP9TagMcFuncj(functions, cpu);
  functions->pfLumaHalfpelHor = half_horizontal;
  functions->pfLumaHalfpelVer = half_vertical;
  functions->pfLumaHalfpelCen = half_centre;
  functions->pfSampleAveraging = average;
  functions->pMcChromaFunc = chroma;
  functions->pMcLumaFunc = luma;
}
}
