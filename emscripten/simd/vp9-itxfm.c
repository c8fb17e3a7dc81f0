// VP9 inverse transforms for 8-bit pictures (VP9 bitstream specification, 8.7).
//
// A pass transforms columns, eight at a time, in 16-bit words; between the two passes the block is turned on its side.
// Coefficients of a stream that keeps to the specification fit 16 bits at every step.
#include "vp9-itxfm.h"

#include "transpose.h"

// Words that are being transformed, or nothing but zeros, which costs no arithmetic: every transform is written once,
// and its variants for few coefficients come from constant folding.
typedef struct Term {
  v128_t words;
  int is_zero;
} Term;

static const int32_t rounding = 1 << 13;

// A constant from memory is one instruction, where V8 puts an immediate one together in three.
INLINE v128_t splat_rounding(void) {
  const int32_t *at = &rounding;
  __asm__("" : "+r"(at));
  return wasm_v128_load32_splat(at);
}

#define PAIR(a, b) ({                                                                                                \
  static const int16_t pair[2] = {a, b};                                                                             \
  const int16_t *at = pair;                                                                                          \
  __asm__("" : "+r"(at));                                                                                            \
  wasm_v128_load32_splat(at);                                                                                        \
})

// Eight 32-bit sums.
typedef struct Sums {
  v128_t low, high;
} Sums;

// Words of a and b in turn.
INLINE Sums interleave(v128_t a, v128_t b) {
  return (Sums){wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11),
                wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)};
}

INLINE Sums multiply(Sums pairs, v128_t factors) {
  return (Sums){wasm_i32x4_dot_i16x8(pairs.low, factors), wasm_i32x4_dot_i16x8(pairs.high, factors)};
}

INLINE Sums plus(Sums a, Sums b) { return (Sums){wasm_i32x4_add(a.low, b.low), wasm_i32x4_add(a.high, b.high)}; }
INLINE Sums minus(Sums a, Sums b) { return (Sums){wasm_i32x4_sub(a.low, b.low), wasm_i32x4_sub(a.high, b.high)}; }

INLINE Term round_sums(Sums s) {
  v128_t half = splat_rounding();
  v128_t low = wasm_i32x4_shr(wasm_i32x4_add(s.low, half), 14), high = wasm_i32x4_shr(wasm_i32x4_add(s.high, half), 14);
  return (Term){wasm_i16x8_narrow_i32x4(low, high), 0};
}

INLINE Term add(Term a, Term b) {
  return a.is_zero ? b : b.is_zero ? a : (Term){wasm_i16x8_add(a.words, b.words), 0};
}

INLINE Term negate(Term a) { return (Term){wasm_i16x8_neg(a.words), a.is_zero}; }

INLINE Term subtract(Term a, Term b) {
  return b.is_zero ? a : a.is_zero ? negate(b) : (Term){wasm_i16x8_sub(a.words, b.words), 0};
}

// By factor / 2¹⁴, rounded.
#define SCALE(a, factor) ((Term){wasm_i16x8_q15mulr_sat((a).words, PAIR(2 * (factor), 2 * (factor))), (a).is_zero})

// x = a · c − b · s, y = a · s + b · c
#define ROTATE(a, b, c, s, x, y) do {                                                                                \
  Term from_a = a, from_b = b;                                                                                       \
  if (from_b.is_zero) {                                                                                              \
    x = SCALE(from_a, c);                                                                                            \
    y = SCALE(from_a, s);                                                                                            \
  } else if (from_a.is_zero) {                                                                                       \
    x = SCALE(from_b, -(s));                                                                                         \
    y = SCALE(from_b, c);                                                                                            \
  } else {                                                                                                           \
    Sums pairs = interleave(from_a.words, from_b.words);                                                             \
    x = round_sums(multiply(pairs, PAIR(c, -(s))));                                                                  \
    y = round_sums(multiply(pairs, PAIR(s, c)));                                                                     \
  }                                                                                                                  \
} while (0)

// Sum and difference, in place of both.
INLINE void butterfly(Term *a, Term *b) {
  Term sum = add(*a, *b);
  *b = subtract(*a, *b);
  *a = sum;
}

// Even half e and odd half o of the outputs: e[i] ± o[n − 1 − i].
INLINE void join(const Term *e, const Term *o, Term *out, int n) {
  for (int i = 0; i < n; i++) {
    out[i] = add(e[i], o[n - 1 - i]);
    out[2 * n - 1 - i] = subtract(e[i], o[n - 1 - i]);
  }
}

