// HEVC deblocking (ITU-T H.265, 8.7.2.5) for samples of 8 and 10 bits: eight positions along an edge at a time, as
// 16-bit words, in two segments of four that are decided upon apart; p and q as in figure 8-8.
//
// FFmpeg calls its own functions where samples must stay as they are (PCM, lossless): the flags are always 0 here.
#include "libavcodec/hevc/dsp.h"

#include "hevc-dsp.h"
#include "transpose.h"

typedef struct Edge {
  v128_t p3, p2, p1, p0, q0, q1, q2, q3;
} Edge;

INLINE v128_t distance(v128_t a, v128_t b) { return wasm_i16x8_abs(wasm_i16x8_sub(a, b)); }
INLINE v128_t add(v128_t a, v128_t b) { return wasm_i16x8_add(a, b); }
INLINE v128_t twice(v128_t a) { return wasm_i16x8_add(a, a); }

// a, no further than `limit` from `from`.
INLINE v128_t clip_to(v128_t a, v128_t from, v128_t limit) {
  return wasm_i16x8_max(wasm_i16x8_min(a, add(from, limit)), wasm_i16x8_sub(from, limit));
}

// The first and the last position of each segment, in all of its positions.
INLINE v128_t first_of_four(v128_t a) { return wasm_i16x8_shuffle(a, a, 0, 0, 0, 0, 4, 4, 4, 4); }
INLINE v128_t last_of_four(v128_t a) { return wasm_i16x8_shuffle(a, a, 3, 3, 3, 3, 7, 7, 7, 7); }
INLINE v128_t both_ends(v128_t a) { return add(first_of_four(a), last_of_four(a)); }

INLINE v128_t second_difference(v128_t a, v128_t b, v128_t c) {
  return wasm_i16x8_abs(wasm_i16x8_sub(add(a, c), twice(b)));
}

// Whether the segment is smooth enough for the strong filter (8.7.2.5.6).
INLINE v128_t is_strong(const Edge *e, v128_t activity, int beta, v128_t tc) {
  v128_t flat = add(distance(e->p3, e->p0), distance(e->q0, e->q3));
  v128_t step_limit = wasm_i16x8_shr(add(add(twice(twice(tc)), tc), wasm_i16x8_splat(1)), 1);
  v128_t smooth = wasm_i16x8_lt(flat, wasm_i16x8_splat(beta >> 3));
  smooth = wasm_v128_and(smooth, wasm_i16x8_lt(distance(e->p0, e->q0), step_limit));
  smooth = wasm_v128_and(smooth, wasm_i16x8_lt(twice(activity), wasm_i16x8_splat(beta >> 2)));
  return wasm_v128_and(first_of_four(smooth), last_of_four(smooth));
}

INLINE void replace(v128_t *to, v128_t value, v128_t mask) { *to = wasm_v128_bitselect(value, *to, mask); }

INLINE void filter_strong(Edge *e, Edge from, v128_t tc, v128_t mask) {
  v128_t limit = twice(tc), two = wasm_i16x8_splat(2), four = wasm_i16x8_splat(4);
  v128_t middle = add(from.p0, from.q0), p = add(middle, from.p1), q = add(middle, from.q1);
  v128_t both = add(add(p, from.q1), middle); // p1 + 2·p0 + 2·q0 + q1
  v128_t p0 = wasm_i16x8_shr(add(add(add(both, from.p1), from.p2), four), 3);
  v128_t q0 = wasm_i16x8_shr(add(add(add(both, from.q1), from.q2), four), 3);
  v128_t p_sum = add(p, from.p2), q_sum = add(q, from.q2);
  v128_t p2 = wasm_i16x8_shr(add(add(p_sum, twice(add(from.p3, from.p2))), four), 3);
  v128_t q2 = wasm_i16x8_shr(add(add(q_sum, twice(add(from.q3, from.q2))), four), 3);
  replace(&e->p0, clip_to(p0, from.p0, limit), mask);
  replace(&e->p1, clip_to(wasm_i16x8_shr(add(p_sum, two), 2), from.p1, limit), mask);
  replace(&e->p2, clip_to(p2, from.p2, limit), mask);
  replace(&e->q0, clip_to(q0, from.q0, limit), mask);
  replace(&e->q1, clip_to(wasm_i16x8_shr(add(q_sum, two), 2), from.q1, limit), mask);
  replace(&e->q2, clip_to(q2, from.q2, limit), mask);
}

INLINE v128_t clip_change(v128_t change, v128_t limit) {
  return wasm_i16x8_max(wasm_i16x8_min(change, limit), wasm_i16x8_neg(limit));
}

