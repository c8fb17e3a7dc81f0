// Kvazaar's transforms of 16 × 16 and 32 × 32 (ITU-T H.265, 8.6.4.2), forward and inverse.
//
// Eight columns at a time, as products of pairs of words. The halves of a row or column that mirror each other are added
// and subtracted first: of a matrix's products a quarter to a half is left.
#include "strategies/generic/dct-generic.h"

#include "kvazaar-simd.h"

#define LARGEST 32
// Rows of a product that are summed up together, in registers.
#define GROUP 4

INLINE v128_t interleave_low(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
INLINE v128_t interleave_high(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }

// Words of two rows, column by column.
typedef struct Pair {
  v128_t low;
  v128_t high;
} Pair;

INLINE Pair pair_of(v128_t a, v128_t b) { return (Pair){interleave_low(a, b), interleave_high(a, b)}; }

INLINE Pair add_pairs(Pair a, Pair b) { return (Pair){wasm_i32x4_add(a.low, b.low), wasm_i32x4_add(a.high, b.high)}; }
INLINE Pair subtract_pairs(Pair a, Pair b) {
  return (Pair){wasm_i32x4_sub(a.low, b.low), wasm_i32x4_sub(a.high, b.high)};
}

// GROUP rows of a matrix, `step` words apart, times columns of 2 × `count` words.
INLINE void multiply(const Pair *in, int count, const int16_t *matrix, int step, Pair sum[GROUP]) {
  for (int row = 0; row < GROUP; row++)
    sum[row] = (Pair){wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0)};
  for (int i = 0; i < count; i++)
    for (int row = 0; row < GROUP; row++) {
      v128_t factors = wasm_v128_load32_splat(matrix + row * step + 2 * i);
      Pair products = {wasm_i32x4_dot_i16x8(in[i].low, factors), wasm_i32x4_dot_i16x8(in[i].high, factors)};
      sum[row] = add_pairs(sum[row], products);
    }
}

INLINE v128_t rounded(Pair sum, v128_t half, int shift) {
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_add(sum.low, half), shift),
                                 wasm_i32x4_shr(wasm_i32x4_add(sum.high, half), shift));
}

INLINE void transpose_block(const int16_t *in, int16_t *out, int stride, int from, int to) {
  v128_t row[8];
  for (int i = 0; i < 8; i++)
    row[i] = wasm_v128_load(in + from + i * stride);
  transpose_words(row);
  for (int i = 0; i < 8; i++)
    wasm_v128_store(out + to + i * stride, row[i]);
}

static void transpose(const int16_t *in, int16_t *out, int size) {
  for (int y = 0; y < size; y += 8)
    for (int x = 0; x < size; x += 8)
      transpose_block(in, out, size, y * size + x, x * size + y);
}

// The forward transform

// Rows `first`, `first` + `distance` and so on of the transform, from pairs of what they are made of.
INLINE void forward_rows(const Pair *in, int count, const int16_t *matrix, int size, int first, int distance, int shift,
                         int16_t *out) {
  v128_t half = wasm_i32x4_splat(1 << (shift - 1));
  for (int row = first; row < size; row += GROUP * distance) {
    Pair sum[GROUP];
    multiply(in, count, matrix + row * size, distance * size, sum);
    for (int i = 0; i < GROUP; i++)
      wasm_v128_store(out + (row + i * distance) * size, rounded(sum[i], half, shift));
  }
}

// Rows 0, 4, 8 … need the sums of sums, 2, 6, 10 … their differences, and odd ones differences.
INLINE void forward_eight(const int16_t *in, const int16_t *matrix, int size, int shift, int16_t *out) {
  v128_t sum[LARGEST / 2], difference[LARGEST / 2];
  for (int i = 0; i < size / 2; i++) {
    v128_t a = wasm_v128_load(in + i * size), b = wasm_v128_load(in + (size - 1 - i) * size);
    sum[i] = wasm_i16x8_add(a, b);
    difference[i] = wasm_i16x8_sub(a, b);
  }
  Pair odd[LARGEST / 4], sums[LARGEST / 8], differences[LARGEST / 8];
  for (int i = 0; i < size / 4; i++)
    odd[i] = pair_of(difference[2 * i], difference[2 * i + 1]);
  for (int i = 0; i < size / 8; i++) {
    v128_t a = sum[2 * i], b = sum[2 * i + 1], c = sum[size / 2 - 2 - 2 * i], d = sum[size / 2 - 1 - 2 * i];
    sums[i] = pair_of(wasm_i16x8_add(a, d), wasm_i16x8_add(b, c));
    differences[i] = pair_of(wasm_i16x8_sub(a, d), wasm_i16x8_sub(b, c));
  }
  forward_rows(odd, size / 4, matrix, size, 1, 2, shift, out);
  forward_rows(differences, size / 8, matrix, size, 2, 4, shift, out);
  forward_rows(sums, size / 8, matrix, size, 0, 4, shift, out);
}

// For what is so large that sums of four would not fit into words.
INLINE void forward_eight_large(const int16_t *in, const int16_t *matrix, int size, int shift, int16_t *out) {
  Pair pairs[LARGEST / 2];
  for (int i = 0; i < size / 2; i++)
    pairs[i] = pair_of(wasm_v128_load(in + 2 * i * size), wasm_v128_load(in + (2 * i + 1) * size));
  forward_rows(pairs, size / 2, matrix, size, 0, 1, shift, out);
}