enum { HALF = 11585 }; // cos(π/4)

INLINE void dct4(const Term *in, int step, Term *out) {
  Term e[2], o[2];
  ROTATE(in[0], in[2 * step], HALF, HALF, e[1], e[0]);
  ROTATE(in[step], in[3 * step], 6270, 15137, o[0], o[1]);
  join(e, o, out, 2);
}

INLINE void dct8(const Term *in, int step, Term *out) {
  Term e[4], o[4];
  dct4(in, 2 * step, e);
  ROTATE(in[step], in[7 * step], 3196, 16069, o[0], o[3]);
  ROTATE(in[5 * step], in[3 * step], 13623, 9102, o[1], o[2]);
  butterfly(&o[0], &o[1]);
  butterfly(&o[3], &o[2]);
  ROTATE(o[2], o[1], HALF, HALF, o[1], o[2]);
  join(e, o, out, 4);
}

INLINE void dct16(const Term *in, int step, Term *out) {
  Term e[8], o[8];
  dct8(in, 2 * step, e);
  ROTATE(in[step], in[15 * step], 1606, 16305, o[0], o[7]);
  ROTATE(in[9 * step], in[7 * step], 12665, 10394, o[1], o[6]);
  ROTATE(in[5 * step], in[11 * step], 7723, 14449, o[2], o[5]);
  ROTATE(in[13 * step], in[3 * step], 15679, 4756, o[3], o[4]);
  butterfly(&o[0], &o[1]);
  butterfly(&o[3], &o[2]);
  butterfly(&o[4], &o[5]);
  butterfly(&o[7], &o[6]);
  ROTATE(o[6], o[1], 6270, 15137, o[1], o[6]);
  ROTATE(o[5], o[2], -15137, 6270, o[2], o[5]);
  butterfly(&o[0], &o[3]);
  butterfly(&o[1], &o[2]);
  butterfly(&o[7], &o[4]);
  butterfly(&o[6], &o[5]);
  ROTATE(o[5], o[2], HALF, HALF, o[2], o[5]);
  ROTATE(o[4], o[3], HALF, HALF, o[3], o[4]);
  join(e, o, out, 8);
}

INLINE void dct32(const Term *in, int step, Term *out) {
  Term e[16], o[16];
  dct16(in, 2 * step, e);
  ROTATE(in[1], in[31], 804, 16364, o[0], o[15]);
  ROTATE(in[17], in[15], 12140, 11003, o[1], o[14]);
  ROTATE(in[9], in[23], 7005, 14811, o[2], o[13]);
  ROTATE(in[25], in[7], 15426, 5520, o[3], o[12]);
  ROTATE(in[5], in[27], 3981, 15893, o[4], o[11]);
  ROTATE(in[21], in[11], 14053, 8423, o[5], o[10]);
  ROTATE(in[13], in[19], 9760, 13160, o[6], o[9]);
  ROTATE(in[29], in[3], 16207, 2404, o[7], o[8]);
  for (int i = 0; i < 16; i += 4) {
    butterfly(&o[i], &o[i + 1]);
    butterfly(&o[i + 3], &o[i + 2]);
  }
  ROTATE(o[14], o[1], 3196, 16069, o[1], o[14]);
  ROTATE(o[13], o[2], -16069, 3196, o[2], o[13]);
  ROTATE(o[10], o[5], 13623, 9102, o[5], o[10]);
  ROTATE(o[9], o[6], -9102, 13623, o[6], o[9]);
  for (int i = 0; i < 2; i++) {
    butterfly(&o[i], &o[3 - i]);
    butterfly(&o[7 - i], &o[4 + i]);
    butterfly(&o[8 + i], &o[11 - i]);
    butterfly(&o[15 - i], &o[12 + i]);
  }
  ROTATE(o[13], o[2], 6270, 15137, o[2], o[13]);
  ROTATE(o[12], o[3], 6270, 15137, o[3], o[12]);
  ROTATE(o[11], o[4], -15137, 6270, o[4], o[11]);
  ROTATE(o[10], o[5], -15137, 6270, o[5], o[10]);
  for (int i = 0; i < 4; i++) {
    butterfly(&o[i], &o[7 - i]);
    butterfly(&o[15 - i], &o[8 + i]);
  }
  for (int i = 4; i < 8; i++)
    ROTATE(o[15 - i], o[i], HALF, HALF, o[i], o[15 - i]);
  join(e, o, out, 16);
}

