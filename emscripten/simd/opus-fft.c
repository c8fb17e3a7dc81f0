// The FFT behind libopus's MDCT and its analysis of the sound (celt/kiss_fft.c), two complex numbers at a time. The
// operations are those of the C functions, in the same order: results are equal bit by bit.
#include <stdint.h>

#include "complex-pairs.h"

#define MAX_FACTORS 8

// kiss_fft_state of celt/kiss_fft.h, which is not installed.
typedef struct State {
  int size;
  float scale;
  int shift;
  int16_t factors[2 * MAX_FACTORS]; // radix and what remains, from the last stage to the first
  const int16_t *places;
  const Complex *twiddles;
  void *architecture;
} State;

// Two numbers times their twiddle factors, which lie `step` apart.
static v128_t twiddled(const Complex *from, const Complex *twiddle, size_t step) {
  v128_t factors = wasm_v128_load64_zero(twiddle);
  return multiply(load(from), wasm_v128_load64_lane(twiddle + step, factors, 1));
}

// The first stage: no factors.
static void first_radix4(Complex *x, int count) {
  for (Complex *end = x + 4 * count; x < end; x += 4) {
    v128_t a = load(x), b = load(x + 2);
    butterfly4(x, wasm_f32x4_add(a, b), wasm_f32x4_sub(a, b));
  }
}

// The stage after it: factors are powers of the eighth root of one.
static void radix2(Complex *x, int count) {
  const v128_t root = wasm_f32x4_const_splat(0.7071067812f);
  for (Complex *end = x + 8 * count; x < end; x += 8) {
    v128_t a = load(x), b = load(x + 2), c = load(x + 4), d = load(x + 6);
    v128_t turned = rotate(d);
    c = wasm_i64x2_shuffle(c, wasm_f32x4_mul(wasm_f32x4_add(c, rotate(c)), root), 0, 3);
    d = wasm_i64x2_shuffle(turned, wasm_f32x4_mul(wasm_f32x4_sub(turned, d), root), 0, 3);
    store(x, wasm_f32x4_add(a, c));
    store(x + 2, wasm_f32x4_add(b, d));
    store(x + 4, wasm_f32x4_sub(a, c));
    store(x + 6, wasm_f32x4_sub(b, d));
  }
}

static void radix3(Complex *x, const Complex *twiddles, size_t step, int length) {
  const v128_t half = wasm_f32x4_const_splat(0.5f);
  v128_t sine = wasm_f32x4_splat(twiddles[step * length].im);
  for (int i = 0; i < length; i += 2, x += 2) {
    v128_t a = load(x);
    v128_t b = twiddled(x + length, twiddles + i * step, step);
    v128_t c = twiddled(x + 2 * length, twiddles + 2 * i * step, 2 * step);
    v128_t sum = wasm_f32x4_add(b, c);
    v128_t middle = wasm_f32x4_sub(a, wasm_f32x4_mul(sum, half));
    v128_t turned = rotate(wasm_f32x4_mul(wasm_f32x4_sub(b, c), sine));
    store(x, wasm_f32x4_add(a, sum));
    store(x + length, wasm_f32x4_sub(middle, turned));
    store(x + 2 * length, wasm_f32x4_add(middle, turned));
  }
}

static void radix4(Complex *x, const Complex *twiddles, size_t step, int length) {
  for (int i = 0; i < length; i += 2, x += 2) {
    v128_t a = load(x);
    v128_t b = twiddled(x + length, twiddles + i * step, step);
    v128_t c = twiddled(x + 2 * length, twiddles + 2 * i * step, 2 * step);
    v128_t d = twiddled(x + 3 * length, twiddles + 3 * i * step, 3 * step);
    v128_t even = wasm_f32x4_add(a, c), odd = wasm_f32x4_add(b, d);
    v128_t rest = wasm_f32x4_sub(a, c), turned = rotate(wasm_f32x4_sub(b, d));
    store(x, wasm_f32x4_add(even, odd));
    store(x + length, wasm_f32x4_add(rest, turned));
    store(x + 2 * length, wasm_f32x4_sub(even, odd));
    store(x + 3 * length, wasm_f32x4_sub(rest, turned));
  }
}

