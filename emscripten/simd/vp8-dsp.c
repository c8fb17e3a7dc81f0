// VP8 motion compensation, loop filters and the transform of blocks with a DC coefficient alone (RFC 6386, 14.3, 15
// and 18).
#include "libavcodec/vp8dsp.h"

#include "subpel.h"
#include "transpose.h"

// Motion compensation

// Table of 18.3, for positions 1 to 7.
static const int8_t taps_table[7][6] = {
    {0, -6, 123, 12, -1, 0}, {2, -11, 108, 36, -8, 1}, {0, -9, 93, 50, -6, 0},  {3, -16, 77, 77, -16, 3},
    {0, -6, 50, 93, -9, 0},  {1, -8, 36, 108, -11, 2}, {0, -1, 12, 123, -6, 0},
};

INLINE Taps taps_at(int position) {
  const int8_t *t = taps_table[position - 1];
  return make_six_taps(t[0], t[1], t[2], t[3], t[4], t[5]);
}

#define PARAMETERS uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t src_stride, int height, int mx, int my

#define BLOCK(width)                                                                                                 \
  static void put_h_##width(PARAMETERS) {                                                                            \
    (void)my;                                                                                                        \
    filter_horizontally(dst, dst_stride, src, src_stride, width, height, taps_at(mx), 0);                            \
  }                                                                                                                  \
  static void put_v_##width(PARAMETERS) {                                                                            \
    (void)mx;                                                                                                        \
    filter_vertically(dst, dst_stride, src, src_stride, width, height, taps_at(my), 0);                              \
  }                                                                                                                  \
  static void put_hv_##width(PARAMETERS) {                                                                           \
    _Alignas(16) uint8_t rows[16 * (16 + 5)];                                                                        \
    filter_horizontally(rows, 16, src - 2 * src_stride, src_stride, width, height + 5, taps_at(mx), 0);              \
    filter_vertically(dst, dst_stride, rows + 2 * 16, 16, width, height, taps_at(my), 0);                            \
  }

BLOCK(16)
BLOCK(8)
BLOCK(4)

static void set_motion_compensation(VP8DSPContext *context) {
  // Second and third index: 0 no filter, 1 four taps, 2 six taps; the same functions do both.
#define ENTER(index, width)                                                                                          \
  for (int taps = 1; taps <= 2; taps++) {                                                                            \
    context->put_vp8_epel_pixels_tab[index][0][taps] = put_h_##width;                                                \
    context->put_vp8_epel_pixels_tab[index][taps][0] = put_v_##width;                                                \
    for (int other = 1; other <= 2; other++)                                                                         \
      context->put_vp8_epel_pixels_tab[index][taps][other] = put_hv_##width;                                         \
  }
  ENTER(0, 16)
  ENTER(1, 8)
  ENTER(2, 4)
}

// Loop filters: sixteen positions along an edge as bytes, s[0 … 7] being p3 … p0, q0 … q3. The codec's arithmetic is
// that of saturating bytes.

enum { P3, P2, P1, P0, Q0, Q1, Q2, Q3 };

INLINE v128_t distance(v128_t a, v128_t b) { return wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a)); }
INLINE v128_t largest(v128_t a, v128_t b) { return wasm_u8x16_max(a, b); }

// To signed bytes and back.
INLINE v128_t centred(v128_t a) { return wasm_v128_xor(a, wasm_i8x16_splat(-128)); }

INLINE v128_t simple_mask(const v128_t *s, int E) {
  v128_t middle = distance(s[P0], s[Q0]);
  v128_t across = wasm_u8x16_add_sat(wasm_u8x16_add_sat(middle, middle), wasm_u8x16_shr(distance(s[P1], s[Q1]), 1));
  return wasm_u8x16_le(across, wasm_u8x16_splat(E));
}

INLINE v128_t normal_mask(const v128_t *s, int E, int I) {
  v128_t inner = largest(largest(distance(s[P3], s[P2]), distance(s[P2], s[P1])), distance(s[P1], s[P0]));
  inner = largest(inner, largest(largest(distance(s[Q3], s[Q2]), distance(s[Q2], s[Q1])), distance(s[Q1], s[Q0])));
  return wasm_v128_and(simple_mask(s, E), wasm_u8x16_le(inner, wasm_u8x16_splat(I)));
}

