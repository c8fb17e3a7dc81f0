// VP9 motion compensation and loop filters for 8-bit pictures (VP9 bitstream specification, 8.5.2.3 and 8.8).
#include "libavcodec/vp9dsp.h"

#include "subpel.h"
#include "transpose.h"

// Motion compensation

INLINE Taps taps_of(const int16_t *f) { return make_taps(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]); }

#define PARAMETERS uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t src_stride

INLINE void filter_both_ways(PARAMETERS, int width, int height, const int16_t *across, const int16_t *down,
                             int average) {
  _Alignas(16) uint8_t rows[64 * (64 + 7)];
  filter_horizontally(rows, 64, src - 3 * src_stride, src_stride, width, height + 7, taps_of(across), 0);
  filter_vertically(dst, dst_stride, rows + 3 * 64, 64, width, height, taps_of(down), average);
}

#define OPERATION(op, average)                                                                                     \
  static __attribute__((noinline)) void op##_h(PARAMETERS, int width, int height, const int16_t *across) {          \
    filter_horizontally(dst, dst_stride, src, src_stride, width, height, taps_of(across), average);                 \
  }                                                                                                                 \
  static __attribute__((noinline)) void op##_v(PARAMETERS, int width, int height, const int16_t *down) {            \
    filter_vertically(dst, dst_stride, src, src_stride, width, height, taps_of(down), average);                     \
  }                                                                                                                 \
  static __attribute__((noinline)) void op##_hv(PARAMETERS, int width, int height, const int16_t *across,           \
                                                const int16_t *down) {                                              \
    filter_both_ways(dst, dst_stride, src, src_stride, width, height, across, down, average);                       \
  }

OPERATION(put, 0)
OPERATION(avg, 1)

// The table's functions: width and kind of filter are known, the position between samples is not.
#define BLOCK(op, filter, width)                                                                                    \
  static void op##_h_##filter##_##width(PARAMETERS, int height, int mx, int my) {                                    \
    (void)my;                                                                                                        \
    op##_h(dst, dst_stride, src, src_stride, width, height, ff_vp9_subpel_filters[filter][mx]);                      \
  }                                                                                                                  \
  static void op##_v_##filter##_##width(PARAMETERS, int height, int mx, int my) {                                    \
    (void)mx;                                                                                                        \
    op##_v(dst, dst_stride, src, src_stride, width, height, ff_vp9_subpel_filters[filter][my]);                      \
  }                                                                                                                  \
  static void op##_hv_##filter##_##width(PARAMETERS, int height, int mx, int my) {                                   \
    op##_hv(dst, dst_stride, src, src_stride, width, height, ff_vp9_subpel_filters[filter][mx],                      \
            ff_vp9_subpel_filters[filter][my]);                                                                      \
  }
#define WIDTHS(macro, op, filter)                                                                                    \
  macro(op, filter, 64) macro(op, filter, 32) macro(op, filter, 16) macro(op, filter, 8) macro(op, filter, 4)

WIDTHS(BLOCK, put, FILTER_8TAP_SMOOTH)
WIDTHS(BLOCK, put, FILTER_8TAP_REGULAR)
WIDTHS(BLOCK, put, FILTER_8TAP_SHARP)
WIDTHS(BLOCK, avg, FILTER_8TAP_SMOOTH)
WIDTHS(BLOCK, avg, FILTER_8TAP_REGULAR)
WIDTHS(BLOCK, avg, FILTER_8TAP_SHARP)

// The table's first index.
enum { WIDTH_64, WIDTH_32, WIDTH_16, WIDTH_8, WIDTH_4 };

