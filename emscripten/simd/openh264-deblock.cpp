// OpenH264's deblocking filter (ITU-T H.264, 8.7): sixteen positions along an edge at a time, as bytes. Chroma's are
// eight of Cb and eight of Cr.
#include "openh264.h"

// p3 … q3 as in figure 8-11.
typedef struct Edge {
  v128_t p3, p2, p1, p0, q0, q1, q2, q3;
} Edge;

INLINE v128_t at_most(v128_t a, v128_t limit) { return wasm_u8x16_le(a, limit); }

INLINE v128_t filter_mask(const Edge *e, int alpha, int beta) {
  v128_t limit = wasm_i8x16_splat((int8_t)(beta - 1));
  v128_t mask = at_most(difference(e->p0, e->q0), wasm_i8x16_splat((int8_t)(alpha - 1)));
  return wasm_v128_and(mask, at_most(wasm_u8x16_max(difference(e->p1, e->p0), difference(e->q1, e->q0)), limit));
}

// (a + b) >> 1
INLINE v128_t floor_mean(v128_t a, v128_t b) {
  v128_t half = wasm_v128_and(wasm_v128_xor(a, b), wasm_i8x16_const_splat(1));
  return wasm_i8x16_sub(wasm_u8x16_avgr(a, b), half);
}

// value, but no further than `limit` from `from`
INLINE v128_t stay_near(v128_t value, v128_t from, v128_t limit) {
  return wasm_u8x16_min(wasm_u8x16_max(value, wasm_u8x16_sub_sat(from, limit)), wasm_u8x16_add_sat(from, limit));
}

// Changes p0 and q0 by ((q0 − p0) · 4 + (p1 − q1) + 4) >> 3, within limits that are 0 where nothing is filtered.
//
// Means of a and 255 − b are (a − b) / 2 + 128: so sums of bytes hold the difference, offset by 161. What they saturate
// at is beyond the largest limit, 27.
INLINE void filter_p0_q0(Edge *e, v128_t limit) {
  const v128_t ones = wasm_i8x16_const_splat(1), offset = wasm_u8x16_const_splat(161);
  v128_t outer = wasm_u8x16_avgr(e->p1, wasm_v128_not(e->q1));
  outer = wasm_u8x16_avgr(outer, wasm_i8x16_const_splat(3));
  outer = wasm_u8x16_avgr(outer, wasm_v128_and(wasm_v128_xor(e->p0, e->q0), ones));
  v128_t sum = wasm_u8x16_add_sat(wasm_u8x16_avgr(e->q0, wasm_v128_not(e->p0)), outer);
  v128_t up = wasm_u8x16_min(wasm_u8x16_sub_sat(sum, offset), limit);
  v128_t down = wasm_u8x16_min(wasm_u8x16_sub_sat(offset, sum), limit);
  e->p0 = wasm_u8x16_sub_sat(wasm_u8x16_add_sat(e->p0, up), down);
  e->q0 = wasm_u8x16_add_sat(wasm_u8x16_sub_sat(e->q0, up), down);
}

// tc0: the edge's clipping value per position, negative where it is not to be filtered.
INLINE void filter_luma(Edge *e, int alpha, int beta, v128_t tc0) {
  v128_t limit = wasm_i8x16_splat((int8_t)(beta - 1));
  v128_t mask = wasm_v128_andnot(filter_mask(e, alpha, beta), wasm_i8x16_shr(tc0, 7));
  v128_t p_flat = wasm_v128_and(mask, at_most(difference(e->p2, e->p0), limit));
  v128_t q_flat = wasm_v128_and(mask, at_most(difference(e->q2, e->q0), limit));
  v128_t mean = wasm_u8x16_avgr(e->p0, e->q0);
  v128_t p1 = stay_near(floor_mean(e->p2, mean), e->p1, wasm_v128_and(tc0, p_flat));
  v128_t q1 = stay_near(floor_mean(e->q2, mean), e->q1, wasm_v128_and(tc0, q_flat));
  // A mask is −1 where it holds: subtracting it adds one.
  filter_p0_q0(e, wasm_i8x16_sub(wasm_i8x16_sub(wasm_v128_and(tc0, mask), p_flat), q_flat));
  e->p1 = p1;
  e->q1 = q1;
}

