// AV1's symbol decoder (AV1 specification, 8.2) with a window of 64 bits; no branch depends on the symbol.
#include "config.h"

#include <string.h>
#include <wasm_simd128.h>

#include "src/msac.h"

#define INLINE static inline __attribute__((always_inline))

enum { WINDOW = 64, MIN_PROBABILITY = 4 };

// Fills the window, whose bits are inverted, from bit 40 - count downwards; after the end of the data with ones.
static __attribute__((noinline)) void refill(MsacContext *s) {
  int at = WINDOW - 24 - s->cnt;
  if (s->buf_end - s->buf_pos >= 8) {
    uint64_t bytes;
    memcpy(&bytes, s->buf_pos, sizeof(bytes));
    s->dif |= ~__builtin_bswap64(bytes) >> (WINDOW - 8 - at) & ~UINT64_C(0) << (at & 7);
    s->buf_pos += (at >> 3) + 1;
    s->cnt = WINDOW - 16 - (at & 7);
    return;
  }
  for (; at >= 0; at -= 8) {
    if (s->buf_pos >= s->buf_end) {
      s->dif |= ~(~UINT64_C(0xff) << at);
      break;
    }
    s->dif |= (uint64_t)(*s->buf_pos++ ^ 0xff) << at;
  }
  s->cnt = WINDOW - 24 - at;
}

INLINE void renormalize(MsacContext *s, uint64_t window, unsigned range) {
  int shift = __builtin_clz(range) - 16, count = s->cnt;
  s->dif = window << shift;
  s->rng = range << shift;
  s->cnt = count - shift;
  // Unsigned: once the data are at an end, the count is negative and stays so.
  if ((unsigned)count < (unsigned)shift)
    refill(s);
}

// All ones where the window is below `bound`, else 0.
INLINE int is_below(unsigned value, unsigned bound) { return (int)(value - bound) >> 31; }

// 1 if the window is below `split`. Masks instead of conditions: V8 makes branches of those.
INLINE unsigned decode_split(MsacContext *s, unsigned split) {
  unsigned range = s->rng;
  int below = is_below(s->dif >> (WINDOW - 16), split);
  uint64_t subtracted = (uint64_t)(split & ~below) << (WINDOW - 16);
  renormalize(s, s->dif - subtracted, split + (~below & (range - 2 * split)));
  return below & 1;
}

INLINE unsigned decode_bool(MsacContext *s, unsigned probability) {
  return decode_split(s, ((s->rng >> 8) * (probability >> 6) >> 1) + MIN_PROBABILITY);
}

// Multiples of the least probability, so that lane i is that of what is left after symbol i.
static const uint16_t least[16 + 16] = {60, 56, 52, 48, 44, 40, 36, 32, 28, 24, 20, 16, 12, 8, 4};

// Masks of the symbols after the n-th, from after[3 - n].
static const uint16_t after[8] = {0, 0, 0, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff};

// (range >> 8) * (cdf >> 6) >> 1, whose product needs 17 bits, as the sum of two that need 16.
INLINE v128_t scale_range(v128_t cdf, v128_t range, v128_t half) {
  v128_t odd = wasm_i16x8_shr(wasm_i16x8_shl(cdf, 9), 15);
  return wasm_i16x8_add(wasm_i16x8_mul(wasm_u16x8_shr(cdf, 7), range), wasm_v128_and(half, odd));
}

// Every distribution has room for 4, 8 or 16 values (src/cdf.h); what is behind its counter is not used.

// Moves towards 32768 the lanes where `is_after` is 0, the others towards 0.
INLINE v128_t adapt(v128_t cdf, v128_t is_after, int rate) {
  v128_t is_before = wasm_v128_not(is_after);
  v128_t rest = wasm_v128_and(is_before, wasm_i16x8_splat(-32768));
  rest = wasm_i16x8_add(rest, wasm_i16x8_sub(wasm_v128_xor(cdf, is_before), is_before));
  v128_t step = wasm_u16x8_shr(rest, rate);
  return wasm_i16x8_add(cdf, wasm_i16x8_sub(wasm_v128_xor(step, is_after), is_after));
}

