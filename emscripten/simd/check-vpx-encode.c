// What the VP8 and VP9 encoder runs in the place of libvpx's NEON functions, and those of them that are patched,
// beside libvpx's C functions.
#include "./vpx_config.h"
#include "./vpx_dsp_rtcd.h"

#include "check.h"

typedef void (*Transform)(const int16_t *, tran_low_t *, int);
typedef unsigned int (*Variance)(const uint8_t *, int, const uint8_t *, int, unsigned int *);

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
  CHECK(name, words, 0, Transform, reference, kernel, transform(f, out, words, 255, seed),
        unsigned seed = next_random())
}

// Blocks as far apart as they can be, now and then.
static void prepare_blocks(int round) {
  if (between(0, 3) == 0) {
    memset(source, round % 2 ? 255 : 0, SIZE);
    memset(start, round % 2 ? 0 : 255, SIZE);
  }
}

static void measure(Variance f, uint8_t *out, int at, int from) {
  unsigned int squares, result = f(source + from, STRIDE, start + at, STRIDE, &squares);
  memcpy(out, &squares, sizeof squares);
  memcpy(out + sizeof squares, &result, sizeof result);
}

static void check_variance(const char *name, Variance reference, Variance kernel) {
  CHECK(name, 0, 0, Variance, reference, kernel, measure(f, out, at, from), int at = place(1); int from = place(1);
        prepare_blocks(round))
}

typedef unsigned int (*Sad)(const uint8_t *, int, const uint8_t *, int);
typedef void (*SadFour)(const uint8_t *, int, const uint8_t *const[4], int, uint32_t *);
typedef unsigned int (*Between)(const uint8_t *, int, int, int, const uint8_t *, int, unsigned int *);

static void measure_sad(Sad f, uint8_t *out, int at, int from) {
  unsigned int result = f(source + from, STRIDE, start + at, STRIDE);
  memcpy(out, &result, sizeof result);
}

static void measure_four(SadFour f, uint8_t *out, int at, int from, int further) {
  const uint8_t *const blocks[4] = {start + at, start + from, start + at + further, start + from - further};
  f(source + from, STRIDE, blocks, STRIDE, (uint32_t *)(void *)out);
}

static void check_sad(const char *name, Sad reference, Sad kernel, SadFour reference_of_four, SadFour kernel_of_four) {
  CHECK(name, 1, 0, Sad, reference, kernel, measure_sad(f, out, at, from), int at = place(1); int from = place(1);
        prepare_blocks(round))
  CHECK(name, 4, 0, SadFour, reference_of_four, kernel_of_four, measure_four(f, out, at, from, further),
        int at = place(1); int from = place(1); int further = between(0, 16) * STRIDE + between(-16, 16);
        prepare_blocks(round))
}

static void measure_between(Between f, uint8_t *out, int at, int from, int x, int y) {
  unsigned int squares, result = f(source + from, STRIDE, x, y, start + at, STRIDE, &squares);
  memcpy(out, &squares, sizeof squares);
  memcpy(out + sizeof squares, &result, sizeof result);
}

static void check_between(const char *name, Between reference, Between kernel) {
  CHECK(name, 0, 0, Between, reference, kernel, measure_between(f, out, at, from, x, y), int at = place(1);
        int from = place(1); int x = between(0, 7); int y = between(0, 7); prepare_blocks(round))
}

#define TRANSFORM(size, words) check_transform("fdct" #size, vpx_fdct##size##_c, vpx_fdct##size##_neon, words);
#define VARIANCE(size) \
  check_variance("variance" #size, vpx_variance##size##_c, vpx_variance##size##_neon); \
  check_between("sub_pixel_variance" #size, vpx_sub_pixel_variance##size##_c, vpx_sub_pixel_variance##size##_neon);
#define BLOCK(size) \
  VARIANCE(size) \
  check_sad("sad" #size, vpx_sad##size##_c, vpx_sad##size##_neon, vpx_sad##size##x4d_c, vpx_sad##size##x4d_neon);

int main(void) {
  TRANSFORM(4x4, 16)
  TRANSFORM(8x8, 64)
  TRANSFORM(16x16, 256)
  TRANSFORM(32x32, 1024)
  VARIANCE(4x4)
  VARIANCE(4x8)
  BLOCK(8x4)
  BLOCK(8x8)
  BLOCK(8x16)
  BLOCK(16x8)
  BLOCK(16x16)
  BLOCK(16x32)
  BLOCK(32x16)
  BLOCK(32x32)
  BLOCK(32x64)
  BLOCK(64x32)
  BLOCK(64x64)
  return report("VP8 and VP9 encoding");
}