INLINE v128_t high_variance(const v128_t *s, int threshold) {
  return wasm_u8x16_gt(largest(distance(s[P1], s[P0]), distance(s[Q1], s[Q0])), wasm_u8x16_splat(threshold));
}

// common_adjust() of 15.2; `outer` is where p1 and q1 take part. Where a filter applies, q0 − p0 fits a signed byte.
INLINE v128_t adjustment(const v128_t *s, v128_t outer) {
  v128_t difference = wasm_i8x16_sub_sat(centred(s[Q0]), centred(s[P0]));
  v128_t w = wasm_v128_and(wasm_i8x16_sub_sat(centred(s[P1]), centred(s[Q1])), outer);
  return wasm_i8x16_add_sat(wasm_i8x16_add_sat(wasm_i8x16_add_sat(w, difference), difference), difference);
}

INLINE void raise(v128_t *sample, v128_t by) { *sample = centred(wasm_i8x16_add_sat(centred(*sample), by)); }
INLINE void lower(v128_t *sample, v128_t by) { *sample = centred(wasm_i8x16_sub_sat(centred(*sample), by)); }

// The filter of two samples on either side; p1 and q1 change where `inner` holds.
INLINE void filter_common(v128_t *s, v128_t a, v128_t mask, v128_t inner) {
  v128_t f1 = wasm_i8x16_shr(wasm_i8x16_add_sat(a, wasm_i8x16_splat(4)), 3);
  v128_t f2 = wasm_i8x16_shr(wasm_i8x16_add_sat(a, wasm_i8x16_splat(3)), 3);
  raise(&s[P0], wasm_v128_and(f2, mask));
  lower(&s[Q0], wasm_v128_and(f1, mask));
  v128_t half = wasm_i8x16_shr(wasm_i8x16_add(f1, wasm_i8x16_splat(1)), 1);
  half = wasm_v128_and(half, wasm_v128_and(mask, inner));
  raise(&s[P1], half);
  lower(&s[Q1], half);
}

INLINE void spread(v128_t *p, v128_t *q, v128_t w, int factor) { // by (factor · w + 63) >> 7
  v128_t factors = wasm_i16x8_splat(factor), rounding = wasm_i16x8_splat(63);
  v128_t low = wasm_i16x8_add(wasm_i16x8_mul(wasm_i16x8_extend_low_i8x16(w), factors), rounding);
  v128_t high = wasm_i16x8_add(wasm_i16x8_mul(wasm_i16x8_extend_high_i8x16(w), factors), rounding);
  v128_t change = wasm_i8x16_narrow_i16x8(wasm_i16x8_shr(low, 7), wasm_i16x8_shr(high, 7));
  raise(p, change);
  lower(q, change);
}

// Edges between macroblocks.
INLINE int filter_macroblock(v128_t *s, int E, int I, int threshold) {
  v128_t mask = normal_mask(s, E, I);
  if (!wasm_v128_any_true(mask))
    return 0;
  v128_t variance = wasm_v128_and(high_variance(s, threshold), mask);
  v128_t w = adjustment(s, wasm_i8x16_splat(-1));
  v128_t smooth = wasm_v128_and(w, wasm_v128_andnot(mask, variance));
  filter_common(s, w, variance, wasm_i8x16_splat(0));
  spread(&s[P0], &s[Q0], smooth, 27);
  spread(&s[P1], &s[Q1], smooth, 18);
  spread(&s[P2], &s[Q2], smooth, 9);
  return 1;
}

// Edges between the blocks of a macroblock.
INLINE int filter_inner(v128_t *s, int E, int I, int threshold) {
  v128_t mask = normal_mask(s, E, I);
  if (!wasm_v128_any_true(mask))
    return 0;
  v128_t variance = high_variance(s, threshold);
  filter_common(s, adjustment(s, variance), mask, wasm_v128_not(variance));
  return 1;
}

// An edge's sixteen positions are two halves of eight: of one plane's luma, or of U and V.
#define HALVES uint8_t *first, uint8_t *second, ptrdiff_t stride

INLINE void load_rows(HALVES, v128_t *s) {
  for (int i = -4; i < 4; i++)
    s[Q0 + i] = wasm_v128_load64_lane(second + i * stride, wasm_v128_load64_zero(first + i * stride), 1);
}