INLINE void adst4(const Term *in, int step, Term *out) {
  (void)step;
  Sums pairs02 = interleave(in[0].words, in[2].words), pairs31 = interleave(in[3].words, in[1].words);
  out[0] = round_sums(plus(multiply(pairs02, PAIR(5283, 15212)), multiply(pairs31, PAIR(9929, 13377))));
  out[1] = round_sums(plus(multiply(pairs02, PAIR(9929, -5283)), multiply(pairs31, PAIR(-15212, 13377))));
  out[2] = round_sums(plus(multiply(pairs02, PAIR(13377, -13377)), multiply(pairs31, PAIR(13377, 0))));
  out[3] = round_sums(plus(multiply(pairs02, PAIR(15212, 9929)), multiply(pairs31, PAIR(-5283, -13377))));
}

// x = a · c + b · s, y = a · s − b · c, before rounding
#define REFLECT(a, b, c, s, x, y) do {                                                                               \
  Sums pairs = interleave((a).words, (b).words);                                                                     \
  x = multiply(pairs, PAIR(c, s));                                                                                   \
  y = multiply(pairs, PAIR(s, -(c)));                                                                                \
} while (0)

// Rounded sum and difference.
INLINE void round_both(Sums a, Sums b, Term *sum, Term *difference) {
  *sum = round_sums(plus(a, b));
  *difference = round_sums(minus(a, b));
}

// (a + b) · cos(π/4) and (a − b) · cos(π/4)
INLINE void halve(Term a, Term b, Term *sum, Term *difference) {
  Sums pairs = interleave(a.words, b.words);
  *sum = round_sums(multiply(pairs, PAIR(HALF, HALF)));
  *difference = round_sums(multiply(pairs, PAIR(HALF, -HALF)));
}

INLINE Term negated_half_of_sum(Term a, Term b) {
  return round_sums(multiply(interleave(a.words, b.words), PAIR(-HALF, -HALF)));
}

INLINE void adst8(const Term *in, int step, Term *out) {
  (void)step;
  Sums s[8];
  Term t[8];
  REFLECT(in[7], in[0], 16305, 1606, s[0], s[1]);
  REFLECT(in[5], in[2], 14449, 7723, s[2], s[3]);
  REFLECT(in[3], in[4], 10394, 12665, s[4], s[5]);
  REFLECT(in[1], in[6], 4756, 15679, s[6], s[7]);
  for (int i = 0; i < 4; i++)
    round_both(s[i], s[i + 4], &t[i], &t[i + 4]);
  REFLECT(t[4], t[5], 15137, 6270, s[4], s[5]);
  REFLECT(t[7], t[6], 6270, 15137, s[7], s[6]);
  butterfly(&t[0], &t[2]);
  butterfly(&t[1], &t[3]);
  out[0] = t[0];
  out[7] = negate(t[1]);
  round_both(s[4], s[6], &out[1], &t[6]);
  round_both(s[5], s[7], &out[6], &t[7]);
  out[1] = negate(out[1]);
  halve(t[2], t[3], &out[3], &out[4]);
  halve(t[6], t[7], &out[2], &out[5]);
  out[3] = negate(out[3]);
  out[5] = negate(out[5]);
}

