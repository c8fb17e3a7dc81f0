// H.264 weighted prediction (ITU-T H.264, 8.4.2.3) and deblocking (8.7) for 8-bit 4:2:0 pictures.
#include "libavcodec/h264dsp.h"

#include "h264-idct.h"
#include "transpose.h"

// Weighted prediction

// Four products of 16-bit pairs each, clipped to bytes.
INLINE v128_t weigh(v128_t low_pairs, v128_t high_pairs, v128_t weights, v128_t offset, int shift) {
  v128_t low = wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_dot_i16x8(low_pairs, weights), offset), shift);
  v128_t high = wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_dot_i16x8(high_pairs, weights), offset), shift);
  return wasm_i16x8_narrow_i32x4(low, high);
}

// Samples a and b of the low or high half of their rows, side by side as 16-bit words.
#define PAIRS_LOW(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define PAIRS_HIGH(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

INLINE v128_t weigh8(v128_t a, v128_t b, v128_t weights, v128_t offset, int shift) {
  return weigh(PAIRS_LOW(a, b), PAIRS_HIGH(a, b), weights, offset, shift);
}

INLINE void weighted(uint8_t *dst, const uint8_t *other, ptrdiff_t stride, int height, v128_t weights, v128_t offset,
                     int shift, int width) {
  for (int y = 0; y < height; y++, dst += stride, other += stride) {
    if (width == 16) {
      v128_t a = wasm_v128_load(dst), b = wasm_v128_load(other);
      v128_t low = weigh8(wasm_u16x8_extend_low_u8x16(a), wasm_u16x8_extend_low_u8x16(b), weights, offset, shift);
      v128_t high = weigh8(wasm_u16x8_extend_high_u8x16(a), wasm_u16x8_extend_high_u8x16(b), weights, offset, shift);
      wasm_v128_store(dst, wasm_u8x16_narrow_i16x8(low, high));
    } else {
      v128_t row = weigh8(wasm_u16x8_load8x8(dst), wasm_u16x8_load8x8(other), weights, offset, shift);
      wasm_v128_store64_lane(dst, wasm_u8x16_narrow_i16x8(row, row), 0);
    }
  }
}

INLINE v128_t weight_pair(int a, int b) { return wasm_i16x8_make(a, b, a, b, a, b, a, b); }

// One product fits 16 bits (weights of −128 … 128), and where the sum does not, saturating leaves what is clipped anyway.
INLINE v128_t weigh_words(v128_t words, v128_t weight, v128_t offset, int shift) {
  return wasm_i16x8_shr(wasm_i16x8_add_sat(wasm_i16x8_mul(words, weight), offset), shift);
}

INLINE void explicit_weight(uint8_t *block, ptrdiff_t stride, int height, int log2_denom, int weight, int offset,
                            int width) {
  int rounding = log2_denom ? 1 << (log2_denom - 1) : 0;
  v128_t added = wasm_i16x8_splat((int)((unsigned)offset << log2_denom) + rounding);
  v128_t factor = wasm_i16x8_splat(weight);
  for (int y = 0; y < height; y++, block += stride) {
    v128_t low = weigh_words(wasm_u16x8_load8x8(block), factor, added, log2_denom);
    if (width == 16) {
      v128_t high = weigh_words(wasm_u16x8_load8x8(block + 8), factor, added, log2_denom);
      wasm_v128_store(block, wasm_u8x16_narrow_i16x8(low, high));
    } else {
      store_bytes(block, low);
    }
  }
}

INLINE void bidirectional_weight(uint8_t *dst, uint8_t *src, ptrdiff_t stride, int height, int log2_denom,
                                 int dst_weight, int src_weight, int offset, int width) {
  v128_t added = wasm_i32x4_splat((int)((unsigned)((offset + 1) | 1) << log2_denom));
  weighted(dst, src, stride, height, weight_pair(dst_weight, src_weight), added, log2_denom + 1, width);
}

#define WEIGHT(width)                                                                                           \
  static void weight_##width(uint8_t *block, ptrdiff_t stride, int height, int log2_denom, int weight,          \
                             int offset) {                                                                      \
    explicit_weight(block, stride, height, log2_denom, weight, offset, width);                                  \
  }                                                                                                             \
  static void biweight_##width(uint8_t *dst, uint8_t *src, ptrdiff_t stride, int height, int log2_denom,        \
                               int weightd, int weights, int offset) {                                          \
    bidirectional_weight(dst, src, stride, height, log2_denom, weightd, weights, offset, width);                \
  }

