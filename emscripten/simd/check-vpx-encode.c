// What the VP8 and VP9 encoder runs in the place of libvpx's NEON functions, and those of them that are patched,
// beside libvpx's C functions.
#include "./vpx_config.h"
#include "./vpx_dsp_rtcd.h"
#include "vpx_dsp/vpx_filter.h"

#include "check.h"

typedef void (*Convolve)(const uint8_t *, ptrdiff_t, uint8_t *, ptrdiff_t, const InterpKernel *, int, int, int, int,
                         int, int);
typedef void (*Transform)(const int16_t *, tran_low_t *, int);
typedef unsigned int (*Variance)(const uint8_t *, int, const uint8_t *, int, unsigned int *);

// Taps as VP9 has them: of eight, of four, of two, and none.
static const InterpKernel kernels[16] = {
    {0, 0, 0, 128, 0, 0, 0, 0},        {0, 1, -5, 126, 8, -3, 1, 0},      {-1, 3, -10, 122, 18, -6, 2, 0},
    {-1, 6, -19, 78, 78, -19, 6, -1},  {-4, 11, -23, 80, 80, -23, 11, -4}, {-3, 9, -19, 59, 100, -24, 10, -4},
    {-3, -1, 32, 64, 38, 1, -3, 0},    {-2, -6, 12, 60, 60, 12, -6, -2},  {0, 0, -8, 72, 72, -8, 0, 0},
    {0, 0, -6, 124, 12, -2, 0, 0},     {0, 0, -2, 12, 124, -6, 0, 0},     {0, 0, 0, 64, 64, 0, 0, 0},
    {0, 0, 0, 120, 8, 0, 0, 0},        {0, 0, 0, 8, 120, 0, 0, 0},        {0, 1, -3, 8, 126, -5, 1, 0},
    {-4, 10, -24, 100, 59, -19, 9, -3}};

static void check_convolve(const char *name, Convolve reference, Convolve kernel) {
  for (int width = 4; width <= 64; width *= 2)
    for (int position = 1; position < 16; position++)
      CHECK(name, width, position, Convolve, reference, kernel,
            f(source + from, STRIDE, out + at, STRIDE, kernels, position, 16, position, 16, width, h),
            int at = place(4); int from = place(1); int h = between(1, 16) * 4)
}

static void transform(Transform f, uint8_t *out, int words, int range, unsigned seed) {
  static _Alignas(16) int16_t input[32 * 32];
  _Alignas(16) tran_low_t output[32 * 32];
  state = seed;
  for (int i = 0; i < words; i++)
    input[i] = between(0, 3) ? between(-range, range) : between(0, 1) ? range : -range;
  int width = words == 16 ? 4 : words == 64 ? 8 : words == 256 ? 16 : 32;
  f(input, output, width);
  memcpy(out, output, words * sizeof(*output));
}

static void check_transform(const char *name, Transform reference, Transform kernel, int words) {
  CHECK(name, words, 0, Transform, reference, kernel, transform(f, out, words, 255, seed), unsigned seed = next_random())
}

static void measure(Variance f, uint8_t *out, int at, int from) {
  unsigned int squares, result = f(source + from, STRIDE, start + at, STRIDE, &squares);
  memcpy(out, &squares, sizeof squares);
  memcpy(out + sizeof squares, &result, sizeof result);
}

static void check_variance(const char *name, Variance reference, Variance kernel) {
  CHECK(name, 0, 0, Variance, reference, kernel, measure(f, out, at, from), int at = place(1); int from = place(1);
        if (between(0, 3) == 0) { memset(source, round % 2 ? 255 : 0, SIZE); memset(start, round % 2 ? 0 : 255, SIZE); })
}

#define CONVOLVE(name) check_convolve(#name, vpx_##name##_c, vpx_##name##_neon);
#define TRANSFORM(size, words) check_transform("fdct" #size, vpx_fdct##size##_c, vpx_fdct##size##_neon, words);
#define VARIANCE(size) check_variance("variance" #size, vpx_variance##size##_c, vpx_variance##size##_neon);

int main(void) {
  CONVOLVE(convolve8_horiz)
  CONVOLVE(convolve8_avg_horiz)
  CONVOLVE(convolve8_vert)
  CONVOLVE(convolve8_avg_vert)
  TRANSFORM(4x4, 16)
  TRANSFORM(8x8, 64)
  TRANSFORM(16x16, 256)
  TRANSFORM(32x32, 1024)
  VARIANCE(4x4)
  VARIANCE(4x8)
  VARIANCE(8x4)
  VARIANCE(8x8)
  VARIANCE(8x16)
  VARIANCE(16x8)
  VARIANCE(16x16)
  VARIANCE(16x32)
  VARIANCE(32x16)
  VARIANCE(32x32)
  VARIANCE(32x64)
  VARIANCE(64x32)
  VARIANCE(64x64)
  return report("VP8 and VP9 encoding");
}