INLINE void adst16(const Term *in, int step, Term *out) {
  (void)step;
  Sums s[16];
  Term t[16];
  REFLECT(in[15], in[0], 16364, 804, s[0], s[1]);
  REFLECT(in[13], in[2], 15893, 3981, s[2], s[3]);
  REFLECT(in[11], in[4], 14811, 7005, s[4], s[5]);
  REFLECT(in[9], in[6], 13160, 9760, s[6], s[7]);
  REFLECT(in[7], in[8], 11003, 12140, s[8], s[9]);
  REFLECT(in[5], in[10], 8423, 14053, s[10], s[11]);
  REFLECT(in[3], in[12], 5520, 15426, s[12], s[13]);
  REFLECT(in[1], in[14], 2404, 16207, s[14], s[15]);
  for (int i = 0; i < 8; i++)
    round_both(s[i], s[i + 8], &t[i], &t[i + 8]);
  REFLECT(t[8], t[9], 16069, 3196, s[8], s[9]);
  REFLECT(t[10], t[11], 9102, 13623, s[10], s[11]);
  REFLECT(t[13], t[12], 3196, 16069, s[13], s[12]);
  REFLECT(t[15], t[14], 13623, 9102, s[15], s[14]);
  for (int i = 0; i < 4; i++)
    butterfly(&t[i], &t[i + 4]);
  for (int i = 8; i < 12; i++)
    round_both(s[i], s[i + 4], &t[i], &t[i + 4]);
  for (int i = 4; i < 16; i += 8) {
    REFLECT(t[i], t[i + 1], 15137, 6270, s[i], s[i + 1]);
    REFLECT(t[i + 3], t[i + 2], 6270, 15137, s[i + 3], s[i + 2]);
  }
  butterfly(&t[0], &t[2]);
  butterfly(&t[1], &t[3]);
  out[0] = t[0];
  out[15] = negate(t[1]);
  round_both(s[4], s[6], &out[3], &t[6]);
  out[3] = negate(out[3]);
  round_both(s[5], s[7], &out[12], &t[7]);
  butterfly(&t[8], &t[10]);
  butterfly(&t[9], &t[11]);
  out[1] = negate(t[8]);
  out[14] = t[9];
  round_both(s[12], s[14], &out[2], &t[14]);
  round_both(s[13], s[15], &out[13], &t[15]);
  out[13] = negate(out[13]);
  Term unused;
  out[7] = negated_half_of_sum(t[2], t[3]);
  halve(t[2], t[3], &unused, &out[8]);
  halve(t[7], t[6], &out[4], &out[11]);
  halve(t[11], t[10], &out[6], &out[9]);
  out[5] = negated_half_of_sum(t[14], t[15]);
  halve(t[14], t[15], &unused, &out[10]);
}

INLINE void wht4(const Term *in, Term *out, int shift) {
  v128_t a = wasm_i16x8_shr(in[0].words, shift), b = wasm_i16x8_shr(in[3].words, shift);
  v128_t c = wasm_i16x8_shr(in[1].words, shift), d = wasm_i16x8_shr(in[2].words, shift);
  a = wasm_i16x8_add(a, c);
  d = wasm_i16x8_sub(d, b);
  v128_t middle = wasm_i16x8_shr(wasm_i16x8_sub(a, d), 1);
  b = wasm_i16x8_sub(middle, b);
  c = wasm_i16x8_sub(middle, c);
  out[0].words = wasm_i16x8_sub(a, b);
  out[1].words = b;
  out[2].words = c;
  out[3].words = wasm_i16x8_add(d, c);
}

// Eight columns of a block of `size` rows, of which all but the first `count` are zero.
#define COLUMNS(kind, size, count)                                                                                   \
  static __attribute__((noinline)) void kind##size##_of_##count(const int16_t *in, int16_t *out) {                   \
    Term t[size], result[size];                                                                                      \
    for (int y = 0; y < size; y++)                                                                                   \
      t[y] = y < count ? (Term){wasm_v128_load(in + y * size), 0} : (Term){wasm_i16x8_splat(0), 1};                  \
    kind##size(t, 1, result);                                                                                        \
    for (int y = 0; y < size; y++)                                                                                   \
      wasm_v128_store(out + y * size, result[y].words);                                                              \
  }

COLUMNS(dct, 8, 4)
COLUMNS(dct, 8, 8)
COLUMNS(adst, 8, 8)
COLUMNS(dct, 16, 4)
COLUMNS(dct, 16, 8)
COLUMNS(dct, 16, 16)
COLUMNS(adst, 16, 16)
COLUMNS(dct, 32, 8)
COLUMNS(dct, 32, 16)
COLUMNS(dct, 32, 32)

typedef void Columns(const int16_t *in, int16_t *out);

