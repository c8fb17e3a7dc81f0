// Complex numbers, two at a time, as the transforms of sound have them.
#ifndef EVERYCODEC_COMPLEX_H
#define EVERYCODEC_COMPLEX_H

#include <stddef.h>

#include <wasm_simd128.h>

typedef struct Complex {
  float re, im;
} Complex;

static inline v128_t load(const Complex *from) { return wasm_v128_load(from); }
static inline void store(Complex *to, v128_t values) { wasm_v128_store(to, values); }

static inline v128_t swap_parts(v128_t a) { return wasm_i32x4_shuffle(a, a, 1, 0, 3, 2); }
static inline v128_t both_real(v128_t a) { return wasm_i32x4_shuffle(a, a, 0, 0, 2, 2); }
static inline v128_t both_imaginary(v128_t a) { return wasm_i32x4_shuffle(a, a, 1, 1, 3, 3); }
static inline v128_t negate_real(v128_t a) { return wasm_v128_xor(a, wasm_f32x4_const(-0.0f, 0.0f, -0.0f, 0.0f)); }
static inline v128_t negate_imaginary(v128_t a) { return wasm_v128_xor(a, wasm_f32x4_const(0.0f, -0.0f, 0.0f, -0.0f)); }

// Times −i.
static inline v128_t rotate(v128_t a) { return negate_imaginary(swap_parts(a)); }

static inline v128_t multiply(v128_t a, v128_t b) {
  v128_t crossed = wasm_f32x4_mul(swap_parts(a), both_imaginary(b));
  return wasm_f32x4_add(wasm_f32x4_mul(a, both_real(b)), negate_real(crossed));
}

// The end of a transform of four: of the sums and the differences of its pairs, the second pair's difference times −i.
static inline void butterfly4(Complex *to, v128_t sum, v128_t difference) {
  v128_t even = wasm_i64x2_shuffle(sum, difference, 0, 2);
  v128_t odd = wasm_i32x4_shuffle(sum, difference, 2, 3, 7, 6);
  odd = wasm_v128_xor(odd, wasm_f32x4_const(0.0f, 0.0f, 0.0f, -0.0f));
  store(to, wasm_f32x4_add(even, odd));
  store(to + 2, wasm_f32x4_sub(even, odd));
}

#endif