INLINE void filter_chroma(Edge *e, int alpha, int beta, v128_t tc0) {
  filter_p0_q0(e, wasm_v128_and(wasm_i8x16_max(tc0, wasm_i8x16_const_splat(0)), filter_mask(e, alpha, beta)));
}

// (2a + b + c + 2) >> 2: of the two means only the outer one is rounded up.
INLINE v128_t weak_mean(v128_t a, v128_t b, v128_t c) { return wasm_u8x16_avgr(a, floor_mean(b, c)); }

INLINE v128_t choose(v128_t mask, v128_t yes, v128_t no) { return wasm_v128_bitselect(yes, no, mask); }

// One side of an edge of strength 4, eight positions as words: p0, p1 and p2 of (8-344 … 8-346).
INLINE void strong_side(v128_t p3, v128_t p2, v128_t p1, v128_t p0, v128_t q0, v128_t q1, v128_t result[3]) {
  const v128_t four = wasm_i16x8_const_splat(4), two = wasm_i16x8_const_splat(2);
  v128_t near = wasm_i16x8_add(wasm_i16x8_add(p0, q0), p1);
  v128_t sum = wasm_i16x8_add(near, p2);
  result[0] = wasm_u16x8_shr(wasm_i16x8_add(wasm_i16x8_add(sum, near), wasm_i16x8_add(q1, four)), 3);
  result[1] = wasm_u16x8_shr(wasm_i16x8_add(sum, two), 2);
  v128_t far = wasm_i16x8_shl(wasm_i16x8_add(p3, p2), 1);
  result[2] = wasm_u16x8_shr(wasm_i16x8_add(wasm_i16x8_add(sum, far), four), 3);
}

#define LOW(bytes) wasm_u16x8_extend_low_u8x16(bytes)
#define HIGH(bytes) wasm_u16x8_extend_high_u8x16(bytes)

INLINE void strong_samples(v128_t p3, v128_t p2, v128_t p1, v128_t p0, v128_t q0, v128_t q1, v128_t result[3]) {
  v128_t low[3], high[3];
  strong_side(LOW(p3), LOW(p2), LOW(p1), LOW(p0), LOW(q0), LOW(q1), low);
  strong_side(HIGH(p3), HIGH(p2), HIGH(p1), HIGH(p0), HIGH(q0), HIGH(q1), high);
  for (int i = 0; i < 3; i++)
    result[i] = wasm_u8x16_narrow_i16x8(low[i], high[i]);
}

INLINE void filter_luma_strongly(Edge *e, int alpha, int beta) {
  v128_t limit = wasm_i8x16_splat((int8_t)(beta - 1));
  v128_t mask = filter_mask(e, alpha, beta);
  v128_t near = wasm_v128_and(mask, at_most(difference(e->p0, e->q0), wasm_i8x16_splat((int8_t)((alpha >> 2) + 1))));
  v128_t p_flat = wasm_v128_and(near, at_most(difference(e->p2, e->p0), limit));
  v128_t q_flat = wasm_v128_and(near, at_most(difference(e->q2, e->q0), limit));
  v128_t p[3], q[3];
  strong_samples(e->p3, e->p2, e->p1, e->p0, e->q0, e->q1, p);
  strong_samples(e->q3, e->q2, e->q1, e->q0, e->p0, e->p1, q);
  v128_t p0 = choose(mask, weak_mean(e->p1, e->p0, e->q1), e->p0);
  v128_t q0 = choose(mask, weak_mean(e->q1, e->q0, e->p1), e->q0);
  e->p0 = choose(p_flat, p[0], p0);
  e->p1 = choose(p_flat, p[1], e->p1);
  e->p2 = choose(p_flat, p[2], e->p2);
  e->q0 = choose(q_flat, q[0], q0);
  e->q1 = choose(q_flat, q[1], e->q1);
  e->q2 = choose(q_flat, q[2], e->q2);
}