INLINE void store_rows(HALVES, const v128_t *s, int reach) {
  for (int i = -reach; i < reach; i++) {
    wasm_v128_store64_lane(first + i * stride, s[Q0 + i], 0);
    wasm_v128_store64_lane(second + i * stride, s[Q0 + i], 1);
  }
}

INLINE void load_both_columns(HALVES, v128_t *s) {
  v128_t upper[4], lower_half[4];
  load_column_pairs(first - 4, stride, upper);
  load_column_pairs(second - 4, stride, lower_half);
  for (int i = 0; i < 4; i++) {
    s[2 * i] = wasm_i64x2_shuffle(upper[i], lower_half[i], 0, 2);
    s[2 * i + 1] = wasm_i64x2_shuffle(upper[i], lower_half[i], 1, 3);
  }
}

#define LOW8(a, b) wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH8(a, b) wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define LOW16(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH16(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

INLINE void store_rows_of_four(uint8_t *at, ptrdiff_t stride, v128_t top, v128_t bottom) {
  wasm_v128_store32_lane(at, top, 0), wasm_v128_store32_lane(at + stride, top, 1);
  wasm_v128_store32_lane(at + 2 * stride, top, 2), wasm_v128_store32_lane(at + 3 * stride, top, 3);
  wasm_v128_store32_lane(at + 4 * stride, bottom, 0), wasm_v128_store32_lane(at + 5 * stride, bottom, 1);
  wasm_v128_store32_lane(at + 6 * stride, bottom, 2), wasm_v128_store32_lane(at + 7 * stride, bottom, 3);
}

// p1 to q1 back into their columns.
INLINE void store_inner_columns(HALVES, const v128_t *s) {
  v128_t p = LOW8(s[P1], s[P0]), q = LOW8(s[Q0], s[Q1]);
  store_rows_of_four(first - 2, stride, LOW16(p, q), HIGH16(p, q));
  p = HIGH8(s[P1], s[P0]), q = HIGH8(s[Q0], s[Q1]);
  store_rows_of_four(second - 2, stride, LOW16(p, q), HIGH16(p, q));
}

INLINE void store_rows_of_eight(uint8_t *at, ptrdiff_t stride, v128_t left, v128_t right) {
  v128_t rows01 = wasm_i32x4_shuffle(left, right, 0, 4, 1, 5), rows23 = wasm_i32x4_shuffle(left, right, 2, 6, 3, 7);
  wasm_v128_store64_lane(at, rows01, 0), wasm_v128_store64_lane(at + stride, rows01, 1);
  wasm_v128_store64_lane(at + 2 * stride, rows23, 0), wasm_v128_store64_lane(at + 3 * stride, rows23, 1);
}

// All eight samples back into their columns.
INLINE void store_all_columns(HALVES, const v128_t *s) {
  v128_t a = LOW8(s[0], s[1]), b = LOW8(s[2], s[3]), c = LOW8(s[4], s[5]), d = LOW8(s[6], s[7]);
  store_rows_of_eight(first - 4, stride, LOW16(a, b), LOW16(c, d));
  store_rows_of_eight(first - 4 + 4 * stride, stride, HIGH16(a, b), HIGH16(c, d));
  a = HIGH8(s[0], s[1]), b = HIGH8(s[2], s[3]), c = HIGH8(s[4], s[5]), d = HIGH8(s[6], s[7]);
  store_rows_of_eight(second - 4, stride, LOW16(a, b), LOW16(c, d));
  store_rows_of_eight(second - 4 + 4 * stride, stride, HIGH16(a, b), HIGH16(c, d));
}

#define LIMITS int E, int I, int threshold

static void rows_macroblock(HALVES, LIMITS) {
  v128_t s[8];
  load_rows(first, second, stride, s);
  if (filter_macroblock(s, E, I, threshold))
    store_rows(first, second, stride, s, 3);
}

static void rows_inner(HALVES, LIMITS) {
  v128_t s[8];
  load_rows(first, second, stride, s);
  if (filter_inner(s, E, I, threshold))
    store_rows(first, second, stride, s, 2);
}

static void columns_macroblock(HALVES, LIMITS) {
  v128_t s[8];
  load_both_columns(first, second, stride, s);
  if (filter_macroblock(s, E, I, threshold))
    store_all_columns(first, second, stride, s);
}

