// libvpx's motion compensation for 8-bit pictures without scaling: blocks whose width is a multiple of 4.
//
// libvpx's NEON functions transpose in order to filter along rows, and carry rows to filter along columns. Here a load
// widens, so every neighbour is loaded anew. As there, reads end with the last tap of the last eight samples of a row.
#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))

typedef int16_t Kernel[8];

// The filter's taps from `first` to 7 - `first`; the others are 0.
typedef struct Filter {
  v128_t tap[8];
  int first;
} Filter;

// The outer products fit 16 bits together; the two in the middle are never negative, so where their sum saturates,
// the clipped result is 255 as it must be.
INLINE v128_t filter_samples(const uint8_t *src, ptrdiff_t step, const Filter *filter) {
#define PRODUCT(n) wasm_i16x8_mul(wasm_u16x8_load8x8(src + (n - 3) * step), filter->tap[n])
  v128_t sum = wasm_i16x8_splat(64);
  for (int n = filter->first; n < 3; n++)
    sum = wasm_i16x8_add(sum, wasm_i16x8_add(PRODUCT(n), PRODUCT(7 - n)));
  sum = wasm_i16x8_add_sat(wasm_i16x8_add_sat(sum, PRODUCT(3)), PRODUCT(4));
#undef PRODUCT
  sum = wasm_i16x8_shr(sum, 7);
  return wasm_u8x16_narrow_i16x8(sum, sum);
}

INLINE void filter_block(const uint8_t *src, ptrdiff_t src_stride, uint8_t *dst, ptrdiff_t dst_stride, ptrdiff_t step,
                         Filter filter, int width, int height, int average) {
  for (int y = 0; y < height; y++, src += src_stride, dst += dst_stride) {
    if (width == 4) {
      v128_t out = filter_samples(src, step, &filter);
      if (average)
        out = wasm_u8x16_avgr(out, wasm_v128_load32_zero(dst));
      wasm_v128_store32_lane(dst, out, 0);
      continue;
    }
    for (int x = 0; x < width; x += 8) {
      v128_t out = filter_samples(src + x, step, &filter);
      if (average)
        out = wasm_u8x16_avgr(out, wasm_v128_load64_zero(dst + x));
      wasm_v128_store64_lane(dst + x, out, 0);
    }
  }
}

INLINE Filter filter_of(const int16_t *taps, int first) {
  Filter filter = {.first = first};
  for (int i = 0; i < 8; i++)
    filter.tap[i] = wasm_i16x8_splat(taps[i]);
  return filter;
}

INLINE void convolve(const uint8_t *src, ptrdiff_t src_stride, uint8_t *dst, ptrdiff_t dst_stride, ptrdiff_t step,
                     const int16_t *taps, int width, int height, int average) {
  if (taps[0] | taps[7] | taps[1] | taps[6])
    filter_block(src, src_stride, dst, dst_stride, step, filter_of(taps, 0), width, height, average);
  else if (taps[2] | taps[5])
    filter_block(src, src_stride, dst, dst_stride, step, filter_of(taps, 2), width, height, average);
  else
    filter_block(src, src_stride, dst, dst_stride, step, filter_of(taps, 3), width, height, average);
}

#define FUNCTION(name, step, position, average)                                                                      \
  void __wrap_vpx_convolve8_##name##_neon(const uint8_t *src, ptrdiff_t src_stride, uint8_t *dst,                    \
                                          ptrdiff_t dst_stride, const Kernel *kernels, int x, int x_step, int y,     \
                                          int y_step, int width, int height) {                                       \
    (void)x, (void)y, (void)x_step, (void)y_step;                                                                    \
    convolve(src, src_stride, dst, dst_stride, step, kernels[position], width, height, average);                     \
  }

FUNCTION(horiz, 1, x, 0)
FUNCTION(avg_horiz, 1, x, 1)
FUNCTION(vert, src_stride, y, 0)
FUNCTION(avg_vert, src_stride, y, 1)
