// AV1's inverse transforms for 8-bit pictures (AV1 specification, 7.13), on eight columns of 16-bit words at a time.
//
// Sums saturate and products are rounded to 16 bits, which is exact for what a conforming stream contains: its
// intermediate values fit into 16 bits. Others decode to other pixels than dav1d's C code makes of them.
#define BITDEPTH 8
#include "config.h"

#include <string.h>
#include <wasm_simd128.h>

#include "common/intops.h"
#include "src/itx.h"
#include "src/scan.h"
#include "src/tables.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// One-dimensional transforms: in place, T[i] being the i-th sample of eight rows or columns. Loops are unrolled, so
// every index, angle and zero is a constant.

// 4096 * cos(i * pi / 128)
static const int16_t cosines[65] = {
    4096, 4095, 4091, 4085, 4076, 4065, 4052, 4036, 4017, 3996, 3973, 3948, 3920, 3889, 3857, 3822, 3784,
    3745, 3703, 3659, 3612, 3564, 3513, 3461, 3406, 3349, 3290, 3229, 3166, 3102, 3035, 2967, 2896, 2824,
    2751, 2675, 2598, 2520, 2440, 2359, 2276, 2191, 2106, 2019, 1931, 1842, 1751, 1660, 1567, 1474, 1380,
    1285, 1189, 1092, 995,  897,  799,  700,  601,  501,  401,  301,  201,  101,  0,
};

INLINE int cos128(int angle) { return angle <= 64 ? cosines[angle] : -cosines[128 - angle]; }
INLINE int sin128(int angle) { return angle <= 64 ? cosines[64 - angle] : cosines[angle - 64]; }

INLINE int reverse_bits(int bits, int value) {
  int result = 0;
  for (int i = 0; i < bits; i++)
    result |= (value >> i & 1) << (bits - 1 - i);
  return result;
}

typedef struct Samples {
  v128_t T[64];
  int is_zero[64];
} Samples;