static void columns_inner(HALVES, LIMITS) {
  v128_t s[8];
  load_both_columns(first, second, stride, s);
  if (filter_inner(s, E, I, threshold))
    store_inner_columns(first, second, stride, s);
}

#define LUMA_EDGE(name, step)                                                                                        \
  static void name##_luma(uint8_t *dst, ptrdiff_t stride, LIMITS) {                                                  \
    name(dst, dst + 8 * step, stride, E, I, threshold);                                                              \
  }

LUMA_EDGE(rows_macroblock, 1)
LUMA_EDGE(rows_inner, 1)
LUMA_EDGE(columns_macroblock, stride)
LUMA_EDGE(columns_inner, stride)

INLINE void filter_simple(v128_t *s, int E) {
  v128_t everywhere = wasm_i8x16_splat(-1);
  filter_common(s, adjustment(s, everywhere), simple_mask(s, E), wasm_i8x16_splat(0));
}

static void rows_simple(uint8_t *dst, ptrdiff_t stride, int E) {
  v128_t s[8];
  for (int i = -2; i < 2; i++)
    s[Q0 + i] = wasm_v128_load(dst + i * stride);
  filter_simple(s, E);
  wasm_v128_store(dst - stride, s[P0]);
  wasm_v128_store(dst, s[Q0]);
}

static void columns_simple(uint8_t *dst, ptrdiff_t stride, int E) {
  v128_t s[8];
  load_both_columns(dst, dst + 8 * stride, stride, s);
  filter_simple(s, E);
  store_inner_columns(dst, dst + 8 * stride, stride, s);
}

static void set_loop_filters(VP8DSPContext *context) {
  context->vp8_v_loop_filter16y = rows_macroblock_luma;
  context->vp8_h_loop_filter16y = columns_macroblock_luma;
  context->vp8_v_loop_filter8uv = rows_macroblock;
  context->vp8_h_loop_filter8uv = columns_macroblock;
  context->vp8_v_loop_filter16y_inner = rows_inner_luma;
  context->vp8_h_loop_filter16y_inner = columns_inner_luma;
  context->vp8_v_loop_filter8uv_inner = rows_inner;
  context->vp8_h_loop_filter8uv_inner = columns_inner;
  context->vp8_v_loop_filter_simple = rows_simple;
  context->vp8_h_loop_filter_simple = columns_simple;
}

// Blocks whose only coefficient is the DC

static void idct_dc_add(uint8_t *dst, int16_t block[16], ptrdiff_t stride) {
  v128_t dc = wasm_i16x8_splat((block[0] + 4) >> 3);
  block[0] = 0;
  for (int y = 0; y < 4; y++, dst += stride) {
    v128_t row = wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(dst)), dc);
    wasm_v128_store32_lane(dst, wasm_u8x16_narrow_i16x8(row, row), 0);
  }
}

// Four blocks side by side.
static void idct_dc_add4y(uint8_t *dst, int16_t block[4][16], ptrdiff_t stride) {
  int dc[4];
  for (int i = 0; i < 4; i++) {
    dc[i] = (block[i][0] + 4) >> 3;
    block[i][0] = 0;
  }
  v128_t left = wasm_i16x8_make(dc[0], dc[0], dc[0], dc[0], dc[1], dc[1], dc[1], dc[1]);
  v128_t right = wasm_i16x8_make(dc[2], dc[2], dc[2], dc[2], dc[3], dc[3], dc[3], dc[3]);
  for (int y = 0; y < 4; y++, dst += stride) {
    v128_t row = wasm_v128_load(dst);
    v128_t low = wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(row), left);
    v128_t high = wasm_i16x8_add(wasm_u16x8_extend_high_u8x16(row), right);
    wasm_v128_store(dst, wasm_u8x16_narrow_i16x8(low, high));
  }
}

void __real_ff_vp8dsp_init(VP8DSPContext *context);

// Linked in the place of FFmpeg's own (wasm-ld --wrap), which is called after ff_vp78dsp_init().
void __wrap_ff_vp8dsp_init(VP8DSPContext *context) {
  __real_ff_vp8dsp_init(context);
  set_motion_compensation(context);
  set_loop_filters(context);
  context->vp8_idct_dc_add = idct_dc_add;
  context->vp8_idct_dc_add4y = idct_dc_add4y;
}