// How p1 changes with p0, or q1 with q0, where `mask` says so.
INLINE v128_t outer_change(v128_t outermost, v128_t outer, v128_t inner, v128_t delta, v128_t tc, v128_t mask) {
  v128_t change = add(wasm_i16x8_sub(wasm_u16x8_avgr(outermost, inner), outer), delta);
  return wasm_v128_and(clip_change(wasm_i16x8_shr(change, 1), wasm_i16x8_shr(tc, 1)), mask);
}

INLINE void filter_weak(Edge *e, v128_t tc, v128_t mask, v128_t change_p1, v128_t change_q1) {
  v128_t inner = wasm_i16x8_sub(e->q0, e->p0), outer = wasm_i16x8_sub(e->q1, e->p1);
  v128_t sum = wasm_i16x8_sub(add(wasm_i16x8_shl(inner, 3), inner), add(twice(outer), outer));
  v128_t delta = wasm_i16x8_shr(add(sum, wasm_i16x8_splat(8)), 4);
  v128_t is_small = wasm_i16x8_lt(wasm_i16x8_abs(delta), wasm_i16x8_mul(tc, wasm_i16x8_splat(10)));
  mask = wasm_v128_and(mask, is_small);
  delta = clip_change(delta, tc);
  v128_t p1 = outer_change(e->p2, e->p1, e->p0, delta, tc, wasm_v128_and(mask, change_p1));
  v128_t q1 = outer_change(e->q2, e->q1, e->q0, wasm_i16x8_neg(delta), tc, wasm_v128_and(mask, change_q1));
  delta = wasm_v128_and(delta, mask);
  e->p1 = add(e->p1, p1);
  e->q1 = add(e->q1, q1);
  e->p0 = add(e->p0, delta);
  e->q0 = wasm_i16x8_sub(e->q0, delta);
}

enum Change { NOTHING, TWO, THREE }; // samples on each side that may have changed

INLINE v128_t segment_limits(const int32_t *tc, int bits) {
  int first = tc[0] << (bits - 8), second = tc[1] << (bits - 8);
  return wasm_i16x8_make(first, first, first, first, second, second, second, second);
}

// Values may be beyond the samples' range: they are clipped when they are stored.
INLINE enum Change filter_luma(Edge *e, int beta, const int32_t *tc_of_segments, int bits) {
  beta <<= bits - 8;
  v128_t dp = second_difference(e->p2, e->p1, e->p0), dq = second_difference(e->q2, e->q1, e->q0);
  v128_t activity = add(dp, dq);
  v128_t mask = wasm_i16x8_lt(both_ends(activity), wasm_i16x8_splat(beta));
  if (!wasm_v128_any_true(mask))
    return NOTHING;
  v128_t tc = segment_limits(tc_of_segments, bits);
  v128_t strong = wasm_v128_and(mask, is_strong(e, activity, beta, tc));
  v128_t weak = wasm_v128_andnot(mask, strong);
  v128_t side_limit = wasm_i16x8_splat((beta + (beta >> 1)) >> 3);
  Edge from = *e;
  if (wasm_v128_any_true(weak))
    filter_weak(e, tc, weak, wasm_i16x8_lt(both_ends(dp), side_limit), wasm_i16x8_lt(both_ends(dq), side_limit));
  if (!wasm_v128_any_true(strong))
    return TWO;
  filter_strong(e, from, tc, strong);
  return THREE;
}

INLINE v128_t load_row(const uint8_t *pix, int bits) {
  return bits == 8 ? wasm_u16x8_load8x8(pix) : wasm_v128_load(pix);
}

INLINE v128_t clip_samples(v128_t words, int bits) {
  return wasm_i16x8_max(wasm_i16x8_min(words, wasm_i16x8_splat((1 << bits) - 1)), wasm_i16x8_splat(0));
}

INLINE void store_row(uint8_t *pix, v128_t words, int bits) {
  if (bits == 8)
    store_bytes(pix, words);
  else
    wasm_v128_store(pix, clip_samples(words, bits));
}

INLINE void h_luma(uint8_t *pix, ptrdiff_t stride, int beta, const int32_t *tc, int bits) {
  Edge e = {load_row(pix - 4 * stride, bits), load_row(pix - 3 * stride, bits), load_row(pix - 2 * stride, bits),
            load_row(pix - stride, bits),     load_row(pix, bits),              load_row(pix + stride, bits),
            load_row(pix + 2 * stride, bits), load_row(pix + 3 * stride, bits)};
  enum Change change = filter_luma(&e, beta, tc, bits);
  if (change == NOTHING)
    return;
  if (change == THREE) {
    store_row(pix - 3 * stride, e.p2, bits);
    store_row(pix + 2 * stride, e.q2, bits);
  }
  store_row(pix - 2 * stride, e.p1, bits);
  store_row(pix - stride, e.p0, bits);
  store_row(pix, e.q0, bits);
  store_row(pix + stride, e.q1, bits);
}