static void set_motion_compensation(VP9DSPContext *context) {
  enum { AVERAGE_put, AVERAGE_avg };
#define ENTER(op, filter, width)                                                                                     \
  context->mc[WIDTH_##width][filter][AVERAGE_##op][1][0] = op##_h_##filter##_##width;                                \
  context->mc[WIDTH_##width][filter][AVERAGE_##op][0][1] = op##_v_##filter##_##width;                                \
  context->mc[WIDTH_##width][filter][AVERAGE_##op][1][1] = op##_hv_##filter##_##width;
  WIDTHS(ENTER, put, FILTER_8TAP_SMOOTH)
  WIDTHS(ENTER, put, FILTER_8TAP_REGULAR)
  WIDTHS(ENTER, put, FILTER_8TAP_SHARP)
  WIDTHS(ENTER, avg, FILTER_8TAP_SMOOTH)
  WIDTHS(ENTER, avg, FILTER_8TAP_REGULAR)
  WIDTHS(ENTER, avg, FILTER_8TAP_SHARP)
}

// Loop filters: eight positions along an edge, as 16-bit words. s[0 … 15] are p7 … p0, q0 … q7.

enum { P7, P6, P5, P4, P3, P2, P1, P0, Q0, Q1, Q2, Q3, Q4, Q5, Q6, Q7 };

INLINE v128_t distance(v128_t a, v128_t b) { return wasm_i16x8_abs(wasm_i16x8_sub(a, b)); }
INLINE v128_t largest(v128_t a, v128_t b) { return wasm_i16x8_max(a, b); }
INLINE v128_t clip_int8(v128_t a) {
  return wasm_i16x8_max(wasm_i16x8_min(a, wasm_i16x8_splat(127)), wasm_i16x8_splat(-128));
}

INLINE v128_t filter_mask(const v128_t *s, int E, int I) {
  v128_t inner = largest(largest(distance(s[P3], s[P2]), distance(s[P2], s[P1])), distance(s[P1], s[P0]));
  inner = largest(inner, largest(largest(distance(s[Q1], s[Q0]), distance(s[Q2], s[Q1])), distance(s[Q3], s[Q2])));
  v128_t across = wasm_i16x8_add(wasm_i16x8_shl(distance(s[P0], s[Q0]), 1), wasm_u16x8_shr(distance(s[P1], s[Q1]), 1));
  return wasm_v128_and(wasm_i16x8_le(inner, wasm_i16x8_splat(I)), wasm_i16x8_le(across, wasm_i16x8_splat(E)));
}

// Whether the samples from `first` to `last` on both sides differ from p0 and q0 by one at most.
INLINE v128_t is_flat(const v128_t *s, int first, int last) {
  v128_t most = wasm_i16x8_splat(0);
  for (int i = first; i <= last; i++)
    most = largest(most, largest(distance(s[P0 - i], s[P0]), distance(s[Q0 + i], s[Q0])));
  return wasm_i16x8_le(most, wasm_i16x8_splat(1));
}

INLINE void replace(v128_t *sample, v128_t by, v128_t where) { *sample = wasm_v128_bitselect(by, *sample, where); }

// The mean over 2 · reach + 1 neighbours, the middle one counted twice, for all samples between `first` and `last`.
INLINE void smooth(const v128_t *s, v128_t *out, int first, int last, int reach, int shift) {
#define AT(i) s[(i) < first ? first : (i) > last ? last : (i)]
  v128_t sum = wasm_i16x8_splat(1 << (shift - 1));
  for (int i = first + 1 - reach; i <= first + 1 + reach; i++)
    sum = wasm_i16x8_add(sum, AT(i));
  for (int i = first + 1; i < last; i++) {
    out[i] = wasm_u16x8_shr(wasm_i16x8_add(sum, s[i]), shift);
    sum = wasm_i16x8_add(sum, wasm_i16x8_sub(AT(i + 1 + reach), AT(i - reach)));
  }
#undef AT
}

INLINE void filter_narrowly(const v128_t *s, v128_t *out, int H) {
  v128_t limit = wasm_i16x8_splat(H);
  v128_t variance = wasm_i16x8_gt(largest(distance(s[P1], s[P0]), distance(s[Q1], s[Q0])), limit);
  v128_t difference = wasm_i16x8_sub(s[Q0], s[P0]);
  v128_t triple = wasm_i16x8_add(difference, wasm_i16x8_shl(difference, 1));
  v128_t outer = wasm_v128_and(clip_int8(wasm_i16x8_sub(s[P1], s[Q1])), variance);
  v128_t f = clip_int8(wasm_i16x8_add(triple, outer));
  v128_t most = wasm_i16x8_splat(127);
  v128_t f1 = wasm_i16x8_shr(wasm_i16x8_min(wasm_i16x8_add(f, wasm_i16x8_splat(4)), most), 3);
  v128_t f2 = wasm_i16x8_shr(wasm_i16x8_min(wasm_i16x8_add(f, wasm_i16x8_splat(3)), most), 3);
  v128_t half = wasm_v128_andnot(wasm_i16x8_shr(wasm_i16x8_add(f1, wasm_i16x8_splat(1)), 1), variance);
  out[P1] = wasm_i16x8_add(s[P1], half);
  out[P0] = wasm_i16x8_add(s[P0], f2);
  out[Q0] = wasm_i16x8_sub(s[Q0], f1);
  out[Q1] = wasm_i16x8_sub(s[Q1], half);
}

// Filters the samples; returns how many on either side may have changed.
INLINE int filter_edge(v128_t *s, int E, int I, int H, int width) {
  v128_t mask = filter_mask(s, E, I);
  if (!wasm_v128_any_true(mask))
    return 0;
  v128_t flat = width >= 8 ? wasm_v128_and(mask, is_flat(s, 1, 3)) : wasm_i16x8_splat(0);
  v128_t flat_outside = width >= 16 ? wasm_v128_and(flat, is_flat(s, 4, 7)) : wasm_i16x8_splat(0);
  v128_t narrow[16], wide[16], widest[16];
  int changed = 2;
  if (width >= 8 && wasm_v128_any_true(flat)) {
    smooth(s, wide, P3, Q3, 3, 3);
    changed = 3;
  }
  if (width >= 16 && wasm_v128_any_true(flat_outside)) {
    smooth(s, widest, P7, Q7, 7, 4);
    changed = 7;
  }
  filter_narrowly(s, narrow, H);
  for (int i = P1; i <= Q1; i++) {
    // Narrow results may lie outside a byte, and are clipped before they are mixed with others.
    v128_t clipped = wasm_i16x8_max(wasm_i16x8_min(narrow[i], wasm_i16x8_splat(255)), wasm_i16x8_splat(0));
    replace(&s[i], clipped, mask);
  }
  if (changed >= 3)
    for (int i = P2; i <= Q2; i++)
      replace(&s[i], wide[i], flat);
  if (changed >= 7)
    for (int i = P6; i <= Q6; i++)
      replace(&s[i], widest[i], flat_outside);
  return changed;
}

// An edge between rows.
INLINE void filter_rows(uint8_t *dst, ptrdiff_t stride, int E, int I, int H, int width) {
  v128_t s[16];
  int reach = width >= 16 ? 8 : 4;
  for (int i = -reach; i < reach; i++)
    s[Q0 + i] = wasm_u16x8_load8x8(dst + i * stride);
  int changed = filter_edge(s, E, I, H, width);
  if (width >= 16 && changed == 7)
    for (int i = -7; i < 7; i++)
      store_bytes(dst + i * stride, s[Q0 + i]);
  else if (width >= 8 && changed)
    for (int i = -3; i < 3; i++)
      store_bytes(dst + i * stride, s[Q0 + i]);
  else if (changed)
    for (int i = -2; i < 2; i++)
      store_bytes(dst + i * stride, s[Q0 + i]);
}

// An edge between columns.
INLINE void filter_columns(uint8_t *dst, ptrdiff_t stride, int E, int I, int H, int width) {
  v128_t s[16];
  if (width >= 16) {
    load_columns(dst - 8, stride, s);
    load_columns(dst, stride, s + 8);
  } else {
    load_columns(dst - 4, stride, s + P3);
  }
  int changed = filter_edge(s, E, I, H, width);
  if (width >= 16 && changed == 7) {
    store_columns(dst - 8, stride, s);
    store_columns(dst, stride, s + 8);
  } else if (width >= 8 && changed == 3) {
    store_columns(dst - 4, stride, s + P3);
  } else if (changed) {
    store_four_columns(dst - 2, stride, s[P1], s[P0], s[Q0], s[Q1]);
  }
}

#define EDGE uint8_t *dst, ptrdiff_t stride, int E, int I, int H

// Edges of 8 positions, of 16, and of two halves with limits of their own in the parameters' bytes.
#define FILTERS(direction, step)                                                                                     \
  static __attribute__((noinline)) void direction##_4(EDGE) { filter_##direction(dst, stride, E, I, H, 4); }         \
  static __attribute__((noinline)) void direction##_8(EDGE) { filter_##direction(dst, stride, E, I, H, 8); }         \
  static __attribute__((noinline)) void direction##_16(EDGE) { filter_##direction(dst, stride, E, I, H, 16); }       \
  static void direction##_16_twice(EDGE) {                                                                           \
    direction##_16(dst, stride, E, I, H);                                                                            \
    direction##_16(dst + 8 * step, stride, E, I, H);                                                                 \
  }                                                                                                                  \
  MIXED(direction, step, 4, 4) MIXED(direction, step, 4, 8) MIXED(direction, step, 8, 4) MIXED(direction, step, 8, 8)
#define MIXED(direction, step, first, second)                                                                        \
  static void direction##_##first##_##second(EDGE) {                                                                 \
    direction##_##first(dst, stride, E & 0xff, I & 0xff, H & 0xff);                                                  \
    direction##_##second(dst + 8 * step, stride, E >> 8, I >> 8, H >> 8);                                            \
  }

FILTERS(columns, stride)
FILTERS(rows, 1)

static void set_loop_filters(VP9DSPContext *context) {
#define ENTER_FILTERS(direction, index)                                                                              \
  context->loop_filter_8[0][index] = direction##_4;                                                                  \
  context->loop_filter_8[1][index] = direction##_8;                                                                  \
  context->loop_filter_8[2][index] = direction##_16;                                                                 \
  context->loop_filter_16[index] = direction##_16_twice;                                                             \
  context->loop_filter_mix2[0][0][index] = direction##_4_4;                                                          \
  context->loop_filter_mix2[0][1][index] = direction##_4_8;                                                          \
  context->loop_filter_mix2[1][0][index] = direction##_8_4;                                                          \
  context->loop_filter_mix2[1][1][index] = direction##_8_8;
  ENTER_FILTERS(columns, 0)
  ENTER_FILTERS(rows, 1)
}

void __real_ff_vp9dsp_init(VP9DSPContext *context, int bit_depth, int bitexact);

// Linked in the place of FFmpeg's own (wasm-ld --wrap).
void __wrap_ff_vp9dsp_init(VP9DSPContext *context, int bit_depth, int bitexact) {
  __real_ff_vp9dsp_init(context, bit_depth, bitexact);
  if (bit_depth != 8)
    return;
  set_motion_compensation(context);
  set_loop_filters(context);
}