// x · a + y · b
static v128_t blend(v128_t x, v128_t a, v128_t y, v128_t b) {
  return wasm_f32x4_add(wasm_f32x4_mul(x, a), wasm_f32x4_mul(y, b));
}

static void radix5(Complex *x, const Complex *twiddles, size_t step, int length) {
  Complex first = twiddles[step * length], second = twiddles[2 * step * length];
  v128_t cosine1 = wasm_f32x4_splat(first.re), sine1 = wasm_f32x4_splat(first.im);
  v128_t cosine2 = wasm_f32x4_splat(second.re), sine2 = wasm_f32x4_splat(second.im);
  for (int i = 0; i < length; i += 2, x += 2) {
    v128_t a = load(x);
    v128_t b = twiddled(x + length, twiddles + i * step, step);
    v128_t c = twiddled(x + 2 * length, twiddles + 2 * i * step, 2 * step);
    v128_t d = twiddled(x + 3 * length, twiddles + 3 * i * step, 3 * step);
    v128_t e = twiddled(x + 4 * length, twiddles + 4 * i * step, 4 * step);
    v128_t outer = wasm_f32x4_add(b, e), inner = wasm_f32x4_add(c, d);
    v128_t outer_rest = wasm_f32x4_sub(b, e), inner_rest = wasm_f32x4_sub(c, d);
    v128_t near = wasm_f32x4_add(a, blend(outer, cosine1, inner, cosine2));
    v128_t far = wasm_f32x4_add(a, blend(outer, cosine2, inner, cosine1));
    v128_t near_turned = rotate(blend(outer_rest, sine1, inner_rest, sine2));
    v128_t far_turned =
        rotate(wasm_f32x4_sub(wasm_f32x4_mul(inner_rest, sine1), wasm_f32x4_mul(outer_rest, sine2)));
    store(x, wasm_f32x4_add(a, wasm_f32x4_add(outer, inner)));
    store(x + length, wasm_f32x4_sub(near, near_turned));
    store(x + 2 * length, wasm_f32x4_add(far, far_turned));
    store(x + 3 * length, wasm_f32x4_sub(far, far_turned));
    store(x + 4 * length, wasm_f32x4_add(near, near_turned));
  }
}

typedef void (*Stage)(Complex *x, const Complex *twiddles, size_t step, int length);

static inline void run(Stage stage, Complex *x, const State *state, int blocks, int length, int next) {
  size_t step = (size_t)blocks << (state->shift > 0 ? state->shift : 0);
  for (int i = 0; i < blocks; i++)
    stage(x + i * next, state->twiddles, step, length);
}

void __wrap_opus_fft_impl(const State *state, Complex *x) {
  int last = 0;
  while (state->factors[2 * last + 1] != 1)
    last++;
  int length = 1; // of the transforms that are done
  for (int stage = last; stage >= 0; stage--) {
    int radix = state->factors[2 * stage], next = length * radix, blocks = state->size / next;
    switch (radix) {
    case 2: radix2(x, blocks); break;
    case 3: run(radix3, x, state, blocks, length, next); break;
    case 5: run(radix5, x, state, blocks, length, next); break;
    default:
      if (length == 1)
        first_radix4(x, blocks);
      else
        run(radix4, x, state, blocks, length, next);
    }
    length = next;
  }
}

void __wrap_opus_fft_c(const State *state, const Complex *from, Complex *to) {
  for (int i = 0; i < state->size; i++)
    to[state->places[i]] = (Complex){state->scale * from[i].re, state->scale * from[i].im};
  __wrap_opus_fft_impl(state, to);
}