WEIGHT(16)
WEIGHT(8)

// Deblocking: eight sample positions along an edge at a time, as 16-bit words; p and q as in figure 8-11.

typedef struct Edge {
  v128_t p2, p1, p0, q0, q1, q2;
} Edge;

INLINE v128_t below(v128_t a, v128_t b, v128_t limit) { // |a − b| < limit
  return wasm_i16x8_lt(wasm_i16x8_abs(wasm_i16x8_sub(a, b)), limit);
}

INLINE v128_t clip(v128_t value, v128_t limit) {
  return wasm_i16x8_max(wasm_i16x8_min(value, limit), wasm_i16x8_neg(limit));
}

INLINE v128_t filter_mask(const Edge *e, int alpha, int beta) {
  v128_t limit = wasm_i16x8_splat(beta);
  v128_t mask = below(e->p0, e->q0, wasm_i16x8_splat(alpha));
  return wasm_v128_and(mask, wasm_v128_and(below(e->p1, e->p0, limit), below(e->q1, e->q0, limit)));
}

// The change of p0 and q0 (8-335): its limit is 0 where nothing is filtered.
INLINE void filter_p0_q0(Edge *e, v128_t limit) {
  v128_t delta = wasm_i16x8_shl(wasm_i16x8_sub(e->q0, e->p0), 2);
  delta = wasm_i16x8_add(delta, wasm_i16x8_add(wasm_i16x8_sub(e->p1, e->q1), wasm_i16x8_splat(4)));
  delta = clip(wasm_i16x8_shr(delta, 3), limit);
  e->p0 = wasm_i16x8_add(e->p0, delta);
  e->q0 = wasm_i16x8_sub(e->q0, delta);
}

// tc0: the edge's clipping value per position, negative where it is not to be filtered.
INLINE void filter_luma(Edge *e, int alpha, int beta, v128_t tc0) {
  v128_t mask = wasm_v128_and(filter_mask(e, alpha, beta), wasm_i16x8_ge(tc0, wasm_i16x8_splat(0)));
  v128_t inner = wasm_i16x8_max(tc0, wasm_i16x8_splat(0));
  v128_t p_flat = wasm_v128_and(mask, below(e->p2, e->p0, wasm_i16x8_splat(beta)));
  v128_t q_flat = wasm_v128_and(mask, below(e->q2, e->q0, wasm_i16x8_splat(beta)));
  // A mask is −1 where it holds: subtracting it adds one.
  v128_t limit = wasm_v128_and(wasm_i16x8_sub(wasm_i16x8_sub(inner, p_flat), q_flat), mask);
  v128_t mean = wasm_u16x8_avgr(e->p0, e->q0);
  v128_t p_change = wasm_i16x8_sub(wasm_i16x8_shr(wasm_i16x8_add(e->p2, mean), 1), e->p1);
  v128_t q_change = wasm_i16x8_sub(wasm_i16x8_shr(wasm_i16x8_add(e->q2, mean), 1), e->q1);
  v128_t p1 = wasm_i16x8_add(e->p1, clip(p_change, wasm_v128_and(inner, p_flat)));
  v128_t q1 = wasm_i16x8_add(e->q1, clip(q_change, wasm_v128_and(inner, q_flat)));
  filter_p0_q0(e, limit);
  e->p1 = p1;
  e->q1 = q1;
}

// Clipping values of two of an edge's four segments, four positions each.
INLINE v128_t two_limits(int8_t first, int8_t second) {
  return wasm_i16x8_make(first, first, first, first, second, second, second, second);
}

static void v_luma(uint8_t *pix, ptrdiff_t stride, int alpha, int beta, int8_t *tc0) {
  for (int half = 0; half < 2; half++, pix += 8) {
    if (tc0[2 * half] < 0 && tc0[2 * half + 1] < 0)
      continue;
    Edge e = {wasm_u16x8_load8x8(pix - 3 * stride), wasm_u16x8_load8x8(pix - 2 * stride),
              wasm_u16x8_load8x8(pix - stride),     wasm_u16x8_load8x8(pix),
              wasm_u16x8_load8x8(pix + stride),     wasm_u16x8_load8x8(pix + 2 * stride)};
    filter_luma(&e, alpha, beta, two_limits(tc0[2 * half], tc0[2 * half + 1]));
    store_bytes(pix - 2 * stride, e.p1);
    store_bytes(pix - stride, e.p0);
    store_bytes(pix, e.q0);
    store_bytes(pix + stride, e.q1);
  }
}