// Three bounds are found faster without SIMD; a distribution of fewer symbols has bounds of 0 from its counter on.
INLINE unsigned decode_symbol4(MsacContext *s, uint16_t *cdf, size_t last) {
  unsigned range = s->rng, value = s->dif >> (WINDOW - 16), high_byte = range >> 8;
  unsigned offset = MIN_PROBABILITY * last;
#define BOUND(n) ((high_byte * (cdf[n] >> 6) >> 1) + offset - (n) * MIN_PROBABILITY)
  unsigned bound0 = BOUND(0), bound1 = BOUND(1), bound2 = BOUND(2);
#undef BOUND
  int below0 = is_below(value, bound0), below1 = below0 & is_below(value, bound1);
  int below2 = below1 & is_below(value, bound2);
  unsigned upper = range + (below0 & (bound0 - range)) + (below1 & (bound1 - bound0)) + (below2 & (bound2 - bound1));
  unsigned lower = bound0 + (below0 & (bound1 - bound0)) + (below1 & (bound2 - bound1)) - (below2 & bound2);
  unsigned symbol = -(below0 + below1 + below2);
  if (s->allow_update_cdf) {
    unsigned count = cdf[last];
    v128_t is_after = wasm_v128_load64_zero(after + 3 - symbol);
    v128_t adapted = adapt(wasm_v128_load64_zero(cdf), is_after, 4 + (count >> 4) + (last > 2));
    wasm_v128_store64_lane(cdf, adapted, 0);
    cdf[last] = count + (count < 32);
  }
  renormalize(s, s->dif - ((uint64_t)lower << (WINDOW - 16)), upper - lower);
  return symbol;
}

// `lanes`: 8 or 16, more than there are symbols.
INLINE unsigned decode_symbol(MsacContext *s, uint16_t *cdf, size_t last, int lanes) {
  unsigned range = s->rng, value = s->dif >> (WINDOW - 16);
  v128_t high_byte = wasm_i16x8_splat(range >> 8), half = wasm_i16x8_splat(range >> 9);
  v128_t wanted = wasm_i16x8_splat(value);
  v128_t low = wasm_v128_load(cdf), high, low_after, high_after;
  // bounds[i] and bounds[i + 1] enclose symbol i.
  uint16_t bounds[1 + 16];
  const uint16_t *offset = least + 15 - last;
  bounds[0] = range;
  v128_t low_bounds = wasm_i16x8_add(scale_range(low, high_byte, half), wasm_v128_load(offset));
  wasm_v128_store(bounds + 1, low_bounds);
  low_after = wasm_u16x8_ge(wanted, low_bounds);
  unsigned symbol;
  if (lanes == 16) {
    high = wasm_v128_load(cdf + 8);
    v128_t high_bounds = wasm_i16x8_add(scale_range(high, high_byte, half), wasm_v128_load(offset + 8));
    wasm_v128_store(bounds + 9, high_bounds);
    high_after = wasm_u16x8_ge(wanted, high_bounds);
    symbol = __builtin_ctz(wasm_i8x16_bitmask(wasm_i8x16_narrow_i16x8(low_after, high_after)));
  } else {
    symbol = __builtin_ctz(wasm_i16x8_bitmask(low_after));
  }
  if (s->allow_update_cdf) {
    unsigned count = cdf[last];
    int rate = 4 + (count >> 4) + (last > 2);
    wasm_v128_store(cdf, adapt(low, low_after, rate));
    if (lanes == 16)
      wasm_v128_store(cdf + 8, adapt(high, high_after, rate));
    cdf[last] = count + (count < 32);
  }
  unsigned bound = bounds[symbol + 1];
  renormalize(s, s->dif - ((uint64_t)bound << (WINDOW - 16)), bounds[symbol] - bound);
  return symbol;
}

unsigned __wrap_dav1d_msac_decode_symbol_adapt4_c(MsacContext *s, uint16_t *cdf, size_t last) {
  return decode_symbol4(s, cdf, last);
}

unsigned __wrap_dav1d_msac_decode_symbol_adapt8_c(MsacContext *s, uint16_t *cdf, size_t last) {
  return decode_symbol(s, cdf, last, 8);
}

unsigned __wrap_dav1d_msac_decode_symbol_adapt16_c(MsacContext *s, uint16_t *cdf, size_t last) {
  return decode_symbol(s, cdf, last, 16);
}

// Up to four symbols that say how far a coefficient is above 2 (AV1 specification, 5.11.39: coeff_br).
unsigned __wrap_dav1d_msac_decode_hi_tok_c(MsacContext *s, uint16_t *cdf) {
  unsigned level = 3, more;
  do {
    more = decode_symbol4(s, cdf, 3);
    level += more;
  } while (more == 3 && level < 15);
  return level;
}

unsigned __wrap_dav1d_msac_decode_bool_equi_c(MsacContext *s) {
  return decode_split(s, (s->rng >> 8 << 7) + MIN_PROBABILITY);
}

unsigned __wrap_dav1d_msac_decode_bool_c(MsacContext *s, unsigned probability) { return decode_bool(s, probability); }

unsigned __wrap_dav1d_msac_decode_bool_adapt_c(MsacContext *s, uint16_t *cdf) {
  unsigned probability = cdf[0], bit = decode_bool(s, probability);
  if (s->allow_update_cdf) {
    unsigned count = cdf[1], rate = 4 + (count >> 4);
    cdf[0] = bit ? probability + ((32768 - probability) >> rate) : probability - (probability >> rate);
    cdf[1] = count + (count < 32);
  }
  return bit;
}
