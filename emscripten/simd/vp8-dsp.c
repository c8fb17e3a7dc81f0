// VP8 motion compensation, loop filters and inverse transforms (RFC 6386, 14, 15 and 18).
#include "libavcodec/vp8dsp.h"

#include "edges.h"
#include "subpel.h"

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
    filter_both_ways(dst, dst_stride, src, src_stride, width, height, taps_at(mx), taps_at(my), 0);                 \
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

// Loop filters

INLINE void spread(v128_t *p, v128_t *q, v128_t w, int factor) { // by (factor · w + 63) >> 7
  v128_t factors = wasm_i16x8_splat(factor), rounding = wasm_i16x8_splat(63);
  v128_t low = wasm_i16x8_add(wasm_i16x8_mul(wasm_i16x8_extend_low_i8x16(w), factors), rounding);
  v128_t high = wasm_i16x8_add(wasm_i16x8_mul(wasm_i16x8_extend_high_i8x16(w), factors), rounding);
  v128_t change = wasm_i8x16_narrow_i16x8(wasm_i16x8_shr(low, 7), wasm_i16x8_shr(high, 7));
  raise(p, change);
  lower(q, change);
}

// Edges between macroblocks.
INLINE int filter_macroblock(v128_t *s, v128_t E, v128_t I, v128_t threshold) {
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
INLINE int filter_inner(v128_t *s, v128_t E, v128_t I, v128_t threshold) {
  v128_t mask = normal_mask(s, E, I);
  if (!wasm_v128_any_true(mask))
    return 0;
  v128_t variance = high_variance(s, threshold);
  filter_common(s, adjustment(s, variance), mask, wasm_v128_not(variance));
  return 1;
}

#define LIMITS int E, int I, int threshold
#define SPLAT_LIMITS wasm_u8x16_splat(E), wasm_u8x16_splat(I), wasm_u8x16_splat(threshold)

static void rows_macroblock(HALVES, LIMITS) {
  v128_t samples[8], *s = samples + 4;
  load_rows(first, second, stride, s);
  if (filter_macroblock(s, SPLAT_LIMITS))
    store_rows(first, second, stride, s, 3);
}

static void rows_inner(HALVES, LIMITS) {
  v128_t samples[8], *s = samples + 4;
  load_rows(first, second, stride, s);
  if (filter_inner(s, SPLAT_LIMITS))
    store_rows(first, second, stride, s, 2);
}

static void columns_macroblock(HALVES, LIMITS) {
  v128_t samples[8], *s = samples + 4;
  load_edge_columns(first, second, stride, s);
  if (filter_macroblock(s, SPLAT_LIMITS))
    store_all_columns(first, second, stride, s);
}

static void columns_inner(HALVES, LIMITS) {
  v128_t samples[8], *s = samples + 4;
  load_edge_columns(first, second, stride, s);
  if (filter_inner(s, SPLAT_LIMITS))
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
  filter_common(s, adjustment(s, everywhere), simple_mask(s, wasm_u8x16_splat(E)), wasm_i8x16_splat(0));
}

static void rows_simple(uint8_t *dst, ptrdiff_t stride, int E) {
  v128_t samples[8], *s = samples + 4;
  for (int i = P1; i <= Q1; i++)
    s[i] = wasm_v128_load(dst + i * stride);
  filter_simple(s, E);
  wasm_v128_store(dst - stride, s[P0]);
  wasm_v128_store(dst, s[Q0]);
}

static void columns_simple(uint8_t *dst, ptrdiff_t stride, int E) {
  v128_t samples[8], *s = samples + 4;
  load_edge_columns(dst, dst + 8 * stride, stride, s);
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

// Inverse transforms

// By 20091 / 65536 + 1 and by 35468 / 65536, rounded down: the words' products as 32-bit numbers.
INLINE v128_t times_20091(v128_t a) {
  return wasm_i32x4_add(wasm_i32x4_shr(wasm_i32x4_dot_i16x8(a, wasm_i32x4_splat(20091)), 16), a);
}
INLINE v128_t times_35468(v128_t a) {
  // The factor does not fit a signed word; what is missing is one times a.
  return wasm_i32x4_add(wasm_i32x4_shr(wasm_i32x4_dot_i16x8(a, wasm_i32x4_splat((35468 - 65536) & 0xffff)), 16), a);
}

INLINE void transform_columns(v128_t *r) {
  v128_t t0 = wasm_i32x4_add(r[0], r[2]), t1 = wasm_i32x4_sub(r[0], r[2]);
  v128_t t2 = wasm_i32x4_sub(times_35468(r[1]), times_20091(r[3]));
  v128_t t3 = wasm_i32x4_add(times_20091(r[1]), times_35468(r[3]));
  r[0] = wasm_i32x4_add(t0, t3);
  r[1] = wasm_i32x4_add(t1, t2);
  r[2] = wasm_i32x4_sub(t1, t2);
  r[3] = wasm_i32x4_sub(t0, t3);
}

INLINE void transpose_four(v128_t *r) {
  v128_t a = wasm_i32x4_shuffle(r[0], r[1], 0, 4, 1, 5), b = wasm_i32x4_shuffle(r[0], r[1], 2, 6, 3, 7);
  v128_t c = wasm_i32x4_shuffle(r[2], r[3], 0, 4, 1, 5), d = wasm_i32x4_shuffle(r[2], r[3], 2, 6, 3, 7);
  r[0] = wasm_i64x2_shuffle(a, c, 0, 2), r[1] = wasm_i64x2_shuffle(a, c, 1, 3);
  r[2] = wasm_i64x2_shuffle(b, d, 0, 2), r[3] = wasm_i64x2_shuffle(b, d, 1, 3);
}

// Cut to 16 bits, as they are kept between the two passes.
INLINE v128_t as_words(v128_t a) { return wasm_i32x4_shr(wasm_i32x4_shl(a, 16), 16); }

// Two rows of four samples.
INLINE void add_rows(uint8_t *dst, ptrdiff_t stride, v128_t words) {
  v128_t old = wasm_v128_load32_lane(dst + stride, wasm_v128_load32_zero(dst), 1);
  v128_t sum = wasm_i16x8_add_sat(wasm_u16x8_extend_low_u8x16(old), words);
  v128_t bytes = wasm_u8x16_narrow_i16x8(sum, sum);
  wasm_v128_store32_lane(dst, bytes, 0);
  wasm_v128_store32_lane(dst + stride, bytes, 1);
}

static void idct_add(uint8_t *dst, int16_t block[16], ptrdiff_t stride) {
  v128_t r[4];
  for (int i = 0; i < 4; i++)
    r[i] = wasm_i32x4_load16x4(block + 4 * i);
  wasm_v128_store(block, wasm_i16x8_splat(0));
  wasm_v128_store(block + 8, wasm_i16x8_splat(0));
  transform_columns(r);
  transpose_four(r);
  r[0] = wasm_i32x4_add(as_words(r[0]), wasm_i32x4_splat(4));
  r[1] = as_words(r[1]);
  r[2] = as_words(r[2]);
  r[3] = as_words(r[3]);
  transform_columns(r);
  transpose_four(r);
  for (int i = 0; i < 4; i++)
    r[i] = wasm_i32x4_shr(r[i], 3);
  add_rows(dst, stride, wasm_i16x8_narrow_i32x4(r[0], r[1]));
  add_rows(dst + 2 * stride, stride, wasm_i16x8_narrow_i32x4(r[2], r[3]));
}

// What the DC coefficients of two blocks side by side add to a row; they are taken out of the blocks.
INLINE v128_t take_pair(int16_t block[][16]) {
  int left = (block[0][0] + 4) >> 3, right = (block[1][0] + 4) >> 3;
  block[0][0] = block[1][0] = 0;
  return wasm_i64x2_shuffle(wasm_i16x8_splat(left), wasm_i16x8_splat(right), 0, 2);
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
  v128_t left = take_pair(block), right = take_pair(block + 2);
  for (int y = 0; y < 4; y++, dst += stride) {
    v128_t row = wasm_v128_load(dst);
    v128_t low = wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(row), left);
    v128_t high = wasm_i16x8_add(wasm_u16x8_extend_high_u8x16(row), right);
    wasm_v128_store(dst, wasm_u8x16_narrow_i16x8(low, high));
  }
}

// Two blocks side by side, and two below.
static void idct_dc_add4uv(uint8_t *dst, int16_t block[4][16], ptrdiff_t stride) {
  for (int pair = 0; pair < 2; pair++) {
    v128_t dc = take_pair(block + 2 * pair);
    for (int y = 0; y < 4; y++, dst += stride)
      store_bytes(dst, wasm_i16x8_add(wasm_u16x8_load8x8(dst), dc));
  }
}

void __real_ff_vp8dsp_init(VP8DSPContext *context);

// Linked in the place of FFmpeg's own (wasm-ld --wrap), which is called after ff_vp78dsp_init().
void __wrap_ff_vp8dsp_init(VP8DSPContext *context) {
  __real_ff_vp8dsp_init(context);
  set_motion_compensation(context);
  set_loop_filters(context);
  context->vp8_idct_add = idct_add;
  context->vp8_idct_dc_add = idct_dc_add;
  context->vp8_idct_dc_add4y = idct_dc_add4y;
  context->vp8_idct_dc_add4uv = idct_dc_add4uv;
}