static void h_luma(uint8_t *pix, ptrdiff_t stride, int alpha, int beta, int8_t *tc0) {
  for (int half = 0; half < 2; half++, pix += 8 * stride) {
    if (tc0[2 * half] < 0 && tc0[2 * half + 1] < 0)
      continue;
    v128_t column[8];
    load_columns(pix - 4, stride, column);
    Edge e = {column[1], column[2], column[3], column[4], column[5], column[6]};
    filter_luma(&e, alpha, beta, two_limits(tc0[2 * half], tc0[2 * half + 1]));
    store_four_columns(pix - 2, stride, e.p1, e.p0, e.q0, e.q1);
  }
}

// Chroma of 4:2:0: eight positions, two to each segment; tc = tc0 here, and nothing where it is not positive.
INLINE v128_t chroma_limits(const int8_t *tc0) {
  v128_t limits = wasm_i16x8_make(tc0[0], tc0[0], tc0[1], tc0[1], tc0[2], tc0[2], tc0[3], tc0[3]);
  return wasm_i16x8_max(limits, wasm_i16x8_splat(0));
}

INLINE void filter_chroma(Edge *e, int alpha, int beta, const int8_t *tc0) {
  filter_p0_q0(e, wasm_v128_and(chroma_limits(tc0), filter_mask(e, alpha, beta)));
}

static void v_chroma(uint8_t *pix, ptrdiff_t stride, int alpha, int beta, int8_t *tc0) {
  Edge e = {.p1 = wasm_u16x8_load8x8(pix - 2 * stride), .p0 = wasm_u16x8_load8x8(pix - stride),
            .q0 = wasm_u16x8_load8x8(pix), .q1 = wasm_u16x8_load8x8(pix + stride)};
  filter_chroma(&e, alpha, beta, tc0);
  store_bytes(pix - stride, e.p0);
  store_bytes(pix, e.q0);
}

static void h_chroma(uint8_t *pix, ptrdiff_t stride, int alpha, int beta, int8_t *tc0) {
  v128_t column[8];
  load_columns(pix - 4, stride, column);
  Edge e = {.p1 = column[2], .p0 = column[3], .q0 = column[4], .q1 = column[5]};
  filter_chroma(&e, alpha, beta, tc0);
  store_four_columns(pix - 2, stride, e.p1, e.p0, e.q0, e.q1);
}

// Edges of intra macroblocks (bS = 4, 8.7.2.4): the stronger filter where both sides are flat.

// (2a + b + c + 2) >> 2
INLINE v128_t weak_sample(v128_t a, v128_t b, v128_t c) {
  v128_t sum = wasm_i16x8_add(wasm_i16x8_add(a, a), wasm_i16x8_add(b, c));
  return wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(2)), 2);
}

typedef struct Side {
  v128_t s0, s1, s2;
} Side;

// One side's three samples; `flat` says where the stronger filter applies, `mask` where any does.
INLINE Side intra_side(v128_t s3, v128_t s2, v128_t s1, v128_t s0, v128_t o0, v128_t o1, v128_t flat, v128_t mask) {
  v128_t sum = wasm_i16x8_add(wasm_i16x8_add(s1, s0), o0); // s1 + s0 + o0
  v128_t sum4 = wasm_i16x8_add(wasm_i16x8_add(sum, s2), wasm_i16x8_splat(2));
  v128_t n0 = wasm_u16x8_shr(wasm_i16x8_add(wasm_i16x8_add(sum4, sum), wasm_i16x8_add(o1, wasm_i16x8_splat(2))), 3);
  v128_t n1 = wasm_u16x8_shr(sum4, 2);
  v128_t outer = wasm_i16x8_add(wasm_i16x8_add(s3, s2), wasm_i16x8_splat(1));
  v128_t n2 = wasm_u16x8_shr(wasm_i16x8_add(wasm_i16x8_add(outer, outer), sum4), 3);
  return (Side){
      .s0 = wasm_v128_bitselect(wasm_v128_bitselect(n0, weak_sample(s1, s0, o1), flat), s0, mask),
      .s1 = wasm_v128_bitselect(n1, s1, flat),
      .s2 = wasm_v128_bitselect(n2, s2, flat),
  };
}

