// VP9 motion compensation and loop filters for 8-bit pictures (VP9 bitstream specification, 8.5.2.3 and 8.8).
#include "libavcodec/vp9dsp.h"

#include "edges.h"
#include "subpel.h"
#include "vp9-itxfm.h"

// Motion compensation

INLINE Taps taps_of(const int16_t *f) { return make_taps(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]); }

#define PARAMETERS uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t src_stride

#define OPERATION(op, average)                                                                                     \
  static __attribute__((noinline)) void op##_h(PARAMETERS, int width, int height, const int16_t *across) {          \
    filter_horizontally(dst, dst_stride, src, src_stride, width, height, taps_of(across), average);                 \
  }                                                                                                                 \
  static __attribute__((noinline)) void op##_v(PARAMETERS, int width, int height, const int16_t *down) {            \
    filter_vertically(dst, dst_stride, src, src_stride, width, height, taps_of(down), average);                     \
  }                                                                                                                 \
  static __attribute__((noinline)) void op##_hv(PARAMETERS, int width, int height, const int16_t *across,           \
                                                const int16_t *down) {                                              \
    filter_both_ways(dst, dst_stride, src, src_stride, width, height, taps_of(across), taps_of(down), average);     \
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

// Loop filters

// Whether the samples from `first` to `last` on both sides differ from p0 and q0 by one at most.
INLINE v128_t is_flat(const v128_t *s, int first, int last) {
  v128_t most = wasm_u8x16_splat(0);
  for (int i = first; i <= last; i++)
    most = largest(most, largest(distance(s[P0 - i], s[P0]), distance(s[Q0 + i], s[Q0])));
  return wasm_u8x16_le(most, wasm_u8x16_splat(1));
}

INLINE void replace(v128_t *sample, v128_t by, v128_t where) { *sample = wasm_v128_bitselect(by, *sample, where); }

// Half of the positions, as words: the mean over 2 · reach + 1 neighbours, the middle one counted twice, for all samples
// but the outermost on either side.
INLINE void smooth_half(const v128_t *s, v128_t *out, int half, int reach) {
#define AT(i) words[(i) < -reach - 1 ? -reach - 1 : (i) > reach ? reach : (i)]
  v128_t all[16], *words = all + 8;
  for (int i = -reach - 1; i <= reach; i++)
    words[i] = half ? wasm_u16x8_extend_high_u8x16(s[i]) : wasm_u16x8_extend_low_u8x16(s[i]);
  int shift = reach == 3 ? 3 : 4;
  v128_t sum = wasm_i16x8_splat(1 << (shift - 1));
  for (int i = -2 * reach; i <= 0; i++)
    sum = wasm_i16x8_add(sum, AT(i));
  for (int i = -reach; i < reach; i++) {
    out[i] = wasm_u16x8_shr(wasm_i16x8_add(sum, words[i]), shift);
    sum = wasm_i16x8_add(sum, wasm_i16x8_sub(AT(i + 1 + reach), AT(i - reach)));
  }
#undef AT
}

INLINE void smooth(const v128_t *s, v128_t *out, int reach, int count) {
  v128_t first[16], second[16];
  smooth_half(s, first + 8, 0, reach);
  if (count == 16)
    smooth_half(s, second + 8, 1, reach);
  for (int i = -reach; i < reach; i++)
    out[i] = wasm_u8x16_narrow_i16x8(first[8 + i], count == 16 ? second[8 + i] : first[8 + i]);
}

// Limits of an edge, a byte for each position, and where the filter of eight samples may be used.
typedef struct Limits {
  v128_t E, I, H, wide;
} Limits;

// What is to be done at an edge.
typedef struct Masks {
  v128_t any, flat;
} Masks;

INLINE Masks edge_masks(const v128_t *s, const Limits *limits, int width) {
  v128_t mask = normal_mask(s, limits->E, limits->I);
  v128_t flat = width >= 8 ? wasm_v128_and(wasm_v128_and(mask, limits->wide), is_flat(s, 1, 3)) : wasm_u8x16_splat(0);
  return (Masks){mask, flat};
}

// Filters the samples of `count` positions; returns how many on either side may have changed.
INLINE int filter_edge(v128_t *s, const Limits *limits, Masks masks, int width, int count) {
  int has_flat = width >= 8 && wasm_v128_any_true(masks.flat);
  v128_t flat_outside = width >= 16 && has_flat ? wasm_v128_and(masks.flat, is_flat(s, 4, 7)) : wasm_u8x16_splat(0);
  int has_flat_outside = width >= 16 && wasm_v128_any_true(flat_outside);
  v128_t all_wide[16], all_widest[16], *wide = all_wide + 8, *widest = all_widest + 8;
  if (has_flat)
    smooth(s, wide, 3, count);
  if (has_flat_outside)
    smooth(s, widest, 7, count);
  v128_t variance = high_variance(s, limits->H);
  filter_common(s, adjustment(s, variance), wasm_v128_andnot(masks.any, masks.flat), wasm_v128_not(variance));
  if (has_flat)
    for (int i = P2; i <= Q2; i++)
      replace(&s[i], wide[i], masks.flat);
  if (has_flat_outside)
    for (int i = P6; i <= Q6; i++)
      replace(&s[i], widest[i], flat_outside);
  return has_flat_outside ? 7 : has_flat ? 3 : 2;
}

// The outer eight samples of an edge are only loaded where they matter.
INLINE void filter_rows(uint8_t *dst, ptrdiff_t stride, const Limits *limits, int width, int count) {
  v128_t samples[16], *s = samples + 8;
  uint8_t *second = count == 16 ? dst + 8 : NULL;
  load_rows(dst, second, stride, s);
  Masks masks = edge_masks(s, limits, width);
  if (!wasm_v128_any_true(masks.any))
    return;
  if (width >= 16 && wasm_v128_any_true(masks.flat)) {
    v128_t outer[8];
    load_rows(dst - 4 * stride, second ? second - 4 * stride : NULL, stride, outer + 4);
    for (int i = P7; i <= P4; i++)
      s[i] = outer[i + 8];
    load_rows(dst + 4 * stride, second ? second + 4 * stride : NULL, stride, outer + 4);
    for (int i = Q4; i <= Q7; i++)
      s[i] = outer[i];
  }
  store_rows(dst, second, stride, s, filter_edge(s, limits, masks, width, count));
}

INLINE void filter_columns(uint8_t *dst, ptrdiff_t stride, const Limits *limits, int width, int count) {
  v128_t samples[16], *s = samples + 8;
  uint8_t *second = count == 16 ? dst + 8 * stride : NULL;
  load_edge_columns(dst, second, stride, s);
  Masks masks = edge_masks(s, limits, width);
  if (!wasm_v128_any_true(masks.any))
    return;
  if (width >= 16 && wasm_v128_any_true(masks.flat)) {
    v128_t outer[8];
    load_edge_columns(dst - 4, second ? second - 4 : NULL, stride, outer + 4);
    for (int i = P7; i <= P4; i++)
      s[i] = outer[i + 8];
    load_edge_columns(dst + 4, second ? second + 4 : NULL, stride, outer + 4);
    for (int i = Q4; i <= Q7; i++)
      s[i] = outer[i];
  }
  int changed = filter_edge(s, limits, masks, width, count);
  if (changed == 2) {
    store_inner_columns(dst, second, stride, s);
  } else if (changed == 3) {
    store_all_columns(dst, second, stride, s);
  } else {
    store_all_columns(dst - 4, second ? second - 4 : NULL, stride, s - 4);
    store_all_columns(dst + 4, second ? second + 4 : NULL, stride, s + 4);
  }
}

#define EDGE uint8_t *dst, ptrdiff_t stride, int E, int I, int H

INLINE Limits uniform_limits(int E, int I, int H) {
  return (Limits){wasm_u8x16_splat(E), wasm_u8x16_splat(I), wasm_u8x16_splat(H), wasm_u8x16_splat(255)};
}

// Two halves of eight positions, whose limits are in the parameters' bytes.
INLINE v128_t halves(int both) {
  return wasm_i64x2_shuffle(wasm_u8x16_splat(both & 0xff), wasm_u8x16_splat(both >> 8), 0, 2);
}

INLINE Limits mixed_limits(int E, int I, int H, int first_width, int second_width) {
  int wide = (first_width >= 8 ? 0xff : 0) | (second_width >= 8 ? 0xff00 : 0);
  return (Limits){halves(E), halves(I), halves(H), halves(wide)};
}

#define EIGHT(direction, width)                                                                                      \
  static void direction##_##width(EDGE) {                                                                            \
    Limits limits = uniform_limits(E, I, H);                                                                         \
    filter_##direction(dst, stride, &limits, width, 8);                                                              \
  }
