// AV1's symbol decoder as functions that stand in for dav1d's.
#include "config.h"

#include <wasm_simd128.h>

#include "src/msac.h"

#include "av1-msac.h"

#define INLINE static inline __attribute__((always_inline))

INLINE unsigned decode_bool(MsacContext *s, unsigned probability) {
  return msac_decode_split(s, ((s->rng >> 8) * (probability >> 6) >> 1) + MSAC_MIN_PROBABILITY);
}

// Multiples of the least probability, so that lane i is that of what is left after symbol i.
static const uint16_t least[16 + 16] = {60, 56, 52, 48, 44, 40, 36, 32, 28, 24, 20, 16, 12, 8, 4};

// (range >> 8) * (cdf >> 6) >> 1, whose product needs 17 bits, as the sum of two that need 16.
INLINE v128_t scale_range(v128_t cdf, v128_t range, v128_t half) {
  v128_t odd = wasm_i16x8_shr(wasm_i16x8_shl(cdf, 9), 15);
  return wasm_i16x8_add(wasm_i16x8_mul(wasm_u16x8_shr(cdf, 7), range), wasm_v128_and(half, odd));
}

// Every distribution has room for 4, 8 or 16 values (src/cdf.h); what is behind its counter is not used.

INLINE v128_t adapt(v128_t cdf, v128_t is_after, int rate) {
  return msac_adapt(cdf, wasm_v128_andnot(wasm_i16x8_splat(-32768), is_after), is_after, rate);
}

// `lanes`: 8 or 16, more than there are symbols.
INLINE unsigned decode_symbol(MsacContext *s, uint16_t *cdf, size_t last, int lanes) {
  unsigned range = s->rng, value = s->dif >> (MSAC_WINDOW - 16);
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
  msac_renormalize(s, s->dif - ((uint64_t)bound << (MSAC_WINDOW - 16)), bounds[symbol] - bound);
  return symbol;
}

unsigned __wrap_dav1d_msac_decode_symbol_adapt4_c(MsacContext *s, uint16_t *cdf, size_t last) {
  return msac_decode_symbol4(s, cdf, last);
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
    more = msac_decode_symbol4(s, cdf, 3);
    level += more;
  } while (more == 3 && level < 15);
  return level;
}

unsigned __wrap_dav1d_msac_decode_bool_equi_c(MsacContext *s) {
  return msac_decode_bit(s);
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
