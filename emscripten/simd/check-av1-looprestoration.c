// Our loop restoration filters of AV1 against dav1d's C functions.
#define BITDEPTH 8
#include "config.h"

#include "src/looprestoration.h"
#include "src/tables.h"

#include "check.h"

void __real_dav1d_loop_restoration_dsp_init_8bpc(Dav1dLoopRestorationDSPContext *context, int depth);

static Dav1dLoopRestorationDSPContext reference, kernels;
static LooprestorationParams params;
static uint8_t left[64][4];
static int width, height, at, lpf, edges;

static void choose_stripe(void) {
  edges = between(0, 15);
  width = between(0, 3) ? between(1, 64) : 8 * between(1, 8);
  // Only the last stripe, with nothing below it, can be of any height.
  height = edges & LR_HAVE_BOTTOM ? 2 * between(3, 20) : between(1, 40);
  at = place(1);
  lpf = place(1);
  memcpy(left, source + between(0, 1000), sizeof(left));
}

static void choose_wiener(int taps) {
  for (int i = 0; i < 2; i++) {
    int16_t *f = params.filter[i];
    f[0] = f[6] = taps == 7 ? between(-5, 10) : 0;
    f[1] = f[5] = between(-23, 8);
    f[2] = f[4] = between(-17, 46);
    f[3] = (i ? 128 : 0) - 2 * (f[0] + f[1] + f[2]);
    f[7] = 0;
  }
}

// dav1d_sgr_params: both radii in 0 … 9, 3x3 alone in 10 … 13, 5x5 alone in 14 and 15.
static void choose_self_guided(int kind) {
  int set = kind == 0 ? between(14, 15) : kind == 1 ? between(10, 13) : between(0, 9);
  params.sgr.s0 = dav1d_sgr_params[set][0];
  params.sgr.s1 = dav1d_sgr_params[set][1];
  params.sgr.w0 = between(-96, 31);
  params.sgr.w1 = 128 - params.sgr.w0 - between(-32, 95);
}

#define CALL f(out + at, STRIDE, (const uint8_t(*)[4])left, source + lpf, width, height, &params, edges)

int main(void) {
  __real_dav1d_loop_restoration_dsp_init_8bpc(&reference, 8);
  dav1d_loop_restoration_dsp_init_8bpc(&kernels, 8);
  for (int repeat = 0; repeat < 3; repeat++) {
    for (int i = 0; i < 2; i++)
      CHECK("wiener", i, 0, looprestorationfilter_fn, reference.wiener[i], kernels.wiener[i], CALL, choose_stripe(),
            choose_wiener(i ? 5 : 7));
    for (int i = 0; i < 3; i++)
      CHECK("sgr", i, 0, looprestorationfilter_fn, reference.sgr[i], kernels.sgr[i], CALL, choose_stripe(),
            choose_self_guided(i));
  }
  return report("AV1 loop restoration");
}