#define MIXED(direction, first, second)                                                                              \
  static void direction##_##first##_##second(EDGE) {                                                                 \
    Limits limits = mixed_limits(E, I, H, first, second);                                                            \
    direction##_mixed(dst, stride, &limits);                                                                         \
  }
#define FILTERS(direction)                                                                                           \
  EIGHT(direction, 4) EIGHT(direction, 8) EIGHT(direction, 16)                                                       \
  static void direction##_16_16(EDGE) {                                                                              \
    Limits limits = uniform_limits(E, I, H);                                                                         \
    filter_##direction(dst, stride, &limits, 16, 16);                                                                \
  }                                                                                                                  \
  static __attribute__((noinline)) void direction##_mixed(uint8_t *dst, ptrdiff_t stride, const Limits *limits) {    \
    filter_##direction(dst, stride, limits, 8, 16);                                                                  \
  }                                                                                                                  \
  MIXED(direction, 4, 8) MIXED(direction, 8, 4) MIXED(direction, 8, 8)                                               \
  static void direction##_4_4(EDGE) {                                                                                \
    Limits limits = mixed_limits(E, I, H, 4, 4);                                                                     \
    filter_##direction(dst, stride, &limits, 4, 16);                                                                 \
  }

FILTERS(columns)
FILTERS(rows)

static void set_loop_filters(VP9DSPContext *context) {
#define ENTER_FILTERS(direction, index)                                                                              \
  context->loop_filter_8[0][index] = direction##_4;                                                                  \
  context->loop_filter_8[1][index] = direction##_8;                                                                  \
  context->loop_filter_8[2][index] = direction##_16;                                                                 \
  context->loop_filter_16[index] = direction##_16_16;                                                             \
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
  set_vp9_inverse_transforms(context);
}