INLINE v128_t mix_low(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
INLINE v128_t mix_high(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
INLINE v128_t weights(int a, int b) { return wasm_i32x4_splat((a & 0xffff) | (int)((unsigned)b << 16)); }
INLINE v128_t round12(v128_t v) { return wasm_i32x4_shr(wasm_i32x4_add(v, wasm_i32x4_splat(2048)), 12); }

INLINE v128_t weigh(v128_t low, v128_t high, int a, int b) {
  v128_t factors = weights(a, b);
  return wasm_i16x8_narrow_i32x4(round12(wasm_i32x4_dot_i16x8(low, factors)),
                                 round12(wasm_i32x4_dot_i16x8(high, factors)));
}

// Round2(v * factor, 12)
INLINE v128_t scale(v128_t v, int factor) { return wasm_i16x8_q15mulr_sat(v, wasm_i16x8_splat(factor * 8)); }

// Butterfly rotation, 7.13.2.1.
INLINE void rotate(Samples *s, int a, int b, int angle, int flip) {
  v128_t x, y;
  int cosine = cos128(angle), sine = sin128(angle);
  if (s->is_zero[a] && s->is_zero[b])
    return;
  if (s->is_zero[a]) {
    x = scale(s->T[b], -sine);
    y = scale(s->T[b], cosine);
  } else if (s->is_zero[b]) {
    x = scale(s->T[a], cosine);
    y = scale(s->T[a], sine);
  } else {
    v128_t low = mix_low(s->T[a], s->T[b]), high = mix_high(s->T[a], s->T[b]);
    x = weigh(low, high, cosine, -sine);
    y = weigh(low, high, sine, cosine);
  }
  s->T[flip ? b : a] = x;
  s->T[flip ? a : b] = y;
  s->is_zero[a] = s->is_zero[b] = 0;
}

// Hadamard rotation, 7.13.2.2.
INLINE void add_subtract(Samples *s, int a, int b, int flip) {
  int first = flip ? b : a, second = flip ? a : b;
  v128_t x = s->T[first], y = s->T[second];
  if (s->is_zero[first] && s->is_zero[second])
    return;
  s->T[first] = wasm_i16x8_add_sat(x, y);
  s->T[second] = s->is_zero[second] ? x : wasm_i16x8_sub_sat(x, y);
  s->is_zero[a] = s->is_zero[b] = 0;
}

INLINE void store_samples(v128_t *to, const Samples *s, int count) {
  UNROLL for (int i = 0; i < count; i++) to[i] = s->T[i];
}

#define B(a, b, angle, flip) rotate(&s, a, b, angle, flip)
#define H(a, b, flip) add_subtract(&s, a, b, flip)
#define EACH(i, count) UNROLL for (int i = 0; i < (count); i++)

// 7.13.2.3, for 1 << n samples of which the first `nonzero` can differ from zero.
INLINE void dct(v128_t *samples, int n, int nonzero) {
  Samples s;
  EACH(i, 1 << n) {
    int from = reverse_bits(n, i);
    s.is_zero[i] = from >= nonzero;
    s.T[i] = from < nonzero ? samples[from] : wasm_i64x2_const(0, 0);
  }
  if (n == 6)
    EACH(i, 16) B(32 + i, 63 - i, 63 - 4 * reverse_bits(4, i), 0);
  if (n >= 5)
    EACH(i, 8) B(16 + i, 31 - i, 6 + (reverse_bits(3, 7 - i) << 3), 0);
  if (n == 6)
    EACH(i, 16) H(32 + i * 2, 33 + i * 2, i & 1);
  if (n >= 4)
    EACH(i, 4) B(8 + i, 15 - i, 12 + (reverse_bits(2, 3 - i) << 4), 0);
  if (n >= 5)
    EACH(i, 8) H(16 + 2 * i, 17 + 2 * i, i & 1);
  if (n == 6)
    EACH(i, 4) EACH(j, 2) B(62 - i * 4 - j, 33 + i * 4 + j, 60 - 16 * reverse_bits(2, i) + 64 * j, 1);
  if (n >= 3)
    EACH(i, 2) B(4 + i, 7 - i, 56 - 32 * i, 0);
  if (n >= 4)
    EACH(i, 4) H(8 + 2 * i, 9 + 2 * i, i & 1);
  if (n >= 5)
    EACH(i, 2) EACH(j, 2) B(30 - 4 * i - j, 17 + 4 * i + j, 24 + (j << 6) + ((1 - i) << 5), 1);
  if (n == 6)
    EACH(i, 8) EACH(j, 2) H(32 + i * 4 + j, 35 + i * 4 - j, i & 1);
  EACH(i, 2) B(2 * i, 2 * i + 1, 32 + 16 * i, 1 - i);
  if (n >= 3)
    EACH(i, 2) H(4 + 2 * i, 5 + 2 * i, i);
  if (n >= 4)
    EACH(i, 2) B(14 - i, 9 + i, 48 + 64 * i, 1);
  if (n >= 5)
    EACH(i, 4) EACH(j, 2) H(16 + 4 * i + j, 19 + 4 * i - j, i & 1);
  if (n == 6)
    EACH(i, 2) EACH(j, 4) B(61 - i * 8 - j, 34 + i * 8 + j, 56 - i * 32 + (j >> 1) * 64, 1);
  EACH(i, 2) H(i, 3 - i, 0);
  if (n >= 3)
    B(6, 5, 32, 1);
  if (n >= 4)
    EACH(i, 2) EACH(j, 2) H(8 + 4 * i + j, 11 + 4 * i - j, i);
  if (n >= 5)
    EACH(i, 4) B(29 - i, 18 + i, 48 + (i >> 1) * 64, 1);
  if (n == 6)
    EACH(i, 4) EACH(j, 4) H(32 + 8 * i + j, 39 + 8 * i - j, i & 1);
  if (n >= 3)
    EACH(i, 4) H(i, 7 - i, 0);
  if (n >= 4)
    EACH(i, 2) B(13 - i, 10 + i, 32, 1);
  if (n >= 5)
    EACH(i, 2) EACH(j, 4) H(16 + i * 8 + j, 23 + i * 8 - j, i);
  if (n == 6)
    EACH(i, 8) B(59 - i, 36 + i, i < 4 ? 48 : 112, 1);
  if (n >= 4)
    EACH(i, 8) H(i, 15 - i, 0);
  if (n >= 5)
    EACH(i, 4) B(27 - i, 20 + i, 32, 1);
  if (n == 6)
    EACH(i, 8) {
      H(32 + i, 47 - i, 0);
      H(48 + i, 63 - i, 1);
    }
  if (n >= 5)
    EACH(i, 16) H(i, 31 - i, 0);
  if (n == 6)
    EACH(i, 8) B(55 - i, 40 + i, 32, 1);
  if (n == 6)
    EACH(i, 32) H(i, 63 - i, 0);
  store_samples(samples, &s, 1 << n);
}

static void adst4(v128_t *samples) {
  v128_t a = samples[0], b = samples[1], c = samples[2], d = samples[3];
  v128_t ab_low = mix_low(a, b), ab_high = mix_high(a, b), cd_low = mix_low(c, d), cd_high = mix_high(c, d);
#define SUM(half, wa, wb, wc, wd) \
  round12(wasm_i32x4_add(wasm_i32x4_dot_i16x8(ab_##half, weights(wa, wb)),                                           \
                         wasm_i32x4_dot_i16x8(cd_##half, weights(wc, wd))))
#define OUT(wa, wb, wc, wd) wasm_i16x8_narrow_i32x4(SUM(low, wa, wb, wc, wd), SUM(high, wa, wb, wc, wd))
  samples[0] = OUT(1321, 3344, 3803, 2482);
  samples[1] = OUT(2482, 3344, -1321, -3803);
  samples[2] = OUT(3344, 0, -3344, 3344);
  samples[3] = OUT(3803, -3344, 2482, -1321);
#undef SUM
#undef OUT
}

// 7.13.2.7 and 7.13.2.8
INLINE void adst(v128_t *samples, int n) {
  Samples s;
  int count = 1 << n;
  EACH(i, count) {
    s.T[i] = samples[i & 1 ? i - 1 : count - i - 1];
    s.is_zero[i] = 0;
  }
  EACH(i, count / 2) B(2 * i, 2 * i + 1, n == 3 ? 60 - 16 * i : 62 - 8 * i, 1);
  EACH(i, count / 2) H(i, count / 2 + i, 0);
  if (n == 4) {
    EACH(i, 2) {
      B(8 + 2 * i, 9 + 2 * i, 56 - 32 * i, 1);
      B(13 + 2 * i, 12 + 2 * i, 8 + 32 * i, 1);
    }
    EACH(j, 2) EACH(i, 4) H(8 * j + i, 4 + 8 * j + i, 0);
  }
  EACH(j, count / 8) EACH(i, 2) B(4 + 8 * j + 3 * i, 5 + 8 * j + i, 48 - 32 * i, 1);
  EACH(j, count / 4) EACH(i, 2) H(4 * j + i, 2 + 4 * j + i, 0);
  EACH(i, count / 4) B(2 + 4 * i, 3 + 4 * i, 32, 1);
  EACH(i, count) {
    v128_t v = s.T[reverse_bits(n, i ^ i >> 1)];
    samples[i] = i & 1 ? wasm_i16x8_neg(v) : v;
  }
}

// 7.13.2.15
INLINE void identity(v128_t *samples, int n) {
  EACH(i, 1 << n) {
    v128_t v = samples[i], twice = wasm_i16x8_add_sat(v, v);
    samples[i] = n == 2   ? wasm_i16x8_add_sat(v, scale(v, 1697))
                 : n == 3 ? twice
                 : n == 4 ? wasm_i16x8_add_sat(twice, scale(v, 2 * 1697))
                          : wasm_i16x8_add_sat(twice, twice);
  }
}

static void dct4(v128_t *samples) { dct(samples, 2, 4); }
static void dct8(v128_t *samples) { dct(samples, 3, 8); }
static void dct16_of_8(v128_t *samples) { dct(samples, 4, 8); }
static void dct16(v128_t *samples) { dct(samples, 4, 16); }
static void dct32_of_8(v128_t *samples) { dct(samples, 5, 8); }
static void dct32_of_16(v128_t *samples) { dct(samples, 5, 16); }
static void dct32(v128_t *samples) { dct(samples, 5, 32); }
static void dct64_of_8(v128_t *samples) { dct(samples, 6, 8); }
static void dct64_of_16(v128_t *samples) { dct(samples, 6, 16); }
static void dct64_of_32(v128_t *samples) { dct(samples, 6, 32); }
static void adst8(v128_t *samples) { adst(samples, 3); }
static void adst16(v128_t *samples) { adst(samples, 4); }
static void identity4(v128_t *samples) { identity(samples, 2); }
static void identity8(v128_t *samples) { identity(samples, 3); }
static void identity16(v128_t *samples) { identity(samples, 4); }
static void identity32(v128_t *samples) { identity(samples, 5); }

// By log2 of the size less 2 and by how many eights of samples can differ from zero: 1, 2, more.
typedef void (*Transform)(v128_t *samples);
enum { KIND_DCT, KIND_ADST, KIND_IDENTITY, KINDS };
static const Transform transforms[KINDS][5][3] = {
    [KIND_DCT] = {{dct4}, {dct8}, {dct16_of_8, dct16}, {dct32_of_8, dct32_of_16, dct32},
                  {dct64_of_8, dct64_of_16, dct64_of_32}},
    [KIND_ADST] = {{adst4}, {adst8}, {adst16, adst16}},
    [KIND_IDENTITY] = {{identity4}, {identity8}, {identity16, identity16}, {identity32, identity32, identity32}},
};

INLINE Transform transform_of(int kind, int log2_size, int eights) {
  return transforms[kind][log2_size - 2][eights > 2 ? 2 : eights - 1];
}

// Two-dimensional transforms

// What rows and columns go through; a flip is what a place is combined with by exclusive or to be reversed.
typedef struct Kinds {
  uint8_t row, column, row_flip, column_flip;
} Kinds;

INLINE void transpose(v128_t r[8]) {
  v128_t a[8], b[8];
  UNROLL for (int i = 0; i < 4; i++) {
    a[2 * i] = mix_low(r[i], r[i + 4]);
    a[2 * i + 1] = mix_high(r[i], r[i + 4]);
  }
  UNROLL for (int i = 0; i < 4; i++) {
    b[2 * i] = mix_low(a[i], a[i + 4]);
    b[2 * i + 1] = mix_high(a[i], a[i + 4]);
  }
  UNROLL for (int i = 0; i < 4; i++) {
    r[2 * i] = mix_low(b[i], b[i + 4]);
    r[2 * i + 1] = mix_high(b[i], b[i + 4]);
  }
}

// Round2(v, shift), exact at the ends of the range as well.
INLINE v128_t round_shift(v128_t v, int shift) {
  return shift ? wasm_i16x8_q15mulr_sat(v, wasm_i16x8_splat(1 << (15 - shift))) : v;
}

// Takes `count` columns of eight coefficients (four if the block is that high) and leaves zeros behind. Returns how
// many eights of columns can differ from zero.
INLINE int take_columns(v128_t *columns, int16_t *coefficients, int count, int height, int is_rect2) {
  int eights = 1;
  for (int x = 0; x < count; x += 8) {
    v128_t any = wasm_i64x2_const(0, 0);
    UNROLL for (int i = 0; i < (count < 8 ? 4 : 8); i++) {
      int16_t *at = coefficients + (x + i) * height;
      v128_t v = height == 4 ? wasm_v128_load64_zero(at) : wasm_v128_load(at);
      if (height == 4)
        wasm_v128_store64_lane(at, wasm_i64x2_const(0, 0), 0);
      else
        wasm_v128_store(at, wasm_i64x2_const(0, 0));
      any = wasm_v128_or(any, v);
      columns[x + i] = is_rect2 ? wasm_i16x8_q15mulr_sat(v, wasm_i16x8_splat(181 * 128)) : v;
    }
    if (x > 0 && wasm_v128_any_true(any))
      eights = x / 8 + 1;
  }
  return eights;
}

INLINE void add_to_picture(uint8_t *dst, v128_t residual, int width) {
  residual = round_shift(residual, 4);
  v128_t pixels = width == 4 ? wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(dst)) : wasm_u16x8_load8x8(dst);
  v128_t bytes = wasm_u8x16_narrow_i16x8(wasm_i16x8_add(pixels, residual), residual);
  if (width == 4)
    wasm_v128_store32_lane(dst, bytes, 0);
  else
    wasm_v128_store64_lane(dst, bytes, 0);
}

INLINE int log2_of(int size) { return size == 4 ? 2 : size == 8 ? 3 : size == 16 ? 4 : size == 32 ? 5 : 6; }

// `rows`: how many can differ from zero.
INLINE void inverse_transform_add(uint8_t *dst, ptrdiff_t stride, int16_t *coefficients, int rows, Kinds kinds,
                                  int width, int height, int shift) {
  int coded_width = width < 32 ? width : 32, coded_height = height < 32 ? height : 32;
  int is_rect2 = width * 2 == height || height * 2 == width;
  int strip = width < 8 ? 4 : 8, pitch = width < 8 ? 8 : width;
  v128_t samples[64];
  _Alignas(16) int16_t residual[32 * 64];
  for (int y = 0; y < rows; y += 8) {
    int eights = take_columns(samples, coefficients + y, coded_width, coded_height, is_rect2);
    transform_of(kinds.row, log2_of(width), eights)(samples);
    for (int x = 0; x < width; x += 8) {
      v128_t block[8];
      EACH(i, 8) block[i] = i < strip ? round_shift(samples[(x + i) ^ kinds.row_flip], shift) : block[0];
      transpose(block);
      EACH(i, height < 8 ? 4 : 8) wasm_v128_store(residual + (y + i) * pitch + x, block[i]);
    }
  }
  int eights = (rows + 7) / 8, given = height < 8 ? 4 : eights * 8;
  for (int x = 0; x < width; x += 8) {
    for (int y = 0; y < given; y++)
      samples[y] = wasm_v128_load(residual + y * pitch + x);
    for (int y = given; y < coded_height; y++)
      samples[y] = wasm_i64x2_const(0, 0);
    transform_of(kinds.column, log2_of(height), eights)(samples);
    for (int y = 0; y < height; y++)
      add_to_picture(dst + y * stride + x, samples[y ^ kinds.column_flip], width);
  }
}

INLINE void add_dc(uint8_t *dst, ptrdiff_t stride, int16_t *coefficients, int width, int height, int shift) {
  int dc = coefficients[0];
  coefficients[0] = 0;
  if (width * 2 == height || height * 2 == width)
    dc = (dc * 181 + 128) >> 8;
  dc = (dc * 181 + 128) >> 8;
  dc = (dc + (1 << shift >> 1)) >> shift;
  dc = (dc * 181 + 128 + 2048) >> 12;
  v128_t up = wasm_i8x16_splat(iclip(dc, 0, 255)), down = wasm_i8x16_splat(iclip(-dc, 0, 255));
#define ADD(v) wasm_u8x16_sub_sat(wasm_u8x16_add_sat(v, up), down)
  for (int y = 0; y < height; y++, dst += stride) {
    if (width == 4)
      wasm_v128_store32_lane(dst, ADD(wasm_v128_load32_zero(dst)), 0);
    else if (width == 8)
      wasm_v128_store64_lane(dst, ADD(wasm_v128_load64_zero(dst)), 0);
    else
      for (int x = 0; x < width; x += 16)
        wasm_v128_store(dst + x, ADD(wasm_v128_load(dst + x)));
  }
#undef ADD
}

// The table's functions: kinds by the name of the type, which says the vertical one first.
#define KINDS_OF(down, across, w, h)                                                                                 \
  ((Kinds){KIND_##across, KIND_##down, FLIPS_##across ? (w) - 1 : 0, FLIPS_##down ? (h) - 1 : 0})
enum { KIND_FLIPADST = KIND_ADST };
enum { FLIPS_DCT, FLIPS_ADST = 0, FLIPS_IDENTITY = 0, FLIPS_FLIPADST = 1 };

#define PARAMETERS uint8_t *dst, ptrdiff_t stride, int16_t *coefficients, int eob

#define DCT_ONLY(X, size, w, h) X(size, w, h, DCT_DCT, DCT, DCT)
#define NO_ADST(X, size, w, h) DCT_ONLY(X, size, w, h) X(size, w, h, IDTX, IDENTITY, IDENTITY)
#define NO_MIXED_ADST(X, size, w, h)                                                                                 \
  NO_ADST(X, size, w, h)                                                                                             \
  X(size, w, h, ADST_DCT, ADST, DCT)                                                                                 \
  X(size, w, h, DCT_ADST, DCT, ADST)                                                                                 \
  X(size, w, h, ADST_ADST, ADST, ADST)                                                                               \
  X(size, w, h, FLIPADST_DCT, FLIPADST, DCT)                                                                         \
  X(size, w, h, DCT_FLIPADST, DCT, FLIPADST)                                                                         \
  X(size, w, h, FLIPADST_FLIPADST, FLIPADST, FLIPADST)                                                               \
  X(size, w, h, ADST_FLIPADST, ADST, FLIPADST)                                                                       \
  X(size, w, h, FLIPADST_ADST, FLIPADST, ADST)                                                                       \
  X(size, w, h, V_DCT, DCT, IDENTITY)                                                                                \
  X(size, w, h, H_DCT, IDENTITY, DCT)
#define ALL(X, size, w, h)                                                                                           \
  NO_MIXED_ADST(X, size, w, h)                                                                                       \
  X(size, w, h, V_ADST, ADST, IDENTITY)                                                                              \
  X(size, w, h, H_ADST, IDENTITY, ADST)                                                                              \
  X(size, w, h, V_FLIPADST, FLIPADST, IDENTITY)                                                                      \
  X(size, w, h, H_FLIPADST, IDENTITY, FLIPADST)

#define SIZES(S, X)                                                                                                  \
  S(X, TX_4X4, 4, 4, 0, ALL)                                                                                         \
  S(X, RTX_4X8, 4, 8, 0, ALL)                                                                                        \
  S(X, RTX_4X16, 4, 16, 1, ALL)                                                                                      \
  S(X, RTX_8X4, 8, 4, 0, ALL)                                                                                        \
  S(X, TX_8X8, 8, 8, 1, ALL)                                                                                         \
  S(X, RTX_8X16, 8, 16, 1, ALL)                                                                                      \
  S(X, RTX_8X32, 8, 32, 2, NO_ADST)                                                                                  \
  S(X, RTX_16X4, 16, 4, 1, ALL)                                                                                      \
  S(X, RTX_16X8, 16, 8, 1, ALL)                                                                                      \
  S(X, TX_16X16, 16, 16, 2, NO_MIXED_ADST)                                                                           \
  S(X, RTX_16X32, 16, 32, 1, NO_ADST)                                                                                \
  S(X, RTX_16X64, 16, 64, 2, DCT_ONLY)                                                                               \
  S(X, RTX_32X8, 32, 8, 2, NO_ADST)                                                                                  \
  S(X, RTX_32X16, 32, 16, 1, NO_ADST)                                                                                \
  S(X, TX_32X32, 32, 32, 2, NO_ADST)                                                                                 \
  S(X, RTX_32X64, 32, 64, 1, DCT_ONLY)                                                                               \
  S(X, RTX_64X16, 64, 16, 2, DCT_ONLY)                                                                               \
  S(X, RTX_64X32, 64, 32, 1, DCT_ONLY)                                                                               \
  S(X, TX_64X64, 64, 64, 2, DCT_ONLY)

// The last row with a coefficient, by the order in which the type scans them (AV1 specification, 5.11.41).
INLINE int last_row(int size, int eob, Kinds kinds, int width, int height) {
  if (kinds.column == KIND_IDENTITY && kinds.row != KIND_IDENTITY)
    return imin(imin(height, 32) - 1, eob);
  if (kinds.row == KIND_IDENTITY && kinds.column != KIND_IDENTITY)
    return eob >> log2_of(width);
  return dav1d_last_nonzero_col_from_eob[size][eob];
}

#define TWO_DIMENSIONS(X, size, w, h, shift, types)                                                                  \
  static __attribute__((noinline)) void size##_with(PARAMETERS, Kinds kinds) {                                       \
    inverse_transform_add(dst, stride, coefficients, last_row(size, eob, kinds, w, h) + 1, kinds, w, h, shift);      \
  }                                                                                                                  \
  static __attribute__((noinline)) void size##_dc(PARAMETERS) {                                                      \
    (void)eob;                                                                                                       \
    add_dc(dst, stride, coefficients, w, h, shift);                                                                  \
  }                                                                                                                  \
  types(X, size, w, h)
#define FUNCTION(size, w, h, type, down, across)                                                                     \
  static void size##_##type(PARAMETERS) {                                                                            \
    if (type == DCT_DCT && eob == 0)                                                                                 \
      size##_dc(dst, stride, coefficients, eob);                                                                     \
    else                                                                                                             \
      size##_with(dst, stride, coefficients, eob, KINDS_OF(down, across, w, h));                                     \
  }
SIZES(TWO_DIMENSIONS, FUNCTION)

#define ENTER_SIZE(X, size, w, h, shift, types) types(X, size, w, h)
#define ENTER(size, w, h, type, down, across) context->itxfm_add[size][type] = size##_##type;

void __real_dav1d_itx_dsp_init_8bpc(Dav1dInvTxfmDSPContext *context, int depth);
void __wrap_dav1d_itx_dsp_init_8bpc(Dav1dInvTxfmDSPContext *context, int depth) {
  __real_dav1d_itx_dsp_init_8bpc(context, depth);
  SIZES(ENTER_SIZE, ENTER)
}
