// H.264 luma interpolation at quarter samples (ITU-T H.264, 8.4.2.2.1) for 8-bit pictures:
// blocks of 16 × 16 and 8 × 8.
#include <wasm_simd128.h>

#include "libavcodec/h264qpel.h"

typedef const uint8_t *Source;

#define INLINE static inline __attribute__((always_inline))

// (a0 − 5·a1 + 20·a2 + 20·a3 − 5·a4 + a5), which fits 16 bits for 8-bit samples.
INLINE v128_t six_tap(v128_t a0, v128_t a1, v128_t a2, v128_t a3, v128_t a4, v128_t a5) {
  v128_t middle = wasm_i16x8_mul(wasm_i16x8_add(a2, a3), wasm_i16x8_splat(20));
  v128_t inner = wasm_i16x8_mul(wasm_i16x8_add(a1, a4), wasm_i16x8_splat(5));
  return wasm_i16x8_add(wasm_i16x8_sub(middle, inner), wasm_i16x8_add(a0, a5));
}

INLINE v128_t round_half(v128_t sum) { // (sum + 16) >> 5, clipped to bytes, in the low half
  v128_t rounded = wasm_i16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(16)), 5);
  return wasm_u8x16_narrow_i16x8(rounded, rounded);
}

INLINE v128_t horizontal_sum(Source src) {
  // Loading each neighbour anew is one instruction, shuffling them apart is several.
#define AT(n) wasm_u16x8_load8x8(src + n)
  return six_tap(AT(-2), AT(-1), AT(0), AT(1), AT(2), AT(3));
#undef AT
}

INLINE void store8(uint8_t *dst, v128_t value) { wasm_v128_store64_lane(dst, value, 0); }

// Half samples between columns.
INLINE void lowpass_h(uint8_t *dst, ptrdiff_t dst_stride, Source src, ptrdiff_t stride, int size) {
  for (int y = 0; y < size; y++, dst += dst_stride, src += stride)
    for (int x = 0; x < size; x += 8)
      store8(dst + x, round_half(horizontal_sum(src + x)));
}

// Half samples between rows.
INLINE void lowpass_v(uint8_t *dst, ptrdiff_t dst_stride, Source src, ptrdiff_t stride, int size) {
  for (int x = 0; x < size; x += 8) {
    Source at = src + x - 2 * stride;
    v128_t rows[6];
    for (int i = 0; i < 5; i++, at += stride)
      rows[i] = wasm_u16x8_load8x8(at);
    uint8_t *to = dst + x;
    for (int y = 0; y < size; y++, at += stride, to += dst_stride) {
      rows[5] = wasm_u16x8_load8x8(at);
      store8(to, round_half(six_tap(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5])));
      for (int i = 0; i < 5; i++)
        rows[i] = rows[i + 1];
    }
  }
}

// The six-tap filter over 16-bit sums of the first pass, four columns, at full precision.
INLINE v128_t six_tap_wide(v128_t a01, v128_t a23, v128_t a45) {
  v128_t sum = wasm_i32x4_dot_i16x8(a01, wasm_i16x8_make(1, -5, 1, -5, 1, -5, 1, -5));
  sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(a23, wasm_i16x8_splat(20)));
  sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(a45, wasm_i16x8_make(-5, 1, -5, 1, -5, 1, -5, 1)));
  return wasm_i32x4_shr(wasm_i32x4_add(sum, wasm_i32x4_splat(512)), 10);
}

#define LOW(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

// Half samples between both.
INLINE void lowpass_hv(uint8_t *dst, ptrdiff_t dst_stride, Source src, ptrdiff_t stride, int size) {
  for (int x = 0; x < size; x += 8) {
    Source at = src + x - 2 * stride;
    v128_t rows[6];
    for (int i = 0; i < 5; i++, at += stride)
      rows[i] = horizontal_sum(at);
    uint8_t *to = dst + x;
    for (int y = 0; y < size; y++, at += stride, to += dst_stride) {
      rows[5] = horizontal_sum(at);
      v128_t low = six_tap_wide(LOW(rows[0], rows[1]), LOW(rows[2], rows[3]), LOW(rows[4], rows[5]));
      v128_t high = six_tap_wide(HIGH(rows[0], rows[1]), HIGH(rows[2], rows[3]), HIGH(rows[4], rows[5]));
      v128_t words = wasm_i16x8_narrow_i32x4(low, high);
      store8(to, wasm_u8x16_narrow_i16x8(words, words));
      for (int i = 0; i < 5; i++)
        rows[i] = rows[i + 1];
    }
  }
}

INLINE v128_t load_row(Source src, int size) { return size == 16 ? wasm_v128_load(src) : wasm_v128_load64_zero(src); }

INLINE void store_row(uint8_t *dst, v128_t row, int size, int average) {
  if (average)
    row = wasm_u8x16_avgr(row, load_row(dst, size));
  if (size == 16)
    wasm_v128_store(dst, row);
  else
    store8(dst, row);
}