// Eight rows of eight words turned on their side.
INLINE void transpose_square(const int16_t *in, int16_t *out, ptrdiff_t stride) {
  v128_t row[8], pair[8], four[8];
  for (int i = 0; i < 8; i++)
    row[i] = wasm_v128_load(in + i * stride);
  for (int i = 0; i < 4; i++) {
    pair[i] = wasm_i16x8_shuffle(row[2 * i], row[2 * i + 1], 0, 8, 1, 9, 2, 10, 3, 11);
    pair[i + 4] = wasm_i16x8_shuffle(row[2 * i], row[2 * i + 1], 4, 12, 5, 13, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 2) {
    four[i] = wasm_i32x4_shuffle(pair[i], pair[i + 1], 0, 4, 1, 5);
    four[i + 1] = wasm_i32x4_shuffle(pair[i], pair[i + 1], 2, 6, 3, 7);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; j++) {
      wasm_v128_store(out + (i + 2 * j) * stride, wasm_i64x2_shuffle(four[i + j], four[i + 2 + j], 0, 2));
      wasm_v128_store(out + (i + 2 * j + 1) * stride, wasm_i64x2_shuffle(four[i + j], four[i + 2 + j], 1, 3));
    }
}

INLINE void add_row(uint8_t *dst, v128_t words, int bits) {
  v128_t residual = wasm_i16x8_shr(wasm_i16x8_add_sat(words, wasm_i16x8_splat(1 << (bits - 1))), bits);
  store_bytes(dst, wasm_i16x8_add_sat(wasm_u16x8_load8x8(dst), residual));
}

// Transforms a block whose coefficients outside the first `count` columns and rows are zero, and clears them.
INLINE void transform(uint8_t *dst, ptrdiff_t stride, int16_t *block, int size, int count, int bits, Columns *first,
                      Columns *second) {
  _Alignas(16) int16_t turned[32 * 32], columns[32 * 32];
  int loaded = count < 8 ? 8 : count;
  for (int x = 0; x < loaded; x += 8) {
    first(block + x, columns);
    for (int y = 0; y < size; y += 8)
      transpose_square(columns + y * size, turned + x * size + y, size);
    for (int y = 0; y < count; y++)
      wasm_v128_store(block + y * size + x, wasm_i16x8_splat(0));
  }
  for (int x = 0; x < size; x += 8) {
    second(turned + x, columns);
    for (int y = 0; y < size; y++)
      add_row(dst + y * stride + x, wasm_v128_load(columns + y * size), bits);
  }
}

#define BLOCK uint8_t *dst, ptrdiff_t stride, int16_t *block, int eob

// A block with nothing but a DC coefficient: one difference for all samples, added or taken away as bytes.
INLINE void add_dc(uint8_t *dst, ptrdiff_t stride, int16_t *block, int size, int bits) {
  int dc = (((block[0] * HALF + (1 << 13)) >> 14) * HALF + (1 << 13)) >> 14;
  int difference = (dc + (1 << (bits - 1))) >> bits;
  block[0] = 0;
  v128_t more = wasm_u8x16_splat(difference < 0 ? 0 : difference > 255 ? 255 : difference);
  v128_t less = wasm_u8x16_splat(difference > 0 ? 0 : difference < -255 ? 255 : -difference);
  for (int y = 0; y < size; y++, dst += stride)
    for (int x = 0; x < size; x += 16) {
      v128_t old = size >= 16  ? wasm_v128_load(dst + x)
                   : size == 8 ? wasm_v128_load64_zero(dst)
                               : wasm_v128_load32_zero(dst);
      v128_t sum = wasm_u8x16_sub_sat(wasm_u8x16_add_sat(old, more), less);
      if (size >= 16)
        wasm_v128_store(dst + x, sum);
      else if (size == 8)
        wasm_v128_store64_lane(dst, sum, 0);
      else
        wasm_v128_store32_lane(dst, sum, 0);
    }
}

// How far a scan of `eob` coefficients reaches: the limits are those of the default scans.
static void dct_dct_8(BLOCK) {
  if (eob == 1)
    add_dc(dst, stride, block, 8, 5);
  else if (eob <= 12)
    transform(dst, stride, block, 8, 4, 5, dct8_of_4, dct8_of_4);
  else
    transform(dst, stride, block, 8, 8, 5, dct8_of_8, dct8_of_8);
}

static void dct_dct_16(BLOCK) {
  if (eob == 1)
    add_dc(dst, stride, block, 16, 6);
  else if (eob <= 10)
    transform(dst, stride, block, 16, 4, 6, dct16_of_4, dct16_of_4);
  else if (eob <= 38)
    transform(dst, stride, block, 16, 8, 6, dct16_of_8, dct16_of_8);
  else
    transform(dst, stride, block, 16, 16, 6, dct16_of_16, dct16_of_16);
}

static void dct_dct_32(BLOCK) {
  if (eob == 1)
    add_dc(dst, stride, block, 32, 6);
  else if (eob <= 34)
    transform(dst, stride, block, 32, 8, 6, dct32_of_8, dct32_of_8);
  else if (eob <= 135)
    transform(dst, stride, block, 32, 16, 6, dct32_of_16, dct32_of_16);
  else
    transform(dst, stride, block, 32, 32, 6, dct32_of_32, dct32_of_32);
}

#define WITH_ADST(first, second, size, bits)                                                                         \
  static void first##_##second##_##size(BLOCK) {                                                                     \
    (void)eob;                                                                                                       \
    transform(dst, stride, block, size, size, bits, first##size##_of_##size, second##size##_of_##size);              \
  }

WITH_ADST(adst, dct, 8, 5)
WITH_ADST(dct, adst, 8, 5)
WITH_ADST(adst, adst, 8, 5)
WITH_ADST(adst, dct, 16, 6)
WITH_ADST(dct, adst, 16, 6)
WITH_ADST(adst, adst, 16, 6)

// Rows of four words in the vectors' low halves.
INLINE void transpose_four(Term *t) {
  v128_t top = wasm_i16x8_shuffle(t[0].words, t[1].words, 0, 8, 1, 9, 2, 10, 3, 11);
  v128_t bottom = wasm_i16x8_shuffle(t[2].words, t[3].words, 0, 8, 1, 9, 2, 10, 3, 11);
  v128_t left = wasm_i32x4_shuffle(top, bottom, 0, 4, 1, 5), right = wasm_i32x4_shuffle(top, bottom, 2, 6, 3, 7);
  t[0].words = left, t[1].words = wasm_i64x2_shuffle(left, left, 1, 1);
  t[2].words = right, t[3].words = wasm_i64x2_shuffle(right, right, 1, 1);
}

INLINE void load_four(int16_t *block, Term *t) {
  for (int y = 0; y < 4; y++)
    t[y] = (Term){wasm_v128_load64_zero(block + 4 * y), 0};
  wasm_v128_store(block, wasm_i16x8_splat(0));
  wasm_v128_store(block + 8, wasm_i16x8_splat(0));
}

INLINE void add_four(uint8_t *dst, ptrdiff_t stride, const Term *t, int bits) {
  for (int y = 0; y < 4; y++, dst += stride) {
    v128_t words = t[y].words;
    if (bits)
      words = wasm_i16x8_shr(wasm_i16x8_add_sat(words, wasm_i16x8_splat(1 << (bits - 1))), bits);
    v128_t sum = wasm_i16x8_add_sat(wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(dst)), words);
    wasm_v128_store32_lane(dst, wasm_u8x16_narrow_i16x8(sum, sum), 0);
  }
}