// s: p3, p2, p1, p0, q0, q1, q2, q3
INLINE void filter_luma_intra(v128_t s[8], int alpha, int beta) {
  Edge e = {s[1], s[2], s[3], s[4], s[5], s[6]};
  v128_t mask = filter_mask(&e, alpha, beta), limit = wasm_i16x8_splat(beta);
  v128_t strong = wasm_v128_and(mask, below(e.p0, e.q0, wasm_i16x8_splat((alpha >> 2) + 2)));
  v128_t p_flat = wasm_v128_and(strong, below(e.p2, e.p0, limit));
  v128_t q_flat = wasm_v128_and(strong, below(e.q2, e.q0, limit));
  Side p = intra_side(s[0], e.p2, e.p1, e.p0, e.q0, e.q1, p_flat, mask);
  Side q = intra_side(s[7], e.q2, e.q1, e.q0, e.p0, e.p1, q_flat, mask);
  s[1] = p.s2, s[2] = p.s1, s[3] = p.s0, s[4] = q.s0, s[5] = q.s1, s[6] = q.s2;
}

static void v_luma_intra(uint8_t *pix, ptrdiff_t stride, int alpha, int beta) {
  for (int half = 0; half < 2; half++, pix += 8) {
    v128_t s[8];
    for (int i = 0; i < 8; i++)
      s[i] = wasm_u16x8_load8x8(pix + (i - 4) * stride);
    filter_luma_intra(s, alpha, beta);
    for (int i = 1; i < 7; i++)
      store_bytes(pix + (i - 4) * stride, s[i]);
  }
}

static void h_luma_intra(uint8_t *pix, ptrdiff_t stride, int alpha, int beta) {
  for (int half = 0; half < 2; half++, pix += 8 * stride) {
    v128_t s[8];
    load_columns(pix - 4, stride, s);
    filter_luma_intra(s, alpha, beta);
    store_columns(pix - 4, stride, s);
  }
}

INLINE void filter_chroma_intra(Edge *e, int alpha, int beta) {
  v128_t mask = filter_mask(e, alpha, beta);
  v128_t p0 = weak_sample(e->p1, e->p0, e->q1), q0 = weak_sample(e->q1, e->q0, e->p1);
  e->p0 = wasm_v128_bitselect(p0, e->p0, mask);
  e->q0 = wasm_v128_bitselect(q0, e->q0, mask);
}

static void v_chroma_intra(uint8_t *pix, ptrdiff_t stride, int alpha, int beta) {
  Edge e = {.p1 = wasm_u16x8_load8x8(pix - 2 * stride), .p0 = wasm_u16x8_load8x8(pix - stride),
            .q0 = wasm_u16x8_load8x8(pix), .q1 = wasm_u16x8_load8x8(pix + stride)};
  filter_chroma_intra(&e, alpha, beta);
  store_bytes(pix - stride, e.p0);
  store_bytes(pix, e.q0);
}

static void h_chroma_intra(uint8_t *pix, ptrdiff_t stride, int alpha, int beta) {
  v128_t column[8];
  load_columns(pix - 4, stride, column);
  Edge e = {.p1 = column[2], .p0 = column[3], .q0 = column[4], .q1 = column[5]};
  filter_chroma_intra(&e, alpha, beta);
  store_four_columns(pix - 2, stride, e.p1, e.p0, e.q0, e.q1);
}

// Filter strengths of the edges within a P or B macroblock and with its neighbours (8.7.2.1), all sixteen blocks at
// once. Caches have rows of eight, of which the macroblock's blocks start at BLOCKS.

#define BLOCKS 12

// Four rows of four bytes, of the macroblock's blocks (neighbour 0) or of those before (−1) or above (−8).
INLINE v128_t four_rows(const void *cache, int neighbour) {
  const uint8_t *first = (const uint8_t *)cache + BLOCKS + neighbour;
  // The second load starts four early, so that it ends with the cache.
  return wasm_i32x4_shuffle(wasm_v128_load(first), wasm_v128_load(first + 12), 0, 2, 5, 7);
}

// Blocks whose vectors differ by a whole sample or more.
INLINE v128_t vectors_differ(const int16_t (*mv)[2], const int16_t (*other)[2], int neighbour, v128_t limit) {
  v128_t differs[2];
  for (int half = 0; half < 2; half++, mv += 16, other += 16) {
#define DIFFERENCE(row)                                                                wasm_i16x8_sub(wasm_v128_load(mv + BLOCKS + 8 * row), wasm_v128_load(other + BLOCKS + neighbour + 8 * row))
    v128_t difference = wasm_i8x16_narrow_i16x8(DIFFERENCE(0), DIFFERENCE(1));
#undef DIFFERENCE
    // Within ±limit is 0 … 2 · limit, without sign, after adding limit.
    difference = wasm_u8x16_sub_sat(wasm_i8x16_add(difference, limit), wasm_i8x16_add(limit, limit));
    differs[half] = wasm_i16x8_ne(difference, wasm_i16x8_const_splat(0));
  }
  return wasm_i8x16_narrow_i16x8(differs[0], differs[1]);
}