INLINE void filter_chroma_strongly(Edge *e, int alpha, int beta) {
  v128_t mask = filter_mask(e, alpha, beta);
  v128_t p0 = choose(mask, weak_mean(e->p1, e->p0, e->q1), e->p0);
  e->q0 = choose(mask, weak_mean(e->q1, e->q0, e->p1), e->q0);
  e->p0 = p0;
}

// Nothing is less than 0.
INLINE bool is_unfiltered(int alpha, int beta) { return alpha <= 0 || beta <= 0; }

// Clipping values of four segments of an edge, four positions each.
INLINE v128_t luma_limits(const int8_t *tc0) {
  v128_t limits = wasm_v128_load32_zero(tc0);
  return wasm_i8x16_shuffle(limits, limits, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
}

// Two positions to a segment, first Cb's, then Cr's.
INLINE v128_t chroma_limits(const int8_t *tc0) {
  v128_t limits = wasm_v128_load32_zero(tc0);
  return wasm_i8x16_shuffle(limits, limits, 0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3);
}

// Edges between rows: "V", as the filter works vertically.

INLINE void load_row_edge(const uint8_t *pix, int stride, Edge *e) {
  e->p2 = wasm_v128_load(pix - 3 * stride);
  e->p1 = wasm_v128_load(pix - 2 * stride);
  e->p0 = wasm_v128_load(pix - stride);
  e->q0 = wasm_v128_load(pix);
  e->q1 = wasm_v128_load(pix + stride);
  e->q2 = wasm_v128_load(pix + 2 * stride);
}

static void luma_v(uint8_t *pix, int32_t stride, int32_t alpha, int32_t beta, int8_t *tc0) {
  if (is_unfiltered(alpha, beta))
    return;
  Edge e;
  load_row_edge(pix, stride, &e);
  filter_luma(&e, alpha, beta, luma_limits(tc0));
  wasm_v128_store(pix - 2 * stride, e.p1);
  wasm_v128_store(pix - stride, e.p0);
  wasm_v128_store(pix, e.q0);
  wasm_v128_store(pix + stride, e.q1);
}

static void luma_strong_v(uint8_t *pix, int32_t stride, int32_t alpha, int32_t beta) {
  if (is_unfiltered(alpha, beta))
    return;
  Edge e;
  load_row_edge(pix, stride, &e);
  e.p3 = wasm_v128_load(pix - 4 * stride);
  e.q3 = wasm_v128_load(pix + 3 * stride);
  filter_luma_strongly(&e, alpha, beta);
  wasm_v128_store(pix - 3 * stride, e.p2);
  wasm_v128_store(pix - 2 * stride, e.p1);
  wasm_v128_store(pix - stride, e.p0);
  wasm_v128_store(pix, e.q0);
  wasm_v128_store(pix + stride, e.q1);
  wasm_v128_store(pix + 2 * stride, e.q2);
}

INLINE v128_t load_both(const uint8_t *cb, const uint8_t *cr) {
  return wasm_v128_load64_lane(cr, wasm_v128_load64_zero(cb), 1);
}

INLINE void store_both(uint8_t *cb, uint8_t *cr, v128_t bytes) {
  wasm_v128_store64_lane(cb, bytes, 0);
  wasm_v128_store64_lane(cr, bytes, 1);
}

INLINE Edge load_chroma_rows(const uint8_t *cb, const uint8_t *cr, int stride) {
  Edge e;
  e.p1 = load_both(cb - 2 * stride, cr - 2 * stride);
  e.p0 = load_both(cb - stride, cr - stride);
  e.q0 = load_both(cb, cr);
  e.q1 = load_both(cb + stride, cr + stride);
  return e;
}

static void chroma_v(uint8_t *cb, uint8_t *cr, int32_t stride, int32_t alpha, int32_t beta, int8_t *tc0) {
  if (is_unfiltered(alpha, beta))
    return;
  Edge e = load_chroma_rows(cb, cr, stride);
  filter_chroma(&e, alpha, beta, chroma_limits(tc0));
  store_both(cb - stride, cr - stride, e.p0);
  store_both(cb, cr, e.q0);
}

static void chroma_strong_v(uint8_t *cb, uint8_t *cr, int32_t stride, int32_t alpha, int32_t beta) {
  if (is_unfiltered(alpha, beta))
    return;
  Edge e = load_chroma_rows(cb, cr, stride);
  filter_chroma_strongly(&e, alpha, beta);
  store_both(cb - stride, cr - stride, e.p0);
  store_both(cb, cr, e.q0);
}

// Edges between columns: "H".

#define MIX_LOW(a, b) wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define MIX_HIGH(a, b) wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

INLINE void load_column_edge(const uint8_t *pix, int stride, Edge *e) {
  v128_t top[4], bottom[4];
  load_column_pairs(pix - 4, stride, top);
  load_column_pairs(pix - 4 + 8 * stride, stride, bottom);
  v128_t *column[8] = {&e->p3, &e->p2, &e->p1, &e->p0, &e->q0, &e->q1, &e->q2, &e->q3};
  for (int i = 0; i < 4; i++) {
    *column[2 * i] = wasm_i64x2_shuffle(top[i], bottom[i], 0, 2);
    *column[2 * i + 1] = wasm_i64x2_shuffle(top[i], bottom[i], 1, 3);
  }
}

// Four columns of sixteen bytes into sixteen rows.
INLINE void store_column_edge(uint8_t *pix, int stride, v128_t a, v128_t b, v128_t c, v128_t d) {
  v128_t ab[2] = {MIX_LOW(a, b), MIX_HIGH(a, b)}, cd[2] = {MIX_LOW(c, d), MIX_HIGH(c, d)};
  for (int half = 0; half < 2; half++, pix += 8 * stride) {
    v128_t top = wasm_i16x8_shuffle(ab[half], cd[half], 0, 8, 1, 9, 2, 10, 3, 11);
    v128_t bottom = wasm_i16x8_shuffle(ab[half], cd[half], 4, 12, 5, 13, 6, 14, 7, 15);
    wasm_v128_store32_lane(pix, top, 0);
    wasm_v128_store32_lane(pix + stride, top, 1);
    wasm_v128_store32_lane(pix + 2 * stride, top, 2);
    wasm_v128_store32_lane(pix + 3 * stride, top, 3);
    wasm_v128_store32_lane(pix + 4 * stride, bottom, 0);
    wasm_v128_store32_lane(pix + 5 * stride, bottom, 1);
    wasm_v128_store32_lane(pix + 6 * stride, bottom, 2);
    wasm_v128_store32_lane(pix + 7 * stride, bottom, 3);
  }
}

// Two columns of sixteen bytes into sixteen rows.
INLINE void store_two_columns(uint8_t *top, uint8_t *bottom, int stride, v128_t a, v128_t b) {
  v128_t low = MIX_LOW(a, b), high = MIX_HIGH(a, b);
#define ROW(n)                                                                                                      \
  wasm_v128_store16_lane(top + (n) * stride, low, n);                                                               \
  wasm_v128_store16_lane(bottom + (n) * stride, high, n);
  ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
}

static void luma_h(uint8_t *pix, int32_t stride, int32_t alpha, int32_t beta, int8_t *tc0) {
  if (is_unfiltered(alpha, beta))
    return;
  Edge e;
  load_column_edge(pix, stride, &e);
  filter_luma(&e, alpha, beta, luma_limits(tc0));
  store_column_edge(pix - 2, stride, e.p1, e.p0, e.q0, e.q1);
}

static void luma_strong_h(uint8_t *pix, int32_t stride, int32_t alpha, int32_t beta) {
  if (is_unfiltered(alpha, beta))
    return;
  Edge e;
  load_column_edge(pix, stride, &e);
  filter_luma_strongly(&e, alpha, beta);
  store_column_edge(pix - 3, stride, e.p2, e.p1, e.p0, e.q0);
  store_two_columns(pix + 1, pix + 1 + 8 * stride, stride, e.q1, e.q2);
}

INLINE v128_t load_four_rows(const uint8_t *at, int stride) { // of four bytes
  v128_t rows = wasm_v128_load32_lane(at + stride, wasm_v128_load32_zero(at), 1);
  rows = wasm_v128_load32_lane(at + 2 * stride, rows, 2);
  return wasm_v128_load32_lane(at + 3 * stride, rows, 3);
}

// Columns p1 and p0, then q0 and q1, of eight rows: three perfect shuffles of their 32 bytes.
INLINE void load_four_columns(const uint8_t *at, int stride, v128_t *p1_p0, v128_t *q0_q1) {
  v128_t a = load_four_rows(at, stride), b = load_four_rows(at + 4 * stride, stride);
  for (int round = 0; round < 3; round++) {
    v128_t low = MIX_LOW(a, b), high = MIX_HIGH(a, b);
    a = low, b = high;
  }
  *p1_p0 = a;
  *q0_q1 = b;
}

INLINE Edge load_chroma_columns(const uint8_t *cb, const uint8_t *cr, int stride) {
  v128_t cb_p, cb_q, cr_p, cr_q;
  load_four_columns(cb - 2, stride, &cb_p, &cb_q);
  load_four_columns(cr - 2, stride, &cr_p, &cr_q);
  Edge e;
  e.p1 = wasm_i64x2_shuffle(cb_p, cr_p, 0, 2);
  e.p0 = wasm_i64x2_shuffle(cb_p, cr_p, 1, 3);
  e.q0 = wasm_i64x2_shuffle(cb_q, cr_q, 0, 2);
  e.q1 = wasm_i64x2_shuffle(cb_q, cr_q, 1, 3);
  return e;
}

static void chroma_h(uint8_t *cb, uint8_t *cr, int32_t stride, int32_t alpha, int32_t beta, int8_t *tc0) {
  if (is_unfiltered(alpha, beta))
    return;
  Edge e = load_chroma_columns(cb, cr, stride);
  filter_chroma(&e, alpha, beta, chroma_limits(tc0));
  store_two_columns(cb - 1, cr - 1, stride, e.p0, e.q0);
}

static void chroma_strong_h(uint8_t *cb, uint8_t *cr, int32_t stride, int32_t alpha, int32_t beta) {
  if (is_unfiltered(alpha, beta))
    return;
  Edge e = load_chroma_columns(cb, cr, stride);
  filter_chroma_strongly(&e, alpha, beta);
  store_two_columns(cb - 1, cr - 1, stride, e.p0, e.q0);
}

extern "C" {

void __real__ZN7WelsEnc14DeblockingInitEPNS_17tagDeblockingFuncEi(DeblockingFunc *functions, int32_t cpu);

// DeblockingInit(); linked in the place of OpenH264's own (wasm-ld --wrap).
void __wrap__ZN7WelsEnc14DeblockingInitEPNS_17tagDeblockingFuncEi(DeblockingFunc *functions, int32_t cpu) {
  __real__ZN7WelsEnc14DeblockingInitEPNS_17tagDeblockingFuncEi(functions, cpu);
  functions->pfLumaDeblockingLT4Ver = luma_v;
  functions->pfLumaDeblockingEQ4Ver = luma_strong_v;
  functions->pfLumaDeblockingLT4Hor = luma_h;
  functions->pfLumaDeblockingEQ4Hor = luma_strong_h;
  functions->pfChromaDeblockingLT4Ver = chroma_v;
  functions->pfChromaDeblockingEQ4Ver = chroma_strong_v;
  functions->pfChromaDeblockingLT4Hor = chroma_h;
  functions->pfChromaDeblockingEQ4Hor = chroma_strong_h;
}
}
