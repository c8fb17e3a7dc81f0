// Our kernels of AV1's constrained directional enhancement filter against dav1d's C functions.
#define BITDEPTH 8
#include "config.h"

#include "src/cdef.h"

#include "check.h"

void __real_dav1d_cdef_dsp_init_8bpc(Dav1dCdefDSPContext *context);

static Dav1dCdefDSPContext reference, kernels;

static void check_filters(void) {
  for (int i = 0; i < 3; i++)
    for (int edges = 0; edges < 16; edges++) {
      uint8_t left[8][2];
      // The strengths of luma and chroma, and what the variance makes of them.
      static const int secondary[] = {0, 1, 2, 4};
      int place_, pri, sec, dir, damping, above, below;
      CHECK("fb", i, edges, cdef_fn, reference.fb[i], kernels.fb[i],
            f(out + place_, STRIDE, left, source + above, source + below, pri, sec, dir, damping, edges),
            place_ = place(4), pri = between(0, 15), sec = secondary[between(pri ? 0 : 1, 3)], dir = between(0, 7),
            damping = between(2, 6), above = place(4), below = place(4),
            memcpy(left, source + between(0, 1000), sizeof(left)));
    }
}

static void check_directions(void) {
  for (int i = 0; i < 20000; i++) {
    if (i % 100 == 0)
      prepare();
    int at = between(0, STRIDE * (ROWS - 9));
    if (between(0, 1)) { // lines of some slope
      int across = between(-4, 4), down = between(-4, 4), period = between(1, 12), level = between(1, 255);
      for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
          source[at + y * STRIDE + x] = (unsigned)(x * across + y * down + 64) / period % 2 * level + between(0, 3) / 3;
    }
    unsigned expected_variance, actual_variance;
    int want = reference.dir(source + at, STRIDE, &expected_variance);
    int got = kernels.dir(source + at, STRIDE, &actual_variance);
    if (want != got || expected_variance != actual_variance) {
      printf("dir differs: %d %d, variance %u %u\n", want, got, expected_variance, actual_variance);
      failures++;
      return;
    }
  }
}

int main(void) {
  __real_dav1d_cdef_dsp_init_8bpc(&reference);
  dav1d_cdef_dsp_init_8bpc(&kernels);
  check_filters();
  check_directions();
  return report("AV1 CDEF");
}