INLINE v128_t prediction_differs(const int8_t ref[2][40], const int16_t mv[2][40][2], int bidirectional, int neighbour,
                                 v128_t limit) {
  v128_t r0 = four_rows(ref[0], 0), n0 = four_rows(ref[0], neighbour);
  v128_t differs = wasm_v128_or(wasm_i8x16_ne(r0, n0), vectors_differ(mv[0], mv[0], neighbour, limit));
  if (!bidirectional)
    return differs;
  v128_t r1 = four_rows(ref[1], 0), n1 = four_rows(ref[1], neighbour);
  differs = wasm_v128_or(differs, wasm_i8x16_ne(r1, n1));
  differs = wasm_v128_or(differs, vectors_differ(mv[1], mv[1], neighbour, limit));
  if (!wasm_v128_any_true(differs))
    return differs;
  // The neighbour may use the same pictures and vectors in the other order.
  v128_t crossed = wasm_v128_or(wasm_i8x16_ne(r0, n1), wasm_i8x16_ne(r1, n0));
  crossed = wasm_v128_or(crossed, vectors_differ(mv[0], mv[1], neighbour, limit));
  crossed = wasm_v128_or(crossed, vectors_differ(mv[1], mv[0], neighbour, limit));
  return wasm_v128_and(differs, crossed);
}

INLINE v128_t strengths(const uint8_t *nnz, v128_t differs, int neighbour) {
  v128_t coded = wasm_i8x16_ne(wasm_v128_or(four_rows(nnz, 0), four_rows(nnz, neighbour)), wasm_i8x16_const_splat(0));
  return wasm_u8x16_max(wasm_v128_and(coded, wasm_i8x16_const_splat(2)),
                        wasm_v128_and(differs, wasm_i8x16_const_splat(1)));
}

INLINE void store_strengths(int16_t bS[4][4], v128_t bytes) {
  wasm_v128_store(bS[0], wasm_u16x8_extend_low_u8x16(bytes));
  wasm_v128_store(bS[2], wasm_u16x8_extend_high_u8x16(bytes));
}

// Edges that the caller's masks leave out have strength 0 by themselves: there the vectors are the same.
static void loop_filter_strength(int16_t bS[2][4][4], uint8_t nnz[40], int8_t ref[2][40], int16_t mv[2][40][2],
                                 int bidirectional, int edges, int step, int mask_mv0, int mask_mv1, int field) {
  (void)edges, (void)step, (void)mask_mv0, (void)mask_mv1;
  // In quarter samples; vertically in those of a frame.
  v128_t limit = wasm_i16x8_splat(field ? 0x0103 : 0x0303);
  v128_t left = strengths(nnz, prediction_differs(ref, mv, bidirectional, -1, limit), -1);
  v128_t above = strengths(nnz, prediction_differs(ref, mv, bidirectional, -8, limit), -8);
  store_strengths(bS[0], wasm_i8x16_shuffle(left, left, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  store_strengths(bS[1], above);
}

void __real_ff_h264dsp_init(H264DSPContext *context, const int bit_depth, const int chroma_format_idc);

// Linked in the place of FFmpeg's own (wasm-ld --wrap).
void __wrap_ff_h264dsp_init(H264DSPContext *context, const int bit_depth, const int chroma_format_idc) {
  __real_ff_h264dsp_init(context, bit_depth, chroma_format_idc);
  if (bit_depth != 8)
    return;
  context->weight_pixels_tab[0] = weight_16;
  context->weight_pixels_tab[1] = weight_8;
  context->biweight_pixels_tab[0] = biweight_16;
  context->biweight_pixels_tab[1] = biweight_8;
  context->v_loop_filter_luma = v_luma;
  context->h_loop_filter_luma = h_luma;
  context->v_loop_filter_chroma = v_chroma;
  context->v_loop_filter_luma_intra = v_luma_intra;
  context->h_loop_filter_luma_intra = h_luma_intra;
  context->v_loop_filter_chroma_intra = v_chroma_intra;
  if (chroma_format_idc <= 1) {
    context->h_loop_filter_chroma = h_chroma;
    context->h_loop_filter_chroma_intra = h_chroma_intra;
  }
  context->loop_filter_strength = loop_filter_strength;
  h264_set_idct(context, chroma_format_idc);
}