INLINE void v_luma(uint8_t *pix, ptrdiff_t stride, int beta, const int32_t *tc, int bits) {
  v128_t c[8];
  if (bits == 8)
    load_columns(pix - 4, stride, c);
  else
    load_word_columns(pix - 8, stride, c);
  Edge e = {c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]};
  enum Change change = filter_luma(&e, beta, tc, bits);
  if (change == NOTHING)
    return;
  v128_t changed[8] = {e.p3, e.p2, e.p1, e.p0, e.q0, e.q1, e.q2, e.q3};
  if (bits == 8) {
    if (change == TWO)
      store_four_columns(pix - 2, stride, e.p1, e.p0, e.q0, e.q1);
    else
      store_columns(pix - 4, stride, changed);
  } else {
    for (int i = 0; i < 8; i++)
      changed[i] = clip_samples(changed[i], bits);
    store_word_columns(pix - 8, stride, changed);
  }
}

// Chroma (8.7.2.5.8): four values; only the two in the middle change, and not where tc is 0.
INLINE void filter_chroma(Edge *e, const int32_t *tc, int bits) {
  v128_t delta = wasm_i16x8_shl(wasm_i16x8_sub(e->q0, e->p0), 2);
  delta = add(delta, add(wasm_i16x8_sub(e->p1, e->q1), wasm_i16x8_splat(4)));
  delta = clip_change(wasm_i16x8_shr(delta, 3), segment_limits(tc, bits));
  e->p0 = add(e->p0, delta);
  e->q0 = wasm_i16x8_sub(e->q0, delta);
}

INLINE void h_chroma(uint8_t *pix, ptrdiff_t stride, const int32_t *tc, int bits) {
  Edge e = {.p1 = load_row(pix - 2 * stride, bits), .p0 = load_row(pix - stride, bits), .q0 = load_row(pix, bits),
            .q1 = load_row(pix + stride, bits)};
  filter_chroma(&e, tc, bits);
  store_row(pix - stride, e.p0, bits);
  store_row(pix, e.q0, bits);
}

// Reads four samples on each side, of which there are eight at least.
INLINE void v_chroma(uint8_t *pix, ptrdiff_t stride, const int32_t *tc, int bits) {
  v128_t c[8];
  if (bits == 8)
    load_columns(pix - 4, stride, c);
  else
    load_word_columns(pix - 8, stride, c);
  Edge e = {.p1 = c[2], .p0 = c[3], .q0 = c[4], .q1 = c[5]};
  filter_chroma(&e, tc, bits);
  if (bits == 8) {
    store_four_columns(pix - 2, stride, e.p1, e.p0, e.q0, e.q1);
  } else {
    c[3] = clip_samples(e.p0, bits);
    c[4] = clip_samples(e.q0, bits);
    store_word_columns(pix - 8, stride, c);
  }
}

#define FUNCTIONS(bits)                                                                                             \
  static void h_luma_##bits(uint8_t *pix, ptrdiff_t stride, int beta, const int32_t *tc, const uint8_t *no_p,       \
                            const uint8_t *no_q) {                                                                  \
    (void)no_p, (void)no_q;                                                                                         \
    h_luma(pix, stride, beta, tc, bits);                                                                            \
  }                                                                                                                 \
  static void v_luma_##bits(uint8_t *pix, ptrdiff_t stride, int beta, const int32_t *tc, const uint8_t *no_p,       \
                            const uint8_t *no_q) {                                                                  \
    (void)no_p, (void)no_q;                                                                                         \
    v_luma(pix, stride, beta, tc, bits);                                                                            \
  }                                                                                                                 \
  static void h_chroma_##bits(uint8_t *pix, ptrdiff_t stride, const int32_t *tc, const uint8_t *no_p,               \
                              const uint8_t *no_q) {                                                                \
    (void)no_p, (void)no_q;                                                                                         \
    h_chroma(pix, stride, tc, bits);                                                                                \
  }                                                                                                                 \
  static void v_chroma_##bits(uint8_t *pix, ptrdiff_t stride, const int32_t *tc, const uint8_t *no_p,               \
                              const uint8_t *no_q) {                                                                \
    (void)no_p, (void)no_q;                                                                                         \
    v_chroma(pix, stride, tc, bits);                                                                                \
  }

FUNCTIONS(8)
FUNCTIONS(10)

#define SET(bits)                                                                                                   \
  dsp->hevc_h_loop_filter_luma = h_luma_##bits;                                                                     \
  dsp->hevc_v_loop_filter_luma = v_luma_##bits;                                                                     \
  dsp->hevc_h_loop_filter_chroma = h_chroma_##bits;                                                                 \
  dsp->hevc_v_loop_filter_chroma = v_chroma_##bits

void hevc_deblock_init(HEVCDSPContext *dsp, int bit_depth) {
  if (bit_depth == 8) {
    SET(8);
  } else if (bit_depth == 10) {
    SET(10);
  }
}