#define BLOCK_OF_FOUR(first, second)                                                                                 \
  static void first##_##second##_4(BLOCK) {                                                                          \
    (void)eob;                                                                                                       \
    Term t[4], result[4];                                                                                            \
    load_four(block, t);                                                                                             \
    first##4(t, 1, result);                                                                                          \
    transpose_four(result);                                                                                          \
    second##4(result, 1, t);                                                                                         \
    add_four(dst, stride, t, 4);                                                                                     \
  }

BLOCK_OF_FOUR(adst, dct)
BLOCK_OF_FOUR(dct, adst)
BLOCK_OF_FOUR(adst, adst)
BLOCK_OF_FOUR(dct, dct)

static void dct_dct_4_or_dc(BLOCK) {
  if (eob == 1)
    add_dc(dst, stride, block, 4, 4);
  else
    dct_dct_4(dst, stride, block, eob);
}

static void wht_wht_4(BLOCK) {
  (void)eob;
  Term t[4], result[4];
  load_four(block, t);
  wht4(t, result, 2);
  transpose_four(result);
  wht4(result, t, 0);
  add_four(dst, stride, t, 0);
}

void set_vp9_inverse_transforms(VP9DSPContext *context) {
#define ENTER(tx, size)                                                                                              \
  context->itxfm_add[tx][DCT_ADST] = adst_dct_##size;                                                                \
  context->itxfm_add[tx][ADST_DCT] = dct_adst_##size;                                                                \
  context->itxfm_add[tx][ADST_ADST] = adst_adst_##size;
  ENTER(TX_4X4, 4)
  ENTER(TX_8X8, 8)
  ENTER(TX_16X16, 16)
  context->itxfm_add[TX_4X4][DCT_DCT] = dct_dct_4_or_dc;
  context->itxfm_add[TX_8X8][DCT_DCT] = dct_dct_8;
  context->itxfm_add[TX_16X16][DCT_DCT] = dct_dct_16;
  for (int type = 0; type < N_TXFM_TYPES; type++) {
    context->itxfm_add[TX_32X32][type] = dct_dct_32;
    context->itxfm_add[N_TXFM_SIZES][type] = wht_wht_4;
  }
}