static int is_large(const int16_t *in, int count) {
  v128_t bits = wasm_i16x8_const_splat(0);
  for (int i = 0; i < count; i += 8) {
    v128_t words = wasm_v128_load(in + i);
    bits = wasm_v128_or(bits, wasm_v128_xor(words, wasm_i16x8_shr(words, 15)));
  }
  return wasm_v128_any_true(wasm_u16x8_shr(bits, 13));
}

INLINE void forward(const int16_t *in, const int16_t *matrix, int size, int shift, int16_t *out) {
  if (is_large(in, size * size))
    for (int x = 0; x < size; x += 8)
      forward_eight_large(in + x, matrix, size, shift, out + x);
  else
    for (int x = 0; x < size; x += 8)
      forward_eight(in + x, matrix, size, shift, out + x);
}

// The rows first, as the rounding between both has it.
INLINE void transform(const int16_t *input, const int16_t *matrix, int size, int log2_size, int bit_depth,
                      int16_t *output) {
  int16_t turned[LARGEST * LARGEST], rows[LARGEST * LARGEST];
  transpose(input, turned, size);
  forward(turned, matrix, size, log2_size - 1 + bit_depth - 8, rows);
  transpose(rows, turned, size);
  forward(turned, matrix, size, log2_size + 6, output);
}

static void dct_16x16(int8_t bit_depth, const int16_t *input, int16_t *output) {
  transform(input, &kvz_g_dct_16[0][0], 16, 4, bit_depth, output);
}

static void dct_32x32(int8_t bit_depth, const int16_t *input, int16_t *output) {
  transform(input, &kvz_g_dct_32[0][0], 32, 5, bit_depth, output);
}

// The inverse transform

// For each sample of the first half, the factors of the even coefficients, then of the odd ones.
static int16_t inverse_16[8 * 16], inverse_32[16 * 32];

static void fill_inverse(const int16_t *matrix, int size, int16_t *inverse) {
  for (int sample = 0; sample < size / 2; sample++)
    for (int i = 0; i < size; i++)
      inverse[sample * size + (i & 1) * size / 2 + i / 2] = matrix[i * size + sample];
}

// Of `used` rows, a multiple of 4, of coefficients.
INLINE void inverse_eight(const int16_t *in, int used, const int16_t *inverse, int size, int shift, int16_t *out) {
  Pair even[LARGEST / 4], odd[LARGEST / 4];
  for (int i = 0; i < used / 4; i++) {
    const int16_t *row = in + 4 * i * size;
    even[i] = pair_of(wasm_v128_load(row), wasm_v128_load(row + 2 * size));
    odd[i] = pair_of(wasm_v128_load(row + size), wasm_v128_load(row + 3 * size));
  }
  v128_t half = wasm_i32x4_splat(1 << (shift - 1));
  for (int sample = 0; sample < size / 2; sample += GROUP) {
    Pair evens[GROUP], odds[GROUP];
    multiply(even, used / 4, inverse + sample * size, size, evens);
    multiply(odd, used / 4, inverse + sample * size + size / 2, size, odds);
    for (int i = 0; i < GROUP; i++) {
      wasm_v128_store(out + (sample + i) * size, rounded(add_pairs(evens[i], odds[i]), half, shift));
      wasm_v128_store(out + (size - 1 - sample - i) * size, rounded(subtract_pairs(evens[i], odds[i]), half, shift));
    }
  }
}

// How many rows there are up to the last that is not zero, as a multiple of 4.
static int used_rows(const int16_t *in, int size) {
  int used = size;
  for (; used > 0; used -= 4) {
    v128_t bits = wasm_i16x8_const_splat(0);
    for (int i = (used - 4) * size; i < used * size; i += 8)
      bits = wasm_v128_or(bits, wasm_v128_load(in + i));
    if (wasm_v128_any_true(bits))
      break;
  }
  return used;
}

INLINE void inverse_columns(const int16_t *in, const int16_t *inverse, int size, int shift, int16_t *out) {
  int used = used_rows(in, size);
  for (int x = 0; x < size; x += 8)
    inverse_eight(in + x, used, inverse, size, shift, out + x);
}

INLINE void inverse_transform(const int16_t *input, const int16_t *inverse, int size, int bit_depth, int16_t *output) {
  int16_t columns[LARGEST * LARGEST], turned[LARGEST * LARGEST];
  inverse_columns(input, inverse, size, 7, columns);
  transpose(columns, turned, size);
  inverse_columns(turned, inverse, size, 12 - (bit_depth - 8), columns);
  transpose(columns, output, size);
}

static void idct_16x16(int8_t bit_depth, const int16_t *input, int16_t *output) {
  inverse_transform(input, inverse_16, 16, bit_depth, output);
}

static void idct_32x32(int8_t bit_depth, const int16_t *input, int16_t *output) {
  inverse_transform(input, inverse_32, 32, bit_depth, output);
}

int __real_kvz_strategy_register_dct_avx2(void *opaque, uint8_t bit_depth);

int __wrap_kvz_strategy_register_dct_avx2(void *opaque, uint8_t bit_depth) {
  fill_inverse(&kvz_g_dct_16[0][0], 16, inverse_16);
  fill_inverse(&kvz_g_dct_32[0][0], 32, inverse_32);
  return __real_kvz_strategy_register_dct_avx2(opaque, bit_depth) &&
         register_kernel(opaque, "dct_16x16", dct_16x16) && register_kernel(opaque, "dct_32x32", dct_32x32) &&
         register_kernel(opaque, "idct_16x16", idct_16x16) && register_kernel(opaque, "idct_32x32", idct_32x32);
}
