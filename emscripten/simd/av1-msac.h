// AV1's symbol decoder (AV1 specification, 8.2) with a window of 64 bits; no branch depends on the symbol.
// dav1d's loop over coefficients includes this, too: a call is a fifth of a symbol's time.
#ifndef EVERYCODEC_AV1_MSAC_H
#define EVERYCODEC_AV1_MSAC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wasm_simd128.h>

#include "src/msac.h"

#define MSAC_INLINE static inline __attribute__((always_inline))

enum { MSAC_WINDOW = 64, MSAC_MIN_PROBABILITY = 4 };

// Fills the window, whose bits are inverted, from bit 40 - count downwards; after the end of the data with ones.
static __attribute__((noinline, unused)) void msac_refill(MsacContext *s) {
  int at = MSAC_WINDOW - 24 - s->cnt;
  if (s->buf_end - s->buf_pos >= 8) {
    uint64_t bytes;
    memcpy(&bytes, s->buf_pos, sizeof(bytes));
    s->dif |= ~__builtin_bswap64(bytes) >> (MSAC_WINDOW - 8 - at) & ~UINT64_C(0) << (at & 7);
    s->buf_pos += (at >> 3) + 1;
    s->cnt = MSAC_WINDOW - 16 - (at & 7);
    return;
  }
  for (; at >= 0; at -= 8) {
    if (s->buf_pos >= s->buf_end) {
      s->dif |= ~(~UINT64_C(0xff) << at);
      break;
    }
    s->dif |= (uint64_t)(*s->buf_pos++ ^ 0xff) << at;
  }
  s->cnt = MSAC_WINDOW - 24 - at;
}

MSAC_INLINE void msac_renormalize(MsacContext *s, uint64_t window, unsigned range) {
  int shift = __builtin_clz(range) - 16, count = s->cnt;
  s->dif = window << shift;
  s->rng = range << shift;
  s->cnt = count - shift;
  // Unsigned: once the data are at an end, the count is negative and stays so.
  if ((unsigned)count < (unsigned)shift)
    msac_refill(s);
}

// V8 makes a conditional move of a choice only if nothing else depends on the very same comparison: a value is compared
// with and without sign and by subtraction, by names that the compiler cannot know to be equal.
typedef struct MsacNames {
  unsigned without_sign, subtracted_from;
  int with_sign;
} MsacNames;

MSAC_INLINE MsacNames msac_name(unsigned value) {
  MsacNames names = {value, value, value};
  __asm__("" : "+r"(names.with_sign));
  __asm__("" : "+r"(names.subtracted_from));
  return names;
}

MSAC_INLINE unsigned msac_is_below(MsacNames value, unsigned bound) { return (value.subtracted_from - bound) >> 31; }

// 1 if the window is below `split`.
MSAC_INLINE unsigned msac_decode_split(MsacContext *s, unsigned split) {
  MsacNames value = msac_name(s->dif >> (MSAC_WINDOW - 16));
  unsigned size = value.with_sign < (int)split ? split : s->rng - split;
  unsigned end = value.without_sign < split ? 0 : split;
  msac_renormalize(s, s->dif - ((uint64_t)end << (MSAC_WINDOW - 16)), size);
  return msac_is_below(value, split);
}

// A bit whose values are equally likely.
MSAC_INLINE unsigned msac_decode_bit(MsacContext *s) {
  return msac_decode_split(s, (s->rng >> 8 << 7) + MSAC_MIN_PROBABILITY);
}

// Moves towards 32768, or towards 0 where `is_after`; `target` is 32768 or 0. As one number less the other may need all
// 16 bits, and 32768 is its own absolute value, this is right for any distribution.
MSAC_INLINE v128_t msac_adapt(v128_t cdf, v128_t target, v128_t is_after, int rate) {
  v128_t step = wasm_u16x8_shr(wasm_i16x8_abs(wasm_i16x8_sub(target, cdf)), rate);
  return wasm_i16x8_add(cdf, wasm_i16x8_sub(wasm_v128_xor(step, is_after), is_after));
}

// For each symbol of four: targets, and masks of the symbols after it.
static const uint16_t msac_moves[4][2][4] = {
    {{0, 0, 0, 0}, {0xffff, 0xffff, 0xffff, 0xffff}},
    {{0x8000, 0, 0, 0}, {0, 0xffff, 0xffff, 0xffff}},
    {{0x8000, 0x8000, 0, 0}, {0, 0, 0xffff, 0xffff}},
    {{0x8000, 0x8000, 0x8000, 0}, {0, 0, 0, 0xffff}},
};

// Up to four symbols, `last` being the number of the last. Three bounds are found faster without SIMD; a distribution
// of fewer symbols has bounds of 0 from its counter on.
MSAC_INLINE unsigned msac_decode_symbol4(MsacContext *s, uint16_t *cdf, size_t last) {
  unsigned range = s->rng, value = s->dif >> (MSAC_WINDOW - 16), high_byte = range >> 8;
  unsigned offset = MSAC_MIN_PROBABILITY * last;
#define BOUND(n) ((high_byte * (cdf[n] >> 6) >> 1) + offset - (n) * MSAC_MIN_PROBABILITY)
  int bound0 = BOUND(0), bound1 = BOUND(1), bound2 = BOUND(2);
#undef BOUND
  MsacNames names = msac_name(value);
  unsigned upper_size = names.with_sign < bound0 ? bound0 - bound1 : range - bound0;
  unsigned lower_size = names.with_sign < bound2 ? bound2 : bound1 - bound2;
  unsigned size = names.with_sign < bound1 ? lower_size : upper_size;
  unsigned upper_end = value < (unsigned)bound0 ? bound1 : bound0, lower_end = value < (unsigned)bound2 ? 0 : bound2;
  unsigned end = value < (unsigned)bound1 ? lower_end : upper_end;
  unsigned symbol = msac_is_below(names, bound0) + msac_is_below(names, bound1) + msac_is_below(names, bound2);
  if (s->allow_update_cdf) {
    unsigned count = cdf[last];
    const uint16_t(*moves)[4] = msac_moves[symbol];
    v128_t adapted = msac_adapt(wasm_v128_load64_zero(cdf), wasm_v128_load64_zero(moves[0]),
                                wasm_v128_load64_zero(moves[1]), 4 + (count >> 4) + (last > 2));
    wasm_v128_store64_lane(cdf, adapted, 0);
    cdf[last] = count + (count < 32);
  }
  msac_renormalize(s, s->dif - ((uint64_t)end << (MSAC_WINDOW - 16)), size);
  return symbol;
}

#endif
