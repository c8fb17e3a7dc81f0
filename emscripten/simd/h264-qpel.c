// H.264 luma interpolation at quarter samples (ITU-T H.264, 8.4.2.2.1) for 8-bit pictures:
// blocks of 16 × 16 and 8 × 8, in strips eight samples wide.
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

INLINE v128_t to_bytes(v128_t words) { return wasm_u8x16_narrow_i16x8(words, words); }

INLINE v128_t round_half(v128_t sum) { // (sum + 16) >> 5, clipped to bytes, in the low half
  return to_bytes(wasm_i16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(16)), 5));
}

INLINE v128_t horizontal_sum(Source src) {
  // Loading each neighbour anew is one instruction, shuffling them apart is several.
#define AT(n) wasm_u16x8_load8x8(src + n)
  return six_tap(AT(-2), AT(-1), AT(0), AT(1), AT(2), AT(3));
#undef AT
}

// Six rows of a column: samples, or horizontal sums of them. Not an array: moving on would become memory.copy, which
// is a call out of the module.
typedef struct Window {
  v128_t row0, row1, row2, row3, row4, row5;
} Window;

INLINE Window advance(Window w, v128_t next) { return (Window){w.row1, w.row2, w.row3, w.row4, w.row5, next}; }

INLINE v128_t vertical_sum(Window w) { return six_tap(w.row0, w.row1, w.row2, w.row3, w.row4, w.row5); }

// The six-tap filter over sums, (a − 5b + 20c + 512) >> 10 as (((a − b >> 2) − b + c >> 2) + c + 32) >> 6, which is
// the same: nothing is lost by rounding down in steps. It fits 16 bits but for one sum, which only saturates where the
// sample is clipped to 0 or 255 anyway.
INLINE v128_t round_both(Window w) {
  v128_t a = wasm_i16x8_add(w.row0, w.row5), b = wasm_i16x8_add(w.row1, w.row4);
  v128_t c = wasm_i16x8_add(w.row2, w.row3);
  v128_t sum = wasm_i16x8_sub(wasm_i16x8_shr(wasm_i16x8_sub(a, b), 2), b);
  sum = wasm_i16x8_add(wasm_i16x8_shr(wasm_i16x8_add_sat(sum, c), 2), c);
  return to_bytes(wasm_i16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(32)), 6));
}

// Eight samples at position (x, y) in quarter samples: table 8-12 names the one or two whose mean it is.
INLINE v128_t sample(Source src, ptrdiff_t stride, Window samples, Window sums, int x, int y) {
  Source right = src + (x == 3), below = src + (y == 3 ? stride : 0);
  v128_t a, b;
  if (y == 0) {
    a = round_half(horizontal_sum(src));
    b = x == 2 ? a : wasm_v128_load64_zero(right);
  } else if (x == 0) {
    a = round_half(vertical_sum(samples));
    b = y == 2 ? a : wasm_v128_load64_zero(below);
  } else if (x == 2) {
    a = round_both(sums);
    b = y == 2 ? a : round_half(y == 3 ? sums.row3 : sums.row2);
  } else {
    a = round_half(vertical_sum(samples));
    b = y == 2 ? round_both(sums) : round_half(horizontal_sum(below));
  }
  return (x == 2 || x == 0) && (y == 2 || y == 0) ? a : wasm_u8x16_avgr(a, b);
}

INLINE void interpolate(uint8_t *dst, Source src, ptrdiff_t stride, int height, int x, int y, int average) {
  int needs_samples = y != 0 && x != 2, needs_sums = (x == 2 && y != 0) || (y == 2 && x != 0);
  Window samples = {0}, sums = {0};
  Source next = src - 2 * stride, right = x == 3 ? next + 1 : next;
#define ADVANCE                                                 \
  if (needs_samples)                                            \
    samples = advance(samples, wasm_u16x8_load8x8(right));      \
  if (needs_sums)                                               \
    sums = advance(sums, horizontal_sum(next));                 \
  next += stride, right += stride;
  for (int i = 0; i < 5; i++) {
    ADVANCE
  }
  for (int row = 0; row < height; row++, src += stride, dst += stride) {
    ADVANCE
    v128_t bytes = sample(src, stride, samples, sums, x, y);
    if (average)
      bytes = wasm_u8x16_avgr(bytes, wasm_v128_load64_zero(dst));
    wasm_v128_store64_lane(dst, bytes, 0);
  }
#undef ADVANCE
}

#define POSITION(op, average, x, y)                                                                \
  static void op##_strip_##x##y(uint8_t *dst, Source src, ptrdiff_t stride, int height) {          \
    interpolate(dst, src, stride, height, x, y, average);                                          \
  }                                                                                                \
  static void op##_8_##x##y(uint8_t *dst, Source src, ptrdiff_t stride) {                          \
    op##_strip_##x##y(dst, src, stride, 8);                                                        \
  }                                                                                                \
  static void op##_16_##x##y(uint8_t *dst, Source src, ptrdiff_t stride) {                         \
    op##_strip_##x##y(dst, src, stride, 16);                                                       \
    op##_strip_##x##y(dst + 8, src + 8, stride, 16);                                               \
  }
#define POSITIONS(op, average)                                                                     \
  POSITION(op, average, 1, 0) POSITION(op, average, 2, 0) POSITION(op, average, 3, 0)              \
  POSITION(op, average, 0, 1) POSITION(op, average, 1, 1) POSITION(op, average, 2, 1)              \
  POSITION(op, average, 3, 1) POSITION(op, average, 0, 2) POSITION(op, average, 1, 2)              \
  POSITION(op, average, 2, 2) POSITION(op, average, 3, 2) POSITION(op, average, 0, 3)              \
  POSITION(op, average, 1, 3) POSITION(op, average, 2, 3) POSITION(op, average, 3, 3)
#define TABLE(op, size)                                                                            \
  {op##_##size##_00, op##_##size##_10, op##_##size##_20, op##_##size##_30,                         \
   op##_##size##_01, op##_##size##_11, op##_##size##_21, op##_##size##_31,                         \
   op##_##size##_02, op##_##size##_12, op##_##size##_22, op##_##size##_32,                         \
   op##_##size##_03, op##_##size##_13, op##_##size##_23, op##_##size##_33}

POSITIONS(put, 0)
POSITIONS(avg, 1)

static void put_16_00(uint8_t *dst, Source src, ptrdiff_t stride) {
  for (int row = 0; row < 16; row++, dst += stride, src += stride)
    wasm_v128_store(dst, wasm_v128_load(src));
}

static void avg_16_00(uint8_t *dst, Source src, ptrdiff_t stride) {
  for (int row = 0; row < 16; row++, dst += stride, src += stride)
    wasm_v128_store(dst, wasm_u8x16_avgr(wasm_v128_load(dst), wasm_v128_load(src)));
}

static void put_8_00(uint8_t *dst, Source src, ptrdiff_t stride) {
  for (int row = 0; row < 8; row++, dst += stride, src += stride)
    wasm_v128_store64_lane(dst, wasm_v128_load64_zero(src), 0);
}

static void avg_8_00(uint8_t *dst, Source src, ptrdiff_t stride) {
  for (int row = 0; row < 8; row++, dst += stride, src += stride)
    wasm_v128_store64_lane(dst, wasm_u8x16_avgr(wasm_v128_load64_zero(dst), wasm_v128_load64_zero(src)), 0);
}

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