// dst = a, or the rounded mean of dst and a.
INLINE void write_block(uint8_t *dst, ptrdiff_t stride, Source a, ptrdiff_t a_stride, int size, int average) {
  for (int y = 0; y < size; y++, dst += stride, a += a_stride)
    store_row(dst, load_row(a, size), size, average);
}

// The same with the rounded mean of a and b in the place of a.
INLINE void write_mean(uint8_t *dst, ptrdiff_t stride, Source a, ptrdiff_t a_stride, Source b, int size, int average) {
  for (int y = 0; y < size; y++, dst += stride, a += a_stride, b += size)
    store_row(dst, wasm_u8x16_avgr(load_row(a, size), load_row(b, size)), size, average);
}

// Position (x, y) in quarter samples: table 8-12 names the samples whose mean it is.
INLINE void interpolate(uint8_t *dst, Source src, ptrdiff_t stride, int x, int y, int size, int average) {
  _Alignas(16) uint8_t first[16 * 16], second[16 * 16];
  Source right = src + (x == 3), below = src + (y == 3 ? stride : 0);
  if (x == 0 && y == 0) {
    write_block(dst, stride, src, stride, size, average);
  } else if (y == 0) {
    lowpass_h(first, size, src, stride, size);
    if (x == 2)
      write_block(dst, stride, first, size, size, average);
    else
      write_mean(dst, stride, right, stride, first, size, average);
  } else if (x == 0) {
    lowpass_v(first, size, src, stride, size);
    if (y == 2)
      write_block(dst, stride, first, size, size, average);
    else
      write_mean(dst, stride, below, stride, first, size, average);
  } else if (x == 2 && y == 2) {
    lowpass_hv(first, size, src, stride, size);
    write_block(dst, stride, first, size, size, average);
  } else {
    if (x == 2)
      lowpass_h(first, size, below, stride, size);
    else if (y == 2)
      lowpass_v(first, size, right, stride, size);
    else
      lowpass_h(first, size, below, stride, size);
    if (x == 2 || y == 2)
      lowpass_hv(second, size, src, stride, size);
    else
      lowpass_v(second, size, right, stride, size);
    write_mean(dst, stride, first, size, second, size, average);
  }
}

#define POSITION(op, average, size, x, y)                                                       \
  static void op##_##size##_##x##y(uint8_t *dst, Source src, ptrdiff_t stride) {                \
    interpolate(dst, src, stride, x, y, size, average);                                         \
  }
#define POSITIONS(op, average, size)                                                            \
  POSITION(op, average, size, 0, 0) POSITION(op, average, size, 1, 0)                           \
  POSITION(op, average, size, 2, 0) POSITION(op, average, size, 3, 0)                           \
  POSITION(op, average, size, 0, 1) POSITION(op, average, size, 1, 1)                           \
  POSITION(op, average, size, 2, 1) POSITION(op, average, size, 3, 1)                           \
  POSITION(op, average, size, 0, 2) POSITION(op, average, size, 1, 2)                           \
  POSITION(op, average, size, 2, 2) POSITION(op, average, size, 3, 2)                           \
  POSITION(op, average, size, 0, 3) POSITION(op, average, size, 1, 3)                           \
  POSITION(op, average, size, 2, 3) POSITION(op, average, size, 3, 3)
#define TABLE(op, size)                                                                         \
  {op##_##size##_00, op##_##size##_10, op##_##size##_20, op##_##size##_30,                      \
   op##_##size##_01, op##_##size##_11, op##_##size##_21, op##_##size##_31,                      \
   op##_##size##_02, op##_##size##_12, op##_##size##_22, op##_##size##_32,                      \
   op##_##size##_03, op##_##size##_13, op##_##size##_23, op##_##size##_33}

POSITIONS(put, 0, 16)
POSITIONS(put, 0, 8)
POSITIONS(avg, 1, 16)
POSITIONS(avg, 1, 8)

static const qpel_mc_func put_table[2][16] = {TABLE(put, 16), TABLE(put, 8)};
static const qpel_mc_func avg_table[2][16] = {TABLE(avg, 16), TABLE(avg, 8)};

void __real_ff_h264qpel_init(H264QpelContext *context, int bit_depth);

// Linked in the place of FFmpeg's own (wasm-ld --wrap).
void __wrap_ff_h264qpel_init(H264QpelContext *context, int bit_depth) {
  __real_ff_h264qpel_init(context, bit_depth);
  if (bit_depth != 8)
    return;
  for (int size = 0; size < 2; size++) {
    for (int position = 0; position < 16; position++) {
      context->put_h264_qpel_pixels_tab[size][position] = put_table[size][position];
      context->avg_h264_qpel_pixels_tab[size][position] = avg_table[size][position];
    }
  }
}
